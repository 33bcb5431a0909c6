"""Frames: what comes through whole, and one clear sentence for what does not."""

from __future__ import annotations

import asyncio
import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.capture.hook import frames
from agent_assist.capture.hook.protocol import (
    MAX_FRAME,
    Accepted,
    Ended,
    FromSidebar,
    FromSource,
    Hello,
    Insert,
    InsertResult,
    Mark,
    Paused,
    Push,
    Refused,
    SeenMessage,
    Show,
    Welcome,
)
from agent_assist.errors import KnownError
from agent_assist.records import ContactKind, Speaker, Way

SECRET = "my card is 4111"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
marks = st.builds(Mark, st.sampled_from(ContactKind), texts)
seen = st.builds(
    SeenMessage,
    texts,
    st.none() | st.sampled_from(Speaker),
    st.none() | texts,
    st.none() | texts,
    st.none() | texts | st.floats(allow_nan=False, allow_infinity=False),
)
sources: st.SearchStrategy[FromSource] = st.one_of(
    st.builds(Hello, st.integers(0, 1 << 40), st.sampled_from(Way), texts),
    st.builds(
        Show, texts, st.lists(seen, max_size=5), st.booleans(), texts, st.none() | texts, st.lists(marks, max_size=3)
    ),
    st.builds(Push, texts, texts, st.none() | texts, texts),
    st.builds(Ended, texts),
    st.builds(InsertResult, texts, texts),
)
answers: st.SearchStrategy[FromSidebar] = st.one_of(
    st.builds(Welcome, st.integers(0, 9), texts, st.booleans()),
    st.builds(Refused, texts, st.booleans()),
    st.builds(Accepted, texts, st.integers(0, 999), st.integers(0, 9)),
    st.builds(Paused, st.booleans()),
    st.builds(Insert, texts, texts),
)


class Pieces:
    """A stream that gives a few bytes at a time, as a pipe may, and counts them."""

    def __init__(self, data: bytes, step: int) -> None:
        self._file, self._step, self.given = io.BytesIO(data), step, 0

    def read(self, size: int, /) -> bytes:
        data = self._file.read(min(size, self._step))
        self.given += len(data)
        return data


def read_async(data: bytes, *, end: bool = True, patience_s: float = 5.0) -> bytes | None:
    async def run() -> bytes | None:
        stream = asyncio.StreamReader()
        stream.feed_data(data)
        if end:
            stream.feed_eof()
        return await frames.read_async(stream, patience_s)

    return asyncio.run(run())


@given(sources)
def test_what_a_source_says_comes_through_whole(message: FromSource) -> None:
    assert frames.decode_source(frames.encode(message)) == message


@given(answers)
def test_what_the_sidebar_says_comes_through_whole(message: FromSidebar) -> None:
    assert frames.decode_sidebar(frames.encode(message)) == message


@given(st.lists(st.binary(max_size=40), max_size=6), st.integers(1, 9))
def test_frames_come_through_whole_however_they_are_cut(bodies: list[bytes], step: int) -> None:
    stream = io.BytesIO()
    for body in bodies:
        frames.write(stream, body)
    data = stream.getvalue()
    pieces = Pieces(data, step)
    assert [frames.read(pieces) for _ in bodies] == bodies
    assert frames.read(pieces) is None
    splitter = frames.Splitter()
    found = []
    for start in range(0, len(data), step):
        splitter.feed(data[start : start + step])
        while (one := splitter.next()) is not None:
            found.append(one)
    assert found == bodies
    assert splitter.empty


def test_a_writer_that_takes_a_few_bytes_at_a_time_gets_all() -> None:
    taken = bytearray()

    class Slow:
        def write(self, data: memoryview, /) -> int:
            taken.extend(data[:3])
            return len(data[:3])

        def flush(self) -> None:
            pass

    frames.write(Slow(), b"0123456789")
    assert bytes(taken) == frames.framed(b"0123456789")


@pytest.mark.parametrize("length", [MAX_FRAME + 1, 200_000_000, 0xFFFFFFFF])
def test_a_frame_that_is_too_long_is_refused_before_its_text_is_read(length: int) -> None:
    header = struct.pack("<I", length)
    stream = Pieces(header + b"x" * 100, 1 << 20)
    with pytest.raises(KnownError, match=f"{length:,} bytes is too long"):
        frames.read(stream)
    assert stream.given == len(header)
    splitter = frames.Splitter()
    splitter.feed(header)
    with pytest.raises(KnownError, match="too long"):
        splitter.next()
    with pytest.raises(KnownError, match="too long"):
        read_async(header, end=False)


