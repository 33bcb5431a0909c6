"""An audit trail in a folder of its own, with an anchor that a test can look into and break."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from agent_assist.errors import KnownError
from agent_assist.privacy.audit import AuditTrail

KEY = bytes(range(32))


class Kept:
    """An anchor in memory that behaves like a keyring: it may be locked, or lose what it held."""

    def __init__(self) -> None:
        self.held: tuple[int, bytes] | None = None
        self.locked = False
        self.writes = 0

    def read(self) -> tuple[int, bytes] | None:
        if self.locked:
            raise KnownError("Locked. Unlock it.")
        return self.held

    def write(self, count: int, head: bytes) -> None:
        if self.locked:
            raise KnownError("Locked. Unlock it.")
        self.held = (count, head)
        self.writes += 1


class Clock:
    """Goes on by a second each time it is looked at; may be set back."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


class Stage:
    """One installation's trail."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "audit.jsonl"
        self.anchor = Kept()
        self.clock = Clock()

    def open(self) -> AuditTrail:
        return AuditTrail(self.path, KEY, self.anchor, self.clock)

    def lines(self) -> list[bytes]:
        return self.path.read_bytes().splitlines(keepends=True)
