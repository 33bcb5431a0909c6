"""Frames of native messaging: the length of a text in four bytes, then the text, a JSON object in UTF-8.

Browsers give the length in the machine's own byte order, which is little-endian wherever this product runs. A length is
judged before a byte of its text is read, so that a frame of any size costs nothing.
"""

from __future__ import annotations

import asyncio
import re
import struct
from typing import Protocol, TypeVar

import msgspec

from agent_assist.capture.hook.protocol import MAX_FRAME, FromSidebar, FromSource
from agent_assist.errors import KnownError

M = TypeVar("M")
HEADER_BYTES = 4

_HEADER = struct.Struct("<I")
_FIELD = re.compile(r" - at `\$\.([\w.\[\]]{1,60})`$")
_encoder = msgspec.json.Encoder()
_from_source: msgspec.json.Decoder[FromSource] = msgspec.json.Decoder(FromSource)
_from_sidebar: msgspec.json.Decoder[FromSidebar] = msgspec.json.Decoder(FromSidebar)


class Readable(Protocol):
    """A blocking stream of bytes, buffered or not."""

    def read(self, size: int, /) -> bytes | None:
        """At most `size` bytes; none at the end."""


class Writable(Protocol):
    """A blocking stream of bytes, buffered or not."""

    def write(self, data: memoryview, /) -> int | None:
        """Writes some of it; how many bytes."""

    def flush(self) -> None:
        """Sends off what was written."""


def encode(message: FromSource | FromSidebar) -> bytes:
    """A message as the text of a frame.

    Raises:
        KnownError: it is longer than a frame may be.
    """
    try:
        body = _encoder.encode(message)
    except UnicodeEncodeError as error:  # half a pair of surrogates: no text that could be sent
        raise KnownError("That text cannot be handed over: it holds characters that are none.") from error
    if len(body) > MAX_FRAME:
        raise KnownError(f"That is too long to hand over: at most {MAX_FRAME // 1024:,} kB go at once.")
    return body


def decode_source(body: bytes) -> FromSource:
    """The message in a frame's text that came from a source.

    Raises:
        KnownError: it is none.
    """
    return _decode(_from_source, body)


def decode_sidebar(body: bytes) -> FromSidebar:
    """The message in a frame's text that came from the sidebar.

    Raises:
        KnownError: it is none.
    """
    return _decode(_from_sidebar, body)


def framed(body: bytes) -> bytes:
    """A text with its length before it.

    Raises:
        KnownError: it is longer than a frame may be.
    """
    _check(len(body))
    return _HEADER.pack(len(body)) + body


def read(stream: Readable) -> bytes | None:
    """The text of the next frame; None where the stream ended between two frames.

    Raises:
        KnownError: the frame is too long, or ends in the middle.
        OSError: the stream cannot be read.
    """
    header = _read_up_to(stream, HEADER_BYTES)
    if not header:
        return None
    if len(header) < HEADER_BYTES:
        raise _half()
    length = length_of(header)
    body = _read_up_to(stream, length)
    if len(body) < length:
        raise _half()
    return body


def write(stream: Writable, body: bytes) -> None:
    """Writes a frame and sends it off.

    Raises:
        KnownError: it is longer than a frame may be.
        OSError: the stream cannot be written to.
    """
    left = memoryview(framed(body))
    while left:
        left = left[stream.write(left) or 0 :]
    stream.flush()


async def read_async(stream: asyncio.StreamReader, patience_s: float) -> bytes | None:
    """The text of the next frame; None where the stream ended between two frames.

    Args:
        stream: where it comes from.
        patience_s: how long a frame may take from its first byte to its last; before the first there is no limit.

    Raises:
        KnownError: the frame is too long, ends in the middle, or stops there for longer than that.
        OSError: the stream cannot be read.
    """
    first = await stream.read(1)
    if not first:
        return None
    try:
        async with asyncio.timeout(patience_s):
            length = length_of(first + await stream.readexactly(HEADER_BYTES - 1))
            return await stream.readexactly(length)
    except (asyncio.IncompleteReadError, TimeoutError) as error:
        raise _half() from error


def length_of(header: bytes) -> int:
    """The length of a frame's text, in bytes, from the four bytes before it.

    Raises:
        KnownError: it is longer than a frame may be.
    """
    (length,) = _HEADER.unpack(header)
    return _check(length)


class Splitter:
    """Cuts what comes in, in pieces of any size, into frames; never holds more than one and the piece that ends it."""

    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def empty(self) -> bool:
        """Whether what came in ended with a frame."""
        return not self._held

    def feed(self, data: bytes) -> None:
        """Takes in what came; all frames in what came before must have been taken out."""
        self._held += data

    def next(self) -> bytes | None:
        """The next frame's text; None until more of it came.

        Raises:
            KnownError: the frame is too long.
        """
        if len(self._held) < HEADER_BYTES:
            return None
        end = HEADER_BYTES + length_of(bytes(self._held[:HEADER_BYTES]))
        if len(self._held) < end:
            return None
        body = bytes(self._held[HEADER_BYTES:end])
        del self._held[:end]
        return body


def _decode(decoder: msgspec.json.Decoder[M], body: bytes) -> M:
    try:
        return decoder.decode(body)
    except UnicodeDecodeError as error:
        raise KnownError("A frame is not in UTF-8.") from error
    except msgspec.ValidationError as error:
        # Only the name of the field, which is ours: the rest of the library's words may hold what was sent.
        field = _FIELD.search(str(error))
        what = f" in the field {field[1]}" if field else ""
        raise KnownError(f"A frame is not what was agreed{what}.") from error
    except (msgspec.MsgspecError, RecursionError) as error:
        raise KnownError("A frame is not JSON.") from error


def _check(length: int) -> int:
    if length > MAX_FRAME:
        raise KnownError(f"A frame of {length:,} bytes is too long: at most {MAX_FRAME:,} are allowed.")
    return length


def _half() -> KnownError:
    return KnownError("A frame ended in the middle.")


def _read_up_to(stream: Readable, size: int) -> bytes:
    """So many bytes, fewer only at the end; an unbuffered stream gives them in pieces."""
    pieces = []
    while size:
        piece = stream.read(size)
        if not piece:
            break
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)
