"""A program of this person that hands conversations to the running sidebar: `push`, the relay."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from agent_assist.capture.hook import link as links
from agent_assist.capture.hook.frames import decode_sidebar, encode
from agent_assist.capture.hook.protocol import PROTOCOL, Accepted, FromSidebar, FromSource, Hello, Refused, Welcome
from agent_assist.errors import KnownError
from agent_assist.records import Way

ANSWER_S = 30.0
"""How long the sidebar may take to answer."""


class Client:
    """A connection to the sidebar that asks and waits for the answer; any thread may use it, one at a time gets in.

    Args:
        path: see `endpoint.socket_path`.
        way: what kind of source this is.
        name: what it is, for a person.
    """

    def __init__(self, path: Path, way: Way, name: str) -> None:
        self._path, self._hello = path, Hello(PROTOCOL, way, name)
        self._lock = threading.Lock()
        self._link: links.Link | None = None
        self._paused = False

    def __enter__(self) -> Client:
        self.connect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Connects and says who it is; nothing where that is done.

        Raises:
            KnownError: the sidebar does not run, takes nothing from other programs, or refused.
        """
        with self._lock:
            self._connected()

    def ask(self, message: FromSource) -> FromSidebar:
        """Sends a window or a text and waits for what became of it, at most 30 s.

        Connects where there is no connection, and once more where the sidebar closed it since the last question.

        Returns:
            `Accepted`.

        Raises:
            KnownError: the sidebar does not run, went away, refused (with its sentence) or does not answer; or the
                message is longer than a frame.
        """
        body = encode(message)
        with self._lock:
            known = self._link is not None
            try:
                return self._answer(self._connected(), body)
            except (OSError, links.LinkEnded) as error:
                self._drop()
                if isinstance(error, TimeoutError) or not known:
                    raise _gone(error) from error
            try:
                return self._answer(self._connected(), body)
            except (OSError, links.LinkEnded) as error:
                self._drop()
                raise _gone(error) from error

    def tell(self, message: FromSource) -> None:
        """Sends what has no answer: that a conversation ended, or what became of a reply.

        Raises:
            KnownError: the sidebar does not run or went away.
        """
        body = encode(message)
        with self._lock:
            try:
                self._connected().send(body)
            except OSError as error:
                self._drop()
                raise _gone(error) from error

    def close(self) -> None:
        """Ends the connection; a later question begins a new one."""
        with self._lock:
            self._drop()

    def _connected(self) -> links.Link:
        if self._link is not None:
            return self._link
        self._link = links.connect(self._path)
        try:
            welcome = self._answer(self._link, encode(self._hello))
        except (OSError, links.LinkEnded) as error:
            self._drop()
            raise _gone(error) from error
        except KnownError:
            self._drop()
            raise
        if not isinstance(welcome, Welcome):
            self._drop()
            raise KnownError("Something else than Agent Assist answers there. Close it and start Agent Assist again.")
        return self._link

    def _answer(self, link: links.Link, body: bytes) -> FromSidebar:
        """Sends a frame; the next frame that answers one."""
        # Whoever is refused at the door finds the connection closed before it spoke, and the reason waiting in it.
        with suppress(BrokenPipeError, ConnectionResetError):
            link.send(body)
        end = time.monotonic() + ANSWER_S
        while True:
            message = decode_sidebar(link.receive(end - time.monotonic()))
            if isinstance(message, Refused):
                if message.final:
                    self._drop()
                raise KnownError(message.why)
            if isinstance(message, Accepted | Welcome):
                return message

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None


def _gone(error: OSError | links.LinkEnded) -> KnownError:
    if isinstance(error, TimeoutError):
        return KnownError("Agent Assist does not answer. Close its window, start it again, and try once more.")
    return KnownError(links.NOT_RUNNING)
