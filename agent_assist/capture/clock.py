"""Times and dates as chats print them. A date is never invented: what the text leaves open stays open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?"
_ORD = r"\d{1,2}(?:st|nd|rd|th)?"
_ISO = r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}"
_NUMERIC = r"\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})(?!\d)"
_WORDED = rf"{_ORD}\s(?:of\s)?{_MONTH},?(?:\s\d{{4}})?|{_MONTH}\s{_ORD},?(?:\s\d{{4}})?"
_DAY = rf"(?:{_ISO}|{_NUMERIC}|{_WORDED})"
_RELATIVE = rf"(?:today|yesterday|{WEEKDAY}|\d{{1,2}}/\d{{1,2}})"
TIME = (
    r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,6})?)?(?:\s?[ap]\.?m\b\.?)?"
    r"(?:Z\b|\s?(?:UTC|GMT)\b|\s?[+-]\d{2}:?\d{2}(?!\d))?"
)
DATED = rf"(?:{WEEKDAY},?\s)?{_DAY}|{_RELATIVE}"
STAMP = rf"(?:(?:{DATED})(?:T|,?\s?(?:at\s|um\s|@\s?|[-\u2013—|]\s)?)){TIME}|{TIME}(?:,?\s(?:on\s)?(?:{DATED}))?"

_ISO_RE = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMERIC_RE = re.compile(r"(?<!\d)(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_DAY_FIRST = re.compile(rf"(?<!\d)(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?({_MONTH}),?\s(\d{{4}})", re.I)
_MONTH_FIRST = re.compile(rf"({_MONTH})\s(\d{{1,2}})(?:st|nd|rd|th)?,?\s(\d{{4}})", re.I)
_NAMES_DAY = re.compile(rf"\b(?:{DATED})", re.I)
_TIME_RE = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,6})?)?(?:\s?([ap])\.?m\b)?"
    r"(?:(Z)\b|\s?(UTC|GMT)\b|\s?([+-])(\d{2}):?(\d{2}))?",
    re.I,
)
_SEPARATOR = re.compile(rf"[\s\-\u2013—=*_~.•·]*(?P<day>{DATED})[\s\-\u2013—=*_~.:•·]*", re.I)
_ALONE = re.compile(rf"[\s(\[]{{0,2}}(?:{STAMP})[\s)\]]{{0,2}}", re.I)
_PIVOT = 2000


@dataclass(frozen=True, slots=True)
class Stamp:
    """A printed time.

    Attributes:
        day: the date, where it is plain.
        clock: the time of day; carries a zone where one was printed.
        fields: a date of two numbers and a year whose order only the whole text can tell.
        names_day: whether a day is named at all, be it "today".
    """

    day: date | None = None
    clock: time | None = None
    fields: tuple[int, int, int] | None = None
    names_day: bool = False


def as_utc(at: datetime) -> datetime:
    """A moment that can be put in order with others: one without a zone counts as UTC."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def parse_stamp(text: str) -> Stamp:
    """Reads what there is of a date and a time of day in a short text."""
    fields = None
    day = _plain_day(text)
    numeric = _NUMERIC_RE.search(text) if day is None else None
    if numeric:
        year = int(numeric[4]) + (_PIVOT if len(numeric[4]) == 2 else 0)
        fields = (int(numeric[1]), int(numeric[3]), year)
        if numeric[2] == ".":  # dots are only used day first
            day, fields = _date(year, fields[1], fields[0]), None
    return Stamp(day, _clock(text), fields, bool(_NAMES_DAY.search(text)))


def parse_separator(line: str) -> Stamp | None:
    """Reads a line that holds a date and nothing else, such as "--- Monday, 5 January 2026 ---"."""
    if len(line) > 60:
        return None
    match = _SEPARATOR.fullmatch(line)
    return parse_stamp(match["day"]) if match else None


def parse_time_line(line: str) -> Stamp | None:
    """Reads a line that holds a time, with or without a date, and nothing else."""
    return parse_stamp(line) if len(line) <= 60 and _ALONE.fullmatch(line) else None


def is_emphatic(line: str) -> bool:
    """Whether a date line is a separator by its looks: it names a weekday or is set off by dashes."""
    return bool(re.match(rf"\s*(?:[-\u2013—=*_~•·]|{WEEKDAY}|today|yesterday)", line, re.I))


class Timeline:
    """Turns the stamps of one text, in order, into moments."""

    def __init__(self, stamps: Iterable[Stamp]) -> None:
        fields = [s.fields for s in stamps if s.fields]
        day_first = any(a > 12 for a, _, _ in fields)
        month_first = any(b > 12 for _, b, _ in fields)
        self._order = "dmy" if day_first and not month_first else "mdy" if month_first and not day_first else ""
        self._day: date | None = None
        self._last: time | None = None

    def new_day(self, stamp: Stamp) -> None:
        """Takes in a date line; one that does not tell the year leaves the date unknown."""
        self._day, self._last = self._resolve(stamp), None

    def at(self, stamp: Stamp | None) -> datetime | None:
        """The moment of a stamp, or None where the date is not known."""
        if stamp is None or stamp.clock is None:
            return None
        if stamp.names_day:
            self.new_day(stamp)
        elif self._last is not None and _minutes(stamp.clock) < _minutes(self._last) - 1:
            # Past midnight, or a 12-hour clock without am and pm: either way the day is no longer certain.
            self._day = None
        self._last = stamp.clock
        return datetime.combine(self._day, stamp.clock) if self._day else None

    def _resolve(self, stamp: Stamp) -> date | None:
        if stamp.fields is None:
            return stamp.day
        first, second, year = stamp.fields
        if self._order == "dmy" or (first == second and not self._order):
            return _date(year, second, first)
        return _date(year, first, second) if self._order == "mdy" else None


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _plain_day(text: str) -> date | None:
    if m := _ISO_RE.search(text):
        return _date(int(m[1]), int(m[2]), int(m[3]))
    if m := _DAY_FIRST.search(text):
        return _date(int(m[3]), _month(m[2]), int(m[1]))
    if m := _MONTH_FIRST.search(text):
        return _date(int(m[3]), _month(m[1]), int(m[2]))
    return None


def _month(word: str) -> int:
    return _MONTHS.index(word[:3].casefold()) + 1


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _clock(text: str) -> time | None:
    m = _TIME_RE.search(text)
    if not m:
        return None
    hour, minute, second = int(m[1]), int(m[2]), int(m[3] or 0)
    if m[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if m[4] in "pP" else 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    return time(hour, minute, second, tzinfo=_zone(m))


def _zone(m: re.Match[str]) -> timezone | None:
    if m[5] or m[6]:
        return UTC
    if not m[7]:
        return None
    offset = timedelta(hours=int(m[8]), minutes=int(m[9]))
    if offset >= timedelta(hours=24):
        return None
    return timezone(offset if m[7] == "+" else -offset)
