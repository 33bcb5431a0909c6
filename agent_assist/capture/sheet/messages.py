"""The rows of a table as messages, before they are put into conversations."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from agent_assist.capture.decode import clean
from agent_assist.capture.lines import strip
from agent_assist.capture.safe_text import plain_of_html
from agent_assist.capture.sheet import words
from agent_assist.capture.sheet.columns import Columns
from agent_assist.capture.sheet.times import moments, tells_moment
from agent_assist.records import Speaker

_MAX_NAME = 120
_MAX_ID = 200
_MARKUP = re.compile(r"</(?:p|div|span|a|b|strong|em|i|ul|li|td|html|body)>|<br\s{0,3}/?>", re.I)
_ADDRESSED = re.compile(r"\"?([^<>\"]{1,200}?)\"?\s{0,9}<[^<>\s]{1,200}@[^<>\s]{1,200}>")


@dataclass(frozen=True, slots=True)
class Message:
    """One row of a table.

    Attributes:
        group: what its conversation is called; empty where no column says it.
        id: what the message is called; empty where no column says it.
        text: plain text, never empty.
        name: the speaker's name, empty where there is none.
        said: what the column of roles says, in words of its own.
        role: the role, where it is told.
        private: whether it is a note among colleagues.
        at: when it was written.
    """

    group: str
    id: str
    text: str
    name: str
    said: str
    role: Speaker | None
    private: bool
    at: datetime | None


def messages_of(rows: Iterable[list[str]], columns: Columns) -> tuple[list[Message], list[str]]:
    """Reads the rows below the titles.

    Returns:
        The messages in the order of the table, and a sentence for each thing that was left out or put right.
    """
    width = len(columns.header)
    kept: list[tuple[str, list[str]]] = []
    joined = empty = controls = 0
    for row in rows:
        if width and len(row) > width:
            joined += any(map(str.strip, row[width:]))
            row = _mended(row, columns.text, width, columns.delimiter)
        text, removed = _text(_cell(row, columns.text))
        if not text:
            empty += 1
            continue
        controls += removed
        kept.append((text, row))
    read = _reader(columns, [row for _, row in kept])
    times = _times([row for _, row in kept], columns)
    found = [read(text, row, at) for (text, row), at in zip(kept, times, strict=True)]
    undated = sum(m.at is None for m in found) if columns.time is not None else 0
    notes = [
        *counted(empty, "row{s} without any text {was} left out."),
        *counted(joined, "row{s} had more cells than the titles; the spare ones were taken as part of the message."),
        *counted(controls, "control character{s} that cannot be shown {was} left out."),
        *counted(undated, "message{s} {has} no time that is clear from the table."),
    ]
    return found, notes


def counted(count: int, sentence: str) -> list[str]:
    """A sentence with the number before it; none where there was nothing: "{s}", "{was}" and "{has}" follow it."""
    one = count == 1
    forms = {"s": "", "was": "was", "has": "has"} if one else {"s": "s", "was": "were", "has": "have"}
    return [f"{count:,} {sentence.format(**forms)}"] if count else []


def _mended(row: list[str], text: int, width: int, delimiter: str) -> list[str]:
    """A row with too many cells: the text holds what separates cells, without the quotation marks it needs."""
    filled = max((i for i in range(width, len(row)) if row[i].strip()), default=width - 1)
    row, spare = row[: filled + 1], filled + 1 - width
    return [*row[:text], delimiter.join(row[text : text + spare + 1]), *row[text + spare + 1 :]]


def _reader(columns: Columns, rows: Sequence[list[str]]) -> Callable[[str, list[str], datetime | None], Message]:
    role_title, private_title = columns.title(columns.role), columns.title(columns.private)
    no_role, no_mark = _blank(rows, columns.role), _blank(rows, columns.private)

    def read(text: str, row: list[str], at: datetime | None) -> Message:
        said = _cell(row, columns.role).strip() or no_role
        role = words.role(said, role_title)
        noted = role is None and words.private(said) is True
        marked = _cell(row, columns.private).strip() or no_mark
        private = noted or words.private(marked, private_title) is True
        return Message(
            group=_one_line(_cell(row, columns.conversation))[:_MAX_ID],
            id=_one_line(_cell(row, columns.message))[:_MAX_ID],
            text=text,
            name=_name(_cell(row, columns.name)),
            said="" if noted or words.flag(said) is not None else _one_line(said)[:_MAX_NAME],
            role=role,
            private=private,
            at=at,
        )

    return read


def _blank(rows: Sequence[list[str]], column: int | None) -> str:
    """What an empty cell says: no, where the filled ones of its column all say yes."""
    said = {words.flag(cell) for row in rows if (cell := _cell(row, column).strip())}
    return "no" if said == {True} else ""


def _times(kept: Sequence[list[str]], columns: Columns) -> list[datetime | None]:
    if columns.time is None:
        return [None] * len(kept)
    cells = [_cell(row, columns.time) for row in kept]
    if columns.day is not None:
        days = [_cell(row, columns.day) for row in kept]
        cells = [cell if tells_moment(cell) else f"{day} {cell}" for day, cell in zip(days, cells, strict=True)]
    title = words.bare(columns.title(columns.time)).split()
    return moments(cells, day_first=_is_day_first(columns), utc="utc" in title or "gmt" in title)


def _is_day_first(columns: Columns) -> bool:
    # Only where a comma stands in numbers does a table need semicolons, and there the day goes first.
    return columns.delimiter == ";" or any(words.bare(title) in words.DAY_FIRST for title in columns.header)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and 0 <= column < len(row) else ""


def _text(cell: str) -> tuple[str, int]:
    cleaned, removed = clean(cell)
    if "<" in cleaned and _MARKUP.search(cleaned):
        cleaned = plain_of_html(cleaned)
    return strip(cleaned), removed


def _one_line(cell: str) -> str:
    return " ".join(strip(clean(cell)[0]).split()) if cell else ""


def _name(cell: str) -> str:
    name = _one_line(cell)
    if "@" in name and (found := _ADDRESSED.fullmatch(name)):
        name = strip(found[1])
    return name[:_MAX_NAME]
