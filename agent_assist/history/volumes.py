"""The index of words in a file of its own: derived from the history, never backed up, made again where it is damaged.

Conversations stand in volumes of some thousands, each a full-text table of its own, in the order of their changes. A
search goes from the newest volume down and stops when it has enough, so that a word that is everywhere is as quick as
one that is rare; and erasing rewrites one volume, not everything. FTS5 only marks what is deleted of a table without
contents and drops it when it merges: rewriting a volume whole ("optimize") is what leaves no trace, not even in the
tree above its pages.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import peewee

from agent_assist.errors import KnownError
from agent_assist.history import words
from agent_assist.history.database import BUSY_MS, Damaged, connect, known_errors, run

Values = Sequence[int | str]

VOLUME = 8192
"""Conversations of a volume: rewriting one takes some 50 ms, and 100,000 conversations make 13 of them."""

_FORMAT = 1
_TABLES = (
    "CREATE TABLE about (words TEXT NOT NULL, low INTEGER, high INTEGER)",
    """CREATE TABLE volume (
        id INTEGER PRIMARY KEY AUTOINCREMENT, first INTEGER NOT NULL, last INTEGER NOT NULL, size INTEGER NOT NULL,
        earliest INTEGER NOT NULL, latest INTEGER NOT NULL, dirty INTEGER NOT NULL)""",
    """CREATE TABLE document (
        change INTEGER PRIMARY KEY, conversation INTEGER NOT NULL UNIQUE, saved_at INTEGER NOT NULL,
        volume INTEGER NOT NULL REFERENCES volume (id))""",
)
# The texts come as words between blanks (see `words.indexed`), which is where this tokenizer splits.
_WORDS = "USING fts5 (customer, marks, text, content='', contentless_delete=1, tokenize='ascii')"
_PAGE = 3900
"""Bytes of a page of FTS5. It has to fit a page of the file, whose 4096 bytes hold 80 of its seal: of one that does
not, FTS5 reads the damaged rest without a word, and a search then finds half of what there is."""
_POLL_SECONDS = 0.005
_SPARE = 0  # no volume has this number
_ANYTIME = (-(2**62), 2**62)


class IndexDamaged(Exception):
    """The index cannot be read, and has to be made again; only the finder sees this."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One conversation as the index keeps it.

    Attributes:
        conversation: number of its row in the history.
        change: number of its last change.
        saved_at: microseconds since 1970, UTC.
        customer, marks, text: words between blanks.
    """

    conversation: int
    change: int
    saved_at: int
    customer: str
    marks: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for in the index.

    Attributes:
        expression: in the language of FTS5; "" for everything.
        rarest: the part of it that rules out most, looked at first; "" where it has no parts.
        since: microseconds since 1970, UTC, of the last save; None: any.
        until: the same; from then on none counts.
    """

    expression: str = ""
    rarest: str = ""
    since: int | None = None
    until: int | None = None


