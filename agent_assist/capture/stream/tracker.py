"""The one stream: whatever the sources show again and again, each message once, in its conversation, in order."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime

from agent_assist.capture.stream.carrying import carries_on
from agent_assist.capture.stream.customers import Who, contacts_of, is_other, is_same
from agent_assist.capture.stream.entry import (
    MAX_TURNS,
    OTHER_SIDE,
    Entry,
    entries_of_conversation,
    entries_of_window,
)
from agent_assist.capture.stream.finding import CASES, TOO_MANY, Feed, Found, carried, find, make_room, showing, split
from agent_assist.capture.stream.standing import Standing
from agent_assist.capture.stream.talk import Talk
from agent_assist.capture.stream.thread import Changes, Thread
from agent_assist.records import Alike, Arrived, Conversation, Speaker, Tracked, Turn, Way, Window

MAX_CONVERSATIONS = 64


class Tracker:
    """Merges what all sources show. Not safe for threads: the caller has one call at a time.

    What comes at once is never split into several conversations; only what comes later begins a new one, after silence,
    when a page shows another conversation, or when 5,000 turns are reached: the full one stays as it is, and what is
    new goes on in a conversation of its own. Everything is kept in memory only, and the oldest conversation that no
    source watches is dropped when there are more than 64.

    Args:
        now: the time, aware.
        make_id: gives a conversation of a channel its id; the same each time, so that what was saved of it is known
            again after a restart. A later conversation of the same channel gets a number behind it.
    """

    def __init__(self, now: Callable[[], datetime], make_id: Callable[[Way, str], str]) -> None:
        self._now = now
        self._make_id = make_id
        self._talks: dict[str, Talk] = {}  # the latest last
        self._feeds: dict[tuple[Way, str], Feed] = {}
        self._joined: dict[str, str] = {}  # ids of conversations that were joined into others
        self._apart: set[frozenset[str]] = set()

    # --- what comes in

    def see(self, window: Window) -> Arrived | None:
        """Takes in what a source shows now; None where nothing of it is new."""
        feed = self._feeds.setdefault((window.way, window.channel), Feed())
        feed.watched, feed.can_insert = True, window.can_insert
        if feed.sessions and feed.shown == window:
            return None
        feed.shown = window
        seen = entries_of_window(window, swapped=feed.swapped)
        if not seen:
            feed.current = None
            self._sweep()
            return None
        found = find(feed, window, seen)
        if found is None:
            return self._begin(feed, window, seen)
        feed.current = showing(feed, found.talk)
        later = split(found, window.way)
        if later:
            self._merge(feed, window, found)
            return self._begin(feed, window, later, behind=found.thread)
        return self._merge(feed, window, found) if found.seen else None

    def showing(self, way: Way, channel: str) -> str:
        """The id of the conversation that a channel shows now, also where nothing of it was new; "" for none."""
        feed = self._feeds.get((way, channel))
        return feed.current.id if feed is not None and feed.watched and feed.current is not None else ""

    def take(self, conversation: Conversation, way: Way, channel: str = "", title: str = "") -> Arrived | None:
        """Takes in a whole parsed conversation.

        It carries on a known one of the same id, or one whose turns it begins with. A pushed text may hold only what
        is new of a known id where both name the same customer. Any other that has nothing in common with the
        conversation of its id has it by coincidence ("1" in two spreadsheets).

        Args:
            conversation: as a parser made it.
            way: how it came.
            channel: of what source, in the source's own words, if any.
            title: where it came from, for a person.

        Returns:
            What is new; None where nothing is, or the conversation has no turns.
        """
        if not conversation.turns:
            return None
        turns = conversation.turns[:MAX_TURNS]
        seen = entries_of_conversation(conversation, way.value)
        found = self._find_known(conversation, seen, way)
        if found is None:
            return self._begin_taken(conversation, seen, way, channel, title)
        _tell_speakers(found, turns)
        make_room(found)
        self._learn(found.talk, conversation)
        changes = found.thread.merge(found.seen, found.known, hole=True)
        shown = [entry if one is None else one for one, entry in zip(found.known, found.seen, strict=True)]
        found.talk.put_aside(conversation.asides, shown)
        return self._told(found.talk, found.talk.publish(found.thread, changes), way, channel, title)

    def close(self, way: Way, channel: str) -> None:
        """The source watches this channel no longer."""
        feed = self._feeds.get((way, channel))
        if feed is not None:
            feed.watched = feed.can_insert = False

    # --- what is there

    def standing(self) -> Standing:
        """All that is there now, to be read by any thread later."""
        talks_now = list(reversed(self._talks.values()))
        sessions = (feed.sessions for feed in self._feeds.values())
        return Standing(
            {talk.id: self._tracked(talk) for talk in talks_now},
            {talk.id: talk.contacts for talk in talks_now},
            tuple(frozenset(talk.id for talk, _ in several) for several in sessions if len(several) > 1),
            frozenset(self._apart),
        )

    @property
    def conversations(self) -> tuple[Tracked, ...]:
        """All that are kept, the one that something came in for last first."""
        return self.standing().conversations

    def get(self, conversation_id: str) -> Tracked | None:
        """One conversation, by its own id."""
        talk = self._talks.get(conversation_id)
        return None if talk is None else self._tracked(talk)

    # --- what the agent says

    def swap(self, conversation_id: str) -> Arrived | None:
        """Exchanges customer and agent, for what its sources show later too."""
        talk = self._talks.get(conversation_id)
        if talk is None:
            return None
        for feed in self._feeds.values():
            if feed.sessions and feed.sessions[-1][0] is talk:
                feed.swapped = not feed.swapped
        return talk.swap()

    def forget(self, conversation_id: str) -> None:
        """Drops a conversation; what its source shows of it after that begins a new one."""
        talk = self._talks.pop(conversation_id, None)
        if talk is None:
            return
        for feed in self._feeds.values():
            feed.sessions = [session for session in feed.sessions if session[0] is not talk]
            feed.current = None if feed.current is talk else feed.current
            feed.shown = None
        self._sweep()
        self._joined = {old: kept for old, kept in self._joined.items() if kept != conversation_id}
        self._apart = {pair for pair in self._apart if conversation_id not in pair}

    def alike(self, conversation_id: str) -> tuple[Alike, ...]:
        """Conversations of other channels that share a contact with this one, the latest first."""
        return self.standing().alike(conversation_id)

    def join(self, keep_id: str, other_id: str) -> Arrived | None:
        """Makes two conversations one, as the agent says; both channels go into the kept one from now on.

        Returns:
            The kept one; None where one of them is not there, or both together have more than 5,000 turns.
        """
        keep, other = self._talks.get(keep_id), self._talks.get(other_id)
        if keep is None or other is None or keep is other or len(keep) + len(other) > MAX_TURNS:
            return None
        arrived = keep.join(other)
        for feed in self._feeds.values():
            feed.sessions = [(keep if talk is other else talk, thread) for talk, thread in feed.sessions]
            feed.current = keep if feed.current is other else feed.current
        del self._talks[other_id]
        self._joined = {old: keep_id if kept == other_id else kept for old, kept in self._joined.items()}
        self._joined[other_id] = keep_id
        renamed = (frozenset(keep_id if i == other_id else i for i in pair) for pair in self._apart)
        self._apart = {pair for pair in renamed if len(pair) == 2}
        return arrived

    def keep_apart(self, one_id: str, other_id: str) -> None:
        """Two conversations are not with the same customer, whatever they share: it is not proposed again."""
        if one_id != other_id and one_id in self._talks and other_id in self._talks:
            self._apart.add(frozenset({one_id, other_id}))

    # --- windows

    def _merge(self, feed: Feed, window: Window, found: Found) -> Arrived | None:
        changes = found.thread.merge(found.seen, found.known, hole=window.way not in CASES)
        return self._settled(feed, window, found.talk, found.thread, changes)

    def _begin(self, feed: Feed, window: Window, seen: list[Entry], *, behind: Thread | None = None) -> Arrived | None:
        talk = self._new(
            self._free_id(window.way, window.channel), window.way.value, window.way, window.channel, window.title
        )
        thread = Thread(talk.id, after_edge=bool(feed.sessions))
        talk.threads.append(thread)
        feed.sessions.append((talk, thread))
        feed.current = talk
        if behind is not None:
            behind.followed_by = thread
        return self._settled(feed, window, talk, thread, thread.begin(seen), began=True)

    def _settled(
        self, feed: Feed, window: Window, talk: Talk, thread: Thread, changes: Changes, *, began: bool = False
    ) -> Arrived | None:
        talk.note(talk.sides.settle(changes.added, thread.entries, window.customer, swapped=feed.swapped))
        talk.know(window.contacts, None if feed.swapped else window.customer)
        arrived = talk.publish(thread, changes, began=began)
        return self._told(talk, arrived, window.way, window.channel, window.title)

    # --- whole conversations

    def _find_known(self, conversation: Conversation, seen: list[Entry], way: Way) -> Found | None:
        named = self._talks.get(self._joined.get(conversation.id, conversation.id))
        if named is not None:
            threads = [t for t in named.threads if t.origin == conversation.id] or named.threads
            found = carried(named, threads[0], seen)
            if self._is_of(named, found, conversation, way):
                return found
        for talk in reversed(self._talks.values()):
            for thread in talk.threads:
                if talk is not named and carries_on(_as_conversation(talk, thread), conversation):
                    return carried(talk, thread, seen)
        return None

    def _is_of(self, named: Talk, found: Found, conversation: Conversation, way: Way) -> bool:
        """Whether a text belongs to the conversation that has its id."""
        names = {conversation.customer} | {t.name for t in conversation.turns if t.speaker is Speaker.CUSTOMER}
        who = Who(tuple(contacts_of(conversation.record)), frozenset(name for name in names if name))
        overlap = sum(one is not None for one in found.known)
        if not overlap:
            return way is Way.PUSH and is_same(named.who, who)
        return 2 * overlap > len(found.seen) or not is_other(named.who, who, words=True)

    def _begin_taken(
        self, conversation: Conversation, seen: list[Entry], way: Way, channel: str, title: str
    ) -> Arrived | None:
        name = self._free_id(way, channel or conversation.id) if self._is_taken(conversation.id) else conversation.id
        talk = self._new(name, conversation.source, way, channel, title)
        thread = Thread(talk.id)
        talk.threads.append(thread)
        for entry, turn in zip(seen, conversation.turns, strict=False):
            entry.speaker, entry.told = turn.speaker, True
        self._learn(talk, conversation)
        talk.put_aside(conversation.asides, seen)
        talk.note([TOO_MANY] if len(conversation.turns) > MAX_TURNS else [])
        return self._told(talk, talk.publish(thread, thread.begin(seen), began=True), way, channel, title)

    def _learn(self, talk: Talk, conversation: Conversation) -> None:
        talk.know(contacts_of(conversation.record), talk.customer or conversation.customer, conversation.record)
        talk.note(conversation.notes)

    # --- the conversations

    def _free_id(self, way: Way, channel: str) -> str:
        first = self._make_id(way, channel)
        names = itertools.chain([first], (f"{first}-{n}" for n in itertools.count(2)))
        return next(name for name in names if not self._is_taken(name))

    def _is_taken(self, conversation_id: str) -> bool:
        return conversation_id in self._talks or conversation_id in self._joined

    def _new(self, conversation_id: str, source: str, way: Way, channel: str, title: str) -> Talk:
        talk = Talk(conversation_id, source, way, channel, title, self._now())
        self._talks[conversation_id] = talk
        while len(self._talks) > MAX_CONVERSATIONS:
            others = [t for t in self._talks.values() if t is not talk]
            self.forget(next((t for t in others if not self._watching(t)), others[0]).id)
        return talk

    def _told(self, talk: Talk, arrived: Arrived | None, way: Way, channel: str, title: str) -> Arrived | None:
        if arrived is None:
            return None
        talk.spoke(way, channel, title, self._now())
        self._talks[talk.id] = self._talks.pop(talk.id)
        return Arrived(
            arrived.conversation, way, channel, title, arrived.added, arrived.changed, arrived.began, arrived.moved
        )

    def _tracked(self, talk: Talk) -> Tracked:
        can_insert = any(feed.can_insert for feed in self._watching(talk))
        return Tracked(talk.conversation, talk.way, talk.channel, talk.title, talk.last_at, can_insert)

    def _watching(self, talk: Talk) -> list[Feed]:
        feeds = self._feeds.values()
        return [feed for feed in feeds if feed.watched and feed.current is talk]

    def _sweep(self) -> None:
        """Forgets channels of which no conversation is kept."""
        self._feeds = {name: feed for name, feed in self._feeds.items() if feed.sessions}


def _tell_speakers(found: Found, turns: tuple[Turn, ...]) -> None:
    """Sets the speakers of what came in, exchanged where that is what the known turns say: the agent swapped them."""
    pairs = [(one.speaker, turn.speaker) for one, turn in zip(found.known, turns, strict=True) if one is not None]
    same = sum(before is now for before, now in pairs)
    other = sum(OTHER_SIDE.get(now) is before for before, now in pairs)
    for entry, turn in zip(found.seen, turns, strict=True):
        entry.told = True
        entry.speaker = OTHER_SIDE.get(turn.speaker, turn.speaker) if other > same else turn.speaker


def _as_conversation(talk: Talk, thread: Thread) -> Conversation:
    """A thread as if it had never been joined with others."""
    if len(talk.threads) == 1:
        return talk.conversation
    turns: Iterator[Turn] = (
        Turn(i, e.speaker or Speaker.CUSTOMER, e.text, e.name, e.at) for i, e in enumerate(thread.entries)
    )
    return Conversation(thread.origin, talk.source, tuple(turns))
