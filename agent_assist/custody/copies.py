"""Backups and the health of the files: what may run in lane "copies" while the history is in use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import BackupItem, BackupKind, Health
from agent_assist.settings import BACKUP, BACKUP_FOLDER, Settings

if TYPE_CHECKING:
    from agent_assist.history.backups import Backups

Progress = Callable[[float], None]
CHECK_EVERY = timedelta(days=1)


class Copies:
    """The backups of an installation. Holds no key: each method is given the one that is open."""

    def __init__(self, places: Places, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._places, self._settings, self._clock = places, settings, clock
        self._health = Health(good=True)

    @property
    def folder(self) -> Path:
        """Where the schedule's backups go."""
        named = self._settings[BACKUP_FOLDER]
        return Path(named).expanduser() if named else self._places.backups

    def list(self) -> Sequence[BackupItem]:
        """The backups in the folder, newest first."""
        return self._backups().list()

    def due(self) -> bool:
        """Whether the settings ask for backups and today's is missing."""
        return self._settings[BACKUP] and self._backups().due()

    def make(self, key: bytes, to: Path | None, on_progress: Progress, token: CancelToken) -> BackupItem:
        """Makes a backup; in a folder that the person names it is one of their own, which no schedule takes away."""
        self.go_on(key)
        if to is not None:
            return self._in(to).make(key, BackupKind.MANUAL, on_progress, token)
        usual = self._backups()
        kind = BackupKind.DAILY if usual.due() else BackupKind.MANUAL
        made = usual.make(key, kind, on_progress, token)
        usual.prune()
        return next((one for one in usual.list() if one.path == made.path), made)

    def restore(self, path: Path, key: bytes | None, words: str | None) -> int:
        """Puts a backup in the place of the history; see `Backups.restore`."""
        if key is not None:
            self.go_on(key)
        return self._backups().restore(path, key, words)

    def forget(self, key: bytes, ids: Collection[int]) -> tuple[int, str]:
        """Takes erased conversations out of every backup in reach; see `Backups.forget`."""
        self.go_on(key)
        return self._backups().forget(key, ids)

    def renew_mirrors(self, key: bytes) -> str:
        """Brings what opens the backups on another machine up to date; what could not be reached, in words."""
        return self._backups().renew_mirrors(key)

    def rekey(self, old: tuple[bytes, ...], new: bytes, on_progress: Progress) -> str:
        """Encrypts every backup in reach with a new key; what could not be reached, in words."""
        return self._backups().rekey(old, new, on_progress)

    def go_on(self, key: bytes) -> None:
        """Does what folders that were away lack: another key, other recovery words. Looks at each of them."""
        self.go_on_rekeying(key)
        self._backups().renew_outdated(key)

    def go_on_rekeying(self, key: bytes) -> None:
        """Gives folders that were away the present key; looks at none, which may take a while, where none was."""
        from agent_assist import secrets

        with suppress(KnownError):  # what is not done now is tried again the next time
            before = secrets.keys_before(self._places, key)
            if before and not self._backups().rekey(before, key):
                secrets.let_go_of_before(self._places, key)

    def health(self) -> Health:
        """How the files are, as far as it is known now."""
        return self._health

    def check(self, key: bytes, full: bool) -> Health:
        """Looks at the files; where they are damaged, also for a backup that is not.

        Raises:
            KnownError: another process or the disk is in the way: nothing is known then.
        """
        from agent_assist.history import health

        found = health.check(self._places, key, full=full, now=self._clock())
        if not found.good:
            found = health.offer(found, self._backups().newest_good(key))
        self._health = found
        return found

    def check_due(self) -> bool:
        """Whether a day has passed since every page was looked at; a clock that was set back counts as well."""
        last = self._health.checked_at
        return last is None or not timedelta(0) <= self._clock() - last < CHECK_EVERY

    def start_anew(self) -> Path:
        """Moves history, keys, key file and backups into a folder of their own beside them; where that is.

        Raises:
            KnownError: another Agent Assist has it open, or the disk refuses.
        """
        from agent_assist.history import replacing, restoring

        restoring.refuse_open(self._places.history)
        aside = replacing.set_all_aside(self._places, self._clock())
        self._backups().make_way(Places(aside), aside.name)
        return aside

    def damaged(self, key: bytes, error: KnownError) -> Health:
        """Notes that the history does not open, and looks for a backup to offer."""
        from agent_assist.history import health

        log.get("custody").warning("the history is damaged")
        self._health = health.offer(Health(good=False, problem=str(error)), self._backups().newest_good(key))
        return self._health

    def _backups(self) -> Backups:
        return self._in(self.folder)

    def _in(self, folder: Path) -> Backups:
        from agent_assist.history.backups import Backups

        return Backups(self._places, folder, self._clock)
