"""Which of the lines that could name a speaker do: names recur, labels within a message do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent_assist.capture.clock import Stamp, parse_separator
from agent_assist.capture.names import Likeness, key, role_of
from agent_assist.capture.system import is_system

_MAX_PREAMBLE = 12
_VALUE = re.compile(r"(?:\S{1,20}\s){0,3}\S{0,30}\d\S{0,30}(?:\s\S{1,20})?$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that names who speaks.

    Attributes:
        line: its number, from 0.
        name: as it stands; empty where the line carries a time but no name.
        body: what is said on the line itself.
        stamp: the time it carries.
        likeness: how much the name looks like one.
        tight: no space stands between the colon and the body.
        height: how many lines it takes.
        private: it heads a note among colleagues.
    """

    line: int
    name: str
    body: str
    stamp: Stamp | None
    likeness: Likeness
    tight: bool = False
    height: int = 1
    private: bool = False


def accept_stamped(found: list[Mark], views: Sequence[str]) -> list[Mark]:
    """Accepts names beside a time: only a phrase in lower case has to come back to be believed."""
    del views
    counts = Counter(key(m.name) for m in found)
    return [
        m for m in found if not m.name or m.likeness > Likeness.WEAK or counts[key(m.name)] > 1 or " " not in m.name
    ]


def accept_inline(found: list[Mark], views: Sequence[str]) -> list[Mark]:
    """Accepts names before a colon that recur, name a role, or stand where labels do not."""
    counts = Counter(key(m.name) for m in found)
    filled = sum(1 for v in views if v)
    mostly_marks = 2 * len(found) > filled
    recurring = sum(1 for c in counts.values() if c > 1)
    first = first_content(views)
    unfilled = {m.line for m in found if not m.body}
    tight = 2 * sum(1 for m in found if m.tight) > len(found)

    def keep(mark: Mark) -> bool:
        if mark.tight and not tight and mark.likeness is not Likeness.ROLE:
            return False  # "console:the new one" within a message of somebody who writes "Anna: hello"
        if counts[key(mark.name)] > 1:
            return mark.likeness > Likeness.WEAK or mark.line == first or mostly_marks or " " not in mark.name
        if mark.line - 1 in unfilled and (mark.likeness is not Likeness.ROLE or " " in mark.name):
            return False  # what somebody says below their name may begin with a word and a colon
        if counts.get(key(mark.body), 0) > 1:
            return False  # "Agent: Ben" above the messages of Ben
        if recurring >= 2 and (len(mark.body.split()) < 3 or _VALUE.match(mark.body)):
            return mark.likeness is Likeness.ROLE and not _VALUE.match(mark.body)
        if mark.likeness is Likeness.WEAK:
            heads_block = not mark.body and (mark.line == 0 or not views[mark.line - 1])
            opens = mark.line == first and any(m.likeness > Likeness.WEAK and not m.tight for m in found)
            return (mostly_marks or heads_block or opens) and " " not in mark.name
        return True

    return [m for m in found if keep(m)]


def accept_suffixed(found: list[Mark], views: Sequence[str]) -> list[Mark]:
    """Accepts names with a time behind them, where something is said on the line or below it."""
    kept = accept_stamped(found, views)
    return [m for m in kept if m.body or _following(m.line, views)]


def accept_headers(found: list[Mark], views: Sequence[str]) -> list[Mark]:
    """Name-only lines stand at the start of a block; a name counts that recurs, names a role, or heads all blocks."""
    blocks = "" in views
    found = [
        m
        for m in found
        if m.line + 1 < len(views) and views[m.line + 1] and (not blocks or m.line == 0 or not views[m.line - 1])
    ]
    found = _not_bodies(found)
    counts = Counter(key(m.name) for m in found)
    starts = sum(1 for i, v in enumerate(views) if v and (i == 0 or not views[i - 1]))
    all_blocks = blocks and len(found) == starts >= 2
    sure = [
        m for m in found if m.likeness is Likeness.ROLE or (m.likeness is Likeness.FAIR and counts[key(m.name)] > 1)
    ]
    two_turns = len(found) == 2 and found[0].line == first_content(views)
    if all_blocks or two_turns:
        return [m for m in found if m.likeness > Likeness.WEAK or counts[key(m.name)] > 1]
    if not sure or len(counts) < 2:
        return []
    opener = found[0]
    return [m for m in found if m in sure or (m is opener and m.likeness is Likeness.FAIR)]


def _not_bodies(found: list[Mark]) -> list[Mark]:
    """Leaves out a name-like line directly under another one: it is what was said."""
    kept: list[Mark] = []
    for mark in found:
        if not kept or kept[-1].line != mark.line - 1:
            kept.append(mark)
    return kept


def first_content(views: Sequence[str]) -> int:
    """The number of the first line that somebody may have said, 0 where there is none."""
    for i, seen in enumerate(views):
        if seen and parse_separator(seen) is None and not is_system(seen):
            return i
    return 0


def begins(line: int, first: int, views: Sequence[str]) -> bool:
    """Whether a line opens the text, but for a few lines such as "Ticket: 123"."""
    return line <= first or all(
        not v or ":" in v or is_system(v) or parse_separator(v) for v in views[first:line][:_MAX_PREAMBLE]
    )


def insists(marks: Sequence[Mark]) -> bool:
    """Whether marks that do not open the text are still too many for chance."""
    return len(marks) >= 3 and len({key(m.name) for m in marks}) >= 2 and any(_certain(m) for m in marks)


def titled(marks: Sequence[Mark], views: Sequence[str]) -> bool:
    """Whether at least two marks with dates stand below a single line, the title."""
    dated = sum(1 for m in marks if m.stamp and m.stamp.names_day)
    return dated >= 2 and sum(1 for v in views[: marks[0].line] if v) == 1


def _certain(mark: Mark) -> bool:
    return mark.stamp is not None or role_of(mark.name) is not None or mark.likeness is Likeness.FAIR


def _following(line: int, views: Sequence[str]) -> bool:
    return any(views[line + 1 : line + 3])
