"""The written set of the redaction tests, and how finds are held against it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from agent_assist.privacy.redaction.detectors import find
from agent_assist.privacy.redaction.kinds import Found, Kind, Scene
from agent_assist.privacy.redaction.regions import likely_regions
from agent_assist.privacy.redaction.view import view

SET = Path(__file__).with_name("redaction_set.jsonl")
_MARK = re.compile(r"⟦(\w+)\|([^⟧]*)⟧")
_SLACK = 3
"""Characters that a find may take beyond its value: a bracket, a quotation mark."""
KINDS: dict[str, frozenset[Kind]] = {
    "card": frozenset({Kind.CARD}),
    "iban": frozenset({Kind.IBAN}),
    "bank": frozenset({Kind.BANK}),
    "phone": frozenset({Kind.PHONE}),
    "email": frozenset({Kind.EMAIL}),
    "id": frozenset({Kind.ID}),
    "token": frozenset({Kind.TOKEN}),
    "secret": frozenset({Kind.PIN, Kind.CVV, Kind.CODE, Kind.PASSWORD}),
    "address": frozenset({Kind.ADDRESS}),
}
VALIDATED = tuple(kind for kind in KINDS if kind != "address")


@dataclass(frozen=True)
class Item:
    """A line of the set: the text with its values marked, and what was said before it."""

    country: str
    text: str
    gold: tuple[tuple[int, int, str], ...]
    before: str
    part: str


@dataclass
class Score:
    """Counts of one kind."""

    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def precision(self, kind: str) -> float:
        return self.right[kind] / max(1, self.right[kind] + self.wrong[kind])

    def recall(self, kind: str) -> float:
        return self.right[kind] / max(1, self.right[kind] + self.missed[kind])


def items(part: str | None = None) -> list[Item]:
    """The items of a part ("tune", "held"), or all of them."""
    return [item for item in _items() if part in (None, item.part)]


def _items() -> Iterator[Item]:
    for line in SET.read_text(encoding="utf-8").splitlines():
        raw = json.loads(line)
        text, gold, last = "", [], 0
        for match in _MARK.finditer(raw["text"]):
            text += raw["text"][last : match.start()]
            gold.append((len(text), len(text) + len(match[2]), match[1]))
            text += match[2]
            last = match.end()
        yield Item(raw["country"], text + raw["text"][last:], tuple(gold), raw.get("before", ""), raw["part"])


def found_in(item: Item, *, at_home: bool = True) -> list[Found]:
    """What is found; `at_home` where the desk stands in the item's country, else nothing is known of it."""
    seen = view(item.text)
    scene = Scene(item.before, likely_regions(seen, item.country if at_home else ""))
    return find(seen, scene, frozenset(Kind))


def score(some: Sequence[Item], *, at_home: bool = True) -> Score:
    """Finds against gold: right where the kind is and the whole value is covered, with next to nothing around it.

    An address, which has no check, is right where half of both is the same.
    """
    total = Score()
    for item in some:
        found = found_in(item, at_home=at_home)
        for start, end, kind in item.gold:
            hit = next((f for f in found if f.kind in KINDS[kind] and _covers(f, start, end, kind)), None)
            if hit is None:
                total.missed[kind] += 1
                total.problems.append(f"missed {kind} in {item.text!r}")
                continue
            found.remove(hit)
            total.right[kind] += 1
        for one in found:
            kind = next(name for name, some_kinds in KINDS.items() if one.kind in some_kinds)
            total.wrong[kind] += 1
            total.problems.append(f"false {kind} {item.text[one.start : one.end]!r} in {item.text!r}")
    return total


def _covers(one: Found, start: int, end: int, kind: str) -> bool:
    if kind == "address":
        return 2 * (min(end, one.end) - max(start, one.start)) >= max(end, one.end) - min(start, one.start)
    return one.start <= start and one.end >= end and (start - one.start) + (one.end - end) <= _SLACK
