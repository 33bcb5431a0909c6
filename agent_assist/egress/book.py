"""What is open: hosts by name and port, and the addresses that looking them up gave."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from agent_assist.egress.address import is_literal, is_loopback, text_of

_LOCAL_KINDS = frozenset({"AF_UNIX", "AF_NETLINK"})  # programs of this machine; its own kernel


class Book:
    """Decides about every address, from any thread. It counts what it refuses."""

    def __init__(self) -> None:
        # Re-entrant: a signal's handler may run in the thread that holds it, and may want to connect too.
        self._lock = threading.RLock()
        self._open: Counter[tuple[str, int]] = Counter()
        self._found: dict[tuple[str, int], set[str]] = {}
        self._refused = 0

    @property
    def refused(self) -> int:
        """How many attempts were refused."""
        return self._refused

    def count(self) -> None:
        """One more attempt was refused."""
        with self._lock:
            self._refused += 1

    @contextmanager
    def opened(self, host: str, port: int) -> Iterator[None]:
        """Lets `host` be looked up, and what that gives be connected to at `port`, while it lasts."""
        key = self.open(host, port)
        try:
            yield
        finally:
            with self._lock:
                self._open[key] -= 1
                if self._open[key] <= 0:
                    del self._open[key]
                    self._found.pop(key, None)

    def open(self, host: str, port: int) -> tuple[str, int]:
        """Opens for good, or until somebody takes one from the count."""
        key = (text_of(host) or "", port)
        with self._lock:
            self._open[key] += 1
            if is_literal(key[0]):
                self._found.setdefault(key, set()).add(key[0])
        return key

    def note(self, host: object, port: object, addresses: Iterable[str]) -> None:
        """Takes down what an open host's name was found to stand for."""
        name = text_of(host)
        with self._lock:
            for key in self._open:
                if key[0] == name and port in (key[1], str(key[1]), None):
                    self._found.setdefault(key, set()).update(addresses)

    def may_reach(self, family: str, address: object) -> bool:
        """Whether something may be sent to `address`, as sockets of `family` (a name such as AF_INET) take it."""
        if family in _LOCAL_KINDS:
            return True
        if family not in ("AF_INET", "AF_INET6") or not isinstance(address, tuple) or len(address) < 2:
            return False
        host, port = text_of(address[0]), address[1]
        if host is None:
            return False
        if is_loopback(host):
            return True
        with self._lock:
            return any(key[1] == port and host in found for key, found in self._found.items() if key in self._open)

    def may_listen(self, family: str, address: object) -> bool:
        """Whether a socket may be bound to `address`: only this machine may come in."""
        if family not in ("AF_INET", "AF_INET6"):
            return family in _LOCAL_KINDS
        host = text_of(address[0]) if isinstance(address, tuple) and address else None
        return host is not None and is_loopback(host)

    def may_look_up(self, host: object) -> bool:
        """Whether a name may be resolved; an address or no host at all asks nobody."""
        if host is None:
            return True
        name = text_of(host)
        if name is None:
            return False
        if is_literal(name) or is_loopback(name):
            return True
        with self._lock:
            return any(key[0] == name for key in self._open)

    def may_name(self, host: object) -> bool:
        """Whether an address may be turned into a name: that asks the network for every address but our own."""
        name = text_of(host)
        return name is not None and is_loopback(name)