def test_the_longest_frame_is_taken() -> None:
    body = b"x" * MAX_FRAME
    assert frames.read(io.BytesIO(frames.framed(body))) == body
    assert read_async(frames.framed(body)) == body
    with pytest.raises(KnownError, match="too long"):
        frames.framed(body + b"x")


@pytest.mark.parametrize("data", [b"\x05", b"\x05\x00\x00", b"\x05\x00\x00\x00", b"\x05\x00\x00\x00abcd"])
def test_half_a_frame_is_one_sentence(data: bytes) -> None:
    with pytest.raises(KnownError, match=r"^A frame ended in the middle\.$"):
        frames.read(io.BytesIO(data))
    with pytest.raises(KnownError, match=r"^A frame ended in the middle\.$"):
        read_async(data)
    with pytest.raises(KnownError, match=r"^A frame ended in the middle\.$"):
        read_async(data, end=False, patience_s=0.01)


def test_between_two_frames_the_end_is_none_and_no_patience_runs_out() -> None:
    assert frames.read(io.BytesIO(b"")) is None
    assert read_async(b"", patience_s=0.0) is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"\xff\xfe" + SECRET.encode(), "not JSON"),
        (b'{"type":"text","text":"' + SECRET.encode() + b'\xff"}', "not in UTF-8"),
        (SECRET.encode(), "not JSON"),
        (b"", "not JSON"),
        (f'{{"type":"text","text":"{SECRET}'.encode(), "not JSON"),
        (f'{{"type":"text","text":"{SECRET}\\ud800"}}'.encode(), "not JSON"),
        (f'{{"type":"{SECRET}"}}'.encode(), "not what was agreed in the field type"),
        (f'{{"type":"text","text":["{SECRET}"]}}'.encode(), "not what was agreed in the field text"),
        (f'{{"type":"hello","protocol":1,"way":"{SECRET}"}}'.encode(), "not what was agreed in the field way"),
        (f'{{"text":"{SECRET}"}}'.encode(), "not what was agreed"),
        (f'["{SECRET}"]'.encode(), "not what was agreed"),
        (b'{"type":"window","channel":"c","seen":[{"text":"a"},{"text":5}]}', "in the field seen[1].text"),
        (b'{"type":"hello","x":' + b"[" * 100_000, "not JSON"),
        (b'{"type":"hello","protocol":' + b"9" * 5000 + b',"way":"push"}', "not"),
    ],
)
def test_a_frame_that_is_none_of_ours_is_one_sentence_without_a_word_of_it(body: bytes, words: str) -> None:
    with pytest.raises(KnownError) as caught:
        frames.decode_source(body)
    said = str(caught.value)
    assert words in said
    assert said.startswith("A frame is ") and said.endswith(".") and "\n" not in said
    assert SECRET not in said


@given(st.binary(max_size=200) | st.text(max_size=200).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_bytes_of_any_kind_are_a_message_or_a_known_error(body: bytes) -> None:
    for decode in (frames.decode_source, frames.decode_sidebar):
        try:
            decode(body)
        except KnownError:
            continue


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["hello", "window", "text", "ended", "inserted"]), st.data())
def test_objects_with_any_value_in_any_field_are_a_message_or_a_known_error(kind: str, data: st.DataObject) -> None:
    import json

    names = ("protocol", "way", "name", "channel", "seen", "whole", "contacts", "text", "format", "why_not")
    fields = data.draw(st.dictionaries(st.sampled_from(names), json_values))
    try:
        frames.decode_source(json.dumps({"type": kind, **fields}).encode("utf-8", "surrogatepass"))
    except KnownError as error:
        assert str(error).startswith("A frame is not ")


def test_a_message_that_is_too_long_or_no_text_cannot_be_sent() -> None:
    with pytest.raises(KnownError, match=r"^That is too long to hand over: at most 1,024 kB go at once\.$"):
        frames.encode(Push("x" * MAX_FRAME))
    with pytest.raises(KnownError, match="characters that are none"):
        frames.encode(Push("\ud800"))
