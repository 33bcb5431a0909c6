"""The relay's HTTP server: waitress, on 127.0.0.1 alone, with little room for anybody who means harm.

waitress bounds headers and bodies. On top of that: the head is checked before the body is read, connections above a
number are refused at once instead of left waiting, whoever takes too long to send is cut off however busy they look,
each connection carries one request, nothing is spilled into files, and every refusal is one line of plain text.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass

from waitress.adjustments import Adjustments  # type: ignore[import-untyped]  # ships no type information
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # as above
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]  # as above
from waitress.server import TcpWSGIServer  # type: ignore[import-untyped]  # as above
from waitress.task import ErrorTask  # type: ignore[import-untyped]  # as above
from waitress.utilities import (  # type: ignore[import-untyped]  # as above
    Error,
    InternalServerError,
    RequestEntityTooLarge,
    RequestHeaderFieldsTooLarge,
)

from agent_assist.capture.relay.answers import (
    MAX_BODY,
    NOT_HTTP,
    OUR_FAULT,
    TOO_LARGE,
    TOO_MANY,
    TOO_MANY_HEADERS,
    TOO_SLOW,
    Answer,
)
from agent_assist.capture.relay.app import Relay
from agent_assist.capture.relay.door import Door, Head
from agent_assist.errors import KnownError

HOST = "127.0.0.1"

_MAX_HEAD = 16_384
_THREADS = 4
_DRAIN = 65_536
_BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server puts up with.

    Attributes:
        connections: at once; each may hold a body in memory.
        seconds: that a request may take to arrive whole, and that an answer may wait to be fetched.
    """

    connections: int = 32
    seconds: float = 10.0


class Server:
    """Serves until it is closed."""

    def __init__(self, port: int, make: Callable[[int], tuple[Door, Relay]], limits: Limits | None = None) -> None:
        """Takes the port.

        Args:
            port: on the loopback interface; 0 for any that is free.
            make: the door and the application behind it, for the port that was taken.
            limits: what to put up with.

        Raises:
            KnownError: the port is taken.
        """
        _silence()
        taken = _take(port)
        self.port = int(taken.getsockname()[1])
        door, relay = make(self.port)
        self._map: dict[int, object] = {}
        self._server = _Server(taken, door, relay, limits or Limits(), self._map)
        self._closing = threading.Lock()
        self._closed = False

    def run(self) -> None:
        """Serves until `close` is called from another thread, or the process is interrupted."""
        try:
            self._server.run()
        finally:
            self._server.task_dispatcher.shutdown()
            with self._closing:
                self._closed = True
                self._server.asyncore.close_all(self._map, ignore_all=True)

    def close(self) -> None:
        """Ends `run`, soon."""
        # The loop may end on its own account as soon as it is told to: a file that it closed is not written to.
        with self._closing:
            if not self._closed:
                self._server.end()


class _Refused(Error):  # type: ignore[misc]  # waitress is not typed
    """An answer, where waitress wants an error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # as above
    """Looks at the head of a request as soon as it is whole."""

    door: Door
    error: Error | None = None
    looked = False

    def received(self, data: bytes) -> int:
        try:
            consumed = int(super().received(data))
        except ValueError:  # a length of 5,000 digits, half an IPv6 address: waitress stumbles, and would say nothing
            self.error, self.completed = _Refused(NOT_HTTP), True
        if self.headers_finished and not self.looked:
            self.looked = True
            self.headers["CONNECTION"] = "close"  # whatever the caller wished
            if not isinstance(self.error, RequestHeaderFieldsTooLarge) and hasattr(self, "path"):
                refused = self.door.refuse(Head(self.command, self.request_uri, self.headers))
                if refused is not None:
                    self.error, self.completed = _Refused(refused), True
        if self.error is not None:
            self.expect_continue = False  # else waitress would ask for the body all the same
            return len(data)  # what follows is the body of a request that nobody reads
        return consumed


class _OneLine(ErrorTask):  # type: ignore[misc]  # as above
    """Says why in one line."""

    def execute(self) -> None:
        answer = _answer(self.request.error)
        self.channel.server.relay.tell(answer)
        self.status = answer.first_line
        self.response_headers.extend(answer.all_headers)
        self.set_close_on_finish()
        self.content_length = len(answer.body)
        self.write(answer.body)


class _Channel(HTTPChannel):  # type: ignore[misc]  # as above
    """One connection, for one request."""

    error_task_class = _OneLine
    request: _Parser | None = None
    will_close: bool = False

    def late(self, since: float) -> None:
        """Ends the connection where what it does began before `since`; called by the server's own thread."""
        if self.creation_time >= since or self.will_close:
            return
        with self.requests_lock:
            if self.requests:
                return  # it is being answered
            if self.close_when_flushed:
                self.will_close = True  # whoever asked does not fetch the answer
                return
            request = self.request or self.parser_class(self.adj)
            request.error, request.completed = _Refused(TOO_SLOW), True
            self.request = None
            self.requests.append(request)
            self.server.add_task(self)


