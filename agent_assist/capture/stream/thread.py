"""What one source told of one conversation, in the source's order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from agent_assist.capture.stream.aligning import rising
from agent_assist.capture.stream.entry import Entry

# Without times nothing tells whether what follows was taken out of the source, or something came before it: few are
# taken for a message that was withdrawn and written again, more for a window that ends in the middle.
_WITHDRAWN = 3
_GONE = re.compile(r"(?:you|this message (?:was|has been)|message) (?:deleted|removed|unsent).{0,40}", re.I)


@dataclass(slots=True)
class Changes:
    """What a window did to a thread.

    Attributes:
        added, changed, moved: entries that are new, have other words, or stand elsewhere.
        learnt: whether a speaker or a time is known now that was not before.
        renewed: whether anything at all of a known message is another now, worth telling or not.
    """

    added: list[Entry] = field(default_factory=list)
    changed: list[Entry] = field(default_factory=list)
    moved: list[Entry] = field(default_factory=list)
    learnt: bool = False
    renewed: bool = False


class Thread:
    """The messages of one source in one conversation.

    Args:
        origin: the id of the conversation that it began as.
        after_edge: whether earlier conversations may stand above it in the same source.

    Attributes:
        followed_by: the beginning of the next conversation that was seen to follow it in one page; None for none.
    """

    def __init__(self, origin: str, *, after_edge: bool = False) -> None:
        self.origin = origin
        self.after_edge = after_edge
        self.followed_by: Thread | None = None
        self.entries: list[Entry] = []
        self.keys: dict[str, Entry] = {}

    def begin(self, entries: Sequence[Entry]) -> Changes:
        """Takes the first messages."""
        return self._placed(list(entries), list(entries), Changes(added=list(entries)))

    def merge(self, seen: Sequence[Entry], known: Sequence[Entry | None], *, hole: bool) -> Changes:
        """Takes a window that was aligned.

        Args:
            seen: its messages.
            known: for each the entry that it is, None where it is new; all None puts them where their time is.
            hole: whether something may be missing where a window with nothing known is put.
        """
        changes = Changes()
        for one, entry in zip(known, seen, strict=True):
            if one is not None:
                self._renew(one, entry, changes)
        chain = set(rising([None if e is None else e.place for e in known]))
        shown = [entry if one is None else one for one, entry in zip(known, seen, strict=True)]
        changes.added = [entry for one, entry in zip(known, seen, strict=True) if one is None]
        changes.moved = [one for i, one in enumerate(known) if one is not None and i not in chain]
        if changes.added or changes.moved:
            self._placed(shown, self._order(shown, chain, changes.moved, hole=hole), changes)
        for before, after in pairwise(shown):
            if after.hole and after.place == before.place + 1:
                after.hole, changes.learnt = False, True
        return changes

    def _placed(self, shown: Sequence[Entry], order: list[Entry], changes: Changes) -> Changes:
        start = len(self.entries) if order[: len(self.entries)] == self.entries else 0
        self.entries = order
        for place in range(start, len(order)):
            order[place].place = place
        for entry in shown:
            if entry.key is not None and self.keys.get(entry.key) is not entry:
                self._rename(entry, entry.key)
        return changes

    def _renew(self, one: Entry, seen: Entry, changes: Changes) -> None:
        """Takes over what a later sighting tells better."""
        if one.token != seen.token and not _GONE.fullmatch(seen.token):
            one.text, one.token, one.turn = seen.text, seen.token, None
            changes.changed.append(one)
        if seen.at is not None and one.at != seen.at and (one.at is None or one.key == seen.key is not None):
            changes.learnt = changes.learnt or one.at is None
            one.at, one.turn = seen.at, None
        if seen.key is not None and one.key != seen.key:
            self._rename(one, seen.key)
        if one.name is None and seen.name is not None:
            one.name, one.turn = seen.name, None
        if seen.told and seen.speaker is not one.speaker:
            one.speaker, one.turn, changes.learnt = seen.speaker, None, True
        one.told = one.told or seen.told
        changes.renewed = changes.renewed or one.turn is None

    def _rename(self, one: Entry, key: str) -> None:
        if one.key is not None and self.keys.get(one.key) is one:
            del self.keys[one.key]
        taken = self.keys.get(key)
        if taken is not None:
            taken.key = None
        one.key = key
        self.keys[key] = one

    def _order(self, shown: Sequence[Entry], chain: set[int], moved: Sequence[Entry], *, hole: bool) -> list[Entry]:
        if not chain:
            return self._without_overlap(shown, hole=hole)
        last = max(chain)
        if shown[last] is self.entries[-1] and not moved and len(chain) == last + 1:
            return [*self.entries, *shown[last + 1 :]]
        gone = {id(entry) for entry in moved}
        before: dict[int, list[Entry]] = {}  # what goes before the next message of the chain
        waiting: list[Entry] = []
        for index, entry in enumerate(shown[: last + 1]):
            if index in chain:
                before[id(entry)], waiting = waiting, []
            else:
                waiting.append(entry)
        kept = [entry for entry in self.entries if id(entry) not in gone]
        order: list[Entry] = []
        for entry in kept:
            order += (*before.get(id(entry), ()), entry)
        tail = shown[last + 1 :]
        if tail:
            at = _tail_place(order, order.index(shown[last]) + 1, tail)
            order[at:at] = tail
        return order

    def _without_overlap(self, shown: Sequence[Entry], *, hole: bool) -> list[Entry]:
        at = place_by_time(self.entries, next((e.when for e in shown if e.when), None))
        if hole and at:
            shown[0].hole = True
        if hole and at < len(self.entries):
            self.entries[at].hole = True
        return [*self.entries[:at], *shown, *self.entries[at:]]


def place_by_time(entries: Sequence[Entry], when: datetime | None) -> int:
    """Before the first of the later ones at the end; at the end for an unknown time."""
    place = len(entries)
    if when is None:
        return place
    for index in range(len(entries) - 1, -1, -1):
        at = entries[index].when
        if at is not None and at <= when:
            break
        if at is not None:
            place = index
    return place


def _tail_place(order: Sequence[Entry], start: int, tail: Sequence[Entry]) -> int:
    """Where goes what follows the last known message of a window, though other messages follow that too."""
    rest = order[start:]
    when = next((e.when for e in tail if e.when), None)
    if when is not None and any(e.when for e in rest):
        place = start
        for index, entry in enumerate(rest, start):
            if entry.hole or (entry.when is not None and entry.when > when):
                break
            if entry.when is not None:
                place = index + 1
        return place
    few = len(rest) <= _WITHDRAWN and not any(e.hole for e in rest)
    return len(order) if few else start
