"""The readers of the desks' webhooks, on anything that JSON can hold."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator

import msgspec
import pytest
from desk_webhooks import Payload, chatwoot, zammad
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent_assist.capture.formats.desk_fields import Row, decoded
from agent_assist.capture.hook.protocol import MAX_FRAME, Show
from agent_assist.capture.relay.forward import show_of
from agent_assist.capture.relay.payloads import LeftOut, read_chatwoot, read_zammad
from agent_assist.errors import KnownError
from agent_assist.records import Speaker, Window

Read = Callable[[Row], Window | LeftOut]

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**40), 10**40),
    st.floats(),
    st.text(st.characters(), max_size=40),
    st.sampled_from(
        ["", " ", "\u0000", "\ud83d", "\u200b", "x" * 150_000, "é\n" * 300, "1e400", "9" * 5000, "<p>" * 50]
    ),
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)


def places(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where something stands in a payload."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key)
            yield from places(inner, (*path, key))


def with_odd(payload: Payload, path: tuple[str, ...], odd: object) -> Payload:
    changed = copy.deepcopy(payload)
    place = changed
    for step in path[:-1]:
        if not isinstance(place.get(step), dict):
            return changed  # an earlier change took it away
        place = place[step]
    place[path[-1]] = odd
    return changed


def changed(payload: Payload) -> st.SearchStrategy[Payload]:
    """The payload with one to three things in it replaced by something else."""
    one = st.tuples(st.sampled_from(list(places(payload))), JSON)
    return st.lists(one, min_size=1, max_size=3).map(lambda changes: apply_all(payload, changes))


def apply_all(payload: Payload, changes: list[tuple[tuple[str, ...], object]]) -> Payload:
    for path, odd in changes:
        payload = with_odd(payload, path, odd)
    return payload


def sound(read: Read, payload: Row) -> None:
    """It is told kindly, left out, or something that the wire takes; nothing else ever happens."""
    try:
        window = read(payload)
    except KnownError as error:
        assert str(error).endswith(".") and "\n" not in str(error)
        return
    if isinstance(window, LeftOut):
        return
    frame = msgspec.json.encode(show_of(window))
    assert len(frame) < MAX_FRAME
    shown = msgspec.json.decode(frame, type=Show)
    assert shown.channel and len(shown.seen) == 1 and shown.seen[0].text.strip()
    assert shown.seen[0].key != ""
    at = window.seen[0].at
    assert at is None or at.tzinfo is not None
    for line in (shown.channel, shown.title, shown.customer or "", shown.seen[0].name or ""):
        assert line.isprintable() or not any(ord(c) < 32 for c in line)


@given(payload=st.dictionaries(st.text(max_size=10), JSON))
def test_anything_at_all(payload: Row) -> None:
    sound(read_chatwoot, payload)
    sound(read_zammad, payload)


@settings(max_examples=400, deadline=None)
@given(payload=changed(chatwoot()))
@example(payload=with_odd(chatwoot(), ("created_at",), 10**40))
@example(payload=with_odd(chatwoot(), ("content",), "\ud83d"))
def test_a_webhook_of_chatwoot_with_something_odd_in_it(payload: Payload) -> None:
    sound(read_chatwoot, payload)
    if payload.get("private") not in (False, None):
        with_note = read_chatwoot_or_none(payload)
        assert not isinstance(with_note, Window), "a note got through"


@settings(max_examples=400, deadline=None)
@given(payload=changed(zammad()))
@example(payload=with_odd(zammad(), ("ticket", "number"), "\b"))  # a number that nobody sees
def test_a_webhook_of_zammad_with_something_odd_in_it(payload: Payload) -> None:
    sound(read_zammad, payload)


@settings(max_examples=200, deadline=None)
@given(payload=changed(zammad()), cut=st.floats(0, 1))
def test_what_arrives_goes_through_the_same_reader(payload: Payload, cut: float) -> None:
    text = json.dumps(payload)
    value = decoded(text[: round(len(text) * cut)])
    if isinstance(value, dict):
        sound(read_zammad, value)


def read_chatwoot_or_none(payload: Row) -> Window | LeftOut | None:
    try:
        return read_chatwoot(payload)
    except KnownError:
        return None


@pytest.mark.parametrize("flag", [True, 1, "true", "false", [], {}, 0.5])
def test_a_note_whose_mark_is_odd_is_still_a_note(flag: object) -> None:
    assert read_chatwoot(chatwoot(private=flag)) is LeftOut.PRIVATE
    assert read_zammad(zammad(internal=flag)) is LeftOut.PRIVATE


@pytest.mark.parametrize(
    ("given_time", "expected"),
    [
        ("2026-01-05T10:00:00.318Z", "2026-01-05T10:00:00.318000+00:00"),
        ("2026-01-05T11:00:00+01:00", "2026-01-05T11:00:00+01:00"),
        ("2026-01-05 10:00:00 UTC", "2026-01-05T10:00:00+00:00"),
        ("2026-01-05T10:00:00", "2026-01-05T10:00:00+00:00"),
        (1767607200, "2026-01-05T10:00:00+00:00"),
        ("yesterday", None),
    ],
)
def test_times_have_zones(given_time: object, expected: str | None) -> None:
    window = read_chatwoot({**chatwoot(), "created_at": given_time})
    assert isinstance(window, Window)
    assert show_of(window).seen[0].at == expected


def test_without_a_conversation_s_customer_the_sender_is_taken_and_never_an_agent() -> None:
    bare = {"id": 12}
    window = read_chatwoot({**chatwoot(), "conversation": bare})
    assert isinstance(window, Window)
    assert (window.customer, len(window.contacts)) == ("Ines Prado", 4)
    window = read_chatwoot({**chatwoot(message_type="outgoing"), "conversation": bare})
    assert isinstance(window, Window)
    assert (window.customer, window.contacts) == (None, ())
    assert window.seen[0].speaker is Speaker.AGENT


def test_a_ticket_is_the_same_whoever_names_it() -> None:
    payload = zammad()
    del payload["ticket"]["number"]
    window = read_zammad(payload)
    assert isinstance(window, Window)
    assert window.channel == "81"


def test_two_accounts_may_both_have_a_conversation_12() -> None:
    one, other = read_chatwoot(chatwoot()), read_chatwoot({**chatwoot(), "account": {"id": 4}})
    assert isinstance(one, Window) and isinstance(other, Window)
    assert one.channel != other.channel
