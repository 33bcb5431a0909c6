"""A listener as the sidebar has one, that keeps what came; and a source that speaks in bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from agent_assist.capture.hook import frames
from agent_assist.capture.hook.endpoint import Peer, same_user
from agent_assist.capture.hook.guests import OnMessage
from agent_assist.capture.hook.listener import Caller, Listener
from agent_assist.capture.hook.protocol import (
    PROTOCOL,
    Accepted,
    FromSidebar,
    FromSource,
    Hello,
    SeenMessage,
    Show,
    Welcome,
)
from agent_assist.records import Way

VERSION = "1.2.3"
WAIT_S = 20.0


class Sidebar:
    """A listener at `path` and what it brought."""

    def __init__(self, path: Path, answer: OnMessage | None = None, same: Callable[[Peer], bool] = same_user) -> None:
        self.path = path
        self.came: list[FromSource] = []
        self._answer = answer
        self._news = threading.Condition()
        self.listener = Listener(path, self._message, self._change, VERSION, same)

    def wait_for(self, ready: Callable[[], bool]) -> None:
        """Waits until it is so; looks again whenever a message or a source came, or a source went."""
        with self._news:
            assert self._news.wait_for(ready, WAIT_S), "it did not come to that"

    def wait_for_callers(self, number: int) -> None:
        self.wait_for(lambda: len(self.listener.callers) == number)

    def _message(self, caller: Caller, message: FromSource) -> FromSidebar | None:
        try:
            return self._answer(caller, message) if self._answer else None
        finally:
            with self._news:
                self.came.append(message)
                self._news.notify_all()

    def _change(self) -> None:
        with self._news:
            self._news.notify_all()


@contextmanager
def running(path: Path, answer: OnMessage | None = None, same: Callable[[Peer], bool] = same_user) -> Iterator[Sidebar]:
    sidebar = Sidebar(path, answer, same)
    sidebar.listener.start()
    try:
        yield sidebar
    finally:
        sidebar.listener.close()


class Source:
    """A connection in bytes, for what no well-behaved source would send."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(path))
        self._socket.settimeout(WAIT_S)
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def send_bytes(self, data: bytes) -> None:
        self._socket.sendall(data)

    def say(self, message: FromSource) -> None:
        self.send_bytes(frames.framed(frames.encode(message)))

    def hear(self) -> FromSidebar | None:
        """The next frame; None where the other side closed the connection."""
        try:
            body = frames.read(self._file)
        except ConnectionResetError:
            return None
        return frames.decode_sidebar(body) if body is not None else None

    def greet(self, way: Way = Way.BROWSER, name: str = "Chromium") -> FromSidebar | None:
        self.say(Hello(PROTOCOL, way, name))
        return self.hear()

    def end_of_sending(self) -> None:
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._file.close()
        self._socket.close()


def window(*texts: str, channel: str = "desk.example/1") -> Show:
    return Show(channel, [SeenMessage(text) for text in texts])


def still_works(path: Path) -> None:
    """A new source is served as if nothing had been."""
    with Source(path) as source:
        assert source.greet() == Welcome(PROTOCOL, VERSION)
        source.say(window("after", channel="after"))
        assert source.hear() == Accepted("after")
