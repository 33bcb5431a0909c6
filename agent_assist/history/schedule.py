"""Which backups are kept, told from their times alone: grandfather, father, son.

Kept are the newest of each of the last 12 days, 10 weeks and 9 months *that have one*. Counting the backups and not the
days since means that time alone deletes nothing: neither a holiday nor a clock that jumps years ahead. A backup that
seems to come from the future stays and takes nobody's place. Days, weeks (ISO 8601) and months are those of UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from agent_assist.records import BackupKind

DAYS, WEEKS, MONTHS = 12, 10, 9
SAFETY_DAYS = 30
"""For how long the copy of what a restore replaced is kept, at least."""

AT_ONCE = 3
"""Backups that one run deletes at most: a new day ends one day, one week and one month; more is a mistake."""


class Origin(StrEnum):
    """Why a backup was made; what it is kept for, if it was made by the schedule, changes as time goes by."""

    AUTOMATIC = "auto"
    MANUAL = "manual"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup as the schedule sees it; `at` is aware, UTC."""

    at: datetime
    origin: Origin


_PERIODS: tuple[tuple[BackupKind, int, Callable[[datetime], Hashable]], ...] = (
    (BackupKind.DAILY, DAYS, lambda at: at.date()),
    (BackupKind.WEEKLY, WEEKS, lambda at: at.isocalendar()[:2]),
    (BackupKind.MONTHLY, MONTHS, lambda at: (at.year, at.month)),
)


def reasons(backups: Iterable[Made], now: datetime) -> dict[Made, BackupKind]:
    """What each backup is kept for; those for which there is no reason any more are left out.

    Args:
        backups: all there are, in any order.
        now: the time now, aware, UTC.
    """
    everything = set(backups)
    automatic = sorted((one for one in everything if one.origin is Origin.AUTOMATIC), key=_at, reverse=True)
    past = [one for one in automatic if one.at.date() <= now.date()]
    found = {one: BackupKind.DAILY for one in automatic if one.at.date() > now.date()}
    for kind, most, period in _PERIODS:
        for one in _newest_of_each(past, most, period):
            found.setdefault(one, kind)
    found.update((one, BackupKind.MANUAL) for one in everything if one.origin is Origin.MANUAL)
    found.update((one, BackupKind.SAFETY) for one in everything if _is_safety(one, everything, now))
    return found


def superfluous(backups: Iterable[Made], now: datetime) -> list[Made]:
    """The backups to delete in one run, oldest first: at most `AT_ONCE`, and never the newest of all."""
    everything = sorted(set(backups), key=_at)
    wanted = reasons(everything, now)
    return [one for one in everything[:-1] if one not in wanted][:AT_ONCE]


def due(backups: Iterable[Made], now: datetime) -> bool:
    """Whether the schedule's backup of today (UTC) is missing."""
    return all(one.origin is not Origin.AUTOMATIC or one.at.date() != now.date() for one in backups)


def _newest_of_each(newest_first: Sequence[Made], most: int, period: Callable[[datetime], Hashable]) -> list[Made]:
    newest: dict[Hashable, Made] = {}
    for one in newest_first:
        newest.setdefault(period(one.at), one)
    return list(newest.values())[:most]


def _is_safety(one: Made, everything: Iterable[Made], now: datetime) -> bool:
    """Whether it is a safety copy that may still be needed."""
    if one.origin is not Origin.SAFETY:
        return False
    # Age alone would believe a clock that jumped ahead: that time went by shows in the backups made since.
    days_since = {other.at.date() for other in everything if one.at < other.at <= now}
    return now - one.at <= timedelta(days=SAFETY_DAYS) or len(days_since) < DAYS


def _at(one: Made) -> datetime:
    return one.at
