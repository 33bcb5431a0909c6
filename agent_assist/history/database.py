"""The one connection to the encrypted file, and what can go wrong with it in words."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import peewee
from playhouse.sqlcipher_ext import SqlCipherDatabase  # type: ignore[import-untyped]  # ships no type information
from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # as above

from agent_assist import log
from agent_assist.errors import BugError, KnownError

BUSY_MS = 5000
"""How long another process may hold the file before we give up, milliseconds."""

_POLL_SECONDS = 0.002
_PRAGMAS = (
    ("cipher_log_level", "NONE"),  # else SQLCipher prints to stderr
    # FULL: in WAL mode NORMAL may lose the last commits when the power fails; a save is rare enough for one fsync.
    ("synchronous", "full"),
    ("foreign_keys", 1),
    ("secure_delete", 1),  # erased rows are overwritten, not only unlinked
    ("temp_store", "memory"),  # sorting never spills text to disk
)

_DAMAGED = (
    "The history {path} is damaged or is not a history of this key. Restore a backup; the file was left as it is."
)
_PROBLEMS = {
    "SQLITE_BUSY": "Another Agent Assist is writing to the history. Try again in a moment.",
    "SQLITE_LOCKED": "Another Agent Assist is writing to the history. Try again in a moment.",
    "SQLITE_FULL": "The disk is full: the history was not changed. Free some space and try again.",
    "SQLITE_IOERR": "The disk refused to read or write the history {path}. Check the drive and its free space.",
    "SQLITE_READONLY": "The history {path} cannot be written to. Check the permissions of the file and its folder.",
    "SQLITE_PERM": "The history {path} cannot be written to. Check the permissions of the file and its folder.",
    "SQLITE_CANTOPEN": "The history {path} cannot be opened. Check the permissions of the file and its folder.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}

# peewee logs every statement with its values at DEBUG: customer text, whoever turns that level on.
logging.getLogger("peewee").setLevel(logging.WARNING)


class Damaged(KnownError):
    """A file is damaged, or another key made it."""


class _Database(SqlCipherDatabase):  # type: ignore[misc]  # untyped, see its import
    def begin(self, lock_type: str | None = None) -> None:
        # SQLite's own waiting looks ten times a second, and starves beside a process that saves without a pause.
        deadline = time.monotonic() + BUSY_MS / 1000
        run(self, "PRAGMA busy_timeout = 0")
        try:
            while not self._began(lock_type, last=time.monotonic() >= deadline):
                time.sleep(_POLL_SECONDS)
        finally:
            run(self, f"PRAGMA busy_timeout = {BUSY_MS:d}")

    def _began(self, lock_type: str | None, last: bool) -> bool:
        try:
            super().begin(lock_type)
        except peewee.OperationalError as error:
            if last or _error_name(error) != "SQLITE_BUSY":
                raise
            return False
        return True

    def rollback(self) -> None:
        # A full or failing disk makes SQLite roll back on its own; a second one would hide the reason.
        if self.connection().in_transaction:
            super().rollback()


def connect(path: Path, key: bytes, journal: str = "wal") -> peewee.SqliteDatabase:
    """Opens the file, made empty where there is none, and reads its first page.

    The connection belongs to whoever asked for it: it can be closed from any thread, but is used in one at a time.

    Args:
        path: the encrypted file; its folder has to exist.
        key: 32 bytes, given to SQLCipher as they are, without a derivation.
        journal: "wal", or "delete" for a small file that is seldom written and then must not lie in two.

    Raises:
        Damaged: the file is damaged or is not of this key.
        KnownError: it cannot be opened.
    """
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise KnownError(_PROBLEMS["SQLITE_CANTOPEN"].format(path=path)) from error
    database: peewee.SqliteDatabase = _Database(
        str(path),
        passphrase=f"x'{key.hex()}'",
        pragmas=(("busy_timeout", BUSY_MS), *_PRAGMAS, ("journal_mode", journal)),
        autoconnect=False,
        thread_safe=False,  # one connection in all, not one for each thread
        check_same_thread=False,
    )
    with known_errors(path):
        database.connect()
    return database


def run(database: peewee.SqliteDatabase, statement: str) -> object:
    """Runs one statement without values; the first column of its first row, None where it has none."""
    row = database.execute_sql(statement).fetchone()  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
    return row[0] if row else None


@contextmanager
def known_errors(path: Path) -> Iterator[None]:
    """Turns what the database raises inside into one plain sentence.

    Raises:
        Damaged: the file is damaged.
        KnownError: the disk, the file or another process is in the way.
        BugError: anything else that the database refuses.
    """
    try:
        yield
    except (peewee.PeeweeException, dbapi2.Error) as error:  # peewee lets the driver's own through while it reads rows
        name = _error_name(error)
        log.get("history").info("the database refused: %s", name)
        # Extended names follow the plain one: SQLITE_IOERR_WRITE, SQLITE_READONLY_DBMOVED.
        problem = next((text for plain, text in _PROBLEMS.items() if name.startswith(plain)), None)
        if problem is None:
            raise BugError(f"the history's database refused: {name}") from error
        kind = Damaged if problem is _DAMAGED else KnownError
        raise kind(problem.format(path=path)) from error
    except UnicodeEncodeError:
        # Its message carries the text: not chained.
        raise KnownError("The text has broken characters (lone surrogates) and cannot be saved.") from None


def _error_name(error: Exception) -> str:
    driver = getattr(error, "orig", error)  # the driver's own exception, which knows SQLite's name for it
    return str(getattr(driver, "sqlite_errorname", type(driver).__name__))
