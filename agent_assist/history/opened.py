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

_CUT_MS = 100
"""How long cutting the log waits for others, milliseconds: somebody may be waiting for what follows."""


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
        self._is_log_cut = True

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

    def _cut_log(self, wait_ms: int = _CUT_MS) -> None:
        # The log still holds older versions of the pages: move it into the file and cut it off. Where that cannot be
        # done now, because a backup reads it say, what was deleted is deleted all the same, and the next write does it,
        # or closing the file.
        self._is_log_cut = False
        with suppress(KnownError), self._known_errors(), database.waiting(self._database, wait_ms):
            self._is_log_cut = database.run(self._database, "PRAGMA wal_checkpoint(TRUNCATE)") == 0

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
        if not self._is_log_cut:
            self._cut_log(wait_ms=0)
