"""The audit trail as the rest of the product writes to it: what happens while it is locked waits for the unlock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent_assist.errors import Locked
from agent_assist.paths import Places
from agent_assist.records import Action, AuditEntry, AuditVerdict

if TYPE_CHECKING:  # it comes with the keyring's package, which the window does not wait for
    from agent_assist.privacy.audit import AuditTrail

Detail = dict[str, str | int | bool]
_WAITING = 200
"""Notes that wait at most; an installation that is never unlocked does not fill its memory."""


class Trail:
    """Any thread may note; `open` and `close` belong to lane "db"."""

    def __init__(self, places: Places, clock: Callable[[], datetime]) -> None:
        self._places, self._clock = places, clock
        self._lock = threading.Lock()
        self._trail: AuditTrail | None = None
        self._waiting: list[tuple[Action, str, Detail]] = []

    def open(self, key: bytes) -> None:
        """Goes on with the trail, and notes what waited.

        Args:
            key: 32 bytes.

        Raises:
            KnownError: the file cannot be written to.
        """
        from agent_assist.privacy.audit import AuditTrail, KeyringAnchor

        trail = AuditTrail(self._places.audit, key, KeyringAnchor(self._places), self._clock)
        with self._lock:
            self._trail = trail
            waiting, self._waiting = self._waiting, []
        trail.append_all(waiting)

    def close(self) -> None:
        """Lets go of the key; the keyring remembers the end."""
        with self._lock:
            trail, self._trail = self._trail, None
        if trail is not None:
            trail.close()

    def refused(self) -> None:
        """Counts an unlock that was refused: nothing can be signed before the next that is not."""
        from agent_assist.privacy.audit import count_refusal

        count_refusal(self._places.audit, self._clock())

    def note(self, action: Action, subject: str = "", **detail: str | int | bool) -> None:
        """Adds a line, or has it wait for the unlock.

        Raises:
            KnownError: the file cannot be written to.
        """
        self.note_all([(action, subject, detail)])

    def note_all(self, acts: Sequence[tuple[Action, str, Detail]]) -> None:
        """Adds lines at the cost of one. Raises as `note` does."""
        with self._lock:
            if self._trail is None:
                self._waiting += acts[: _WAITING - len(self._waiting)]
                return
            trail = self._trail
        trail.append_all(acts)

    def entries(self, limit: int) -> Sequence[AuditEntry]:
        """The latest lines, newest first."""
        return self._open.entries(limit)

    def verify(self) -> AuditVerdict:
        """Whether the trail is whole."""
        return self._open.verify()

    def export(self, path: Path) -> int:
        """Writes the trail and its verdict to a file; how many lines it has.

        Raises:
            KnownError: the file is there already or cannot be written.
        """
        return self._open.export(path)

    def begin_again(self) -> Path:
        """Sets the trail aside and begins a new one; where the old one lies now. Raises KnownError as `export` does."""
        return self._open.begin_again()

    @property
    def _open(self) -> AuditTrail:
        trail = self._trail
        if trail is None:
            raise Locked("The history is locked. Unlock it to read the audit trail.")
        return trail
