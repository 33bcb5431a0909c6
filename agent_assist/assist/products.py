"""Names of products in a conversation, as far as their writing gives them away. Better none than a wrong one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from importlib.resources import files
from itertools import islice
from typing import NamedTuple

from agent_assist.records import Speaker, Turn

# iPhone, MacBook, PlayStation; PS4, S8, XT-30; each with a number or further capitals behind it.
_INNER = r"(?:[a-z]{1,2}[A-Z][a-z]{2,15}|[A-Z][a-z]{1,12}[A-Z][a-z]{1,12}|iOS|macOS)"
_MODEL = (
    r"(?:[A-Z]{1,3}-?\d{1,4}[A-Za-z]{0,2}|[IVX]{2,4}\b"
    r"|\d{1,4}(?:\.\d{1,2})?(?:\+|(?!\w|[.,:/-]\d|\s?(?:%|times|days?|weeks?|hours?|mins?|pm|am))))"
)
_CAPITAL = r"[A-Z][a-z]{2,15}"
_TAIL = rf"(?:\s(?:{_MODEL}|Pro|Plus|Max|Mini|Air|Ultra|One|Series|Lite|Edge|Premium|{_CAPITAL}))"
_NAMED = re.compile(
    rf"(?<![\w@#/.'’-])(?:{_INNER}{_TAIL}{{0,3}}|{_CAPITAL}(?:\s{_CAPITAL}){{0,2}}\s{_MODEL}|PS\d)(?![\w@/]|[.-]\w)"
)
_OWNED = re.compile(
    rf"\b(?:my|our|your|his|her|this|an?|new|old)\s+(?:new\s+|old\s+)?(?P<name>{_CAPITAL}{_TAIL}{{0,2}})(?![\w@/]|['’-]\w)"
)
_NEVER = frozenset(files("agent_assist.assist").joinpath("not_products.txt").read_text(encoding="utf-8").split())
_PLAIN = re.compile(r"[A-Z]?[a-z]+")
_LEAST = 2
_MOST = 100
"""Names that are looked at: each costs a walk through the conversation."""


class Product(NamedTuple):
    """Where a product is named first, and how it is written there."""

    turn: int
    start: int
    end: int


def find_products(turns: Sequence[Turn]) -> list[Product]:
    """Names of things that are said at least twice, in order of turn and place; system turns do not count."""
    names = {part.casefold() for turn in turns if turn.name for part in turn.name.split()}
    found: dict[str, list[Product]] = defaultdict(list)
    for turn in turns:
        if turn.speaker is Speaker.SYSTEM:
            continue
        for start, end in _candidates(turn.text):
            words = turn.text[start:end].split()
            if words[0].casefold() not in _NEVER | names:
                found[" ".join(words).casefold()].append(Product(turn.i, start, end))
    text = "\n".join(turn.text for turn in turns if turn.speaker is not Speaker.SYSTEM)
    firsts = [
        places[0]
        for name, places in islice(found.items(), _MOST)
        if _times(name, text) >= _LEAST and not _is_word(name, places, turns)
    ]
    return sorted(firsts)


def _is_word(name: str, places: Sequence[Product], turns: Sequence[Turn]) -> bool:
    """Whether a name without any mark of one is also written like an everyday word."""
    texts = {turn.i: turn.text for turn in turns}
    written = {texts[p.turn][p.start : p.end] for p in places}
    if not all(_PLAIN.fullmatch(each) for each in written):
        return False
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for text in texts.values())


def _candidates(text: str) -> list[tuple[int, int]]:
    spans = [m.span() for m in _NAMED.finditer(text)] + [m.span("name") for m in _OWNED.finditer(text)]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _times(name: str, text: str) -> int:
    pattern = r"\s+".join(re.escape(word) for word in name.split())
    return len(re.findall(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE))
