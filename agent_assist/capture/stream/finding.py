"""Where a window belongs: which conversation of its channel, what of it is known, and where a new one begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from agent_assist.capture.stream.aligning import Matches, align, rising
from agent_assist.capture.stream.customers import Who, is_other
from agent_assist.capture.stream.entry import MAX_TURNS, Entry
from agent_assist.capture.stream.talk import Talk
from agent_assist.capture.stream.thread import Thread
from agent_assist.records import Speaker, Way, Window

SILENCE = timedelta(hours=12)
"""A night's rest: who writes in the same channel after that comes back with a matter, mostly another one; a delivery
that is talked about all day has no such gap."""

# A desk's webhook names its case, and tells of each message by itself: silence there ends nothing, no overlap is to be
# expected, and its keys are the desk's own.
CASES = frozenset({Way.CHATWOOT, Way.ZAMMAD})
TOO_MANY = f"Only {MAX_TURNS:,} messages of a conversation are kept; others of this one were left out."


@dataclass(slots=True)
class Feed:
    """A source's channel.

    Attributes:
        sessions: the conversations in it, one after the other; new messages go to the last.
        current: the conversation that the source shows now; None where it shows nothing that is known.
        watched: whether its source still looks at it.
        can_insert: as in `Window`.
        swapped: whether the agent said that its sides are the wrong way round.
        shown: the window of late; the same again is nothing new, however little its messages tell.
    """

    sessions: list[tuple[Talk, Thread]] = field(default_factory=list)
    current: Talk | None = None
    watched: bool = True
    can_insert: bool = False
    swapped: bool = False
    shown: Window | None = None


@dataclass(slots=True)
class Found:
    """Where a window belongs: what of it, and the entries that it shows again."""

    talk: Talk
    thread: Thread
    seen: list[Entry]
    known: list[Entry | None]


def find(feed: Feed, window: Window, seen: list[Entry]) -> Found | None:
    """Where a window belongs; None where it begins a conversation."""
    if not feed.sessions:
        return None
    talk, thread = feed.sessions[-1]
    matches, known = _aligned(feed, window, seen)
    chain = rising(matches)
    if not chain:
        another = window.whole and _goes_last(talk, seen)
        another = another or is_other(talk.who, _who(feed, window, seen))
        if window.way not in CASES and (another or _is_silent(talk, seen)):
            return None
        return Found(talk, thread, seen, [None] * len(seen))
    start, index = _session_of(feed, matches, chain)
    talk, thread = feed.sessions[index]
    # Where little is the same it may be what the agent says to everybody.
    same = sum(known[p].token == entry.token for p, entry in zip(matches, seen, strict=True) if p is not None)
    little = window.way not in CASES and 2 * same <= len(seen)
    if little and is_other(talk.who, _who(feed, window, seen), words=True):
        return None
    own: list[Entry | None] = [None if p is None else known[p] for p in matches]
    of_thread = {id(e) for e in thread.entries} if len(feed.sessions) > 1 else None
    if thread.after_edge and not start:
        start = next(i for i, p in enumerate(matches) if p is not None)
    found = Found(talk, thread, seen[start:], own[start:])
    if of_thread is not None:
        belongs = [e is None or id(e) in of_thread for e in found.known]
        found.seen = [e for e, mine in zip(found.seen, belongs, strict=True) if mine]
        found.known = [e for e, mine in zip(found.known, belongs, strict=True) if mine]
    return found


def showing(feed: Feed, found: Talk) -> Talk:
    """Which conversation a page is in that shows this one: of those that follow each other in one page the last."""
    for (talk, thread), (later, next_thread) in pairwise(feed.sessions):
        if talk is found and thread.followed_by is next_thread:
            found = later
    return found


def split(found: Found, way: Way) -> list[Entry]:
    """Takes off a window what belongs to a new conversation: what came after silence, or finds no room."""
    ends = [i for i, e in enumerate(found.known) if e is not None]
    start = ends[-1] + 1 if ends else 0
    last = found.thread.entries[-1]
    at_end = found.known[start - 1] is last if ends else _goes_last(found.talk, found.seen)
    if at_end and way not in CASES:
        before = found.talk.last_written
        for index in range(start, len(found.seen)):
            when = found.seen[index].when
            if before is not None and when is not None and when - before > SILENCE:
                return _cut(found, index)
            before = when or before
    room = MAX_TURNS - len(found.talk)
    if len(found.seen) - len(ends) <= room:
        return []
    make_room(found, keep_end=at_end)
    new = [i for i, e in enumerate(found.known) if e is None]
    return _cut(found, new[room]) if len(new) > room else []


def _aligned(feed: Feed, window: Window, seen: list[Entry]) -> tuple[Matches, list[Entry]]:
    """A window against all that is kept of its channel."""
    true_keys = window.way in CASES
    if len(feed.sessions) == 1:
        known = feed.sessions[0][1].entries
    else:
        known = [entry for _, thread in feed.sessions for entry in thread.entries]
    positions = {}
    offset = 0
    for _, thread in feed.sessions:
        for entry in seen:
            one = thread.keys.get(entry.key) if entry.key is not None else None
            if one is not None and one.key is not None:
                positions[one.key] = offset + one.place
        offset += len(thread.entries)
    return align(known, positions, seen, whole=window.whole, true_keys=true_keys), known


def _session_of(feed: Feed, matches: Matches, chain: list[int]) -> tuple[int, int]:
    """Where in a window the latest conversation that it shows begins, and which one of the channel that is."""
    bounds: list[int] = []
    for _, thread in feed.sessions:
        bounds.append(len(thread.entries) + (bounds[-1] if bounds else 0))

    def session(index: int) -> int:
        position = matches[index]
        return next(n for n, bound in enumerate(bounds) if position is not None and position < bound)

    latest = session(chain[-1])
    earlier = [index for index in chain if session(index) != latest]
    return (earlier[-1] + 1 if earlier else 0), latest


def _who(feed: Feed, window: Window, seen: list[Entry]) -> Who:
    """What a window tells of the customer."""
    names = {e.name for e in seen if e.told and e.speaker is Speaker.CUSTOMER}
    if not feed.swapped:
        names.add(window.customer)
    return Who(window.contacts, frozenset(name for name in names if name))


def _is_silent(talk: Talk, seen: list[Entry]) -> bool:
    """Whether a window with nothing known comes after a long silence."""
    before, after = talk.last_written, next((e.when for e in seen if e.when), None)
    return before is not None and after is not None and after - before > SILENCE


def _goes_last(talk: Talk, seen: list[Entry]) -> bool:
    """Whether a window with nothing known comes after all that is known, as far as its times tell."""
    before, after = talk.last_written, next((e.when for e in seen if e.when), None)
    return before is None or after is None or after >= before


def _cut(found: Found, index: int) -> list[Entry]:
    later = found.seen[index:]
    found.seen, found.known = found.seen[:index], found.known[:index]
    return later


def make_room(found: Found, *, keep_end: bool = False) -> None:
    """Leaves new messages out that a full conversation has no room for; `keep_end`: not those at the end."""
    room = MAX_TURNS - len(found.talk)
    ends = [i for i, e in enumerate(found.known) if e is not None]
    end = (ends[-1] + 1 if ends else 0) if keep_end else len(found.seen)
    kept: list[int] = []
    for index, entry in enumerate(found.known):
        if entry is None and index < end:
            if room <= 0:
                continue
            room -= 1
        kept.append(index)
    if len(kept) < len(found.seen):
        found.talk.note([TOO_MANY])
    found.seen = [found.seen[i] for i in kept]
    found.known = [found.known[i] for i in kept]


def carried(talk: Talk, thread: Thread, seen: list[Entry]) -> Found:
    """A whole conversation against a thread that it carries on."""
    matches = align(thread.entries, {}, seen, whole=True, true_keys=False)
    return Found(talk, thread, seen, [None if p is None else thread.entries[p] for p in matches])