class _Server(TcpWSGIServer):  # type: ignore[misc]  # as above
    def __init__(
        self, taken: socket.socket, door: Door, relay: Relay, limits: Limits, channels: dict[int, object]
    ) -> None:
        self.relay = relay
        self._limits = limits
        self._ending = False
        parser = type("_Parser", (_Parser,), {"door": door})
        self.channel_class = type("_Channel", (_Channel,), {"parser_class": parser})
        address = taken.getsockname()
        adjustments = Adjustments(
            listen=f"{address[0]}:{address[1]}",
            threads=_THREADS,
            ident=None,
            max_request_header_size=_MAX_HEAD,
            max_request_body_size=MAX_BODY + 1,  # the first size that waitress refuses
            inbuf_overflow=4 * MAX_BODY,  # beyond any body: else waitress would write it into a file
            connection_limit=4 * limits.connections + 64,  # never reached: those above our own number are refused
            cleanup_interval=0,
            log_socket_errors=False,
        )
        info = (taken.family, taken.type, 0, address)
        super().__init__(relay, map=channels, _sock=taken, adj=adjustments, sockinfo=info, bind_socket=False)

    def set_reuse_addr(self) -> None:
        """Done before the port was taken."""

    def handle_accept(self) -> None:
        if len(self.active_channels) < self._limits.connections:
            super().handle_accept()
            return
        with contextlib.suppress(OSError):
            accepted = self.accept()
            if accepted is not None:
                self.relay.tell(TOO_MANY)
                _turn_away(accepted[0])

    def maintenance(self, now: float) -> None:
        for channel in list(self.active_channels.values()):
            channel.late(now - self._limits.seconds)

    def readable(self) -> bool:
        if self._ending:
            raise SystemExit
        return bool(super().readable())

    def end(self) -> None:
        self._ending = True
        self.pull_trigger()


def _take(port: int) -> socket.socket:
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # On Windows another program could else take the same port beside us, and be sent what is meant for us.
        if sys.platform == "win32":
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((HOST, port))
        taken.listen(_BACKLOG)  # here, for Linux lets two bind where none listens
    except OSError as error:
        taken.close()
        raise KnownError(
            f"Port {port} of this machine cannot be taken ({error.strerror}). "
            "End the program that has it, or choose another one with --port."
        ) from error
    return taken


def _turn_away(connection: socket.socket) -> None:
    """Says that there are too many, waiting for nobody; what came already is taken off, else the line would be lost."""
    headers = "".join(f"{name}: {value}\r\n" for name, value in (*TOO_MANY.all_headers, ("Connection", "close")))
    with connection:
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.recv(_DRAIN)
        with contextlib.suppress(OSError):
            connection.send(f"HTTP/1.1 {TOO_MANY.first_line}\r\n{headers}\r\n".encode() + TOO_MANY.body)
            connection.shutdown(socket.SHUT_WR)


def _answer(error: Error) -> Answer:
    if isinstance(error, _Refused):
        return error.answer
    if isinstance(error, RequestHeaderFieldsTooLarge):
        return TOO_MANY_HEADERS
    if isinstance(error, RequestEntityTooLarge):
        return TOO_LARGE
    return OUR_FAULT if isinstance(error, InternalServerError) else NOT_HTTP


def _silence() -> None:
    """What waitress logs would be printed on stderr, and may name a path with the token in it."""
    logger = logging.getLogger("waitress")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
