"""A text as the detectors read it: the same length, with odd digits, spaces and dashes made plain."""

from __future__ import annotations

import re
import unicodedata

from agent_assist.privacy.redaction.kinds import PLACEHOLDER, RANK, Found

GONE = "\ufffc"
"""Stands where a placeholder is: it is no letter, no digit and no space, so that nothing is found across it."""

_ODD = re.compile(r"[^\x00-\x7f]")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u00ad\uff0d")
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff")


def view(text: str) -> str:
    """The text for the detectors; each character stands where it stood, so that finds are places in `text`."""
    masked = PLACEHOLDER.sub(lambda match: GONE * len(match[0]), text)
    return masked if masked.isascii() else _ODD.sub(_plain, masked)


def _plain(match: re.Match[str]) -> str:
    char = match[0]
    if char in _DASHES:
        return "-"
    if char in _UNSEEN or unicodedata.category(char) == "Zs":
        return " "
    digit = unicodedata.decimal(char, -1)
    if digit >= 0:
        return str(int(digit))
    # The wide forms of East Asian keyboards; other foldings would make letters of signs such as the ordinal's.
    return chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char


def best(found: list[Found]) -> list[Found]:
    """The finds in order of their places without overlaps: the likelier kind stays, the longer of one kind."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start, -f.end)):
        while kept and kept[-1].end > one.start:
            if _worth(kept[-1]) >= _worth(one):
                break
            kept.pop()
        else:
            kept.append(one)
    return kept


def _worth(one: Found) -> tuple[int, int]:
    return -RANK[one.kind], one.end - one.start
