"""Who wrote the messages that come without a speaker; what is settled once stays."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.capture.draft import Piece
from agent_assist.capture.free import parse_free
from agent_assist.capture.names import is_self, key, role_of
from agent_assist.capture.roles import cast
from agent_assist.capture.stream.entry import OTHER_SIDE, Entry
from agent_assist.capture.system import is_system
from agent_assist.records import Speaker

# Messages without a name that are looked at to see whether two people take turns; more make it no surer.
_RECENT = 4
_SIDES = (Speaker.CUSTOMER, Speaker.AGENT)
_GUESS = (
    "The source does not show who wrote its messages: who was taken to be the customer is a guess. "
    "Swap the roles if that is wrong."
)


class Sides:
    """The roles within one conversation."""

    def __init__(self) -> None:
        self._roles: dict[str, Speaker] = {}

    def swap(self) -> None:
        """Exchanges customer and agent for everybody known."""
        self._roles = {who: OTHER_SIDE.get(role, role) for who, role in self._roles.items()}

    def join(self, other: Sides) -> None:
        """Takes over whom the other knows and this does not."""
        self._roles = other._roles | self._roles

    def settle(
        self, fresh: Sequence[Entry], thread: Sequence[Entry], customer: str | None, *, swapped: bool
    ) -> tuple[str, ...]:
        """Gives every fresh entry without a speaker one.

        Args:
            fresh: the new messages, in order.
            thread: all that it has, those among them.
            customer: their name, as the source tells it now.
            swapped: whether the agent said that the source's sides are the wrong way round.

        Returns:
            What was guessed, one sentence each.
        """
        for entry in fresh:
            if entry.told and entry.name and entry.speaker is not None:
                self._roles.setdefault(key(entry.name), entry.speaker)
        open_ones = [e for e in fresh if e.speaker is None]
        if not open_ones:
            return ()
        for entry in open_ones:
            if not entry.name and is_system(entry.text):
                entry.speaker = Speaker.SYSTEM
        named = [e for e in open_ones if e.name]
        notes = self._settle_named(named, customer, swapped=swapped)
        places = [e.place for e in open_ones]
        around = thread[max(0, min(places) - 2 * _RECENT) : max(places) + 1]
        return (*notes, *self._settle_nameless(around, swapped=swapped))

    def _settle_named(self, named: Sequence[Entry], customer: str | None, *, swapped: bool) -> tuple[str, ...]:
        new = {who: e.name for e in named if e.name and (who := key(e.name)) not in self._roles}
        notes: tuple[str, ...] = ()
        marked = {who for who in (*new, *self._roles) if customer and _same_person(who, key(customer))}
        if new and customer and (marked or len(new) == 1):
            mark, rest = (Speaker.AGENT, Speaker.CUSTOMER) if swapped else (Speaker.CUSTOMER, Speaker.AGENT)
            self._roles |= {who: mark if who in marked else _beside(name, rest) for who, name in new.items()}
        elif new and Speaker.CUSTOMER in self._roles.values():
            self._roles |= {who: _beside(name, Speaker.AGENT) for who, name in new.items()}
        elif new:
            pieces = [Piece(key(e.name), e.name, e.text) for e in named if e.name and key(e.name) in new]
            judged = cast(pieces)
            self._roles |= judged.roles
            notes = judged.notes if Speaker.CUSTOMER in judged.roles.values() else ()
        for entry in named:
            if entry.name:
                entry.speaker = self._roles[key(entry.name)]
        return notes

    def _settle_nameless(self, entries: Sequence[Entry], *, swapped: bool) -> tuple[str, ...]:
        open_ones = [e for e in entries if e.speaker is None]
        if not open_ones:
            return ()
        known = {role for role in self._roles.values() if role in _SIDES}
        told = {e.speaker for e in entries if e.told and e.speaker in _SIDES}
        if not known and len(told) == 1:  # a page may mark one side only
            known = {s for s in told if s is not None}
        if len(known) == 1:  # a page often shows the name of one side only
            for entry in open_ones:
                entry.speaker = OTHER_SIDE[next(iter(known))]
            return ()
        if known:  # or only at the first of several messages in a row
            self._settle_grouped(entries)
            return ()
        _settle_by_turns(entries, open_ones, swapped=swapped)
        return (_GUESS,)

    def _settle_grouped(self, entries: Sequence[Entry]) -> None:
        before = next((e.speaker for e in entries if e.speaker in _SIDES), Speaker.CUSTOMER)
        for entry in entries:
            if entry.speaker is None:
                entry.speaker = before
            elif entry.speaker is not Speaker.SYSTEM:
                before = entry.speaker


def _same_person(one: str, other: str) -> bool:
    """Whether two names may be one person's: "maya" and "maya reyes"."""
    words, others = set(one.split()), set(other.split())
    return bool(words and others) and (words <= others or others <= words)


def _beside(name: str, rest: Speaker) -> Speaker:
    """What somebody is who is not the one whom the source calls the customer."""
    role = role_of(name)
    if role in (Speaker.BOT, Speaker.SYSTEM):
        return role
    return Speaker.AGENT if is_self(name) and rest is Speaker.AGENT else rest


def _settle_by_turns(entries: Sequence[Entry], open_ones: Sequence[Entry], *, swapped: bool) -> None:
    """Judges by what is said, as pasted text without speakers is judged."""
    settled = [e for e in entries if not e.name and e.speaker in _SIDES][-_RECENT:]
    first = {id(e) for e in (*settled, *open_ones)}
    judged = [e for e in entries if id(e) in first]
    lines = [line for e in judged for line in (e.token, "")]
    pieces, _notes = parse_free(lines)
    by_turns = len(pieces) == len(judged)
    alone = next((p.speaker for p in pieces if p.speaker in _SIDES), Speaker.CUSTOMER)
    for index, entry in enumerate(judged):
        if entry.speaker is None:
            found = (pieces[index].speaker if by_turns else alone) or Speaker.CUSTOMER
            entry.speaker = OTHER_SIDE.get(found, found) if swapped else found
