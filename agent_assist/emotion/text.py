"""Prepares a turn for reading: what is not the customer's own words now is blanked, what is too long is cut in parts.

Blanking keeps every character's position, so that what is found can be shown as it stands in the turn.
"""

from __future__ import annotations

import html
import re

PART_CHARS = 400
"""About a hundred tokens: a part that the encoder reads whole."""
MAX_PARTS = 48
"""A turn with more is read at its beginning and its end, half each."""

_FOREIGN = re.compile(
    r"""
    ^[ \t]*>.*$                                              # quoted lines of an e-mail
    | ^-{2,}[ ]?Original[ ]Message[ ]?-{2,}[\s\S]*           # the quoted mail below
    | ^On[ ][^\n]{4,120}[ ]wrote:\s*$[\s\S]*
    | \b(?:https?://|www\.)\S+                               # links
    | (?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]+         # e-mail addresses
    | (?<![\w@])@\w+                                         # handles
    | \#[A-Z][A-Z_]*\#                                       # placeholders of anonymised text
    | (?<![\w-])(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Za-z])[A-Z0-9][A-Z0-9-]{3,}\b  # order numbers such as A-48213
    """,
    re.VERBOSE | re.MULTILINE,
)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u0000": " "})
_BREAK = re.compile(r"(?<=[.!?\n])\s+")


def mask(text: str) -> str:
    """The turn with links, handles, identifiers and quoted mail blanked; as long as the turn itself."""
    return _FOREIGN.sub(lambda match: " " * len(match.group()), text.translate(_APOSTROPHES))


def plain(masked: str) -> str:
    """What the encoder reads: character references resolved and white space in one piece."""
    return " ".join(html.unescape(masked).split())


def says_something(masked: str) -> bool:
    """False for a turn without two letters in a row: punctuation, numbers, emoji, a bare link."""
    return re.search(r"[^\W\d_]{2}", masked) is not None


def split(masked: str) -> list[tuple[int, str]]:
    """Cuts a long turn at the ends of sentences into parts of at most `PART_CHARS`, each with its position."""
    if len(masked) <= PART_CHARS:
        return [(0, masked)]
    parts: list[tuple[int, str]] = []
    start = 0
    while start < len(masked):
        end = min(start + PART_CHARS, len(masked))
        if end < len(masked):
            end = _last_break(masked, start, end)
        if masked[start:end].strip():
            parts.append((start, masked[start:end]))
        start = end
    if len(parts) > MAX_PARTS:
        parts = parts[: MAX_PARTS // 2] + parts[-MAX_PARTS // 2 :]
    return parts or [(0, "")]


def _last_break(text: str, start: int, end: int) -> int:
    """Where to cut before `end`: after a sentence, else after a word, else right there."""
    breaks = [match.end() for match in _BREAK.finditer(text, start, end) if match.end() > start + PART_CHARS // 4]
    if breaks:
        return breaks[-1]
    space = text.rfind(" ", start + PART_CHARS // 4, end)
    return space + 1 if space > 0 else end
