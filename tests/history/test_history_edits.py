"""A live conversation may be edited until no word is the same; what was edited away is not kept behind its back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from history_samples import Clock

from agent_assist.history import History
from agent_assist.paths import Places
from agent_assist.records import Analysis, Conversation, Mood, Speaker, Turn

LIVE = "browser-0123456789abcdef"


def live(*texts: str, identity: str = LIVE, customer: str | None = None, minute: int | None = None) -> Analysis:
    at = None if minute is None else datetime(2026, 1, 5, 10, minute, tzinfo=UTC)
    turns = (Turn(i, Speaker.CUSTOMER, text, at=at, via="browser") for i, text in enumerate(texts))
    return Analysis(Conversation(identity, "browser", tuple(turns), customer), Mood(()))


def texts(history: History) -> list[list[str]]:
    return [[turn.text for turn in history.load(item.id).conversation.turns] for item in history.list()]


def test_messages_that_were_all_edited_replace_what_they_were(history: History) -> None:
    history.save(live("Helo there", "I wil wait"))
    history.save(live("Hello there", "I will wait", "Thanks a lot"))
    assert texts(history) == [["Hello there", "I will wait", "Thanks a lot"]]


def test_an_edited_message_is_known_by_its_time_whatever_it_says_now(history: History) -> None:
    history.save(live("4111 1111 1111 1111", minute=1))
    history.save(live("sorry, wrong window", minute=1))
    assert texts(history) == [["sorry, wrong window"]]


def test_what_was_edited_beyond_recognition_is_deleted_with_its_conversation(history: History) -> None:
    history.save(live("4111 1111 1111 1111"))
    history.save(live("sorry, wrong window"))
    assert len(history.list()) == 2, "it may be another conversation: nothing is lost until it is deleted"
    history.delete(LIVE)
    assert history.list() == []


def test_an_older_copy_of_an_earlier_start_is_deleted_with_its_conversation(history: History) -> None:
    history.save(live("a", "b", "secret", identity="1"))
    history.save(live("z", "y", "x", "w", "a", "b", identity="1"))
    assert len(history.list()) == 2
    history.delete("1")
    assert history.list() == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (live("Where is my parcel?", identity="1"), live("Where is my refund?", identity="1")),
        (live("Where is my parcel?", customer="Ann"), live("Where is my parcel then?", customer="Bob")),
        (live("Where is my parcel?", minute=1), live("Where is my parcel then?", minute=2)),
        (live("Where is my parcel?", "It is late"), live("Where is my refund?")),
    ],
    ids=["ids of files", "customers", "times", "shorter"],
)
def test_another_conversation_of_the_same_id_is_kept_and_outlives_it(
    history: History, one: Analysis, other: Analysis
) -> None:
    history.save(one)
    history.save(other)
    assert len(history.list()) == 2
    history.delete(one.conversation.id)
    assert texts(history) == [[turn.text for turn in one.conversation.turns]]


def test_what_an_earlier_session_saved_is_not_taken_for_the_same(places: Places, clock: Clock) -> None:
    with History.open(places, clock=clock) as before:
        before.save(live("Where is my parcel?"))
    with History.open(places, clock=clock) as history:
        history.save(live("Where is my refund?"))
        history.delete(LIVE)
        assert texts(history) == [["Where is my parcel?"]]
