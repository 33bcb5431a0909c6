"""What the agent is given: every line cited, every reply guarded, everything told as it comes."""

from __future__ import annotations

import pytest
from conversations import DESK, DESK_MOOD, conversation, mood_of
from scripted_engine import ScriptedEngine

from agent_assist.assist import assist, guard
from agent_assist.assist.chat import looks_english
from agent_assist.assist.replies import compose
from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Role
from agent_assist.records import (
    Assist,
    AssistEvent,
    Conversation,
    Label,
    Mood,
    Progress,
    ReplyDraft,
    ReplyReady,
    Source,
    Stage,
    SummaryDraft,
)

GOOD = {
    "reply.you": " have been working from your couch for three weeks.",
    "reply.problem": " the order still says processing.",
    "reply.your": " order was cancelled last week.",
    "reply.sorry": " order still says processing.",
    "reply.why": " the order still says processing and get back to you.",
    "summary.issue": " they ordered a standing desk that is still processing after three weeks.",
    "summary.wants": " to cancel the order and get a refund of $649 today.",
    "summary.tried": " called twice last week about the order.",
    "summary.answered": " said that the system shows a stock delay at the warehouse.",
}


def run(
    script: dict[str, str], talk: Conversation = DESK, mood: Mood = DESK_MOOD
) -> tuple[Assist, list[AssistEvent], ScriptedEngine]:
    events: list[AssistEvent] = []
    engine = ScriptedEngine(script)
    return assist(talk, mood, engine, events.append, CancelToken()), events, engine


def test_a_case_is_summed_up_with_its_turns() -> None:
    summary = run(GOOD)[0].summary
    assert summary.issue is not None and summary.issue.turns[0] == 0
    assert summary.wants is not None and summary.wants.turns == (4,)
    assert [line.turns for line in summary.tried] == [(2,), (3,)]
    assert summary.feeling is not None and "ridiculous" in summary.feeling.text
    assert summary.open[0].turns == (4,)
    assert {"A-48213", "$649"} <= {fact.value for fact in summary.facts}


def test_three_replies_of_different_strategies_that_name_the_trouble() -> None:
    replies = run(GOOD)[0].replies
    assert len(replies) == 3
    assert len({reply.strategy for reply in replies}) == 3
    assert all(reply.grounding.ok for reply in replies)
    told = ("three weeks", "twice", "processing", "A-48213", "standing desk", "couch")
    assert all(any(words in reply.text for words in told) for reply in replies)


def test_what_the_model_says_of_the_trouble_stands_in_a_reply_of_the_same_strategy() -> None:
    with_model, without = run(GOOD)[0].replies, compose(DESK, DESK_MOOD)
    assert [r.strategy for r in with_model] == [r.strategy for r in without]
    assert any("working from your couch" in r.text for r in with_model)
    assert any(r.source is Source.GENERATED for r in with_model)
    assert all(r.source is Source.COMPOSED for r in without)


@pytest.mark.parametrize(
    "written",
    [
        " order will be refunded today, I promise.",
        " order costs $999 and was lost.",
        " desk is late, and I have already called the warehouse.",
        " name is the customer's.",
        " desk is late, so you can't dispute the charge.",
        " desk is late, and you will get it soon.",
        "",
    ],
)
def test_what_the_model_should_not_have_said_never_reaches_the_agent(written: str) -> None:
    replies = run({**GOOD, "reply.sorry": written, "reply.your": written})[0].replies
    assert len(replies) == 3
    for bad in ("promise", "999", "already called", "the customer", "can't dispute", "you will"):
        assert all(bad not in reply.text for reply in replies)
    assert all(reply.grounding.ok for reply in replies)


@pytest.mark.parametrize("claim", [" has received a full refund.", " was promised a refund by us."])
def test_what_we_are_said_to_have_granted_needs_a_turn_of_ours(claim: str) -> None:
    talk = conversation(
        "c: The agent already approved a full refund, I received it in writing, I tried twice!", "a: Hello"
    )
    script = {"summary.tried": claim, "summary.issue": claim, "reply.you": " have been approved for a full refund."}
    result = run(script, talk, mood_of(talk, Label.ANGER, 0.6))[0]
    assert all("refund" not in line.text for line in result.summary.tried)
    assert result.replies and all("approved" not in reply.text for reply in result.replies)


CAREFUL = {
    "my husband died in March and you keep writing to him": "sorry for your loss",
    "i know where your office is, i'll come down there": "civil",
    "I gave him the code and somebody took 3,200 from my account": "fraud",
}


@pytest.mark.parametrize(("said", "answer"), CAREFUL.items())
def test_losses_threats_and_frauds_get_our_own_words_alone(said: str, answer: str) -> None:
    talk = conversation(f"c: {said}", "a: I see.", "c: so what now")
    result, _, engine = run(GOOD, talk, mood_of(talk, Label.NEUTRAL, 0.1))
    assert not any(b.key.startswith("reply") for b in engine.requests[0].branches)
    assert len(result.replies) == 3 and all(reply.grounding.ok for reply in result.replies)
    assert any(answer in reply.text for reply in result.replies)
    assert result.next_actions


def test_everything_is_told_as_it_comes() -> None:
    result, events, _ = run(GOOD)
    stages = [event.stage for event in events if isinstance(event, Progress)]
    assert stages == [Stage.LOADING, Stage.READING, Stage.WRITING]
    ready = {event.slot: event.reply for event in events if isinstance(event, ReplyReady)}
    assert tuple(ready[slot] for slot in range(3)) == result.replies
    summaries = [event.summary for event in events if isinstance(event, SummaryDraft)]
    assert summaries[-1] == result.summary


