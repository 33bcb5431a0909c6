"""Frames between the app and the worker."""

from __future__ import annotations

import json
import multiprocessing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.errors import BugError, KnownError
from agent_assist.llm import wire
from agent_assist.llm.engine import Branch, Ended, EndReason, Loading, Message, Reading, Request, Role, Stats, Text
from agent_assist.llm.templates import find_template

WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
MESSAGES = st.lists(st.builds(Message, st.sampled_from(Role), WORDS), max_size=4).map(tuple)
BRANCHES = st.lists(
    st.builds(
        Branch,
        WORDS,
        MESSAGES,
        WORDS,
        st.integers(1, 200),
        st.integers(0, 3),
        WORDS,
        st.floats(0, 2),
        st.integers(0, 2**31),
    ),
    max_size=4,
    unique_by=lambda b: b.key,
).map(tuple)

TO_WORKER: list[wire.ToWorker] = [
    wire.Load(1, "/models/a.gguf", "chatml", 4096, 2, True),
    wire.Load(1, "/models/a.gguf", "chatml", 4096, 2, False, "/voices/ä.gguf"),
    wire.Generate(2, Request((Message(Role.USER, "Hi <|im_end|> \0 😀 مرحبا"),), (Branch("a"),), 1)),
    wire.Cancel(3),
]
FROM_WORKER: list[wire.FromWorker] = [
    wire.Loaded(1),
    wire.LoadProgress(1, 0.5),
    wire.ReadProgress(2, 256, 1000),
    wire.Written(2, {"a": " more", "b": "\n"}, {"b": EndReason.SENTENCES}),
    wire.Done(2, (3, 4), 3900, Stats(10, 5, 3, 2, 1.5, 2.5, 0.5)),
    wire.Stopped(2),
    wire.Failed(2, "No.", True),
]


@pytest.mark.parametrize("frame", TO_WORKER)
def test_frames_to_the_worker_arrive_as_they_were(frame: wire.ToWorker) -> None:
    assert wire.decode_for_worker(wire.encode(frame)) == frame


@pytest.mark.parametrize("frame", FROM_WORKER)
def test_frames_from_the_worker_arrive_as_they_were(frame: wire.FromWorker) -> None:
    assert wire.decode_from_worker(wire.encode(frame)) == frame


@given(MESSAGES, BRANCHES, st.integers(0, 9))
def test_any_request_arrives_as_it_was(messages: tuple[Message, ...], branches: tuple[Branch, ...], head: int) -> None:
    frame = wire.Generate(7, Request(messages, branches, head))
    assert wire.decode_for_worker(wire.encode(frame)) == frame


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"null",
        b"[]",
        b"\x80\x04.",
        b'{"type":"Shell","command":"ls"}',
        b'{"type":"Done","id":1}',
        b'{"type":"Written","id":1,"pieces":{"a":1},"ended":{}}',
        b'{"type":"Written","id":1,"pieces":{},"ended":{"a":"tired"}}',
        b'{"type":"Stopped","id":"1"}',
    ],
)
def test_anything_else_is_refused_by_both_sides(data: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_from_worker(data)
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_for_worker(data)


@pytest.mark.parametrize("frame", TO_WORKER)
def test_a_frame_of_the_other_direction_is_refused(frame: wire.ToWorker) -> None:
    with pytest.raises(msgspec.MsgspecError):
        wire.decode_from_worker(wire.encode(frame))


def test_frames_name_their_kind() -> None:
    assert json.loads(wire.encode(wire.Cancel(5))) == {"type": "Cancel", "id": 5}


def test_a_frame_that_is_too_long_is_neither_sent_nor_read() -> None:
    with pytest.raises(KnownError, match="too long"):
        wire.encode(wire.Generate(1, Request((Message(Role.USER, "x" * wire.MAX_FRAME),))))
    ours, theirs = multiprocessing.Pipe()
    with ours, theirs:
        ours.send_bytes(b"12345")
        with pytest.raises(OSError):
            theirs.recv_bytes(4)


def test_what_frames_tell() -> None:
    assert wire.events(FROM_WORKER[1]) == [Loading(0.5)]
    assert wire.events(FROM_WORKER[2]) == [Reading(256, 1000)]
    assert wire.events(FROM_WORKER[3]) == [Text("a", " more"), Text("b", "\n"), Ended("b", EndReason.SENTENCES)]
    assert [wire.events(f) for f in FROM_WORKER if isinstance(f, wire.Done | wire.Stopped | wire.Failed)] == [[]] * 3


def test_half_a_surrogate_pair_is_no_text() -> None:
    message = Message(Role.USER, "a\ud83d!")
    assert message.text == "a?!"
    assert wire.encode(wire.Generate(1, Request((message,))))


def test_an_unknown_template_is_ours() -> None:
    with pytest.raises(BugError, match="alpaca"):
        find_template("alpaca")
