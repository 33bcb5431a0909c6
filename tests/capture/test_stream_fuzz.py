"""Nothing that a source can show brings the stream down, or an order that is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st
from stream_page import talk, texts, tracker

from agent_assist.records import Contact, ContactKind, Seen, Speaker, Way, Window

_times = st.none() | st.sampled_from(
    [
        datetime(2026, 1, 5, 9, tzinfo=UTC),
        datetime(2026, 1, 5, 9, 1),
        datetime(2026, 1, 9, 9, tzinfo=timezone(timedelta(hours=14))),
        datetime.min,
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
    ]
)
_seen = st.builds(
    Seen,
    st.sampled_from(
        ["ok", "Hi", "ok thanks", "", "\x00", "Sam joined the chat", "How can I help you today?", "x" * 500]
    )
    | st.text(max_size=5),
    st.none() | st.sampled_from(Speaker),
    st.none() | st.sampled_from(["1", "2", "3", ""]),
    st.none() | st.sampled_from(["Maya", "You", "Support", " ", "\ud800"]),
    _times,
)
_contacts = st.builds(Contact, st.sampled_from(ContactKind), st.text(max_size=12))
_windows = st.builds(
    Window,
    st.sampled_from(Way),
    st.sampled_from(["a", "b"]),
    st.lists(_seen, max_size=7).map(tuple),
    st.booleans(),
    customer=st.none() | st.sampled_from(["Maya", ""]),
    contacts=st.lists(_contacts, max_size=2).map(tuple),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_windows, max_size=8), st.data())
def test_any_windows_and_words_of_the_agent_leave_sound_conversations(
    windows: list[Window], data: st.DataObject
) -> None:
    stream = tracker()
    for shown in windows:
        before = {t.conversation.id: len(t.conversation.turns) for t in stream.conversations}
        arrived = stream.see(shown)
        if arrived is not None:
            kept = stream.get(arrived.conversation.id)
            assert kept is not None and kept.conversation == arrived.conversation
            count = len(arrived.conversation.turns)
            assert count == before.get(arrived.conversation.id, 0) + len(arrived.added)
            assert sorted(arrived.added) == list(arrived.added)
        assert stream.see(shown) is None
        ids = st.sampled_from([t.conversation.id for t in stream.conversations] or ["none"])
        one, other = data.draw(ids), data.draw(ids)
        act = data.draw(st.sampled_from(["swap", "join", "apart", "forget", "take", ""]))
        if act == "swap":
            stream.swap(one)
        elif act == "join":
            stream.join(one, other)
        elif act == "apart":
            stream.keep_apart(one, other)
        elif act == "forget":
            stream.forget(one)
        elif act == "take":
            stream.take(talk("c: Hi", "a: ok", id=one), Way.PUSH)
        for tracked in stream.conversations:
            assert texts(tracked.conversation)
            stream.alike(tracked.conversation.id)
