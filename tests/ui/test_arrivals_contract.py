"""What the window relies on of the stream, held by the real one and by the fake alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fake_arrivals import FakeArrivals
from fake_desk import SAMPLE, conversation_of

from agent_assist import capture
from agent_assist.arrivals import Arrivals
from agent_assist.paths import Places
from agent_assist.records import ArrivalEvent, Arrived, Conversation, Inserted, Speaker, Way, WaysChanged
from agent_assist.settings import Settings
from ui.ports import ArrivalsPort

JO = "Jo: Where is my parcel? It was due on Friday.\nSam: It is on its way."
MORE = SAMPLE + "\nSam: I am on it, Maya.\nMaya Reyes: And when do I hear from you?"


def maya(text: str = SAMPLE) -> Conversation:
    return conversation_of(text, "maya")


@pytest.fixture(params=["real", "fake"])
def arrivals(request: pytest.FixtureRequest, places: Places) -> Iterator[ArrivalsPort]:
    made: ArrivalsPort
    if request.param == "real":
        made = Arrivals(places, Settings(places.settings), capture=capture.read, version="1")
    else:
        made = FakeArrivals()
    yield made
    made.close()


def started(arrivals: ArrivalsPort) -> list[ArrivalEvent]:
    told: list[ArrivalEvent] = []
    arrivals.start(told.append)
    return told


def test_it_begins_by_telling_how_the_ways_stand(arrivals: ArrivalsPort) -> None:
    told = started(arrivals)
    assert isinstance(told[-1], WaysChanged) and not told[-1].paused
    arrivals.set_paused(True)
    assert told[-1] == WaysChanged(arrivals.states(), paused=True) and arrivals.paused


def test_a_whole_one_is_taken_once_and_told_of(arrivals: ArrivalsPort) -> None:
    told = started(arrivals)
    arrived = arrivals.take(maya(), Way.PASTE, "", "a.txt")
    assert arrived is not None and arrived.began and arrived.added == tuple(range(8))
    assert told[-1] == arrived and arrived.conversation.id == "maya"
    assert arrivals.take(maya(), Way.PASTE) is None
    tracked = arrivals.get("maya")
    assert tracked is not None and tracked.title == "a.txt" and not tracked.open
    assert tracked.conversation == arrived.conversation


def test_a_longer_one_goes_on_and_keeps_the_turns_it_has(arrivals: ArrivalsPort) -> None:
    started(arrivals)
    first, second = arrivals.take(maya(), Way.PASTE), arrivals.take(maya(MORE), Way.PASTE)
    assert first is not None and second is not None
    assert second.added == (8, 9) and not second.began and not second.moved
    assert [t.text for t in second.conversation.turns[:8]] == [t.text for t in first.conversation.turns]


def test_the_latest_comes_first_and_one_can_be_let_go(arrivals: ArrivalsPort) -> None:
    started(arrivals)
    arrivals.take(maya(), Way.PASTE)
    arrivals.take(conversation_of(JO, "jo"), Way.PASTE)
    assert [t.conversation.id for t in arrivals.conversations] == ["jo", "maya"]
    arrivals.forget("jo")
    arrivals.forget("nobody")
    assert [t.conversation.id for t in arrivals.conversations] == ["maya"] and arrivals.get("jo") is None


def test_swapped_sides_are_told_to_the_caller_alone(arrivals: ArrivalsPort) -> None:
    told = started(arrivals)
    arrivals.take(maya(), Way.PASTE)
    count = len(told)
    arrived = arrivals.swap("maya")
    assert arrived is not None and arrived.conversation.turns[0].speaker is Speaker.AGENT
    assert arrived.conversation.customer == "Sam" and len(told) == count
    assert arrivals.swap("nobody") is None


def test_joined_ones_are_one(arrivals: ArrivalsPort) -> None:
    started(arrivals)
    arrivals.take(maya(), Way.PASTE)
    arrivals.take(conversation_of(JO, "jo"), Way.PASTE)
    arrived = arrivals.join("maya", "jo")
    assert arrived is not None and len(arrived.conversation.turns) == 10
    assert [t.i for t in arrived.conversation.turns] == list(range(10))
    assert [t.conversation.id for t in arrivals.conversations] == ["maya"]


def test_nothing_is_alike_without_a_mark(arrivals: ArrivalsPort) -> None:
    started(arrivals)
    arrivals.take(maya(), Way.PASTE)
    assert arrivals.alike("maya") == () and arrivals.alike("nobody") == ()
    arrivals.keep_apart("maya", "nobody")


def test_an_insert_is_always_answered(arrivals: ArrivalsPort) -> None:
    told = started(arrivals)
    arrivals.take(maya(), Way.PASTE)
    arrivals.insert("maya", "Hello.")
    assert isinstance(told[-1], Inserted) and told[-1].conversation_id == "maya"


def test_after_the_end_nothing_is_told(arrivals: ArrivalsPort) -> None:
    told = started(arrivals)
    arrivals.close()
    count = len(told)
    arrivals.take(replace(maya(), id="late"), Way.PASTE)
    assert len(told) == count and not any(isinstance(event, Arrived) for event in told)
