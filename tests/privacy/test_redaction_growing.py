"""A live conversation is redacted as it grows: no turn is read twice, and nothing is other than read as a whole."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from agent_assist.privacy.redaction import Redactor
from agent_assist.records import Analysis, Aside, Conversation, Label, Mood, Severity, Speaker, Spike, Turn

WORDS = (
    "my card 4111 1111 1111 1111", "call +44 20 7946 0958", "mail zoe@example.org", "I am Zoe Quill", "thanks, Max",
    "pin is 4821", "order A-48213", "Dear Ms Byron,", "or ada@example.org", "DE89 3704 0044 0532 0130 00", "4821",
)  # fmt: skip
LEVELS = ("payment", "all")
TEXTS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(". ".join)


def talk(texts: list[str], aside: str) -> Conversation:
    turns = tuple(
        Turn(i, Speaker.AGENT if i % 2 else Speaker.CUSTOMER, text, "Max Bell" if i % 2 else "Zoe Quill")
        for i, text in enumerate(texts)
    )
    return Conversation("c1", "plain", turns, "Zoe Quill", asides=(Aside(aside, 0),))


@given(st.lists(TEXTS, min_size=1, max_size=6), TEXTS, st.sampled_from(["payment", "all"]))
def test_growing_gives_what_the_whole_gives(texts: list[str], aside: str, level: str) -> None:
    growing = Redactor(level)
    for n in range(1, len(texts) + 1):
        now = talk(texts[:n], aside)
        assert growing.conversation(now) == Redactor(level).conversation(now)


@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, min_size=1, max_size=4))
def test_another_conversation_in_between_leaves_nothing(one: list[str], other: list[str]) -> None:
    redactor = Redactor("all")
    redactor.conversation(replace(talk(one, "a"), id="c0"))
    assert redactor.conversation(talk(other, "b")) == Redactor("all").conversation(talk(other, "b"))


def test_a_part_that_comes_later_keeps_its_numbers() -> None:
    redactor = Redactor("payment")
    whole = talk(["DE89 3704 0044 0532 0130 00", "thanks", "and GB82 WEST 1234 5698 7654 32"], "a")
    first = redactor.conversation(whole)
    part = redactor.conversation(replace(whole, turns=(replace(whole.turns[2], i=0),)))
    assert part.conversation.turns[0].text == first.conversation.turns[2].text == "and [IBAN 2]"
    assert part.originals == {"[IBAN 2]": "GB82 WEST 1234 5698 7654 32"}


def test_a_turn_that_was_read_is_not_read_again() -> None:
    texts = [f"my card 4111 1111 1111 1111, {n}" for n in range(50)]
    redactor = Redactor("payment")
    redactor.conversation(talk(texts, "a"))
    read: list[str] = []
    inner = redactor.text
    redactor.text = lambda text, before="": read.append(text) or inner(text, before)  # type: ignore[method-assign,func-returns-value]  # counts
    redactor.conversation(talk([*texts, "one more"], "a"))
    assert [text for text in read if text in texts] == []


def made(texts: list[str], nudges: list[str]) -> Analysis:
    """A conversation with a spike at every turn."""
    spikes = (
        Spike(n, Label.ANGER, Severity.HIGH, 0.7, 0.4, None, ("card",), nudges[n % len(nudges)])
        for n in range(len(texts))
    )
    return Analysis(talk(texts, nudges[0]), Mood((), tuple(spikes)))


@given(st.lists(TEXTS, min_size=1, max_size=6), st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from(LEVELS))
def test_what_is_made_of_a_growing_one_is_what_is_made_of_the_whole(
    texts: list[str], nudges: list[str], level: str
) -> None:
    growing = Redactor(level)
    for n in range(1, len(texts) + 1):
        now = made(texts[:n], nudges)
        assert growing.analysis(now) == Redactor(level).analysis(now)


def test_a_nudge_that_was_clean_is_looked_through_again_only_for_a_value_that_came_since() -> None:
    redactor, nudges = Redactor("payment"), ["Say sorry first.", "They typed 4821 twice."]
    texts = ["hello", "hello?"] * 50
    redactor.analysis(made(texts, nudges))
    read: list[str] = []
    inner = redactor.text
    redactor.text = lambda text, before="": read.append(text) or inner(text, before)  # type: ignore[method-assign,func-returns-value]  # counts
    redactor.analysis(made([*texts, "one more"], nudges))
    assert [text for text in read if text in nudges] == []
    after, _ = redactor.analysis(made([*texts, "one more", "my pin is 4821"], nudges))
    assert {spike.nudge for spike in after.mood.spikes} == {"Say sorry first.", "They typed [PIN] twice."}
    assert "Say sorry first." not in read
