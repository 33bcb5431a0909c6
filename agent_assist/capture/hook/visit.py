"""One source's connection, from its first frame to its end; everything here runs in the listener's loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

from agent_assist.capture.hook.frames import decode_source, framed, read_async
from agent_assist.capture.hook.protocol import MAX_FRAME, PROTOCOL, SOURCES, FromSource, Hello
from agent_assist.errors import KnownError
from agent_assist.records import Way

HELLO_S = 5.0
"""How long a source may take to say who it is."""
FRAME_S = 10.0
"""How long a frame may take from its first byte to its last."""
MAX_UNREAD = MAX_FRAME
"""Bytes that may wait for a source that does not read; one more frame, and it is let go."""

_FAREWELL_S = 2.0


@dataclass(frozen=True, slots=True)
class Caller:
    """A source that is connected.

    Attributes:
        id: told apart by it; never given twice in one process.
        way: what kind it says it is.
        name: what it says it is, for a person.
    """

    id: int
    way: Way
    name: str


class Visit:
    """A connection.

    Attributes:
        number: told apart by it.
        caller: who it is, once it said so.
    """

    def __init__(self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.caller: Caller | None = None
        self.number, self._reader, self._writer = number, reader, writer

    async def meet(self) -> Caller:
        """Waits for the source to say who it is.

        Raises:
            KnownError: it does not, or speaks another protocol.
            OSError: the connection broke.
        """
        try:
            async with asyncio.timeout(HELLO_S):
                body = await read_async(self._reader, HELLO_S)
        except TimeoutError as error:
            raise _no_hello() from error
        hello = decode_source(body) if body is not None else None
        if not isinstance(hello, Hello):
            raise _no_hello()
        if hello.protocol != PROTOCOL:
            older = "that program" if hello.protocol < PROTOCOL else "Agent Assist"
            raise KnownError(
                f"It speaks version {hello.protocol} of what Agent Assist speaks in version {PROTOCOL}. Update {older}."
            )
        if hello.way not in SOURCES:
            raise KnownError(f"No other program brings what comes in by {hello.way.value}.")
        self.caller = Caller(self.number, hello.way, hello.name)
        return self.caller

    async def messages(self) -> AsyncIterator[FromSource | KnownError]:
        """What the source sends, to its end; an error in the place of a frame that cannot be used.

        Raises:
            KnownError: a frame is too long or only half there: nothing after it could be read.
            OSError: the connection broke.
        """
        while (body := await read_async(self._reader, FRAME_S)) is not None:
            try:
                message = decode_source(body)
            except KnownError as error:
                yield error
                continue
            yield KnownError("A source says who it is only once.") if isinstance(message, Hello) else message

    def say(self, body: bytes) -> None:
        """Sends a frame's text; lets go of a source that reads nothing of what it was sent before."""
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > MAX_UNREAD:
            transport.abort()
            return
        self._writer.write(framed(body))

    async def leave(self) -> None:
        """Ends the connection; what was said last may still be read for a moment."""
        self._writer.close()
        with suppress(TimeoutError, OSError):
            async with asyncio.timeout(_FAREWELL_S):
                await self._writer.wait_closed()

    def cut(self) -> None:
        """Ends the connection at once, whatever waits in it."""
        self._writer.transport.abort()


def _no_hello() -> KnownError:
    return KnownError("A source must first say who it is.")
