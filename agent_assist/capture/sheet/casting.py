"""Who is who in a conversation of a table: told in a column, shown by the other conversations, or judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from agent_assist.capture.draft import Piece
from agent_assist.capture.names import key, role_of
from agent_assist.capture.roles import Cast, cast
from agent_assist.capture.sheet.messages import Message
from agent_assist.records import Speaker

_ONE_WRITER = "No column tells who wrote which message; all were taken for one writer's."


def who_of(message: Message) -> str:
    """What makes two messages the same speaker's."""
    return key(message.name or message.said)


def shared_names(groups: Iterable[Sequence[Message]]) -> frozenset[str]:
    """Speakers of several conversations: no customers where the others speak in one only."""
    seen: dict[str, int] = {}
    for group in groups:
        for who in {who_of(m) for m in group if m.role is None and m.name}:
            seen[who] = seen.get(who, 0) + 1
    return frozenset(who for who, count in seen.items() if count > 1)


def roles_of(said: Sequence[Message], shared: frozenset[str]) -> Cast:
    """The roles of those speakers whose rows do not tell it.

    Args:
        said: the messages of one conversation, in order.
        shared: who also speaks in other conversations of the table.
    """
    unsettled = [m for m in said if m.role is None]
    names = {who_of(m): m.name or m.said for m in unsettled}
    if not names:
        return Cast({})
    if any(m.role is Speaker.CUSTOMER for m in said):
        return Cast({who: role_of(name) or Speaker.AGENT for who, name in names.items()})
    alone = _alone(names, shared)
    if alone is not None:
        roles = {who: role_of(name) or Speaker.AGENT for who, name in names.items()}
        note = f"{names[alone]} was taken to be the customer, being in no other conversation of the table."
        return Cast({**roles, alone: Speaker.CUSTOMER}, (note,))
    found = cast([Piece(who_of(m), m.name or m.said, m.text) for m in unsettled])
    nameless = all(m.role is None and not who_of(m) for m in said)
    return Cast(found.roles, (*found.notes, _ONE_WRITER)) if nameless else found


def _alone(names: Mapping[str, str], shared: frozenset[str]) -> str | None:
    """The only speaker who is in no other conversation, where that makes a customer of them."""
    own = [who for who in names if who not in shared]
    if len(own) != 1 or len(names) < 2 or not own[0]:
        return None
    told = {who: role_of(name) for who, name in names.items()}
    settled = told[own[0]] is not None or Speaker.CUSTOMER in told.values()
    return None if settled else own[0]
