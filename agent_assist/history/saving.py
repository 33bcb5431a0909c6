"""Saving: only what is new goes to the file, whether what was saved before is known from memory or has to be read."""

from __future__ import annotations

import operator
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar

from peewee import SqliteDatabase

from agent_assist.history import erasing, homes, loading, queries, rows
from agent_assist.history.customers import Customers
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.merging import grow, merge
from agent_assist.history.reading import Kept, Reader
from agent_assist.history.rows import Became
from agent_assist.history.sealing import Sealer
from agent_assist.history.seen import Seen
from agent_assist.history.sessions import Session
from agent_assist.records import Analysis, Assist, EmotionReading, Spike, Turn

R = TypeVar("R", Turn, EmotionReading, Spike)

_REMEMBERED = 8
"""Conversations whose last save is kept in memory: as many as one desk talks in at once."""


class Saved(NamedTuple):
    """What a save left behind.

    Attributes:
        kept: the conversation as the file has it now.
        left: id of the row of the customer whose it was before; None where it stayed with its customer.
    """

    kept: Kept
    left: int | None


class Saver:
    """Saves conversations of one opening of the history. `save` runs in the transaction of its caller."""

    def __init__(self, database: SqliteDatabase, keys: ConversationKeys, reader: Reader, session: Session) -> None:
        self._database = database
        self._keys = keys
        self._reader = reader
        self._session = session
        self._customers = Customers(database, keys)
        self._seen = Seen(keys)
        self._last: OrderedDict[str, Kept] = OrderedDict()

    def save(self, analysis: Analysis, originals: Mapping[str, str], now: datetime, *, anew: bool) -> Saved:
        """Puts a conversation into the file, made one with what is saved of it.

        Args:
            analysis: as it is shown.
            originals: what was blacked out in it, by what stands for it; what was kept before of that stays.
            now: the time now, aware.
            anew: whether it is saved again on purpose where it was erased since it was saved or loaded last.

        Returns:
            what `remember` is to be given once the transaction is done.

        Raises:
            Gone: it was erased, and `anew` is not given.
        """
        kept = self._remembered(analysis)
        if kept is not None:
            return self._renew(kept, grow(kept.analysis, analysis), originals, now)
        erasing.drop_erased(self._database, self._keys, analysis.conversation.id)
        home = homes.settle(self._database, self._reader, analysis.conversation, self._session)
        if home is None:
            if anew:
                self._seen.forget(analysis.conversation.id)
            self._seen.refuse_erased(analysis.conversation)
            return Saved(self._begin(analysis, originals, now), None)
        kept = self._reader.kept(*home)
        return self._renew(kept, merge(kept.analysis, analysis), originals, now)

    def remember(self, kept: Kept) -> None:
        """Keeps in memory what was saved last, so that what is added to it can be saved in no time."""
        self.note(kept)
        self._last[kept.analysis.conversation.id] = kept
        self._last.move_to_end(kept.analysis.conversation.id)
        if len(self._last) > _REMEMBERED:
            self._last.popitem(last=False)

    def note(self, kept: Kept) -> None:
        """Counts a conversation as seen: once it is erased it is not saved again unasked."""
        self._seen.note(kept.analysis.conversation, kept.key)

    def forget(self) -> None:
        """Keeps no text in memory."""
        self._last.clear()

    def _remembered(self, analysis: Analysis) -> Kept | None:
        """What was saved last of the same conversation, if that is still so and only more came behind it."""
        kept = self._last.get(analysis.conversation.id)
        if kept is None or not _begins(analysis.conversation.turns, kept.analysis.conversation.turns):
            return None
        change = queries.change_of(self._database, kept.id, analysis.conversation.id)
        return kept if change == kept.change and self._keys.get(kept.key) else None

    def _begin(self, analysis: Analysis, originals: Mapping[str, str], now: datetime) -> Kept:
        key_id, key = self._keys.new()
        sealer, change = Sealer(key), queries.next_change(self._database)
        customer = self._customers.link(analysis.conversation.customer)
        values = rows.conversation_row(analysis, now) | {
            "key": key_id,
            "customer_id": customer,
            "change": change,
            "held": False,
            "sealed": sealer.seal("conversation", 0, rows.conversation_text(analysis, originals=originals)),
        }
        owner = queries.insert_one(self._database, "conversation", values)
        self._children(owner, sealer, None, analysis)
        return Kept(owner, key_id, change, customer, analysis, (), dict(originals))

    def _renew(self, kept: Kept, analysis: Analysis, more: Mapping[str, str], now: datetime) -> Saved:
        sealer, change = Sealer(self._keys.many((kept.key,))[kept.key]), queries.next_change(self._database)
        customer, originals = kept.customer, {**kept.originals, **more}
        # A row that an erasure cut short left without its key is made again: else nobody finds the customer any more.
        if analysis.conversation.customer != kept.analysis.conversation.customer or not self._customers.has(customer):
            customer = self._customers.link(analysis.conversation.customer)
        values = rows.conversation_row(analysis, now) | {
            "customer_id": customer,
            "change": change,
            "sealed": sealer.seal("conversation", 0, rows.conversation_text(analysis, kept.tags, originals)),
        }
        queries.update(self._database, "conversation", kept.id, values)
        self._children(kept.id, sealer, kept.analysis, analysis)
        saved = Kept(kept.id, kept.key, change, customer, analysis, kept.tags, originals)
        return Saved(saved, kept.customer if kept.customer != customer else None)

    def _children(self, owner: int, sealer: Sealer, before: Analysis | None, now: Analysis) -> None:
        """What hangs on a conversation's row, as far as it is not there already."""
        database, mood = self._database, before.mood if before else None
        turns = _delta(before.conversation.turns if before else (), now.conversation.turns, lambda n, _: n)
        queries.delete_at(database, "turn", "i", owner, turns.gone)
        queries.insert(database, "turn", [rows.turn_row(owner, sealer, turn) for _, turn in turns.fresh])
        readings = _delta(mood.readings if mood else (), now.mood.readings, lambda _, reading: reading.turn)
        queries.delete_at(database, "reading", "turn", owner, readings.gone)
        queries.insert(database, "reading", [rows.reading_row(owner, sealer, one) for _, one in readings.fresh])
        spikes = _delta(mood.spikes if mood else (), now.mood.spikes, lambda n, _: n)
        queries.delete_at(database, "spike", "n", owner, spikes.gone)
        queries.insert(database, "spike", [rows.spike_row(owner, sealer, n, spike) for n, spike in spikes.fresh])
        if now.assist != (before.assist if before else None):
            self._assist(owner, sealer, now.assist)

    def _assist(self, owner: int, sealer: Sealer, assist: Assist | None) -> None:
        """What was proposed, in the place of what was; outcomes stay with replies of the same text."""
        became: dict[str, Became] = {}
        for row in self._reader.suggestions(owner):
            text = loading.to_suggestion_text(row, sealer)
            if row.outcome:
                became[text.text] = Became(row.outcome, text.outcome_text, row.outcome_at)
        queries.delete_of(self._database, "suggestion", owner)
        queries.delete_of(self._database, "assist", owner)
        if assist is not None:
            replies = [
                rows.suggestion_row(owner, sealer, slot, reply, became.get(reply.text, Became()))
                for slot, reply in enumerate(assist.replies)
            ]
            queries.insert(self._database, "assist", [rows.assist_row(owner, sealer, assist)])
            queries.insert(self._database, "suggestion", replies)


