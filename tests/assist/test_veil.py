"""What the settings hide from the language model: it never reads it, and what it writes gets it back."""

from __future__ import annotations

from scripted_engine import ScriptedEngine

from agent_assist.assist import assist
from agent_assist.assist.veil import Veil
from agent_assist.jobs import CancelToken
from agent_assist.privacy.redaction import Redactor
from agent_assist.records import (
    Assist,
    AssistEvent,
    ContextUse,
    Conversation,
    Fact,
    Grounding,
    Line,
    Mood,
    Reply,
    ReplyDraft,
    ReplyReady,
    Source,
    Speaker,
    Summary,
    SummaryDraft,
    Turn,
)

CARD, MAIL = "4111 1111 1111 1111", "zoe@example.org"
MOOD = Mood(readings=(), spikes=(), shift=None, risk=None, ms=0.0)
TEXTS = (
    (Speaker.CUSTOMER, f"I am Zoe Quill, {MAIL}. You charged my card {CARD} twice for order A-48213."),
    (Speaker.AGENT, "Sorry, Zoe. Let me look."),
    (Speaker.CUSTOMER, "It is the third time and nobody answers!"),
)


def talk() -> Conversation:
    turns = tuple(Turn(i, who, text, "Zoe Quill" if i != 1 else "Max") for i, (who, text) in enumerate(TEXTS))
    return Conversation("c1", "plain", turns, "Zoe Quill")


def veil(level: str = "all") -> Veil:
    return Veil.over(talk(), MOOD, Redactor(level))


def reply(text: str) -> Reply:
    return Reply("Own it", text, {}, 0.5, Grounding(True, ()), Source.GENERATED)


def test_the_model_reads_none_of_it() -> None:
    engine = ScriptedEngine({})
    hidden = veil()
    assist(hidden.conversation, hidden.mood, engine, lambda _event: None, CancelToken())
    assert engine.requests
    asked = "".join(repr(request) for request in engine.requests)
    assert "A-48213" in asked, "the conversation was not read at all"
    for word in ("Zoe", "Quill", MAIL, "4111"):
        assert word not in asked


def test_what_it_wrote_gets_the_values_back_but_no_card() -> None:
    hidden = veil()
    said = hidden.conversation.turns[0].text
    name = said.split("I am ")[1].split(",")[0]
    mail = said.split(", ")[1].split(".")[0]
    summary = Summary(
        issue=Line(f"{name} was charged twice on [card ending 1111].", (0,)), facts=(Fact("email", mail, 0),)
    )
    made = Assist(summary, (), (reply(f"{name}, I am sorry. I wrote to {mail}."),), ContextUse(1, 2))
    shown = hidden.assist(made)
    assert shown.replies[0].text == f"Zoe Quill, I am sorry. I wrote to {MAIL}."
    assert shown.summary.issue is not None
    assert shown.summary.issue.text == "Zoe Quill was charged twice on [card ending 1111]."
    assert shown.summary.issue.turns == (0,)
    assert [fact.value for fact in shown.summary.facts] == [MAIL]
    parts: tuple[AssistEvent, ...] = (
        ReplyDraft(0, "Own it", f"Dear {name}"),
        ReplyReady(0, reply(f"Dear {name}")),
        ReplyReady(1, None),
        SummaryDraft(summary),
    )
    draft, ready, refused, told = map(hidden.event, parts)
    assert isinstance(draft, ReplyDraft)
    assert draft.text == "Dear Zoe Quill"
    assert isinstance(ready, ReplyReady)
    assert ready.reply is not None
    assert ready.reply.text == "Dear Zoe Quill"
    assert refused == ReplyReady(1, None)
    assert isinstance(told, SummaryDraft)
    assert told.summary == shown.summary


def test_a_draft_that_holds_what_is_hidden_is_told() -> None:
    hidden = veil()
    assert hidden.hides_nothing_of("I am sorry about the wait.")
    assert not hidden.hides_nothing_of(f"I will write to {MAIL}.")
    assert veil("payment").hides_nothing_of(f"I will write to {MAIL}.")
    assert not veil("payment").hides_nothing_of(f"Your card {CARD}.")
