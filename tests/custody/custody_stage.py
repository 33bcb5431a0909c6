"""A clock for the tests of custody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """A clock that the test sets; each look moves it on by a second."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now