def test_composed_replies_stand_there_before_the_model_is_asked_and_change_at_most_once() -> None:
    result, events, _ = run(GOOD)
    replies = [event for event in events if isinstance(event, ReplyDraft | ReplyReady)]
    kinds = [type(event) for event in events]
    assert kinds.index(ReplyDraft) < kinds.index(Progress)
    for slot, reply in enumerate(result.replies):
        mine = [event for event in replies if event.slot == slot]
        assert [type(event) for event in mine] == [ReplyDraft, ReplyReady]
        assert isinstance(mine[0], ReplyDraft) and mine[0].strategy == reply.strategy


def test_a_draft_is_as_safe_as_a_reply() -> None:
    _, events, _ = run(dict.fromkeys(GOOD, " have been promised $999 by tomorrow."))
    shown = [event.text for event in events if isinstance(event, ReplyDraft)]
    assert len(shown) == 3
    assert all(guard.check(text, DESK).ok for text in shown)


def test_the_conversation_is_the_chat_and_the_task_comes_last() -> None:
    _, _, engine = run(GOOD)
    request = engine.requests[0]
    roles = [m.role for m in request.conversation]
    assert roles == [Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER, Role.ASSISTANT, Role.USER]
    grown = Conversation(DESK.id, "test", (*DESK.turns, conversation("c: Hello?").turns[0]))
    assert run(GOOD, grown)[2].requests[0].conversation[: len(roles)] == request.conversation


def test_the_same_moment_gets_the_same_words_and_another_conversation_others() -> None:
    one, again = run(GOOD)[0], run(GOOD)[0]
    assert [r.text for r in one.replies] == [r.text for r in again.replies]
    others = {run({}, Conversation(f"c-{n}", "test", DESK.turns))[0].replies[0].text for n in range(8)}
    assert len(others) > 1


def test_without_a_customer_nothing_is_proposed_and_the_note_says_why() -> None:
    talk = conversation("a: Hello, how can I help you today with your order?")
    result, _, engine = run({}, talk, Mood(()))
    assert result.replies == () and result.summary.issue is None
    assert "swap" in result.notes[0]
    assert not any(b.key.startswith("reply") for b in engine.requests[0].branches)


@pytest.mark.parametrize("said", ["I want to kill myself", "I don't want to live any more", "I'd be better off dead"])
def test_a_person_at_risk_gets_no_machine_made_words(said: str) -> None:
    talk = conversation("c: You took my money.", "a: I understand.", f"c: {said} because of this")
    result, _, engine = run({}, talk, mood_of(talk, Label.SADNESS, 0.8))
    assert result.replies == () and "guidance" in result.notes[0]
    assert not any(b.key.startswith("reply") for b in engine.requests[0].branches)
    assert "risk" in result.next_actions[0].text


@pytest.mark.parametrize(
    "story",
    [
        " parcel was stolen by a neighbour with a red car.",
        " order was swallowed by our courier's dog.",
    ],
)
def test_a_story_of_the_models_own_is_not_told(story: str) -> None:
    talk = conversation("c: The parcel is late and my order is not here!")
    replies = run({"reply.your": story, "reply.sorry": story}, talk, mood_of(talk, Label.ANGER, 0.8))[0].replies
    assert replies and all("neighbour" not in r.text and "dog" not in r.text for r in replies)


def test_thanks_at_the_end_get_no_apology() -> None:
    talk = conversation("c: My invoice is wrong.", "a: I have corrected it.", "c: Perfect, thank you, it works now!")
    result = run({}, talk, mood_of(talk, Label.SATISFACTION, 0.03))[0]
    assert result.replies
    assert all("sorry" not in reply.text.lower() for reply in result.replies)


def test_thanks_that_begin_a_request_are_no_end() -> None:
    text = "c: Thanks for that. It would be great to have more control over the export settings of this program"
    talk = conversation(text, "a: Noted.")
    strategies = {r.strategy for r in run({}, talk, mood_of(talk, Label.SATISFACTION, 0.03))[0].replies}
    assert strategies and not strategies & {"Close and thank", "Make sure it holds", "Leave the door open"}


def test_next_actions_follow_from_what_the_customer_says() -> None:
    actions = run(GOOD)[0].next_actions
    assert any("A-48213" in a.text and "refund" in a.text and a.turns == (4,) for a in actions)
    assert all(a.why for a in actions)


def test_another_language_is_said_to_be_one() -> None:
    german = conversation("c: Guten Tag, ich warte seit drei Wochen auf meine Bestellung und niemand antwortet mir.")
    assert not looks_english(german)
    assert looks_english(DESK) and looks_english(conversation("c: PS4"))
    spanish = conversation(
        "c: Es una vergüenza, no me han devuelto el dinero y a mi no me ayuda nadie en esta empresa."
    )
    assert not looks_english(spanish)
    advert = conversation("c: Basement movie live, watch: https://example.com/a/b/c/d/e-f-g/h why it's not on my app?")
    assert looks_english(advert)
    assert looks_english(
        conversation("c: Wo ist mein Paket?", "a: In English, please.", "c: Sorry, where is my parcel then?")
    )
    assert not looks_english(conversation("c: 注文した商品がまだ届きません", "a: One moment.", "c: ok"))
    result = run({}, german, mood_of(german, Label.NEUTRAL, 0.1))[0]
    assert result.replies == () and "English" in result.notes[0]


def test_stopping_and_failing_reach_the_caller() -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        assist(DESK, DESK_MOOD, ScriptedEngine(GOOD), lambda _event: token.cancel(), token)
    with pytest.raises(KnownError, match="gone"):
        assist(DESK, DESK_MOOD, ScriptedEngine(GOOD, fails="It is gone."), lambda _event: None, CancelToken())
