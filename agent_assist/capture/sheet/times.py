"""The times in a column. A date is never invented: what the table leaves open stays open."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agent_assist.capture.clock import Stamp, Timeline, parse_stamp

_LONGEST = 64
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = 1970, 2100
_NUMBER = re.compile(r"(\d{9,16})(?:\.\d{1,9})?")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}.*")
_SPACED_ZONE = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$|Z$)")
_CTIME = re.compile(r"[a-z]{3}\s([a-z]{3})\s{1,2}(\d{1,2})\s(\d{1,2}:\d{2}:\d{2})\s([+-]\d{4}\s)?(\d{4})", re.I)
_WORDED = re.compile(r"(?<!\d)(\d{1,2})\.?\s(?:de\s)?([^\W\d_]{3,10})\.?,?\s(?:de\s)?(\d{4})")
_CLOCK = re.compile(r"\d{1,2}:\d{2}|\d{1,2}\s?h\s?\d{2}")
_HOUR_H = re.compile(r"(?<!\d)(\d{1,2})\s?h\s?(\d{2})(?!\d)")
_MONTHS = {
    word: month
    for month, words in enumerate(
        ("jan ene", "feb fev", "mar", "apr abr avr", "mai may", "jun juin", "jul juil", "aug ago aou", "sep", "oct okt",
         "nov", "dec dez dic"),
        1,
    )
    for word in words.split()
}  # fmt: skip


def moments(cells: Sequence[str], *, day_first: bool, utc: bool = False) -> list[datetime | None]:
    """Reads a column of times as a whole, for a date such as 05/06/2026 is clear only beside others.

    Args:
        cells: a row each, in the order of the table.
        day_first: what holds where no date of the column shows it.
        utc: whether a time without a zone is in UTC.

    Returns:
        Aware moments where a zone is named, else naive ones; None where the date or the time is open.
    """
    read = [_read(cell) for cell in cells]
    stamps = [stamp for stamp in read if isinstance(stamp, Stamp)]
    order = [Stamp(fields=(31, 1, _FIRST))] if day_first else []
    timeline = Timeline([*stamps, *order])

    def moment(found: datetime | Stamp | None) -> datetime | None:
        if isinstance(found, Stamp):
            found = timeline.at(found) if found.names_day else None
        if found is None or not _FIRST <= found.year <= _LAST:
            return None
        return found.replace(tzinfo=UTC) if utc and found.tzinfo is None else found

    return list(map(moment, read))


def tells_time(cell: str) -> bool:
    """Whether a cell holds a date, a time or both, and nothing else."""
    bare = cell.strip()
    if not 0 < len(bare) <= _LONGEST or not any(c.isdigit() for c in bare):
        return False
    if isinstance(_read(bare), datetime):
        return True
    rest = _CLOCK.sub(" ", _english(bare))
    words = [w for w in re.findall(r"[^\W\d_]+", rest) if len(w) > 1]
    return len(words) <= 3 and tells_clock(bare) and parse_stamp(_english(bare)).clock is not None


def tells_clock(cell: str) -> bool:
    """Whether a cell shows a time of day."""
    return _CLOCK.search(cell[:_LONGEST]) is not None


def tells_moment(cell: str) -> bool:
    """Whether a cell holds a day with a time of day, and nothing else."""
    found = _read(cell) if tells_time(cell) else None
    return isinstance(found, datetime) or (found is not None and found.names_day)


def _read(cell: str) -> datetime | Stamp | None:
    text = cell.strip()
    if not text or len(text) > _LONGEST:
        return None
    if number := _NUMBER.fullmatch(text):
        return _from_epoch(number[1])
    if _ISO.fullmatch(text):
        try:
            return datetime.fromisoformat(_SPACED_ZONE.sub("", text.removesuffix(" UTC") + "Z" * text.endswith(" UTC")))
        except ValueError:
            pass  # the clock reads what is left of it
    return parse_stamp(_english(text))


def _from_epoch(digits: str) -> datetime | None:
    """Seconds, milliseconds or microseconds since 1970, by how many digits there are."""
    unit = 1 if len(digits) <= 11 else 1_000 if len(digits) <= 14 else 1_000_000
    moment = _EPOCH + timedelta(seconds=int(digits) / unit)
    return moment if moment.year <= _LAST else None


def _english(text: str) -> str:
    """A date with the month as a word in one of the four languages, in the form that the clock reads."""
    if text.isascii() and not any(c.isalpha() for c in text):
        return text
    if found := _CTIME.fullmatch(text):
        month, day, clock, zone, year = found.groups()
        return f"{day} {month} {year} {clock} {(zone or '').strip()}".strip()
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _HOUR_H.sub(r"\1:\2", _WORDED.sub(_numbered, plain))


def _numbered(found: re.Match[str]) -> str:
    word = found[2].casefold()
    month = _MONTHS.get(word[:4]) or _MONTHS.get(word[:3])
    return f"{found[3]}-{month:02}-{int(found[1]):02}" if month else found[0]
