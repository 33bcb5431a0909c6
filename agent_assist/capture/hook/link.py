"""One connection to the running sidebar that carries frames, whatever the system calls a local socket."""

from __future__ import annotations

import socket
import sys
import time
from contextlib import suppress
from multiprocessing import connection
from pathlib import Path
from typing import Protocol

from agent_assist.capture.hook import windows
from agent_assist.capture.hook.frames import Splitter, framed
from agent_assist.errors import KnownError

CONNECT_S = 5.0
"""How long a connection may take to stand."""
NOT_RUNNING = (
    "Agent Assist is not running, or its settings do not let other programs bring conversations (Settings, Ways in)."
)

_PIECE = 1 << 16
_SEND_S = 30.0
_PIPE_STEP_S = 1.0
_KNOCK_S = 0.02


class LinkEnded(Exception):
    """The other side closed the connection between two frames."""


class Link(Protocol):
    """A connection; one thread may send while another receives."""

    def send(self, body: bytes) -> None:
        """Sends a frame.

        Raises:
            OSError: the other side is gone, or takes nothing in for 30 s.
        """

    def receive(self, timeout_s: float) -> bytes:
        """The text of the next frame.

        Raises:
            TimeoutError: none came whole in that time; what came of it is kept.
            LinkEnded: the other side closed the connection.
            OSError: the connection broke.
            KnownError: the frame is too long, or ended in the middle.
        """

    def close(self) -> None:
        """Ends the connection, also for a thread that waits on it."""


def connect(path: Path) -> Link:
    """A connection to the sidebar at `path`, see `endpoint.socket_path`.

    Raises:
        KnownError: nobody listens there, or a stranger does.
    """
    try:
        return _PipeLink(path) if sys.platform == "win32" else _SocketLink(path)
    except OSError as error:
        raise KnownError(NOT_RUNNING) from error


def is_running(path: Path) -> bool:
    """Whether the sidebar listens at `path`."""
    try:
        connect(path).close()
    except KnownError:
        return False
    return True


class _SocketLink:
    def __init__(self, path: Path) -> None:
        self._splitter = Splitter()
        self._out = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._out.settimeout(CONNECT_S)
            _knock(self._out, path)
            self._out.settimeout(_SEND_S)
            # A second handle of the same socket: each keeps a time limit of its own.
            self._in = self._out.dup()
        except OSError:
            self._out.close()
            raise

    def send(self, body: bytes) -> None:
        self._out.sendall(framed(body))

    def receive(self, timeout_s: float) -> bytes:
        end = time.monotonic() + timeout_s
        while (body := self._splitter.next()) is None:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._in.settimeout(left)
            _feed(self._splitter, self._in.recv(_PIECE))
        return body

    def close(self) -> None:
        with suppress(OSError):  # the other side was faster
            self._out.shutdown(socket.SHUT_RDWR)
        self._out.close()
        self._in.close()


def _knock(door: socket.socket, path: Path) -> None:
    """Connects. Where too many wait at the door already, Linux says so at once whatever the time limit is."""
    end = time.monotonic() + CONNECT_S
    while True:
        try:
            return door.connect(str(path))
        except BlockingIOError:
            if time.monotonic() >= end:
                raise
        time.sleep(_KNOCK_S)


class _PipeLink:
    """A named pipe of Windows. A plain file on it would let no thread write while another reads.

    Raises:
        OSError: nobody listens there.
        KnownError: whoever listens there is not this user.
    """

    def __init__(self, path: Path) -> None:
        self._splitter = Splitter()
        self._pipe: connection.Connection[bytes, bytes] = connection.Client(str(path), family="AF_PIPE")
        if sys.platform == "win32":
            try:
                windows.refuse_stranger(self._pipe.fileno(), windows.Windows())
            except KnownError:
                self._pipe.close()
                raise

    def send(self, body: bytes) -> None:
        self._pipe.send_bytes(framed(body))

    def receive(self, timeout_s: float) -> bytes:
        end = time.monotonic() + timeout_s
        while (body := self._splitter.next()) is None:
            if not self._pipe.poll(max(0.0, min(_PIPE_STEP_S, end - time.monotonic()))):
                if time.monotonic() >= end:
                    raise TimeoutError
                continue  # a pipe that another thread closed is noticed by looking again
            try:
                piece = self._pipe.recv_bytes()
            except EOFError:
                piece = b""
            _feed(self._splitter, piece)
        return body

    def close(self) -> None:
        self._pipe.close()


def _feed(splitter: Splitter, piece: bytes) -> None:
    if piece:
        splitter.feed(piece)
        return
    raise LinkEnded if splitter.empty else KnownError("A frame ended in the middle.")
