"""A small encrypted file and its twin: each write goes to both, and the one that is damaged is made again.

What is in them, the keys of conversations, can be had from nowhere else. They keep no write-ahead log: what is deleted
in them lies in no second place once the write has returned.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Self

from peewee import SqliteDatabase

from agent_assist.errors import KnownError
from agent_assist.history.copying import discard, part, refuse_bad_pages
from agent_assist.history.database import RESTORE, Damaged, connect, known_errors, run
from agent_assist.paths import sync

_VERSION = 1
_TABLES = (
    "CREATE TABLE key (id INTEGER PRIMARY KEY, key BLOB NOT NULL)",
    # Ids of destroyed keys stay for good: none is given out again, and no older copy brings its key back.
    "CREATE TABLE gone (id INTEGER PRIMARY KEY, finished INTEGER NOT NULL)",
    "CREATE INDEX gone_unfinished ON gone (id) WHERE NOT finished",
    "CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "INSERT INTO state VALUES ('change', 0)",
    f"PRAGMA user_version = {_VERSION:d}",
)
_RAISE_CHANGE = "UPDATE state SET value = value + 1 WHERE name = 'change'"


class Twins:
    """The files, open; a copy of them that lies elsewhere is one without a twin."""

    def __init__(self, paths: tuple[Path, ...], files: tuple[SqliteDatabase, ...]) -> None:
        self._paths = paths
        self._files = files

    @classmethod
    def open(cls, paths: tuple[Path, ...], key: bytes, *, make: bool) -> Self:
        """Opens the files and mends the damaged or missing one from the other.

        Args:
            paths: the file, and its twin if it has one.
            key: 32 bytes, of these files.
            make: whether to make them where none of them is there.

        Raises:
            Damaged: none of them can be read.
            KnownError: none is there and none is to be made, or the disk or another process is in the way.
        """
        with ExitStack() as on_failure:
            found = [_sound(path, key) for path in paths]
            for file in filter(None, found):
                on_failure.callback(file.close)
            if not any(found):
                _make_first(paths, key, make=make)
                found[0] = first = _opened(paths[0], key)
                on_failure.callback(first.close)
            good = next(path for path, file in zip(paths, found, strict=True) if file)
            files = tuple(file or _mended(path, good, key) for path, file in zip(paths, found, strict=True))
            for file in files:
                on_failure.callback(file.close)
            twins = cls(paths, files)
            twins._agree()
            on_failure.pop_all()
        return twins

    def close(self) -> None:
        """Closes the files; a second call does nothing."""
        for file in self._files:
            file.close()

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return bool(self._files[0].is_closed())

    def rows(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """What a query finds."""
        with known_errors(self._paths[0]):
            return _rows(self._files[0], statement, values)

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """A transaction that is the only writer of both files.

        Raises:
            KnownError: the disk, a file or another process is in the way; then nothing is written.
        """
        with ExitStack() as stack:
            for path, file in zip(self._paths, self._files, strict=True):
                stack.enter_context(known_errors(path))
                stack.enter_context(file.atomic("IMMEDIATE"))
            # A process that died between the two commits may have left one behind.
            if len(set(self._changes())) > 1:
                self._unite()
            yield Writer(self._files)
            for file in self._files:
                run(file, _RAISE_CHANGE)

    def copy_to(self, path: Path, key: bytes) -> None:
        """Puts a whole copy in the place of the file `path`.

        Raises:
            Damaged: neither of the files is whole; then what was there is still there, as below.
            KnownError: the disk is in the way.
        """
        for source, file in zip(self._paths[:-1], self._files, strict=False):
            with suppress(Damaged), known_errors(source):  # then the twin is copied; the next opening mends this one
                _copy(file, source, path, key)
                return
        with known_errors(self._paths[-1]):
            _copy(self._files[-1], self._paths[-1], path, key)

    def _agree(self) -> None:
        with ExitStack() as stack:
            for path in self._paths:
                stack.enter_context(known_errors(path))
            agreed = len(set(self._changes())) == 1
        if not agreed:
            with self.writing():
                pass

    def _changes(self) -> list[int]:
        return [int(str(run(file, "SELECT value FROM state WHERE name = 'change'"))) for file in self._files]

    def _unite(self) -> None:
        """Gives each file what only the other has; a key that was destroyed in one is destroyed in both."""
        gone: dict[object, object] = {}
        keys: dict[object, object] = {}
        secrets: dict[object, object] = {}
        for file in reversed(self._files):  # the first one's word counts
            for key_id, finished in _rows(file, "SELECT id, finished FROM gone"):
                gone[key_id] = finished or gone.get(key_id, 0)
            keys |= {row[0]: row[1] for row in _rows(file, "SELECT id, key FROM key")}
            secrets |= {row[0]: row[1] for row in _rows(file, "SELECT name, value FROM secret")}
        writer = Writer(self._files)
        writer.run("INSERT OR REPLACE INTO key VALUES (?, ?)", keys.items())
        writer.run("INSERT OR REPLACE INTO gone VALUES (?, ?)", gone.items())
        writer.run("INSERT OR REPLACE INTO secret VALUES (?, ?)", secrets.items())
        writer.run("DELETE FROM key WHERE id = ?", [(key_id,) for key_id in gone])
        writer.run("UPDATE state SET value = ? WHERE name = 'change'", [(max(self._changes()),)])


class Writer:
    """Writes the same to each of the files."""

    def __init__(self, files: tuple[SqliteDatabase, ...]) -> None:
        self._files = files

    def run(self, statement: str, values: Iterable[tuple[object, ...]]) -> None:
        """Runs a statement once for each of the rows of values."""
        some = list(values)
        for file in self._files:
            file.connection().executemany(statement, some)  # type: ignore[no-untyped-call]

    def rows(self, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """What a query finds inside the transaction."""
        return _rows(self._files[0], statement, values)


def _rows(file: SqliteDatabase, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    return list(file.execute_sql(statement, values).fetchall())  # type: ignore[no-untyped-call]  # stub leaves it bare


# --- the files


def _sound(path: Path, key: bytes) -> SqliteDatabase | None:
    """The file, looked through; None where it is missing or damaged."""
    if not path.exists():
        return None
    try:
        return _opened(path, key)
    except Damaged:
        return None


def _opened(path: Path, key: bytes) -> SqliteDatabase:
    file = connect(path, key, journal="delete")
    with ExitStack() as on_failure, known_errors(path):
        on_failure.callback(file.close)
        if run(file, "PRAGMA quick_check(1)") != "ok":
            raise Damaged(f"The file {path.name} is damaged. {RESTORE}")
        if int(str(run(file, "PRAGMA user_version"))) > _VERSION:
            raise KnownError(f"The file {path.name} was written by a newer Agent Assist. Install that version.")
        on_failure.pop_all()
    return file


def _make_first(paths: tuple[Path, ...], key: bytes, *, make: bool) -> None:
    names = " and ".join(path.name for path in paths)
    if any(path.exists() for path in paths):
        raise Damaged(
            f"The keys of the conversations ({names}) are damaged, and without them the history cannot be read. "
            f"{RESTORE}"
        )
    if not make:
        raise KnownError(
            f"There is a history but the keys of its conversations ({names}) are missing. Restore a backup; without "
            "these keys the history cannot be read."
        )
    fresh = part(paths[0])
    try:
        file = connect(fresh, key, journal="delete")
        with known_errors(fresh), file.atomic("IMMEDIATE"):
            for statement in _TABLES:
                run(file, statement)
        file.close()
        put_in_place(fresh, paths[0], replace=False)
    finally:
        discard(fresh)


def _mended(path: Path, good: Path, key: bytes) -> SqliteDatabase:
    """The file at `path`, made again from the good one."""
    lock, source = connect(good, key, journal="delete"), connect(good, key, journal="delete")
    with closing(lock), closing(source), known_errors(path):
        # One process at a time, and another may just have done it. The lock has a connection of its own: SQLite copies
        # nothing from one that is writing.
        with lock.atomic("IMMEDIATE"):
            file = _sound(path, key)
            if file is None:
                # What is damaged is not set aside: it may hold keys that are destroyed later.
                _copy(source, good, path, key)
        return file or _opened(path, key)


def _copy(file: SqliteDatabase, source: Path, path: Path, key: bytes) -> None:
    # By SQLite, not by reading bytes: to close a file that is open elsewhere in this process would drop its locks.
    refuse_bad_pages(file.connection(), source)  # type: ignore[no-untyped-call]  # stub leaves it bare
    fresh = part(path)
    try:
        copy = connect(fresh, key, journal="delete")
        try:
            file.connection().backup(copy.connection())  # type: ignore[no-untyped-call]
        finally:
            copy.close()
        put_in_place(fresh, path, replace=True)
    finally:
        discard(fresh)


def put_in_place(fresh: Path, path: Path, *, replace: bool) -> None:
    """Gives a finished file its name, lastingly; without `replace`, what another process has put there stays.

    Raises:
        KnownError: the disk refuses.
    """
    try:
        if replace:
            fresh.replace(path)
        else:
            _link(fresh, path)
        sync(path.parent)
    except OSError as error:
        raise KnownError(
            f"The file {path} cannot be written ({error.strerror}). Check the folder's permissions and free space."
        ) from error


def _link(fresh: Path, path: Path) -> None:
    with suppress(FileExistsError):
        try:
            os.link(fresh, path)
        except FileExistsError:
            raise
        except OSError:  # no hard links here: FAT, some network drives
            if not path.exists():
                fresh.replace(path)
