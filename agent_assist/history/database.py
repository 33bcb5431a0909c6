"""The one connection to the encrypted file, and what can go wrong with it in words."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
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

RESTORE = "Restore a backup."
"""Ends what is said of damage, for `health.offer` to put a certain backup in its place."""

_DAMAGED = f"The history ({{name}}) is damaged or is not a history of this key; it was left as it is. {RESTORE}"
_PROBLEMS = {
    "SQLITE_BUSY": "Another Agent Assist is writing to the history. Try again in a moment.",
    "SQLITE_LOCKED": "Another Agent Assist is writing to the history. Try again in a moment.",
    "SQLITE_FULL": "The disk is full: the history was not changed. Free some space and try again.",
    "SQLITE_IOERR": "The disk refused to read or write the history ({name}). Check the drive and its free space.",
    "SQLITE_READONLY": "The history ({name}) cannot be written to. Check the permissions of the file and its folder.",
    "SQLITE_PERM": "The history ({name}) cannot be written to. Check the permissions of the file and its folder.",
    "SQLITE_CANTOPEN": "The history ({name}) cannot be opened. Check the permissions of the file and its folder.",
    "SQLITE_CORRUPT": _DAMAGED,
    "SQLITE_NOTADB": _DAMAGED,
}

# peewee logs every statement with its values at DEBUG: customer text, whoever turns that level on.
logging.getLogger("peewee").setLevel(logging.WARNING)


class Damaged(KnownError):
    """A file is damaged, or another key made it."""


class _Database(SqlCipherDatabase):  # type: ignore[misc]  # untyped, see its import
    def connect(self, reuse_if_open: bool = False) -> bool:
        # SQLite does not wait where it changes the way of the journal: of two processes that make the file at once, one
        # would be refused.
        connect = super().connect
        _patiently(lambda: connect(reuse_if_open))
        return True

    def begin(self, lock_type: str | None = None) -> None:
        # SQLite's own waiting looks ten times a second, and starves beside a process that saves without a pause.
        begin = super().begin
        with waiting(self, 0):
            _patiently(lambda: begin(lock_type))

    def rollback(self) -> None:
        # A full or failing disk makes SQLite roll back on its own; a second one would hide the reason.
        if self.connection().in_transaction:
            super().rollback()


def _patiently(act: Callable[[], object]) -> None:
    """Tries until no other process is in the way, for `BUSY_MS` at most."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        is_last = time.monotonic() >= deadline
        try:
            act()
        except peewee.OperationalError as error:
            if is_last or not _error_name(error).startswith("SQLITE_BUSY"):
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


@contextmanager
def waiting(database: peewee.SqliteDatabase, milliseconds: int) -> Iterator[None]:
    """Has SQLite wait so long for other connections in what is run inside, in the place of `BUSY_MS`."""
    run(database, f"PRAGMA busy_timeout = {milliseconds:d}")
    try:
        yield
    finally:
        run(database, f"PRAGMA busy_timeout = {BUSY_MS:d}")


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
        raise KnownError(_PROBLEMS["SQLITE_CANTOPEN"].format(name=path.name)) from error
    database = _Database(
        str(path),
        passphrase=f"x'{key.hex()}'",
        pragmas=(("busy_timeout", BUSY_MS), *_PRAGMAS, ("journal_mode", journal)),
        autoconnect=False,
        thread_safe=False,  # one connection in all, not one for each thread
        check_same_thread=False,
    )
    with known_errors(path):
        database.connect()
    opened: peewee.SqliteDatabase = database
    return opened


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
        raise kind(problem.format(name=path.name)) from error
    except UnicodeEncodeError:
        # Its message carries the text: not chained.
        raise KnownError("The text has broken characters (lone surrogates) and cannot be saved.") from None


def _error_name(error: Exception) -> str:
    driver = getattr(error, "orig", error)  # the driver's own exception, which knows SQLite's name for it
    return str(getattr(driver, "sqlite_errorname", type(driver).__name__))
