"""A live conversation is redacted as it grows: no turn is read twice, and nothing is other than read as a whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_assist.privacy.redaction import Redactor
from agent_assist.records import Aside, Conversation, Speaker, Turn

WORDS = (
    "my card 4111 1111 1111 1111", "call +44 20 7946 0958", "mail zoe@example.org", "I am Zoe Quill", "thanks, Max",
    "pin is 4821", "order A-48213", "Dear Ms Byron,", "or ada@example.org", "DE89 3704 0044 0532 0130 00", "4821",
)  # fmt: skip
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
    redactor.conversation(talk(one, "a"))
    assert redactor.conversation(talk(other, "b")) == Redactor("all").conversation(talk(other, "b"))


def test_a_turn_that_was_read_is_not_read_again() -> None:
    texts = [f"my card 4111 1111 1111 1111, {n}" for n in range(50)]
    redactor = Redactor("payment")
    redactor.conversation(talk(texts, "a"))
    read: list[str] = []
    inner = redactor.text
    redactor.text = lambda text, before="": read.append(text) or inner(text, before)  # type: ignore[method-assign,func-returns-value]  # counts
    redactor.conversation(talk([*texts, "one more"], "a"))
    assert [text for text in read if text in texts] == []
