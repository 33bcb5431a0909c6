"""A conversation of the stream: one thread, or several that the agent joined."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from agent_assist.capture.roles import customer_name, swap_roles
from agent_assist.capture.stream.customers import Who, added_to
from agent_assist.capture.stream.entry import OTHER_SIDE, Entry
from agent_assist.capture.stream.sides import Sides
from agent_assist.capture.stream.thread import Changes, Thread, place_by_time
from agent_assist.records import Arrived, Aside, Contact, Conversation, CustomerRecord, Speaker, Turn, Way

_HOLE = "Something between the messages may be missing: the source did not show all of them."
_NEVER = datetime.min.replace(tzinfo=UTC)


class Talk:
    """A conversation and what is told of it.

    Args:
        conversation_id: its id.
        source: as `Conversation.source`.
        way: how it first came in.
        channel: of its source.
        title: of its source.
        now: when that was.
    """

    def __init__(self, conversation_id: str, source: str, way: Way, channel: str, title: str, now: datetime) -> None:
        self.id = conversation_id
        self.source = source
        self.way = way
        self.channel = channel
        self.title = title
        self.began_at = now
        self.last_at = now
        self.threads: list[Thread] = []
        self.sides = Sides()
        self.contacts: tuple[Contact, ...] = ()
        self.customer: str | None = None
        self.record: CustomerRecord | None = None
        self._order: list[Entry] = []
        self._turns: list[Turn] = []
        self._notes: tuple[str, ...] = ()
        self._asides: list[tuple[Aside, Entry | None]] = []
        self.conversation = Conversation(conversation_id, source, ())

    def __len__(self) -> int:
        return len(self._order)

    @property
    def last_written(self) -> datetime | None:
        """The time of the last message that has one."""
        return next((e.when for e in reversed(self._order) if e.when is not None), None)

    @property
    def who(self) -> Who:
        """What is known of the customer."""
        names = {t.name for t in self._turns if t.speaker is Speaker.CUSTOMER} | {self.conversation.customer}
        return Who(self.contacts, frozenset(name for name in names if name))

    def note(self, sentences: Iterable[str]) -> None:
        """Adds sentences that are not there yet."""
        self._notes = tuple(dict.fromkeys((*self._notes, *sentences)))

    def know(self, contacts: Iterable[Contact], customer: str | None, record: CustomerRecord | None = None) -> None:
        """Takes over what a source tells of the customer; what it no longer tells stays known."""
        self.contacts = added_to(self.contacts, contacts)
        self.customer = customer or self.customer
        self.record = record or self.record

    def put_aside(self, asides: Iterable[Aside], turns: Sequence[Entry]) -> None:
        """Keeps internal notes behind the entries of the turns they stood behind."""
        have = {(a.text, a.name, a.at) for a, _ in self._asides}
        for aside in asides:
            if (aside.text, aside.name, aside.at) not in have:
                behind = turns[aside.after] if 0 <= aside.after < len(turns) else None
                self._asides.append((aside, behind))

    def spoke(self, way: Way, channel: str, title: str, now: datetime) -> None:
        """Notes which source brought something last."""
        self.way, self.channel, self.title, self.last_at = way, channel, title, now

    def publish(self, thread: Thread, changes: Changes, *, began: bool = False) -> Arrived | None:
        """Makes the conversation anew after its thread changed.

        Returns:
            What is new; None where nothing is.
        """
        placed = self._place(thread, changes)
        before = self.conversation
        moved = self._renumber(placed if not changes.renewed else 0)
        self._remake()
        same = not (changes.added or changes.changed or moved or changes.learnt or began)
        if same and (before.customer, before.notes, before.record, before.asides) == (
            self.conversation.customer,
            self.conversation.notes,
            self.conversation.record,
            self.conversation.asides,
        ):
            return None
        return self._arrived(changes.added, changes.changed, began=began, moved=moved)

    def swap(self) -> Arrived:
        """Exchanges customer and agent."""
        self.sides.swap()
        for entry in self._order:
            if entry.speaker in OTHER_SIDE:
                entry.speaker, entry.turn = OTHER_SIDE[entry.speaker], None
        swapped = swap_roles(self.conversation)
        self._notes = tuple(note for note in self._notes if note in swapped.notes)
        self.customer = swapped.customer
        self._renumber(0)
        self._remake()
        return self._arrived((), ())

    def join(self, other: Talk) -> Arrived:
        """Takes another conversation in, its messages between this one's by their times."""
        added = list(other._order)
        self._order = _by_time(self, other)
        self.threads += other.threads
        self.sides.join(other.sides)
        self.know(other.contacts, self.customer or other.customer, self.record or other.record)
        self.note(other._notes)
        self._asides += other._asides
        self.last_at = max(self.last_at, other.last_at)
        for entry in added:
            entry.turn = None
        moved = self._renumber(0)
        self._remake()
        return self._arrived(added, (), moved=moved)

    def _arrived(
        self, added: Sequence[Entry], changed: Sequence[Entry], *, began: bool = False, moved: bool = False
    ) -> Arrived:
        return Arrived(
            self.conversation,
            self.way,
            self.channel,
            self.title,
            added=_indices(added),
            changed=_indices(changed),
            began=began,
            moved=moved,
        )

    def _place(self, thread: Thread, changes: Changes) -> int:
        """Brings the order up to date; returns the first index that may be another one now."""
        count = len(self._order)
        if len(self.threads) == 1:
            at_end = not changes.moved and (
                not changes.added or changes.added[0].place == len(thread.entries) - len(changes.added) == count
            )
            self._order = thread.entries
            return count if at_end else 0
        touched = {id(e) for e in (*changes.added, *changes.moved)}
        if touched:
            self._order = [e for e in self._order if id(e) not in touched]
            for place, entry in enumerate(thread.entries):
                if id(entry) in touched:
                    self._place_among_threads(thread, place, entry)
        return 0

    def _place_among_threads(self, thread: Thread, place: int, entry: Entry) -> None:
        """Behind its predecessor, and as far behind the other threads' messages as its time tells."""
        start = self._order.index(thread.entries[place - 1]) + 1 if place else 0
        following = {id(e) for e in thread.entries[place + 1 :]}
        stop = next((i for i in range(start, len(self._order)) if id(self._order[i]) in following), len(self._order))
        between = self._order[start:stop]
        if entry.when is not None:
            at = start + place_by_time(between, entry.when)
        else:  # it came now: at the end behind all others, else beside its neighbours
            at = stop if stop == len(self._order) or not place else start
        self._order.insert(at, entry)

    def _renumber(self, start: int) -> bool:
        """Makes the turns from an index on; returns whether one that was published stands elsewhere now."""
        moved = False
        del self._turns[start:]
        for i in range(start, len(self._order)):
            entry = self._order[i]
            turn = entry.turn
            if turn is None or turn.i != i:
                moved = moved or turn is not None
                turn = entry.turn = Turn(
                    i, entry.speaker or Speaker.CUSTOMER, entry.text, entry.name, entry.at, entry.via
                )
            self._turns.append(turn)
        return moved

    def _remake(self) -> None:
        holes = any(e.hole for e in self._order)
        asides = [_moved(aside, entry) for aside, entry in self._asides]
        self.conversation = Conversation(
            self.id,
            self.source,
            tuple(self._turns),
            self.customer or customer_name(self._turns),
            notes=(*self._notes, _HOLE) if holes else self._notes,
            record=self.record,
            asides=tuple(sorted(asides, key=lambda a: a.after)),
        )


def _indices(entries: Iterable[Entry]) -> tuple[int, ...]:
    return tuple(sorted(e.turn.i for e in entries if e.turn is not None))


def _moved(aside: Aside, behind: Entry | None) -> Aside:
    after = behind.turn.i if behind is not None and behind.turn is not None else -1
    return Aside(aside.text, after, aside.name, aside.at)


def _by_time(keep: Talk, other: Talk) -> list[Entry]:
    """Both orders in one; where either has no times at all, the one that came in first goes before."""
    if keep.last_written is None or other.last_written is None:
        first, second = (other, keep) if other.began_at < keep.began_at else (keep, other)
        return [*first._order, *second._order]
    timed = [*_timed(keep._order), *_timed(other._order)]
    return [entry for _, entry in sorted(timed, key=lambda pair: pair[0])]


def _timed(order: Sequence[Entry]) -> list[tuple[datetime, Entry]]:
    """Each entry with the latest time so far: one without a time, or out of order, stays with its neighbours."""
    latest = next((e.when for e in order if e.when is not None), _NEVER)
    timed = []
    for entry in order:
        latest = max(latest, entry.when or latest)
        timed.append((latest, entry))
    return timed
