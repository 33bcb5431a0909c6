"""The guard of one process: asked by the interpreter before every connection, and never taken off again.

Python tells its audit hooks (PEP 578) of every connect, send, bind and look-up before the system hears of it; a hook
that raises refuses it. Two gaps are closed by hand, for `socket.socket`: given a name to connect or send to, the
interpreter looks it up first and tells afterwards; and of `listen`, which takes every address of the machine where
none was bound, it never tells. Code that does not go through Python's sockets is not seen here: see `sealing`.
"""

from __future__ import annotations

import functools
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from agent_assist.egress.book import Book
from agent_assist.errors import KnownError

Endpoint = tuple[str, int]
"""A host and a port."""


class Refused(KnownError, OSError):
    """A connection that would have left this machine; nothing was sent.

    An OSError too, so that a library which tries takes it for a network that is not there.
    """

    def __init__(self) -> None:
        super().__init__(
            "A connection to another machine was refused before anything was sent. "
            "Agent Assist connects only to fetch a model that you asked for."
        )


_book = Book()
_installing = threading.Lock()
_installed = False


def install(endpoints: Iterable[Endpoint] = ()) -> None:
    """Guards this process from now on; there is no way back. Calling it again only adds endpoints.

    Args:
        endpoints: what the site's policy opens for good.
    """
    global _installed
    with _installing:
        for host, port in endpoints:
            _book.open(host, port)
        if not _installed:
            ask = _hook(_rules(_book), _book)
            socket.getaddrinfo = _noting(socket.getaddrinfo)
            for method, (event, place) in _ADDRESSED.items():
                setattr(socket.socket, method, _asking(getattr(socket.socket, method), event, place, ask))
            setattr(socket.socket, "listen", _asking_to_listen(socket.socket.listen, ask))  # noqa: B010  # as those above
            sys.addaudithook(ask)
            _installed = True


def installed() -> bool:
    """Whether this process is guarded."""
    return _installed


def refused() -> int:
    """How many attempts were refused since this process began."""
    return _book.refused


def allow(host: str, port: int) -> AbstractContextManager[None]:
    """While it lasts `host` may be looked up, and what that gives be connected to at `port`; by every thread.

    Addresses are not opened by number range: only those that the look-up gave.
    """
    return _book.opened(host, port)


Ask = Callable[[str, tuple[Any, ...]], None]
"""Raises Refused for an event that may not go on."""
_ADDRESSED = {
    "connect": ("socket.connect", 0),
    "connect_ex": ("socket.connect", 0),
    "bind": ("socket.bind", 0),
    "sendto": ("socket.sendto", -1),
    "sendmsg": ("socket.sendmsg", 3),
}
"""By a socket's method, the interpreter's event and where the address stands among the arguments."""

Rule = Callable[[tuple[Any, ...]], bool]  # an event's arguments are the interpreter's and of any kind


def _family(sock: Any) -> str:  # `_socket.socket` or what is made of it
    try:
        return socket.AddressFamily(sock.family).name
    except ValueError:
        return ""


def _rules(book: Book) -> dict[str, Rule]:
    """By the interpreter's event, whether it may go on."""

    def reach(args: tuple[Any, ...]) -> bool:
        return book.may_reach(_family(args[0]), args[1])

    return {
        "socket.connect": reach,
        "socket.sendto": reach,
        "socket.sendmsg": lambda args: args[1] is None or reach(args),
        "socket.bind": lambda args: book.may_listen(_family(args[0]), args[1]),
        "socket.getaddrinfo": lambda args: book.may_look_up(args[0]),
        "socket.gethostbyname": lambda args: book.may_look_up(args[0]),
        "socket.gethostbyaddr": lambda args: book.may_name(args[0]),
        "socket.getnameinfo": lambda args: book.may_name(args[0][0] if args[0] else None),
    }


def _hook(rules: dict[str, Rule], book: Book) -> Ask:
    # All it needs is its own: at the interpreter's end the modules' names are gone before the hooks are.
    error = Refused

    def ask(event: str, args: tuple[Any, ...]) -> None:
        rule = rules.get(event)
        if rule is not None and not rule(args):
            book.count()
            raise error

    return ask


def _asking(method: Callable[..., Any], event: str, place: int, ask: Ask) -> Callable[..., Any]:
    """A socket's method that asks before the interpreter looks a name up."""

    @functools.wraps(method)
    def asked(self: socket.socket, *args: Any) -> Any:
        if len(args) > place and args:
            ask(event, (self, args[place]))
        return method(self, *args)

    return asked


def _asking_to_listen(listen: Callable[..., None], ask: Ask) -> Callable[..., None]:
    """`socket.socket.listen`, which asks whether others than this machine could come in."""

    @functools.wraps(listen)
    def asked(self: socket.socket, *args: Any) -> None:
        ask("socket.bind", (self, self.getsockname()))
        listen(self, *args)

    return asked


def _noting(look_up: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    """`socket.getaddrinfo`, and what it gives for an open host is taken down: only that may be connected to."""

    @functools.wraps(look_up)
    def noted(host: object, port: object, *args: Any, **kwargs: Any) -> list[Any]:
        found = look_up(host, port, *args, **kwargs)
        _book.note(host, port, (str(entry[4][0]) for entry in found))
        return found

    return noted
