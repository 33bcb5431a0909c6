"""Which placeholder each value of a conversation has, so that the same value is the same one everywhere."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Set

from agent_assist.privacy.redaction.kinds import FOR_EVER, PLACEHOLDER, SECRETS, Found, Kind

_SHORTEST = 4
"""A value shorter than this is as often something else where it stands again."""
_NOT_WORD = re.compile(r"[^\w]+")


class Memory:
    """The placeholders given so far, in the order in which their values came.

    Args:
        known: placeholders and their originals of an earlier run over the same conversation; they are given again.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self.originals: dict[str, str] = {}
        self._known = dict(known)
        self._by_key: dict[tuple[Kind, str], str] = {}
        self._surfaces: dict[str, tuple[Kind, str]] = {}
        self._highest: defaultdict[Kind, int] = defaultdict(int)
        self._by_original: dict[tuple[Kind, str], str] = {}
        for placeholder, original in self._known.items():
            self.reserve(placeholder)
            match = PLACEHOLDER.fullmatch(placeholder)
            if match is not None and match["kind"]:
                self._by_original[Kind(match["kind"]), _plain(original)] = placeholder

    @property
    def surfaces(self) -> Set[str]:
        """The values as they were written, which are replaced wherever they stand again."""
        return self._surfaces.keys()

    def know(self, kind: Kind, key: str, placeholder: str) -> None:
        """Tells which value a placeholder of the earlier run has, however it is written this time."""
        self._by_key[kind, key] = placeholder

    def reserve(self, text: str) -> None:
        """Keeps the numbers that stand in a text from being given to another value."""
        for match in PLACEHOLDER.finditer(text):
            if match["kind"]:
                kind = Kind(match["kind"])
                self._highest[kind] = max(self._highest[kind], int(match["number"]))

    def placeholder(self, one: Found, original: str) -> str:
        """What stands for a find from now on."""
        if one.kind is Kind.CARD:
            given = f"[{Kind.CARD} {one.key[-4:]}]"
        elif one.kind in SECRETS:
            given = f"[{one.kind}]"
        else:
            given = self._by_key.get((one.kind, one.key)) or self._new(one, original)
            self.originals.setdefault(given, self._known.get(given, original))
            if one.kind is Kind.NAME and len(original) > len(self.originals[given]):
                self.originals[given] = original  # the whole name says more than the first name that came first
        self._remember(one, original)
        return given

    def again(self, text: str) -> Iterator[Found]:
        """Where a value that was found before stands in a text once more, whatever is said around it."""
        for surface, (kind, key) in self._surfaces.items():
            start = text.find(surface)
            while start >= 0:
                end = start + len(surface)
                if _is_whole(text, start, end):
                    yield Found(start, end, kind, key)
                start = text.find(surface, end)

    def _new(self, one: Found, original: str) -> str:
        given = self._by_original.get((one.kind, _plain(original)))
        if given is None:
            self._highest[one.kind] += 1
            given = f"[{one.kind} {self._highest[one.kind]}]"
        self._by_key[one.kind, one.key] = given
        return given

    def _remember(self, one: Found, original: str) -> None:
        if one.kind is not Kind.NAME and len(original) >= _SHORTEST:
            self._surfaces.setdefault(original, (one.kind, one.key))


def reversible(originals: Mapping[str, str]) -> dict[str, str]:
    """The map that leads back without what may never be kept: there is none of it in here, and this makes sure."""
    kept = {}
    for placeholder, original in originals.items():
        match = PLACEHOLDER.fullmatch(placeholder)
        if match is not None and match["kind"] and Kind(match["kind"]) not in FOR_EVER:
            kept[placeholder] = original
    return kept


def _plain(value: str) -> str:
    return _NOT_WORD.sub("", value).casefold()


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch is no part of a longer word or number."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())
