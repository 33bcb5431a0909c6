"""Lines as patterns see them, and as they stand.

Marks that nobody sees and unusual spaces and colons hide a speaker from a pattern, but belong to what was said.
"""

from __future__ import annotations

import re

_HEAD = 160
_SPACES = dict.fromkeys(map(ord, "\t\u00a0\u1680\u2007\u202f\u205f\u3000"), " ") | dict.fromkeys(
    range(0x2000, 0x200B), " "
)
_WIDE = {
    ord(a): b
    for a, b in {
        "\uff1a": ":",
        "\uff3b": "[",
        "\uff3d": "]",
        "\uff08": "(",
        "\uff09": ")",
        "【": "[",
        "】": "]",
        "\ufe55": ":",
    }.items()
}
_INVISIBLE = frozenset(
    "\ufeff\u200b\u200e\u200f\u061c\u2060" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)
_TABLE: dict[int, str | None] = {**_SPACES, **_WIDE, **dict.fromkeys(map(ord, _INVISIBLE))}

_LEAD = re.compile(r"[\s" + "".join(sorted(_INVISIBLE)) + "]*")


def view(line: str) -> str:
    """The start of a line with plain spaces and colons and without invisible marks, for patterns to look at."""
    start = _lead(line)
    head = line[start : start + _HEAD]
    return (head if head.isascii() and "\t" not in head else head.translate(_TABLE)).strip()


def tail(line: str, seen: int) -> str:
    """What follows the first `seen` characters of `view(line)`, as it stands in the line."""
    kept = 0
    for position in range(_lead(line), len(line)):
        if kept == seen:
            return strip(line[position:])
        kept += line[position] not in _INVISIBLE
    return ""


def _lead(line: str) -> int:
    blank = _LEAD.match(line)
    return blank.end() if blank else 0


def strip(text: str) -> str:
    """Strips white space and invisible marks off both ends."""
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or text[start] in _INVISIBLE):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in _INVISIBLE):
        end -= 1
    return text[start:end]