class _Delta(NamedTuple, Generic[R]):
    """What makes old rows into new ones: places of those to delete, and those to insert, with their places."""

    gone: list[int]
    fresh: list[tuple[int, R]]


def _delta(old: Sequence[R], new: Sequence[R], place: Callable[[int, R], int]) -> _Delta[R]:
    if _begins(new, old):
        return _Delta([], [(place(n, one), one) for n, one in enumerate(new[len(old) :], start=len(old))])
    before = {place(n, one): one for n, one in enumerate(old)}
    now = [(place(n, one), one) for n, one in enumerate(new)]
    same = {at for at, one in now if at in before and _same(before[at], one)}
    return _Delta([at for at in before if at not in same], [(at, one) for at, one in now if at not in same])


def _begins(new: Sequence[R], old: Sequence[R]) -> bool:
    """Whether `new` is `old` with more behind it."""
    if len(new) < len(old):
        return False
    # As a rule they are the very same objects: a long conversation is looked through in microseconds.
    return all(map(operator.is_, new, old)) or all(map(_same, new, old))


def _same(one: R, other: R) -> bool:
    if one is other:
        return True
    if one != other:
        return False
    # Moments of different zones may be equal, and are not the same.
    return not (isinstance(one, Turn) and isinstance(other, Turn) and one.at and other.at) or (
        one.at.utcoffset() == other.at.utcoffset()
    )
