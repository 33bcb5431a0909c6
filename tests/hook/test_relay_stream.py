"""What desks send, in the stream: once, in order, as it was left."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime

import pytest
from desk_webhooks import Payload, chatwoot, zammad

from agent_assist.capture.relay.payloads import LeftOut, read_chatwoot, read_zammad
from agent_assist.capture.stream.tracker import Tracker
from agent_assist.records import Speaker, Turn, Way

NOW = datetime(2026, 1, 5, 10, 30, tzinfo=UTC)


@pytest.fixture
def tracker() -> Tracker:
    numbers = itertools.count()
    return Tracker(lambda: NOW, lambda *_channel: f"c{next(numbers)}")


def turns_after(tracker: Tracker, *payloads: Payload) -> tuple[Turn, ...]:
    for payload in payloads:
        window = read_chatwoot(payload) if "event" in payload else read_zammad(payload)
        if not isinstance(window, LeftOut):
            tracker.see(window)
    (one,) = tracker.conversations
    return one.conversation.turns


def line(number: int, content: str | None = None, **more: object) -> Payload:
    kind = "incoming" if number % 2 else "outgoing"
    said = content or f"line {number}"
    return {**chatwoot(number, said, kind, at=f"2026-01-05T10:{number:02d}:00Z"), **more}


def test_messages_become_turns_that_say_how_they_came(tracker: Tracker) -> None:
    turns = turns_after(tracker, *(line(n) for n in range(1, 9)))
    assert [turn.text for turn in turns] == [f"line {n}" for n in range(1, 9)]
    assert [turn.speaker for turn in turns] == [Speaker.CUSTOMER, Speaker.AGENT] * 4
    assert {turn.via for turn in turns} == {Way.CHATWOOT.value}


@pytest.mark.parametrize("order", [(2, 1, 3, 4), (4, 3, 2, 1), (1, 3, 2, 4), (3, 4, 1, 2)])
def test_what_overtook_another_on_the_way_is_put_in_order(tracker: Tracker, order: tuple[int, ...]) -> None:
    turns = turns_after(tracker, *map(line, order))
    assert [turn.text for turn in turns] == [f"line {n}" for n in range(1, 5)]


def test_what_is_sent_again_counts_once(tracker: Tracker) -> None:
    turns = turns_after(tracker, *map(line, (1, 2, 2, 1, 3, 1)))
    assert [turn.text for turn in turns] == ["line 1", "line 2", "line 3"]


def test_an_edit_changes_its_turn(tracker: Tracker) -> None:
    edited = line(2, "line 2, put better", event="message_updated")
    turns = turns_after(tracker, line(1), line(2), line(3), edited)
    assert [turn.text for turn in turns] == ["line 1", "line 2, put better", "line 3"]


def test_notes_are_no_turns(tracker: Tracker) -> None:
    turns = turns_after(tracker, line(1), line(2, private=True), line(3, message_type="activity"), line(4))
    assert [turn.text for turn in turns] == ["line 1", "line 4"]


def test_articles_of_a_ticket_are_one_conversation(tracker: Tracker) -> None:
    first = zammad(103, created_at="2026-01-05T09:58:00Z", body="<p>Hello?</p>")
    answer = zammad(105, created_at="2026-01-05T10:05:00Z", body="<p>We look into it.</p>", sender="Agent")
    turns = turns_after(tracker, answer, zammad(104, body="<p>Where is it?</p>"), first, answer)
    assert [(turn.speaker, turn.text) for turn in turns] == [
        (Speaker.CUSTOMER, "Hello?"),
        (Speaker.CUSTOMER, "Where is it?"),
        (Speaker.AGENT, "We look into it."),
    ]
