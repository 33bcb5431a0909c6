"""Which of the known messages a window shows again.

A key that is known decides. Where no key helps, the words do: the heaviest run of neighbours that stands in both,
the latest of several, is where the window lies, and to both sides of it the same is asked again (after Ratcliff and
Obershelp's way to compare texts; 1988). What is left over between two such runs is an edit, a move, or new.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from agent_assist.capture.stream.entry import Entry, fits, has_other_key, is_edit, weight
from agent_assist.records import Speaker

# Between what a window and the known have in common, so many more messages may have been taken out of the source.
_SLACK = 20
# A run that reaches neither the window's edge nor that of the known must weigh this much to be no coincidence.
_CONVINCING = 3
# Pairs of equal texts that are looked at; a page full of "ok" has millions, and its end is what matters then.
_MOST_PAIRS = 50_000
# Where both are so long that even that takes seconds, what is said oftener than this tells nothing at first.
_TOO_MANY_PAIRS = 500_000
_POPULAR = 20
# A run of this weight at the end of the known, from the window's first message on, needs no better one looked for.
_SURE = 8
# A message that was mended stands this near to where it stood.
_NEAR = 3
_REUSED = 2

Matches = list[int | None]
"""For each message of a window its position among the known ones, or None where it is new."""


@dataclass(frozen=True, slots=True)
class _Run:
    known: int
    seen: int
    length: int
    weight: int


def align(
    known: Sequence[Entry], positions: Mapping[str, int], seen: Sequence[Entry], *, whole: bool, true_keys: bool
) -> Matches:
    """Finds a window among what is known.

    Args:
        known: in order.
        positions: of the known messages that have a key.
        seen: the window, in order.
        whole: whether nothing stands before the window in its source.
        true_keys: whether another key always is another message, even after a reload.

    Returns:
        Rising positions but for messages that stand elsewhere now. All None: there is nothing in common.
    """
    return _Alignment(known, seen, whole=whole, true_keys=true_keys).find(positions)


def rising(matches: Matches) -> list[int]:
    """The indices of the longest part of a window that stands in the known order; the latest of several."""
    tails: list[int] = []  # the smallest last position of a part of each length
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for index, position in enumerate(matches):
        if position is None:
            continue
        length = bisect_left(tails, position)
        before[index] = ends[length - 1] if length else None
        tails[length : length + 1] = [position]
        ends[length : length + 1] = [index]
    chain: list[int] = []
    at: int | None = ends[-1] if ends else None
    while at is not None:
        chain.append(at)
        at = before[at]
    return chain[::-1]


class _Alignment:
    def __init__(self, known: Sequence[Entry], seen: Sequence[Entry], *, whole: bool, true_keys: bool) -> None:
        self._known = known
        self._seen = seen
        self._whole = whole
        self._true_keys = true_keys
        self._fresh_keys = False  # whether the page gave its messages new keys: then another key tells nothing
        self._matches: Matches = [None] * len(seen)
        self._used: set[int] = set()

    def find(self, positions: Mapping[str, int]) -> Matches:
        by_key = [positions.get(e.key) if e.key is not None else None for e in self._seen]
        for index, position in enumerate(by_key):
            if position is not None and _contradicts(self._known[position], self._seen[index]):
                by_key[index] = None
        if any(p is not None for p in by_key) and (self._true_keys or not self._reused(by_key)):
            for index, position in enumerate(by_key):
                if position is not None:
                    self._match(position, index)
        else:
            self._fresh_keys = not self._true_keys
            self._find_run()
        if any(p is not None for p in self._matches) and None in self._matches:
            self._fill_gaps()
            self._take_moved()
        if self._whole and self._fresh_keys and self._only_greets_alike():
            return [None] * len(self._seen)
        return self._matches

    def _only_greets_alike(self) -> bool:
        """Whether what begins a page's conversation is all that it shares with the known one: its bot's greeting."""
        first = self._matches[0]
        fewer = min(len(self._known), len(self._seen))
        begins = first is not None and self._known[first].place == 0
        return begins and fewer > 1 and 2 * sum(p is not None for p in self._matches) <= fewer

    def _match(self, position: int, index: int) -> None:
        self._matches[index] = position
        self._used.add(position)

    def _reused(self, by_key: Matches) -> bool:
        """Whether a page gave known keys to other messages, as one that numbers the rows that it shows."""
        pairs = [(self._known[p], self._seen[i]) for i, p in enumerate(by_key) if p is not None]
        others = {s.token for k, s in pairs if k.token != s.token and not is_edit(k, s)}
        return len(others) >= _REUSED and 2 * len(others) > len(pairs)

    # --- where no key is known

    def _find_run(self) -> None:
        known, seen = range(len(self._known)), range(len(self._seen))
        if self._whole and self._walk(known, seen, least=_SURE):
            return
        near = range(max(0, len(known) - 2 * len(seen) - _SLACK), len(known))
        run = self._heaviest(near, seen)
        if near.start and (run is None or run.seen or run.weight < _SURE) and self._pairs(known) <= _MOST_PAIRS:
            run = self._heaviest(known, seen)
        if (run is None or (run.weight < _SURE and run.length < len(seen))) and self._lay_on_end(run):
            return
        if run is None:
            if self._whole and self._known and self._may_be_edit(0, 0):
                self._match(0, 0)
        elif self._is_convincing(run):
            self._take(run)
        else:
            self._take_with_others(run)

    def _take_with_others(self, run: _Run) -> None:
        """Takes a run of little weight where the rest is known too, or what is known tells more together."""
        self._take(run)
        if len(self._seen) > 1:
            self._fill_gaps()
        pairs = [(self._known[p], entry) for p, entry in zip(self._matches, self._seen, strict=True) if p is not None]
        found = [p for p in self._matches if p is not None]
        begins = self._matches[0] is not None or min(found) == 0
        between = begins and (self._matches[-1] is not None or max(found) == len(self._known) - 1)
        telling = sum(weight(one, other) for one, other in pairs) > _CONVINCING
        if len(pairs) < 2 or not (len(pairs) == len(self._seen) or (between and telling)):
            self._matches = [None] * len(self._seen)
            self._used.clear()

    def _lay_on_end(self, run: _Run | None) -> bool:
        """Matches a window that begins within the last messages, all the same or mended.

        Args:
            run: what the window has in common elsewhere, which is left only for what weighs more than half as much.
        """
        heavy = 0 if run is None else run.weight
        for count in range(min(len(self._known), len(self._seen)), 0, -1):
            first = len(self._known) - count
            pairs = [(self._known[first + i], self._seen[i]) for i in range(count)]
            if count > 1 and not any(one.token == other.token for one, other in pairs):
                continue  # likeness costs more to judge
            if not all(self._same(one, other) or is_edit(one, other) for one, other in pairs):
                continue
            own = sum(weight(one, other) for one, other in pairs)
            lone = count == 1 and (heavy >= _CONVINCING or (has_other_key(*pairs[0]) and own < _CONVINCING))
            if not lone and 2 * own > heavy:
                self._take(_Run(first, 0, count, own))
                return True
        return False

    def _pairs(self, known: range) -> int:
        """How many pairs of equal texts there are between a part of the known and the window."""
        counts = Counter(e.token for e in self._seen)
        return sum(counts[e.token] for e in self._known[known.start : known.stop])

    def _walk(self, known: range, seen: range, *, least: int = 0) -> int:
        """Matches what is equal from the start of both parts on, over single edits, if it weighs enough.

        Returns:
            How many messages of each part are matched.
        """
        steps, heavy, both = 0, 0, min(len(known), len(seen))
        while steps < both:
            one, other = self._known[known[steps]], self._seen[seen[steps]]
            same = self._is_open(known[steps], seen[steps]) and self._same(one, other)
            if not same and not (steps + 1 < both and self._is_edit_between(known, seen, steps)):
                break
            heavy += weight(one, other)
            steps += 1
        if heavy < least and steps < both:
            return 0
        for step in range(steps):
            self._match(known[step], seen[step])
        return steps

    def _is_edit_between(self, known: range, seen: range, step: int) -> bool:
        """Whether two messages are one that was mended, and the next is the same again."""
        position, index = known[step + 1], seen[step + 1]
        after = self._is_open(position, index) and self._same(self._known[position], self._seen[index])
        open_here = self._is_open(known[step], seen[step])
        return after and open_here and self._may_be_edit(known[step], seen[step])

    def _is_open(self, position: int, index: int) -> bool:
        return position not in self._used and self._matches[index] is None

    def _take(self, run: _Run) -> None:
        for step in range(run.length):
            self._match(run.known + step, run.seen + step)

    def _is_convincing(self, run: _Run) -> bool:
        known, seen = run.known, run.seen
        while known and seen and is_edit(self._known[known - 1], self._seen[seen - 1]):
            known, seen = known - 1, seen - 1
        known_end, seen_end = run.known + run.length, run.seen + run.length
        while (
            known_end < len(self._known)
            and seen_end < len(self._seen)
            and is_edit(self._known[known_end], self._seen[seen_end])
        ):
            known_end, seen_end = known_end + 1, seen_end + 1
        at_edges = not (known and seen) and (known_end == len(self._known) or seen_end == len(self._seen))
        if run.weight >= _CONVINCING or (self._whole and not run.known and not run.seen and at_edges):
            return True
        other_key = has_other_key(self._known[run.known], self._seen[run.seen])
        return at_edges and (run.length > 1 or not other_key)

    # --- between what is found

    def _fill_gaps(self) -> None:
        gaps = list(self._gaps())
        while gaps:
            known, seen = gaps.pop()
            if seen.start and known.start:  # behind a match
                steps = self._walk(known, seen)
                known, seen = known[steps:], seen[steps:]
            run = self._heaviest(known, seen)
            if run is None:
                self._take_edits(known, seen)
                continue
            self._take(run)
            gaps.append((known[: run.known - known.start], seen[: run.seen - seen.start]))
            gaps.append((known[run.known + run.length - known.start :], seen[run.seen + run.length - seen.start :]))

    def _gaps(self) -> Iterator[tuple[range, range]]:
        """What lies between two matches, and beside the first and the last as far as may belong to them."""
        chain = rising(self._matches)
        places = [(p, i) for i in chain if (p := self._matches[i]) is not None]
        first, last = places[0], places[-1]
        yield range(max(0, first[0] - first[1] - _SLACK), first[0]), range(first[1])
        for (known, seen), (next_known, next_seen) in pairwise(places):
            if next_seen > seen + 1 and next_known > known + 1:
                yield range(known + 1, next_known), range(seen + 1, next_seen)
        left = len(self._seen) - last[1] - 1
        yield (
            range(last[0] + 1, min(len(self._known), last[0] + 1 + left + _SLACK)),
            range(last[1] + 1, len(self._seen)),
        )

    def _heaviest(self, known: range, seen: range) -> _Run | None:
        """The heaviest run of equal neighbours; of several the latest, but behind a match the nearest to that."""
        least = 1 if seen.start else 0
        if not known or not seen:
            return None
        where: defaultdict[str, list[int]] = defaultdict(list)
        for index in seen:
            if self._matches[index] is None:
                where[self._seen[index].token].append(index)
        if len(known) * len(seen) > _TOO_MANY_PAIRS:
            where = defaultdict(list, {token: w for token, w in where.items() if len(w) <= _POPULAR})
        best: _Run | None = None
        ending: dict[int, tuple[int, int]] = {}
        for position in known:
            entry = self._known[position]
            here: dict[int, tuple[int, int]] = {}
            for index in reversed(where.get(entry.token, ())):  # of equals the first: the rest is new
                if position in self._used or not self._same(entry, self._seen[index]):
                    continue
                length, heavy = ending.get(index - 1, (0, 0))
                here[index] = length + 1, heavy + weight(entry, self._seen[index])
                if best is None or here[index][1] >= best.weight + least:
                    length, heavy = here[index]
                    best = _Run(position - length + 1, index - length + 1, length, heavy)
            ending = here
        return best

    def _same(self, one: Entry, other: Entry) -> bool:
        if one.token != other.token or not fits(one, other):
            return False
        if self._true_keys and has_other_key(one, other):
            return False
        if self._fresh_keys or not has_other_key(one, other):
            return True
        # A page gives its own message another key when the server has taken it; only the agent writes in it.
        own = not one.told or one.speaker is Speaker.AGENT
        return own or weight(one, other) >= _CONVINCING

    def _may_be_edit(self, position: int, index: int) -> bool:
        one, other = self._known[position], self._seen[index]
        return (self._fresh_keys or not has_other_key(one, other)) and is_edit(one, other)

    def _take_edits(self, known: range, seen: range) -> None:
        """Messages at the same place between the same neighbours, looked for from the neighbour that is known."""
        at_head = seen.start == 0
        waiting = [p for p in (reversed(known) if at_head else known) if p not in self._used]
        for index in reversed(seen) if at_head else seen:
            if self._matches[index] is not None:
                continue
            near = range(min(_NEAR, len(waiting)))
            hit = next((n for n in near if self._may_be_edit(waiting[n], index)), None)
            if hit is not None:
                self._match(waiting[hit], index)
                del waiting[: hit + 1]

    def _take_moved(self) -> None:
        """Messages that the window should show at one place and shows at another."""
        found = [p for p in self._matches if p is not None]
        first = 0 if self._whole else min(found)
        # A window that is no shorter than all that is known ends where that ends.
        shown = len(self._known) if self._whole and len(self._seen) >= len(self._known) else max(found)
        left: defaultdict[str, list[int]] = defaultdict(list)
        for position in range(first, max(shown, min(len(self._known), max(found) + _SLACK))):
            if position not in self._used:
                left[self._known[position].token].append(position)
        for index, entry in enumerate(self._seen):
            if self._matches[index] is not None:
                continue
            for position in left.get(entry.token, ()):
                one = self._known[position]
                telling = position < shown or weight(one, entry) >= _CONVINCING
                trusted = self._fresh_keys or not has_other_key(one, entry)
                if position not in self._used and telling and trusted and fits(one, entry):
                    self._match(position, index)
                    break


def _contradicts(one: Entry, other: Entry) -> bool:
    """Whether a key now stands at a message of somebody else."""
    return one.token != other.token and one.told and other.told and one.speaker is not other.speaker
