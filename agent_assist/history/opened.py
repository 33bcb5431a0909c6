"""What every part of the open history stands on: its files, whose thread they are, and transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from types import TracebackType
from typing import Self

from agent_assist.errors import BugError, KnownError
from agent_assist.history import database
from agent_assist.history.files import Files


class Opened:
    """The open files, on connections that belong to the thread that opened them.

    Every method but `close` raises BugError in another thread, and KnownError where the disk, a file or another
    process is in the way; nothing saved before is lost then. A write is whole and lasting when its method returns.
    """

    def __init__(self, opened: Files, clock: Callable[[], datetime]) -> None:
        self._files = opened
        self._path = opened.path
        self._database = opened.database
        self._keys = opened.keys
        self._reader = opened.reader
        self._finder = opened.finder
        self._clock = clock
        self._thread = threading.get_ident()

    def close(self) -> None:
        """Closes the files and forgets the keys; a second call does nothing.

        May be called in any thread once no other call is running.
        """
        self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _cut_log(self) -> None:
        # The log still holds older versions of the pages: move it into the file and cut it off. Where that cannot be
        # done now, what was deleted is deleted all the same, and closing the file does it.
        with suppress(KnownError), self._known_errors():
            database.run(self._database, "PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _known_errors(self) -> Iterator[None]:
        if threading.get_ident() != self._thread:
            raise BugError("the history is used outside the thread that opened it")
        if self._database.is_closed():
            raise BugError("the history is closed")
        with database.known_errors(self._path):
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One view of the file, also while another process writes."""
        with self._known_errors(), self._database.atomic():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that is the only writer from its first statement on."""
        with self._known_errors(), self._database.atomic("IMMEDIATE"):
            yield
