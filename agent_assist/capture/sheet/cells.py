"""Text -> rows of cells, whatever separates them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from agent_assist.errors import KnownError

DELIMITERS = (",", ";", "\t", "|")
MAX_ROWS = 200_000
_MAX_CELLS = 500
_PROBE = 200_000
_SAID = re.compile('\ufeff?"?sep=(.)"?\\s*', re.I)  # the first line of what Excel writes
_RULE = re.compile(r"\s*:?-+:?\s*")  # below the titles of a table drawn with pipes
_DOUBLED = re.compile(r'[^\s,;\t|"\\]""')
_ESCAPED = re.compile(r'\\"[^,;\t|\r\n"]')  # and not a backslash at the end of a cell


def rows(text: str, delimiter: str) -> Iterator[list[str]]:
    """The rows of a table that hold anything, from the top; cells may span lines.

    Args:
        text: as it was read, perhaps with a byte order mark.
        delimiter: what separates the cells.

    Raises:
        KnownError: for a cell of more than 128 KB, mostly a quotation mark that is not closed, and for too many rows.
    """
    drawn = delimiter == "|" and text.lstrip("\ufeff \t\r\n").startswith("|")
    taken = 0
    try:
        for number, row in enumerate(_reader(text, delimiter)):
            if number == 0 and len(row) <= 2 and _SAID.fullmatch(delimiter.join(row)):
                continue
            cells = _undrawn(row) if drawn else row[:_MAX_CELLS]
            if not any(cell and not cell.isspace() for cell in cells):
                continue
            taken += 1
            if taken > MAX_ROWS:
                raise KnownError(f"This table has more than {MAX_ROWS:,} rows. Export fewer conversations at a time.")
            yield cells
    except csv.Error:
        raise KnownError(
            "A cell of this table is too long to be a message; perhaps a quotation mark in it is never closed. "
            "Export it again, or paste the conversation as text."
        ) from None


def sample(text: str, delimiter: str, count: int) -> list[list[str]]:
    """The first rows, up to one that cannot be read. A text that is cut loses the row it is cut in."""
    head = text[:_PROBE]
    found: list[list[str]] = []
    try:
        for row in islice(rows(head, delimiter), count):
            found.append(row)
    except KnownError:
        return found
    cut = len(head) == _PROBE and len(found) < count
    return found[:-1] if cut else found


def said_delimiter(text: str) -> str | None:
    """The delimiter that the first line names ("sep=;")."""
    said = _SAID.fullmatch(text[:12].split("\n", 1)[0].rstrip("\r"))
    return said[1] if said and said[1] in DELIMITERS else None


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    head = text[:_PROBE]
    escaped = _ESCAPED.search(head) is not None and not _DOUBLED.search(head)
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    return csv.reader(
        lines,
        delimiter=delimiter,
        skipinitialspace=f'{delimiter} "' in head,  # "a, "b": a quotation mark counts only at the start of a cell
        doublequote=not escaped,
        escapechar="\\" if escaped else None,
        quoting=csv.QUOTE_NONE if delimiter == "\t" and _has_plain_quotes(text) else csv.QUOTE_MINIMAL,
    )


def _has_plain_quotes(text: str) -> bool:
    """Whether quotation marks between tabs are just what was said: each line is a whole row, and some are not closed.

    Only tabs show it, for hardly any text holds one; and the last line may be cut.
    """
    if '"' not in text:
        return False
    lines = [line for line in text.split("\n") if line and not line.isspace()][:-1]
    return len({line.count("\t") for line in lines}) == 1 and any(line.count('"') % 2 for line in lines)


def _undrawn(row: list[str]) -> list[str]:
    inner = row[1:-1] if len(row) > 2 and not row[-1].strip() else row[1:]
    return [] if all(map(_RULE.fullmatch, inner)) else inner[:_MAX_CELLS]
