"""Whole copies of an encrypted file while others write to it, and putting files in place so that they last.

SQLite's online backup copies page by page. The reading side holds one transaction, and with it one view of the file in
its write-ahead log, from the first page to the last: writers never wait for a copy, and no save makes it begin again.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no type information

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.history.database import BUSY_MS, Damaged, known_errors
from agent_assist.jobs import CancelToken
from agent_assist.paths import sync

Progress = Callable[[float], None]

PART, STAGED = ".part", ".restored"
"""End the names of copies that are not finished, and of those that wait to be put in place; nobody opens either."""

_PAGES = 64  # 256 KiB: 1 to 2 ms a step, with the interpreter's lock released
_REST_SECONDS = 0.001  # after each step, so that a core is free about half of the time
_STEPS_TO_SYNC = 32  # 8 MiB: else a save's own fsync would wait for hundreds of megabytes of ours
_STALE_SECONDS = 3600
_LOOKS = 3
_LOOK_SECONDS = 0.1
_SPARE_BYTES = 32 * 1024 * 1024


@contextmanager
def bare(path: Path, key: bytes, *, writing: bool = False) -> Iterator[dbapi2.Connection]:
    """A connection of its own to a file that is there, in autocommit; what the database raises comes as KnownError.

    Args:
        path: the encrypted file.
        key: 32 bytes.
        writing: whether it may be changed. One that still has a write-ahead log has to be opened so.
    """
    with known_errors(path):
        mode = "rw" if writing else "ro"
        connection = dbapi2.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            timeout=BUSY_MS / 1000,
            check_same_thread=False,
        )
        with closing(connection):
            connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            for pragma in ("cipher_log_level = NONE", "temp_store = memory", "secure_delete = 1", "foreign_keys = 1"):
                connection.execute(f"PRAGMA {pragma}")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # a wrong key shows here
            yield connection


def copy(source: Path, key: bytes, target: Path, new_key: bytes, on_progress: Progress, token: CancelToken) -> None:
    """Copies an encrypted file into a fresh one, encrypted with another key if that differs.

    The copy is one file without a log, and on the disk when this returns. Where it fails nothing is left.

    Args:
        source: the file; others may read and write it meanwhile.
        key: of `source`.
        target: a name that is free.
        new_key: of `target`.
        on_progress: told from 0 to 1.
        token: looked at every few milliseconds.

    Raises:
        Damaged: a page of the source is broken.
        KnownError: a file cannot be read or written to.
        OSError: the fresh file cannot be made.
        Cancelled: the token was cancelled.
    """
    target.touch(mode=0o600, exist_ok=False)
    try:
        with bare(source, key, writing=True) as reading:
            refuse_bad_pages(reading, source)
            reading.execute("PRAGMA query_only = 1")
            reading.execute("BEGIN")
            reading.execute("SELECT count(*) FROM sqlite_master").fetchone()  # the view begins with the first read
            _copy_pages(reading, target, new_key, on_progress, token)
        with bare(target, new_key, writing=True) as made:
            made.execute("PRAGMA journal_mode = DELETE")  # the source's header says that there is a log
        sync(target)
    except BaseException:
        discard(target)
        raise


def refuse_bad_pages(database: dbapi2.Connection, path: Path) -> None:
    """Compares every page of a file with its seal (HMAC-SHA512).

    Nothing else may stand for this before a copy: the online backup takes a page whose seal is broken for an empty one,
    says nothing, and seals that anew.

    Raises:
        Damaged: a seal is broken.
    """
    bad = _bad_pages(database)
    # This check reads past the log: a page that another process is just moving from there looks broken for a moment.
    for _ in range(_LOOKS - 1):
        if not bad:
            return
        time.sleep(_LOOK_SECONDS)
        bad &= _bad_pages(database)
    if bad:
        log.get("history").warning("%d pages of a file are damaged", len(bad))
        raise damaged(path)


def _bad_pages(database: dbapi2.Connection) -> set[str]:
    return {str(row[0]) for row in database.execute("PRAGMA cipher_integrity_check").fetchall()}


def damaged(path: Path) -> Damaged:
    """What is said of a file that cannot be relied on."""
    return Damaged(f"The file {path.name} is damaged. It was left as it is.")


def _copy_pages(
    reading: dbapi2.Connection, target: Path, new_key: bytes, on_progress: Progress, token: CancelToken
) -> None:
    steps = 0

    def tell(_status: int, left: int, whole: int) -> None:
        nonlocal steps
        token.check()
        steps += 1
        if steps % _STEPS_TO_SYNC == 0:
            sync(target)
        on_progress(1 - left / max(1, whole))
        time.sleep(_REST_SECONDS)

    with bare(target, new_key, writing=True) as writing:
        writing.execute("PRAGMA journal_mode = OFF")  # a copy that was interrupted is thrown away whole
        writing.execute("PRAGMA synchronous = OFF")
        reading.backup(writing, pages=_PAGES, progress=tell)


def put(fresh: Path, path: Path) -> None:
    """Renames a file that is on the disk, in the place of the one that has the name; lasting when this returns."""
    fresh.replace(path)
    sync(path.parent)


def put_bytes(data: bytes, path: Path) -> None:
    """Writes a small file for this user alone, whole or not at all, and lasting.

    Raises:
        OSError: the disk refuses.
    """
    fresh = part(path)
    try:
        fresh.touch(mode=0o600, exist_ok=False)
        fresh.write_bytes(data)
        sync(fresh)
        put(fresh, path)
    except OSError:
        discard(fresh)
        raise


def part(path: Path) -> Path:
    """A free name beside `path` for what will take its place."""
    return path.with_name(f".{path.name}.{token_hex(4)}{PART}")


def discard(path: Path) -> None:
    """Deletes an encrypted file that was begun, with what the database puts beside it; never raises OSError."""
    for one in (path, *beside(path)):
        with suppress(OSError):
            one.unlink(missing_ok=True)


def beside(path: Path) -> tuple[Path, ...]:
    """What SQLite keeps beside a file: log, its index, rollback journal."""
    return tuple(path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal"))


def sweep(folder: Path, now: float) -> None:
    """Deletes what nobody has written to for an hour and that never got its name: its process has ended.

    Args:
        folder: where it lies.
        now: seconds since 1970.
    """
    for left in (*folder.glob(f".*{PART}"), *folder.glob(f".*{STAGED}")):
        with suppress(OSError):
            if now - left.stat().st_mtime > _STALE_SECONDS:
                discard(left)


def need_room(folder: Path, files: tuple[Path, ...], what: str) -> None:
    """Looks whether copies of these files fit into a folder.

    Raises:
        KnownError: they do not.
    """
    needed = sum(one.stat().st_size for one in files if one.exists()) + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise KnownError(
            f"There is no room for {what} in {folder}: it needs {_megabytes(needed)}, {_megabytes(free)} are free. "
            "Free some space or choose another folder."
        )


def _megabytes(size: int) -> str:
    return f"{max(1, size // 1_000_000)} MB"
