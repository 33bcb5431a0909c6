"""Attempts to unlock that were refused: counted while nothing can be signed, told at the next unlock.

The count is a file without a signature: whoever can write to the data folder can delete it.
"""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

_LINE = 21
_MOST = 1000
"""Refusals that are counted; from then on it is "at least" so many."""


def count_refusal(trail: Path, at: datetime) -> None:
    """Remembers one refused attempt beside the trail. A disk that takes nothing is no reason to fail: then it is lost.

    Args:
        trail: the audit trail's file, `Places.audit`.
        at: when, aware.
    """
    path = _beside(trail)
    with suppress(OSError):
        if not path.exists() or path.stat().st_size < _MOST * _LINE:
            line = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ\n").encode()
            # One small write at the end: those of two processes stand one after the other.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)


def refused(trail: Path) -> dict[str, str | int | bool]:
    """What there is to tell: how many attempts, the first and the last; empty where there were none."""
    try:
        times = _beside(trail).read_text(encoding="ascii", errors="replace").split()
    except OSError:
        return {}
    # Anyone could have written anything there: only what is a time goes into the trail.
    known = [time for time in times if _is_time(time)]
    return {"count": len(times), "first": known[0], "last": known[-1]} if known else {}


def forget_refusals(trail: Path) -> None:
    """Forgets them, once they are told."""
    with suppress(OSError):
        _beside(trail).unlink()


def _beside(trail: Path) -> Path:
    return trail.with_suffix(".refused")


def _is_time(text: str) -> bool:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True