class Volumes:
    """The file, open.

    Every method raises IndexDamaged where the file is damaged, and KnownError where the disk or another process is in
    the way.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        with self._errors():
            self._file = _connected(path, key)
        try:
            self._identity = _identity(path)
            self._make_tables()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Closes the file; a second call does nothing."""
        with suppress(peewee.PeeweeException):  # damaged: there is nothing left to write
            self._file.close()

    @property
    def replaced(self) -> bool:
        """Whether another process has made the file again since it was opened."""
        return _identity(self._path) != self._identity

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One view of the file."""
        with self._errors(), self._file.atomic():
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction that is the only writer from its first statement on."""
        with self._errors(), self._file.atomic("IMMEDIATE"):
            yield

    # --- how far the index goes

    def span(self) -> tuple[int, int] | None:
        """The changes that were looked at: those above the first number, up to the second; None: none yet."""
        with self._errors():
            low, high = self._rows("SELECT low, high FROM about")[0]
        return None if high is None else (low, high)

    def set_span(self, low: int, high: int) -> None:
        """Notes which changes were looked at."""
        self._rows("UPDATE about SET low = ?, high = ?", (low, high))

    def newest(self) -> int:
        """The last change that is in the index; 0 where it is empty."""
        with self._errors():
            return int(str(run(self._file, "SELECT ifnull(max(change), 0) FROM document")))

    def conversations(self) -> set[int]:
        """The rows of the history that are in the index."""
        with self._errors():
            return {row[0] for row in self._rows("SELECT conversation FROM document")}

    # --- writing, inside `writing`

    def put(self, entry: Entry) -> None:
        """Takes a conversation in, in place of what stands there of it. Above all others, or below."""
        self._remove("conversation = ? OR change = ?", entry.conversation, entry.change)
        volume = self._volume_for(entry.change)
        self._rows(
            f"INSERT INTO words_{volume:d} (rowid, customer, marks, text) VALUES (?, ?, ?, ?)",  # noqa: S608  # a number
            (entry.change, entry.customer, entry.marks, entry.text),
        )
        self._rows(
            "INSERT INTO document (change, conversation, saved_at, volume) VALUES (?, ?, ?, ?)",
            (entry.change, entry.conversation, entry.saved_at, volume),
        )
        self._rows(
            """UPDATE volume SET size = size + 1, first = min(first, ?1), last = max(last, ?1),
                earliest = min(earliest, ?2), latest = max(latest, ?2) WHERE id = ?3""",
            (entry.change, entry.saved_at, volume),
        )

    def remove(self, conversations: Iterable[int]) -> None:
        """Takes conversations out; their words are gone from the file after `rewrite`."""
        for conversation in conversations:
            self._remove("conversation = ?", conversation)

    def rewrite(self) -> None:
        """Writes the volumes anew that something was taken out of, and drops those that are empty."""
        for volume, size in self._rows("SELECT id, size FROM volume WHERE dirty"):
            if size:
                self._rows(f"INSERT INTO words_{volume:d} (words_{volume:d}) VALUES ('optimize')")  # noqa: S608  # a number
                self._move(volume)
                self._rows("UPDATE volume SET dirty = 0 WHERE id = ?", (volume,))
            else:
                self._rows(f"DROP TABLE words_{volume:d}")
                self._rows("DELETE FROM volume WHERE id = ?", (volume,))

    # --- outside of a transaction

    def is_clean(self) -> bool:
        """Whether nothing waits to be rewritten."""
        with self._errors():
            return not self._rows("SELECT 1 FROM volume WHERE dirty LIMIT 1")

    def cut_log(self) -> bool:
        """Moves the log into the file and cuts it off; False where another process reads in it just now."""
        with self._errors():
            return run(self._file, "PRAGMA wal_checkpoint(TRUNCATE)") == 0

    # --- finding, inside `reading`

    def matches(self, asked: Asked) -> Generator[tuple[int, int], None, None]:
        """Rows of the history and changes, newest change first."""
        first = _ANYTIME[0] if asked.since is None else asked.since
        end = _ANYTIME[1] if asked.until is None else asked.until
        timed = asked.since is not None or asked.until is not None
        where = " AND d.saved_at >= ? AND d.saved_at < ?" if timed else ""
        times: Values = (first, end) if timed else ()
        if not asked.expression:
            everything = f"SELECT conversation, change FROM document d WHERE 1 {where} ORDER BY change DESC"  # noqa: S608  # ours
            yield from self._each(everything, times)
            return
        volumes = "SELECT id FROM volume WHERE latest >= ? AND earliest < ? ORDER BY last DESC"
        for (volume,) in self._rows(volumes, (first, end)):
            # A beginning that is everywhere is collected whole before the first row comes: not for nothing.
            if asked.rarest and not self._has(volume, asked.rarest):
                continue
            # CROSS JOIN: the words lead, in their own order, so that nothing is sorted.
            yield from self._each(
                f"""SELECT d.conversation, d.change FROM words_{volume:d} w CROSS JOIN document d ON d.change = w.rowid
                    WHERE w.words_{volume:d} MATCH ? {where} ORDER BY w.rowid DESC""",  # noqa: S608  # a number
                (asked.expression, *times),
            )

    # --- below

    def _make_tables(self) -> None:
        with self._errors():
            if run(self._file, "PRAGMA user_version") == 0:
                with self.writing():
                    if run(self._file, "PRAGMA user_version") == 0:  # no other process was faster
                        for statement in (*_TABLES, f"PRAGMA user_version = {_FORMAT:d}"):
                            run(self._file, statement)
                        self._rows("INSERT INTO about (words) VALUES (?)", (words.VERSION,))
            made_by = run(self._file, "PRAGMA user_version")
            if made_by != _FORMAT or run(self._file, "SELECT words FROM about") != words.VERSION:
                raise IndexDamaged("another version made it")

    def _has(self, volume: int, expression: str) -> bool:
        query = f"SELECT 1 FROM words_{volume:d} WHERE words_{volume:d} MATCH ? LIMIT 1"  # noqa: S608  # a number
        return bool(self._rows(query, (expression,)))

    def _remove(self, condition: str, *values: int) -> None:
        for change, volume in self._rows(f"SELECT change, volume FROM document WHERE {condition}", values):  # noqa: S608  # ours
            self._rows(f"DELETE FROM words_{volume:d} WHERE rowid = ?", (change,))  # noqa: S608  # a number
            self._rows("DELETE FROM document WHERE change = ?", (change,))
            self._rows("UPDATE volume SET size = size - 1, dirty = 1 WHERE id = ?", (volume,))

    def _volume_for(self, change: int) -> int:
        """The volume that a change falls into, else the nearest one unless it is full: they never overlap."""
        nearest = """SELECT id FROM (
                SELECT id, size, max(first - ?1, ?1 - last, 0) AS away FROM volume ORDER BY away LIMIT 1)
            WHERE away = 0 OR size < ?2"""
        for (volume,) in self._rows(nearest, (change, VOLUME)):
            return volume
        new = "INSERT INTO volume (first, last, size, earliest, latest, dirty) VALUES (?, ?, 0, ?, ?, 0) RETURNING id"
        volume = int(self._rows(new, (change, change, *reversed(_ANYTIME)))[0][0])
        self._make_words(volume)
        return volume

    def _make_words(self, volume: int) -> None:
        run(self._file, f"CREATE VIRTUAL TABLE words_{volume:d} {_WORDS}")
        run(self._file, f"INSERT INTO words_{volume:d} (words_{volume:d}, rank) VALUES ('pgsz', {_PAGE:d})")  # noqa: S608

    def _move(self, volume: int) -> None:
        """Moves the tables of a volume to pages that are new or blank.

        Pages that are let go are overwritten; but where SQLite moves rows between two pages that stay, what they said
        is left behind in the room between the rows that are there now.
        """
        self._make_words(_SPARE)
        for part in ("data", "idx", "docsize"):
            self._rows(f"DELETE FROM words_{_SPARE}_{part}")  # noqa: S608  # numbers
            self._rows(f"INSERT INTO words_{_SPARE}_{part} SELECT * FROM words_{volume:d}_{part}")  # noqa: S608
        self._rows(f"DROP TABLE words_{volume:d}")
        self._rows(f"ALTER TABLE words_{_SPARE} RENAME TO words_{volume:d}")

    # SQLite gives what it finds as untyped; every column here is a number, but for `about.words`.
    def _rows(self, statement: str, values: Values = ()) -> list[tuple[int, ...]]:
        return list(self._file.execute_sql(statement, values).fetchall())  # type: ignore[no-untyped-call]

    def _each(self, statement: str, values: Values) -> Iterator[tuple[int, int]]:
        # Closed also where nobody asks for the rest: an open cursor would keep the log from being cut off.
        with closing(self._file.execute_sql(statement, values)) as cursor:  # type: ignore[no-untyped-call]
            yield from cursor

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            with known_errors(self._path):
                yield
        except Damaged as error:
            raise IndexDamaged("it cannot be read") from error


def _connected(path: Path, key: bytes) -> peewee.SqliteDatabase:
    """Opens the file; SQLite does not wait by itself where two processes turn on a new file's log at once."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            return connect(path, key)
        except KnownError as error:
            if time.monotonic() >= deadline or not _is_busy(error.__cause__):
                raise
        time.sleep(_POLL_SECONDS)


def _is_busy(error: BaseException | None) -> bool:
    driver = getattr(error, "orig", error)  # the driver's own exception, which knows SQLite's name for it
    return getattr(driver, "sqlite_errorname", "") == "SQLITE_BUSY"


def delete_file(path: Path) -> None:
    """Deletes the index, so that an empty one takes its place.

    Raises:
        KnownError: it cannot be deleted.
    """
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as error:  # Windows deletes no file that another process has open
        raise KnownError(
            f"The search index {path} is damaged and cannot be deleted ({error.strerror}). "
            "Close every Agent Assist and delete that file; it is made again."
        ) from error


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116  # Path.stat would do the same
    except OSError:
        return None
    return found.st_dev, found.st_ino
