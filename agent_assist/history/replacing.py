"""Putting other files in the place of the history's own: a crash at any point leaves the old ones or the new ones.

What comes is laid down beside the files first (`staged`). A plan that is on the disk then is the point of no return:
from there on `finish` carries it out, now or when the history is next opened.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from agent_assist import log
from agent_assist.errors import BugError, KnownError
from agent_assist.history.copying import STAGED, beside, discard, put, put_bytes, sweep
from agent_assist.paths import Places, sync

_PLAN = "restore.json"
_ANEW = "set-aside.json"
_OF_A_HISTORY = ("history.db*", "keys*.db*", "history.key.json", "audit.*", "backups", "backup-folders.json")
_DAMAGED = ".damaged-"


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of files in the data folder.

    Attributes:
        names: what is put in place, in this order.
        aside: what of it is kept under a name with `stamp`: nothing else holds it.
    """

    stamp: str
    names: tuple[str, ...]
    aside: tuple[str, ...] = ()


def staged(path: Path) -> Path:
    """Where what will take the place of a file is laid down."""
    return path.with_name(f".{path.name}{STAGED}")


def replace_files(places: Places, names: tuple[str, ...], aside: tuple[str, ...], now: datetime) -> None:
    """Puts the staged files in place; everything staged has to be on the disk.

    Args:
        places: the installation; nobody has its files open.
        names: of the files, in the data folder.
        aside: those of them that are set aside, not overwritten.
        now: the time now, aware, UTC.

    Raises:
        KnownError: the disk refuses. The next call of `finish` goes on.
    """
    if not all(staged(places.home / name).exists() for name in names):
        raise BugError("what is to be put in place was not laid down")
    plan = _Plan(stamp_of(now), names, aside)
    try:
        put_bytes(msgspec.json.encode(plan), places.home / _PLAN)
    except OSError as error:
        raise _refused(places, error) from error
    finish(places)


def finish(places: Places) -> bool:
    """Carries out what was planned before a crash, and clears away what was begun long ago. Before anything is opened.

    Returns:
        Whether files were put in place.

    Raises:
        KnownError: the disk refuses; nothing is lost, the next call goes on.
    """
    journal = places.home / _PLAN
    _go_on_aside(places)
    try:
        plan = _read(journal)
        if plan is None:
            sweep(places.home, time.time())
            return False
        for name in plan.names:
            _carry_out(places.home / name, plan)
        discard(places.search_index)  # of other conversations; it is made again
        journal.unlink()
        sync(places.home)
    except OSError as error:
        raise _refused(places, error) from error
    log.get("history").info("%d files were put in place", len(plan.names))
    return True


def _carry_out(path: Path, plan: _Plan) -> None:
    fresh = staged(path)
    if not fresh.exists():  # done before the crash: what lies there is new
        return
    if path.name in plan.aside:
        _move_aside(path, plan.stamp)
    for one in beside(path):  # a log that is not of this file would be played into it
        one.unlink(missing_ok=True)
    put(fresh, path)


def set_aside(places: Places, now: datetime) -> tuple[Path, ...]:
    """Gives a damaged history a name with the date, in the same folder, so that another can take its place.

    Nobody may have it open. Nothing is deleted but the index of words, which is made again.

    Args:
        places: the installation.
        now: the time now, aware, UTC.

    Returns:
        The new names.

    Raises:
        KnownError: the disk refuses.
    """
    try:
        moved = _move_aside(places.history, stamp_of(now))
        discard(places.search_index)
        sync(places.home)
    except OSError as error:
        raise _refused(places, error) from error
    return moved


def set_all_aside(places: Places, now: datetime) -> Path:
    """Moves a history with its keys, key file, trail and backups into a folder of their own, so that a new one begins.

    A note is written first: from there on `finish` goes on with it, so that no part is ever left with a new history.

    Args:
        places: the installation; nobody has its files open.
        now: the time now, aware, UTC.

    Returns:
        The folder.

    Raises:
        KnownError: the disk refuses. Where it had begun, the next call of `finish` goes on.
    """
    begun = _go_on_aside(places)
    if begun is not None:
        return begun
    aside = places.home / f"set-aside-{stamp_of(now)}"
    while aside.exists():
        aside = aside.with_name(f"{aside.name}x")
    try:
        aside.mkdir(mode=0o700)
        put_bytes(msgspec.json.encode(aside.name), places.home / _ANEW)
    except OSError as error:
        raise _refused(places, error) from error
    _go_on_aside(places)
    return aside


def _go_on_aside(places: Places) -> Path | None:
    """Where a history was moved to just now; None where there was none to be moved."""
    journal = places.home / _ANEW
    try:
        aside = places.home / msgspec.json.decode(journal.read_bytes(), type=str)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _refused(places, error) from error
    except msgspec.DecodeError as error:
        raise KnownError(f"The note {journal} of a history that was set aside is damaged. Delete it.") from error
    try:
        aside.mkdir(mode=0o700, exist_ok=True)
        for path in [found for name in _OF_A_HISTORY for found in places.home.glob(name)]:
            with suppress(FileNotFoundError):  # another process has just moved it
                path.rename(aside / path.name)
        discard(places.search_index)  # it is made again
        sync(aside)
        journal.unlink(missing_ok=True)
        sync(places.home)
    except OSError as error:
        raise _refused(places, error) from error
    return aside


def found_aside(places: Places) -> tuple[Path, ...]:
    """The damaged files that were set aside, oldest first."""
    return tuple(sorted(one for one in places.home.glob(f"*{_DAMAGED}*") if one.suffix in {".db", ".json"}))


def stamp_of(now: datetime) -> str:
    """A time as it stands in a file's name; names sort as times do."""
    return now.strftime("%Y%m%d-%H%M%S")


def _move_aside(path: Path, stamp: str) -> tuple[Path, ...]:
    """Renames a file and its log, which may hold what the file lacks; the file last, so that it can be done again."""
    end = stamp
    while (aside := path.with_name(f"{path.stem}{_DAMAGED}{end}{path.suffix}")).exists():
        end += "x"
    moved = []
    for old, new in zip((*beside(path), path), (*beside(aside), aside), strict=True):
        with suppress(FileNotFoundError):
            old.rename(new)
            moved.append(new)
    return tuple(moved)


def _read(journal: Path) -> _Plan | None:
    try:
        return msgspec.json.decode(journal.read_bytes(), type=_Plan)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise KnownError(
            f"The note {journal} of a restore that was interrupted is damaged. Delete it and restore the backup again."
        ) from error


def _refused(places: Places, error: OSError) -> KnownError:
    return KnownError(
        f"The files of the history in {places.home} cannot be replaced ({error.strerror}). Close every other Agent "
        "Assist, check the folder's permissions and free space, and open it again."
    )
