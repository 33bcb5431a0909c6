"""JSON of desks: decoding it, whole or cut, and looking into fields that may hold anything."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parseaddr

import msgspec

from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.mail_body import fold
from agent_assist.capture.safe_text import mail_of_html, plain_of_html

Row = dict[str, object]
"""A JSON object; nothing is known of its values."""

MAX_DEPTH = 12
_MAX_NESTING = 64  # of the brackets of a cut text, to close them
_MAX_ID = 160
_MAX_NAME = 120
_LINES_TRIED = 20
_ENOUGH = 20
# A string that is cut ends where the text does, so that no quote in it is ever tried again.
_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{},]', re.S)
_QUOTED = re.compile("^>", re.M)
_MAX_FOLDED = 1000  # lines; a longer text is kept as it is, rather than cut
_BLANK = re.compile(r"[\s\ufeff]*")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"\d{9,16}(?:\.\d{1,9})?")
_LINE_REASON = "it is not valid JSON"
_CUT = "The JSON ends in the middle; what stands before that was read."


def peeked(peek: str) -> list[object]:
    """The first JSON values of a text of which only the beginning may be there; what is cut is closed."""
    return list(_values(peek, _ENOUGH))


def load(text: str, on_bad: OnBad) -> tuple[list[object], list[str]]:
    """Decodes a document, JSON lines, several documents after each other, or the beginning of one.

    Args:
        text: the JSON.
        on_bad: called with the number, from 1, of a line of JSON lines that is skipped, and the reason.

    Returns:
        The values found, perhaps none, and a note where the text was cut.
    """
    whole = decoded(text)
    if whole is not None:
        return [whole], []
    lines = text.split("\n")
    filled = [line for line in lines if line.strip()]
    # A line in the middle of a document that is cut may be whole, too, but hardly every other one.
    tried = filled[:_LINES_TRIED]
    if len(filled) > 1 and 2 * sum(isinstance(decoded(line), dict | list) for line in tried) >= len(tried):
        return list(_rows(lines, on_bad)), []
    return list(_values(text, len(text))), [_CUT]


def decoded(text: str) -> object:
    """The value of a JSON text, or None where it is none (or is null)."""
    try:
        value: object = msgspec.json.decode(text.strip(" \t\r\n\ufeff"))
    except (msgspec.MsgspecError, RecursionError, ValueError):
        # Half an emoji, as browsers cut them, is the one thing that only the lenient reader takes.
        return _lenient(text) if "\\ud" in text or "\\uD" in text else None
    return value


def _lenient(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _rows(lines: list[str], on_bad: OnBad) -> Iterator[object]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        value = decoded(line)
        if value is None:
            on_bad(number, _LINE_REASON)
        else:
            yield value


def _values(text: str, limit: int) -> Iterator[object]:
    """JSON values one after the other; the last one is closed where it is cut."""
    open_: list[str] = []
    blank = _BLANK.match(text)
    start = safe = blank.end() if blank else 0
    depth = found = 0
    for token in _TOKEN.finditer(text, start):
        mark = token[0]
        if mark in "{[":
            open_.append("}" if mark == "{" else "]")
            safe, depth = token.end(), len(open_)
            if depth > _MAX_NESTING:
                return
        elif mark == ",":
            safe, depth = token.start(), len(open_)
        elif mark in "}]":
            if not open_ or open_.pop() != mark:
                return
            safe, depth = token.end(), len(open_)
            if not open_:
                value = decoded(text[start:safe])
                if value is None:
                    return
                yield value
                start, found = safe, found + 1
                if found >= limit:
                    return
    if open_:
        value = decoded(text[start:safe] + "".join(reversed(open_[:depth])))
        if value is not None:
            yield value


def obj(row: Row, *path: str) -> Row:
    """The object at a path, or an empty one."""
    value: object = row
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def items(row: Row, key: str) -> list[Row]:
    """The objects of the list in a field; what else stands in it is passed over."""
    value = row.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(row: Row, *keys: str) -> str:
    """The first of the fields that holds text other than blanks, or an empty string."""
    for key in keys:
        value = row.get(key)
        if isinstance(value, str) and value and not value.isspace():
            return value
    return ""


def word(row: Row, key: str) -> str:
    """A field that holds one of a few words, in lower case."""
    value = row.get(key)
    return value.strip().casefold() if isinstance(value, str) else ""


def ident(*values: object) -> str:
    """The first of the values that identifies something: a text or a whole number, on one line."""
    for value in values:
        if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            value = int(value)
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            # An integer of thousands of digits cannot be printed, and is no id.
            if isinstance(value, int) and abs(value) >= 10**30:
                continue
            found = " ".join(str(value).split())[:_MAX_ID]
            if found:
                return found
    return ""


def named(value: str) -> str:
    """A person's name; of a mail header, the name in it, or else the address."""
    name = " ".join(value.split())[: 2 * _MAX_NAME]
    if name.endswith(">") or name.startswith('"'):
        shown, address = parseaddr(name)
        name = shown or address or name
    return name[:_MAX_NAME]


def moment(*values: object) -> datetime | None:
    """The first of the values that is a time: ISO 8601, or seconds, milli- or microseconds since 1970 (UTC)."""
    for value in values:
        found = _iso(value) if isinstance(value, str) else _epoch(value)
        if found is not None:
            return found
    return None


def _iso(value: str) -> datetime | None:
    bare = value.strip()[:40]
    if _DIGITS.fullmatch(bare):
        return _epoch(float(bare))
    if bare.endswith(" UTC"):
        bare = bare[:-4] + "+00:00"
    try:
        found = datetime.fromisoformat(bare)
    except ValueError:
        return None
    return found if len(bare) > 10 and _EPOCH.year <= found.year < _LATEST.year else None


def _epoch(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1e8 < value < 1e17:
        return None
    seconds = value / (1_000_000 if value > 1e14 else 1000 if value > 1e11 else 1)
    found = _EPOCH + timedelta(seconds=seconds)
    return found if found < _LATEST else None


def plain(source: str) -> str:
    """Safe plain text of HTML; where there is no tag in it, its lines are kept."""
    if "<" in source:
        return plain_of_html(source)
    return html.unescape(source) if "&" in source else source


def plain_mail(source: str) -> str:
    """Safe plain text of a mail's HTML without what it quotes and without its marked signature."""
    if "<" not in source:
        return plain(source)
    whole = mail_of_html(source)[0]
    if not _QUOTED.search(whole) or whole.count("\n") > _MAX_FOLDED:
        return whole
    return fold(whole, None).text or whole
