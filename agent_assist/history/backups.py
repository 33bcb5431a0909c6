"""Backups: copies of the history in a folder, with what opens them on another machine beside them.

A backup's name says when it was made, why, and how many conversations it held: `history-20260105-100000-auto-1042.db`.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.history import folders, mirrors, restoring, schedule
from agent_assist.history.copying import Progress, beside, copy, discard, need_room, part, put, sweep
from agent_assist.history.database import Damaged
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.replacing import stamp_of
from agent_assist.history.schedule import Made, Origin
from agent_assist.history.taking_out import erased_in, take_out
from agent_assist.history.verifying import verify
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places, sync
from agent_assist.records import BackupItem, BackupKind

_NAME = re.compile(r"history-(\d{8}-\d{6})-(auto|manual|safety)-(\d+)\.db")
_ORIGINS = {BackupKind.MANUAL: Origin.MANUAL, BackupKind.SAFETY: Origin.SAFETY}
_COPIED = 0.8  # share of the work, the rest is looking through the copy


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


def ignore(_done: float) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class _Found:
    path: Path
    made: Made
    conversations: int


class Backups:
    """The backups of one history in one folder. Every method may run in any thread, beside an open history.

    Args:
        places: where the history is.
        folder: where the backups are; made when the first one is.
        clock: the time now, aware.
    """

    def __init__(self, places: Places, folder: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self.folder = folder
        self._places = places
        self._clock = clock

    def make(
        self,
        key: bytes,
        kind: BackupKind = BackupKind.DAILY,
        on_progress: Progress = ignore,
        token: CancelToken | None = None,
    ) -> BackupItem:
        """Copies the history while it is in use, looks through the copy and gives it its name.

        Args:
            key: the database key.
            kind: MANUAL, SAFETY, or any other for one of the schedule's.
            on_progress: told from 0 to 1.
            token: stops it; nothing is left behind then.

        Raises:
            KnownError: there is no room, the folder is another history's or cannot be written to, or the copy does not
                open.
            Cancelled: the token was cancelled.
        """
        token = token or CancelToken()
        origin = _ORIGINS.get(kind, Origin.AUTOMATIC)
        self._make_ready(key)
        fresh = part(self.folder / self._places.history.name)
        try:
            copy(self._places.history, key, fresh, key, lambda done: on_progress(_COPIED * done), token)
            item = self._check_and_name(fresh, key, origin)
        finally:
            discard(fresh)
        on_progress(1.0)
        log.get("history").info("backup made: %d conversations, %d bytes", item.conversations or 0, item.size)
        return item

    def _make_ready(self, key: bytes) -> None:
        if self.folder != self._places.backups and self._is_away():
            raise _away(self._places, self.folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            sweep(self.folder, time.time())
            mirrors.refuse_others(self.folder, key)
            need_room(self.folder, (self._places.history, *beside(self._places.history)), "a backup")
        except OSError as error:
            raise _refused(self.folder, error) from error

    def _check_and_name(self, fresh: Path, key: bytes, origin: Origin) -> BackupItem:
        keys = self._keys(key, origin)
        try:
            if keys is not None:
                take_out(fresh, key, erased_in(fresh, key, keys))  # erased while it was copied
            count = verify(fresh, key, keys)
            # Before the backup has its name: there is never one whose keys are not beside it.
            self._renew_for(origin, key)
            folders.remember(self._places, self.folder)
            found = self._name(fresh, origin, count)
            if keys is not None:
                found = self._without_late_erasures(found, key, keys)
        except OSError as error:
            raise _refused(self.folder, error) from error
        finally:
            if keys is not None:
                keys.close()
        return self._item(found, schedule.reasons([found.made], self._clock()))

    def _without_late_erasures(self, found: _Found, key: bytes, keys: ConversationKeys) -> _Found:
        """Takes out what was erased by somebody who looked for backups just before this one had its name."""
        taken = take_out(found.path, key, erased_in(found.path, key, keys))
        if taken:
            mirrors.renew(self._places, key, self.folder)
        return replace(found, conversations=found.conversations - taken)

    def _renew_for(self, origin: Origin, key: bytes) -> None:
        try:
            mirrors.renew(self._places, key, self.folder)
        except KnownError:
            if origin is not Origin.SAFETY:  # a restore may be under way because just these files are damaged
                raise

    def _keys(self, key: bytes, origin: Origin) -> ConversationKeys | None:
        """The keys of the conversations; None where they are lost and only what a restore replaces is kept."""
        try:
            return ConversationKeys.open(self._places, key)
        except KnownError:
            if origin is Origin.SAFETY:
                return None
            raise

    def _name(self, fresh: Path, origin: Origin, count: int) -> _Found:
        at = self._clock().astimezone(UTC).replace(microsecond=0)
        while (path := self.folder / f"history-{stamp_of(at)}-{origin}-{count}.db").exists():
            at += timedelta(seconds=1)
        sync(fresh)
        put(fresh, path)
        return _Found(path, Made(at, origin), count)

    def list(self) -> list[BackupItem]:
        """The backups in the folder, newest first; none where it cannot be reached."""
        found = sorted(self._found(), key=lambda one: one.made.at, reverse=True)
        reasons = schedule.reasons([one.made for one in found], self._clock())
        return [self._item(one, reasons) for one in found if one.path.exists()]

    def verify(self, path: Path, key: bytes) -> BackupItem:
        """Opens one backup and looks through all of it.

        Raises:
            Damaged: it is not to be relied on, or is of another key.
            KnownError: it cannot be read, or is not one of these backups.
        """
        with closing(self._keys_for(path, key)) as keys:
            count = verify(path, key, keys)
        found = _parse(path) or _Found(path, Made(_changed(path), Origin.MANUAL), count)
        found = _Found(path, found.made, count)
        return self._item(found, schedule.reasons([found.made], self._clock()))

    def _keys_for(self, path: Path, key: bytes) -> ConversationKeys:
        if self._places.conversation_keys.exists():
            return ConversationKeys.open(self._places, key)
        return ConversationKeys.open(Places(path.parent).conversation_keys, key)

    def newest_good(self, key: bytes) -> BackupItem | None:
        """The newest backup that was opened just now and found whole; None where there is none."""
        for item in self.list():
            with suppress(KnownError):
                return self.verify(item.path, key)
        return None

    def prune(self) -> int:
        """Deletes the backups that the schedule does not keep, a few at a time; how many."""
        by_made: dict[Made, Path] = {one.made: one.path for one in self._found()}
        gone = schedule.superfluous(by_made, self._clock())
        for one in gone:
            discard(by_made[one])
        return len(gone)

    def due(self) -> bool:
        """Whether the schedule's backup of today is missing."""
        return schedule.due([one.made for one in self._found()], self._clock())

    def renew_mirrors(self, key: bytes) -> str:
        """Brings what opens the backups elsewhere up to date, in all folders that backups were ever made in.

        Returns:
            Which could not be reached, in words; "" where all were.
        """
        unreached = self._in_each(lambda one: one._renew_here(key))
        if not unreached:
            return ""
        return (
            f"Backups in {unreached} could not be reached: on another machine they open with what opened them before. "
            "The next backup with the drive connected changes that."
        )

    def _renew_here(self, key: bytes) -> None:
        if self._is_away():
            raise _away(self._places, self.folder)
        if mirrors.is_there(self.folder):
            mirrors.renew(self._places, key, self.folder)

    def renew_outdated(self, key: bytes) -> None:
        """Goes on with folders in which another key file lies than the present one; quick where there are none."""
        with suppress(OSError):
            present = self._places.key_file.read_bytes()
            for folder in self._folders():
                with suppress(KnownError, OSError):
                    if Places(folder).key_file.read_bytes() != present:
                        self._of(folder)._renew_here(key)

    def forget(self, key: bytes, ids: Collection[int]) -> tuple[int, str]:
        """Takes erased conversations out of every backup, in all folders that backups were ever made in.

        Args:
            key: the database key.
            ids: numbers of the destroyed keys, of conversations and customers.

        Returns:
            Out of how many backups something was taken, and what could not be reached, in words; "" where all was.
        """
        copies, unreached = 0, []
        for folder in self._folders():
            taken, reached = self._of(folder)._forget_here(key, ids)
            copies += taken
            if not reached:
                unreached.append(str(folder))
        if not unreached:
            return copies, ""
        words = f"Backups in {' and '.join(unreached)} could not be reached or read; they are cleaned once they can be."
        return copies, words

    def _forget_here(self, key: bytes, ids: Collection[int]) -> tuple[int, bool]:
        """Out of how many backups of this folder something was taken, and whether all of it was reached."""
        if self._is_away():
            return 0, False
        taken, reached = 0, True
        works: list[Callable[[], int | None]] = [lambda: self._renew_here(key)]
        works += [partial(take_out, one.path, key, ids) for one in self._found()]
        for work in works:
            try:
                taken += bool(work())
            except (KnownError, OSError):  # the others all the same
                reached = False
        return taken, reached

    def _folders(self) -> tuple[Path, ...]:
        own = (self.folder,) if self.folder.is_dir() else ()
        return tuple(dict.fromkeys((*own, *folders.known(self._places))))

    def _in_each(self, work: Callable[[Backups], None], on_progress: Progress = ignore) -> str:
        """Does something in every folder; which could not be reached, " and " between them."""
        unreached = []
        known = self._folders()
        for number, folder in enumerate(known):
            try:
                work(self._of(folder))
            except (KnownError, OSError):  # the others all the same
                unreached.append(str(folder))
            on_progress((number + 1) / len(known))
        return " and ".join(unreached)

    def _of(self, folder: Path) -> Backups:
        return Backups(self._places, folder, self._clock)

    def _is_away(self) -> bool:
        """Whether what is noted to lie in the folder does not: while a drive is away its mount point may be empty."""
        if self.folder not in folders.known(self._places):
            return False
        try:
            if self.folder == self._places.backups:  # beside the history, on no drive of its own
                return not self.folder.is_dir()
            return not mirrors.is_there(self.folder) and not any(self._found())
        except OSError:
            return True

    def rekey(self, old: tuple[bytes, ...], new: bytes, on_progress: Progress = ignore) -> str:
        """Encrypts every backup with a new key; done again after an interruption, it goes on.

        The history's own files are re-keyed already, and the key file still opens all of these keys.

        Args:
            old: the keys that the backups may have.
            new: the key from now on.
            on_progress: told from 0 to 1.

        Returns:
            What could not be reached, in words; "" where all was.
        """
        unreached = self._in_each(lambda one: one._rekey_here(old, new), on_progress)
        if not unreached:
            return ""
        return (
            f"Backups in {unreached} could not be reached or read: they still have the old key. Connect the drive and "
            "open Agent Assist again: that changes them too. Until then another machine opens them with recovery "
            "words or a passphrase of the day they were made, and with nothing else."
        )

    def _rekey_here(self, old: tuple[bytes, ...], new: bytes) -> None:
        if self._is_away():
            raise _away(self._places, self.folder)
        mirrors.refuse_others(self.folder, new, *old)
        # First: a folder that is left half done opens with this key file, whichever key its files have.
        mirrors.renew_key_file(self._places, self.folder)
        for one in self._found():
            if not restoring.opens(one.path, new):
                fresh = part(one.path)
                copy(one.path, restoring.key_of(one.path, old), fresh, new, ignore, CancelToken())
                put(fresh, one.path)
        mirrors.renew(self._places, new, self.folder, old)

    def make_way(self, before: Places, name: str) -> None:
        """Moves the backups of a history that was set aside into a folder within this one: a new history's come here.

        Where that cannot be done the next backup says that the folder is another history's.

        Args:
            before: where the history is now.
            name: of the folder within.
        """
        if self.folder not in folders.known(before):
            return
        within, own = self.folder / name, Places(self.folder)
        with suppress(OSError, KnownError):
            moved = [one.path for one in self._found()]
            within.mkdir(mode=0o700)
            folders.remember(before, within)
            for path in (*moved, own.key_file, own.conversation_keys):  # the last one makes the folder another's
                if path.exists():
                    put(path, within / path.name)
            folders.let_go(before, self.folder)

    def restore(self, path: Path, key: bytes | None, words: str | None = None) -> int:
        """Puts a backup in the place of the history; see `restoring.restore`."""
        return restoring.restore(self._places, path, key, words, self._keep_safe, self._clock())

    def _keep_safe(self, key: bytes) -> None:
        try:
            self.make(key, BackupKind.SAFETY)
        except Damaged:
            raise
        except KnownError:  # the folder may be full, read-only, or still of the key before a re-key
            if self.folder == self._places.backups:
                raise
            Backups(self._places, self._places.backups, self._clock).make(key, BackupKind.SAFETY)

    def _found(self) -> Iterator[_Found]:
        if self.folder.is_dir():
            yield from filter(None, map(_parse, self.folder.iterdir()))

    def _item(self, one: _Found, reasons: dict[Made, BackupKind]) -> BackupItem:
        kind = reasons.get(one.made, BackupKind.DAILY)  # superfluous ones wait for the next run
        return BackupItem(one.path, one.made.at, one.path.stat().st_size, kind, one.conversations)


def _parse(path: Path) -> _Found | None:
    match = _NAME.fullmatch(path.name)
    if match is None:
        return None
    try:
        at = datetime.strptime(match[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:  # digits that are no date: not a name of ours
        return None
    return _Found(path, Made(at, Origin(match[2])), int(match[3]))


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)


def _away(places: Places, folder: Path) -> KnownError:
    return KnownError(
        f"The folder {folder} has held backups, and there are none now. Connect its drive. If they are gone for good, "
        f"delete the folder's line in {folders.note(places)}."
    )


def _refused(folder: Path, error: OSError) -> KnownError:
    return KnownError(
        f"Backups cannot be written to {folder} ({error.strerror}). Check that it is there, its permissions and its "
        "free space, or choose another folder."
    )
