"""The stamps of WhatsApp's exports: where one stands, and how its numbers make a date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

_HEAD = 120
_BUDDHIST = 2400  # no Gregorian year of a chat is this late, each Thai one is
_BUDDHIST_AHEAD = 543
_FIRST_YEAR = 2009  # the first year of WhatsApp
_SOLAR_YEARS = range(_FIRST_YEAR, 2200)

MARKS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b"
_MARK = re.compile(f"[{MARKS}]+")

_HALVES = {
    "am": ("am", "上午", "午前", "오전", "ص", "πμ", "öö", "sa", "पूर्वाह्न"),
    "pm": ("pm", "下午", "午後", "오후", "م", "μμ", "ös", "ch", "अपराह्न"),
}
_HALF_OF = {word: half for half, words in _HALVES.items() for word in words}
_HALF = r"[ap]\.?\s?m\.?|[πμ]\.?μ\.?|" + "|".join(w for w in _HALF_OF if w not in ("am", "pm", "πμ", "μμ"))
_DATE = r"(?P<a>\d{1,4})(?P<sep>[./-]\s?)(?P<b>\d{1,2})(?P=sep)(?P<c>\d{1,4})\.?"
_CLOCK = (
    rf"(?:(?P<before>{_HALF})\s?)?(?P<hour>\d{{1,2}})(?:[:.]|\s?h\s?)(?P<minute>\d{{2}})"
    rf"(?:[:.](?P<second>\d{{2}}))?(?:\s?(?P<after>{_HALF}))?"
)
_BETWEEN = r"(?P<comma>[,،、])?\s(?:(?:à|às|at|um|om|alle(?:\sore)?|kl\.?|klo|в)\s)?"


class Shape(StrEnum):
    """Where a stamp comes from."""

    ANDROID = "Android"
    IPHONE = "iPhone"
    COPIED = "copied"


_PATTERNS = {
    Shape.ANDROID: re.compile(rf"{_DATE}{_BETWEEN}{_CLOCK}\s[-–]\s", re.I),
    Shape.IPHONE: re.compile(rf"\[{_DATE}{_BETWEEN}{_CLOCK}\]\s?", re.I),
    Shape.COPIED: re.compile(rf"\[{_CLOCK}(?P<comma>,)\s{_DATE}\]\s?", re.I),
}


@dataclass(frozen=True, slots=True)
class Header:
    """The stamp that opens a message.

    Attributes:
        shape: where such stamps come from.
        numbers: of the date, as printed.
        padded: whether a day or month below ten is printed with a nought.
        long_year: whether the year has four digits.
        separator: between the numbers of the date.
        half: "AM" or "pm" as printed; empty on a clock of 24 hours.
        clock: the time of day.
        comma: whether date and time have a comma between them.
        seconds: whether the time has any.
        rest: what follows on the line, as it stands there.
        marked: whether an invisible mark stands in front, as iPhones put it before lines of the app's own.
    """

    shape: Shape
    numbers: tuple[int, int, int]
    padded: bool
    long_year: bool
    separator: str
    half: str
    clock: time
    comma: bool
    seconds: bool
    rest: str
    marked: bool

    @property
    def year_first(self) -> bool:
        """Whether the date begins with its year."""
        return self.numbers[0] > 31

    @property
    def signature(self) -> tuple[Shape, str, bool, bool, bool]:
        """What is the same at each message of an export, and rarely so in lines that were pasted into one."""
        return self.shape, self.separator, self.year_first, self.seconds, bool(self.half)


def read_header(line: str) -> Header | None:
    """The stamp that a line begins with, or None where it continues the message above."""
    lead = _MARK.match(line)
    start = lead.end() if lead else 0
    first = line[start : start + 1]
    if not (first == "[" or first.isdecimal()):
        return None
    shapes = (Shape.IPHONE, Shape.COPIED) if first == "[" else (Shape.ANDROID,)
    head = line[start : start + _HEAD]
    bare = head if head.isascii() else _MARK.sub("", head)
    for shape in shapes:
        match = _PATTERNS[shape].match(bare)
        if match:
            end = match.end() if bare is head else _position(head, match.end())
            return _header(shape, match, line[start + end :], bool(lead))
    return None


def _position(head: str, count: int) -> int:
    """Where in `head` its first `count` characters that are no marks end."""
    seen = 0
    for position, char in enumerate(head):
        if seen == count:
            return position
        seen += char not in MARKS
    return len(head)


def _header(shape: Shape, match: re.Match[str], rest: str, marked: bool) -> Header | None:
    clock = _clock(match)
    texts = match["a"], match["b"], match["c"]
    a, b, c = (int(text) for text in texts)
    if clock is None or not _could_be_date(texts, a, b, c):
        return None
    return Header(
        shape=shape,
        numbers=(a, b, c),
        padded=any(len(text) == 2 and int(text[0]) == 0 for text in (texts[:2] if a <= 31 else texts[1:])),
        long_year=max(map(len, texts)) == 4,
        separator=match["sep"].strip(),
        half=match["before"] or match["after"] or "",
        clock=clock,
        comma=match["comma"] is not None,
        seconds=match["second"] is not None,
        rest=rest,
        marked=marked,
    )


def _could_be_date(texts: Sequence[str], a: int, b: int, c: int) -> bool:
    if len(texts[0]) == 4 or a > 31:
        return len(texts[0]) in (2, 4) and 1 <= b <= 12 and 1 <= c <= 31
    return len(texts[0]) <= 2 and len(texts[2]) in (2, 4) and 1 <= min(a, b) <= 12 and 1 <= max(a, b) <= 31


def _clock(match: re.Match[str]) -> time | None:
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    half = match["before"] or match["after"]
    if half and hour <= 12:
        key = half.casefold().replace(".", "").replace("i̇", "i")
        hour = hour % 12 + (12 if _HALF_OF.get("".join(key.split())) == "pm" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


class Calendar:
    """Reads the dates of one export in the order that fits all of them.

    Attributes:
        note: what the reading rests on where it is no certainty; empty otherwise.
    """

    def __init__(self, headers: Sequence[Header]) -> None:
        self._order, self.note = _settle(headers)

    def at(self, header: Header) -> datetime | None:
        """The moment of a message in local time; None where its date can be read in two ways."""
        day = _day(header, self._order)
        return datetime.combine(day, header.clock) if day else None


def _settle(headers: Sequence[Header]) -> tuple[str, str]:
    open_ones = [h for h in headers if not h.year_first and h.separator != "."]
    if not open_ones or all(h.numbers[0] == h.numbers[1] for h in open_ones):
        return "dmy", ""
    days = {order: [_day(h, order) for h in open_ones] for order in ("dmy", "mdy")}
    faults = {order: (_impossible(found), _backwards(found)) for order, found in days.items()}
    for dmy, mdy in zip(faults["dmy"], faults["mdy"], strict=True):
        if min(dmy, mdy) == 0 < max(dmy, mdy):
            return ("dmy" if dmy == 0 else "mdy"), ""
    habit = _habit(open_ones[0], any(h.padded for h in open_ones))
    lean = habit or _closeness(days)
    if lean == 0:
        return "", "The dates can be read day first or month first, so that the messages carry no time."
    order, name = ("dmy", "day first") if lean > 0 else ("mdy", "month first")
    reason = "how phones write them" if habit else "how close together the messages are"
    return order, f"The dates can be read in two ways; they were read {name}, judging by {reason}."


def _impossible(days: Sequence[date | None]) -> int:
    return sum(1 for day in days if day is None)


def _backwards(days: Sequence[date | None]) -> int:
    known = [day for day in days if day]
    # A message sent without a connection may stand a day late.
    return sum(1 for a, b in pairwise(known) if b < a - timedelta(days=1))


def _habit(header: Header, padded: bool) -> int:
    """How phones write dates: above 0 day first, below 0 month first."""
    if padded or header.separator == "-":
        return 1
    if header.half:
        if header.half.isupper() and header.half.isascii() and (not header.long_year or header.shape is Shape.COPIED):
            return -1  # "1/5/26, 10:32 AM": only the United States and the Philippines
        return 1
    return 1 if header.long_year else 0


def _closeness(days: dict[str, list[date | None]]) -> int:
    """Messages that lie within days of each other one way and months apart the other tell which way is right."""
    spans = {order: _span(found) for order, found in days.items()}
    if spans["dmy"] * 4 < spans["mdy"]:
        return 1
    return -1 if spans["mdy"] * 4 < spans["dmy"] else 0


def _span(days: Sequence[date | None]) -> int:
    known = [day for day in days if day]
    return (max(known) - min(known)).days if known else 0


def _day(header: Header, order: str) -> date | None:
    a, b, c = header.numbers
    if header.year_first:
        year, month, day = a, b, c
    elif header.separator == "." or order == "dmy" or a == b:
        year, month, day = c, b, a
    elif order == "mdy":
        year, month, day = c, a, b
    else:
        return None
    year += 2000 if year < 100 else -_BUDDHIST_AHEAD if year > _BUDDHIST else 0
    if year not in _SOLAR_YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
