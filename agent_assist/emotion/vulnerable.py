"""Finds what customers say of bereavement, illness, self-harm, hardship or abuse in their own life or family now.

Precision first: the patterns of `vulnerable.toml` say what makes a sign the customer's own, and what makes it none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from agent_assist.emotion.text import mask
from agent_assist.errors import BugError
from agent_assist.records import CustomerTurn, Speaker, Vulnerability

MOST_WORDS = 3
"""Pieces of a turn that are shown, at most."""
MOST_CHARS = 20_000
"""Characters of a turn that are searched: its first and its last half of this."""

_SENTENCE = re.compile(r"(?:[^.!?\n]|[.!?](?=[^\s]))+[.!?]*")
_NAMED = re.compile(r"\{([a-z]+)\}")


class _Sign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    patterns: tuple[str, ...]
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()


class _Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    guidance: str
    signs: tuple[_Sign, ...]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    words: dict[str, str]
    bereavement: _Kind
    illness: _Kind
    self_harm: _Kind
    hardship: _Kind
    abuse: _Kind


KINDS = ("self_harm", "abuse", "bereavement", "illness", "hardship")
"""In the order in which those of one turn are given: what cannot wait first."""


@dataclass(frozen=True, slots=True)
class _Search:
    """A sign, compiled.

    Attributes:
        found: what says it.
        needs: what must stand in this turn or an earlier one, None for nothing.
        unless: what must not stand in the same sentence, None for nothing.
    """

    found: re.Pattern[str]
    needs: re.Pattern[str] | None
    unless: re.Pattern[str] | None


def find_vulnerable(turns: Sequence[CustomerTurn]) -> tuple[Vulnerability, ...]:
    """What the customer's turns say of a hard life now: each kind once, where it is said first, in the order of turns.

    Raises:
        BugError: a turn is not the customer's.
    """
    if any(turn.speaker is not Speaker.CUSTOMER for turn in turns):
        raise BugError("vulnerability was looked for in a turn that is not the customer's")
    masked = [_searched(turn.text) for turn in turns]
    found: dict[str, Vulnerability] = {}
    for k, turn in enumerate(turns):
        for kind in KINDS:
            if kind not in found and (spans := _spans(kind, masked[: k + 1])):
                words = tuple(turn.text[start:end] for start, end in spans[:MOST_WORDS])
                found[kind] = Vulnerability(turn.i, kind, words, _table_kind(kind).guidance)
    return tuple(sorted(found.values(), key=lambda v: v.turn))


def _searched(text: str) -> str:
    """The turn as it is searched, every character in its place."""
    masked = mask(text)
    if len(masked) > MOST_CHARS:
        half = MOST_CHARS // 2
        masked = masked[:half] + "\n" * (len(masked) - 2 * half) + masked[-half:]
    lower = masked.lower()
    if len(lower) == len(masked):
        return lower
    # In some scripts a small letter is two; those stay as they are, so that every position does.
    return "".join(low if len(low := c.lower()) == 1 else c for c in masked)


def _spans(kind: str, masked: Sequence[str]) -> list[tuple[int, int]]:
    """Where the last of these turns says it; the earlier ones may say what it needs."""
    spans = []
    for search in _searches()[kind]:
        here = list(_in_sentences(search, masked[-1]))
        if here and (search.needs is None or any(search.needs.search(text) for text in masked)):
            spans += here
    return _apart(spans)


def _in_sentences(search: _Search, text: str) -> Iterator[tuple[int, int]]:
    if not search.found.search(text):
        return
    for sentence in _SENTENCE.finditer(text):
        match = search.found.search(text, *sentence.span())
        if match and not (search.unless and search.unless.search(text, *sentence.span())):
            yield match.span()


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, without those that begin within another."""
    result: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not result or start >= result[-1][1]:
            result.append((start, end))
    return result


@cache
def _table() -> _Table:
    data = resources.files(__package__).joinpath("vulnerable.toml").read_bytes()
    return msgspec.toml.decode(data, type=_Table)


def _table_kind(kind: str) -> _Kind:
    value: _Kind = getattr(_table(), kind)
    return value


@cache
def _searches() -> dict[str, tuple[_Search, ...]]:
    return {
        kind: tuple(
            _Search(_compiled(sign.patterns), _optional(sign.needs), _optional(sign.unless))
            for sign in _table_kind(kind).signs
        )
        for kind in KINDS
    }


def _optional(patterns: Sequence[str]) -> re.Pattern[str] | None:
    return _compiled(patterns) if patterns else None


def _compiled(patterns: Sequence[str]) -> re.Pattern[str]:
    """One expression of all: where no word starts, the search moves on after one look."""
    return re.compile(rf"(?<![\w'])(?:{'|'.join(_written_out(p) for p in patterns)})(?!\w)")


def _written_out(pattern: str) -> str:
    """A pattern with its named parts in place, any white space for a space and apostrophes that may be missing."""
    while named := _NAMED.search(pattern):
        pattern = pattern[: named.start()] + _table().words[named.group(1)] + pattern[named.end() :]
    return re.sub(r"\[[^\]]*\]| |'", _loosened, pattern)


def _loosened(match: re.Match[str]) -> str:
    """Leaves the sets of characters alone."""
    return {" ": r"\s{1,3}", "'": "'?"}.get(match.group(), match.group())
