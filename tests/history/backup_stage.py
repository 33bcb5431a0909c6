"""What the tests of backups set up: an installation with a passphrase, conversations and a folder for backups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from history_samples import PASSPHRASE, Clock, make_analysis

from agent_assist import secrets
from agent_assist.history import History
from agent_assist.history.backups import Backups
from agent_assist.paths import Places
from agent_assist.records import BackupItem


@dataclass
class Stage:
    """One installation and its backups."""

    places: Places
    folder: Path
    clock: Clock
    passphrase: str = PASSPHRASE
    _key: tuple[tuple[bytes, str], bytes] | None = None

    @property
    def backups(self) -> Backups:
        return Backups(self.places, self.folder, self.clock)

    @property
    def key(self) -> bytes:
        """Asked for once for each key file: a passphrase takes a while on purpose."""
        seen = self.places.key_file.read_bytes(), self.passphrase
        if self._key is None or self._key[0] != seen:
            self._key = seen, secrets.database_key(self.places, self.passphrase)
        return self._key[1]

    def open(self) -> History:
        return History.open(self.places, self.passphrase, self.clock)

    def save(self, *identities: str) -> None:
        with self.open() as history:
            for identity in identities:
                history.save(make_analysis(identity))

    def erase(self, *identities: str) -> None:
        with self.open() as history:
            for identity in identities:
                history.delete(identity)

    def back_up(self) -> BackupItem:
        """A backup of the schedule's, a day after the last."""
        self.clock.now = self.clock.now.replace(microsecond=0)
        return self.backups.make(self.key)

    def ids(self) -> list[str]:
        """What is in the history, each looked at whole."""
        with self.open() as history:
            found = sorted(item.id for item in history.list(limit=10_000))
            for identity in found:
                assert history.load(identity) == make_analysis(identity)
        return found


def flip(path: Path, where: float = 0.5) -> None:
    """Flips a bit at a share of a file's length."""
    content = bytearray(path.read_bytes())
    content[int(where * (len(content) - 1))] ^= 4
    path.write_bytes(content)
