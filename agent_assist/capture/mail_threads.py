"""Letters -> threads: by what they answer, else by subject, among the same people."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.capture.mail_roles import Desk
from agent_assist.capture.mailbox import Letter

_SAME_SUBJECT_WITHIN = 60 * 86_400.0
_FEW = 4
_LOOKED_AT = 20


def threads_of(letters: Sequence[Letter], desk: Desk) -> list[list[Letter]]:
    """Groups letters, which are in order of time, into threads in order of their first letter.

    Answers to a mail that went to many are threads of their own: those who share a thread share somebody from outside
    the desk, or one of them answers the other.
    """
    joined = _Joined([{p.address for p in (x.writer, *x.receivers) if not desk.has(p)} for x in letters])
    by_id = {x.id: i for i, x in reversed(list(enumerate(letters))) if x.id}
    seen: dict[tuple[str, str], int] = {}
    for i, letter in enumerate(letters):
        refs = (*letter.parents[:1], *letter.parents[-_LOOKED_AT:])
        for ref in refs:
            parent = by_id.get(ref)
            if parent is not None and parent != i:
                joined.join(parent, i, answers=True)
        for ref in (*refs, letter.id):
            for address in joined.marks(i):
                if ref and (ref, address) in seen:
                    joined.join(seen[ref, address], i)
                elif ref:
                    seen[ref, address] = i
        _join_by_subject(joined, letters, i, seen)
    groups: dict[int, list[Letter]] = {}
    for i, letter in enumerate(letters):
        groups.setdefault(joined.root(i), []).append(letter)
    return list(groups.values())


def _join_by_subject(joined: _Joined, letters: Sequence[Letter], i: int, seen: dict[tuple[str, str], int]) -> None:
    topic = letters[i].topic
    if not topic:
        return
    marks = joined.marks(i)
    if marks == [""]:
        marks = [" ".join(sorted({letters[i].writer.address, *(p.address for p in letters[i].receivers)}))]
    for mark in marks:
        at = (f"\n{topic}", mark)
        last = seen.get(at)
        if last is not None and letters[i].when - letters[last].when <= _SAME_SUBJECT_WITHIN:
            joined.join(last, i)
        seen[at] = i


class _Joined:
    """Which letters belong together, and who from outside the desk takes part."""

    def __init__(self, outside: Sequence[set[str]]) -> None:
        self._own = outside
        self._outside = [set(addresses) for addresses in outside]
        self._up = list(range(len(outside)))

    def root(self, i: int) -> int:
        while self._up[i] != i:
            self._up[i] = self._up[self._up[i]]
            i = self._up[i]
        return i

    def marks(self, i: int) -> list[str]:
        """Whom a letter is looked up by: a few of those outside the desk, in a fixed order."""
        return sorted(self._own[i])[:_LOOKED_AT] or [""]

    def join(self, i: int, j: int, *, answers: bool = False) -> None:
        """Puts two letters into one thread, unless they are answers of different people to a mail to many."""
        first, second = sorted((self.root(i), self.root(j)))
        if first == second:
            return
        ours, theirs = self._outside[first], self._outside[second]
        personal = answers and 0 < len(self._own[i]) <= _FEW
        if ours and theirs and not personal and ours.isdisjoint(theirs):
            return
        self._up[second] = first
        small, large = sorted((ours, theirs), key=len)
        large |= small
        self._outside[first] = large
