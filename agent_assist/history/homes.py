"""Which saved conversation one that came in is: ids come from outside, and two exports may both count from 1."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from secrets import token_hex

from peewee import SqliteDatabase

from agent_assist.history import loading, queries
from agent_assist.history.fitting import fit
from agent_assist.history.sessions import Session
from agent_assist.history.tables import LEARNT, ConversationRow, TurnRow
from agent_assist.records import Conversation, Turn

_MARK = "~"  # between an id from outside and what tells its conversation from another of the same id
_OWN = re.compile(r"[0-9a-f]{8}")


def settle(database: SqliteDatabase, conversation: Conversation, session: Session) -> ConversationRow | None:
    """The saved row of the same conversation, under its id now; None where nothing of it is saved.

    Another conversation that held the id is kept under an id of its own; one that was set aside so and comes again
    gets its id back. A live conversation whose messages were edited is the same one. Runs in the transaction of its
    caller.
    """
    named = ConversationRow.select().where(ConversationRow.ref == conversation.id).get_or_none(database)
    candidates = _candidates(database, conversation.id, named)
    own = next((row for row in candidates if fit(_turns(database, row), conversation.turns)), None)
    if own is None and named is not None and _is_edited(database, named, conversation, session):
        own = named
    if named is not None and (own is None or own.id != named.id):
        free = _free_id(database, conversation.id, _turns(database, named))
        queries.blank_links(database, [free])
        _rename(database, named, free)
        session.note_aside(conversation, _turns(database, named), free)
    if own is not None and own.ref != conversation.id:
        if named is None:  # what was learnt in it since is newer
            queries.blank_links(database, [own.ref])
        _rename(database, own, conversation.id)
    return own


def _is_edited(database: SqliteDatabase, named: ConversationRow, conversation: Conversation, session: Session) -> bool:
    same_customer = not _differ(named.customer, conversation.customer)
    return same_customer and session.is_edited(conversation, _turns(database, named))


def older_copies(database: SqliteDatabase, row: ConversationRow, session: Session) -> list[ConversationRow]:
    """What was set aside of the same conversation: deleted with it, for it may hold what was edited away."""
    turns = _turns(database, row)
    asides = (other for other in _candidates(database, row.ref, None) if not _differ(row.customer, other.customer))
    return [one for one in asides if session.goes_along(row.ref, turns, one.ref, _turns(database, one))]


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def _candidates(
    database: SqliteDatabase, conversation_id: str, named: ConversationRow | None
) -> Iterator[ConversationRow]:
    """The row of that id, then those that were set aside, newest first."""
    if named is not None:
        yield named
    first = conversation_id + _MARK
    between = (ConversationRow.ref >= first) & (ConversationRow.ref < first + "g")  # finds them in the index of ids
    newest_first = ConversationRow.select().where(between).order_by(ConversationRow.saved_at.desc())
    for row in list(newest_first.execute(database)):
        if _OWN.fullmatch(row.ref.removeprefix(first)):
            yield row


def _turns(database: SqliteDatabase, row: ConversationRow) -> list[Turn]:
    return loading.to_turns(queries.children(database, TurnRow.select().order_by(TurnRow.i), row.id))


def _free_id(database: SqliteDatabase, conversation_id: str, turns: list[Turn]) -> str:
    """An id for a conversation that gives up its own: always the same one, unless another has that."""
    texts = "\x1f".join(turn.text for turn in turns)
    for text in (turns[0].text if turns else "", texts):
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        if not _is_taken(database, conversation_id + _MARK + digest):
            return conversation_id + _MARK + digest
    while _is_taken(database, free := conversation_id + _MARK + token_hex(4)):
        pass
    return free


def _is_taken(database: SqliteDatabase, conversation_id: str) -> bool:
    return ConversationRow.select().where(ConversationRow.ref == conversation_id).exists(database)


def _rename(database: SqliteDatabase, row: ConversationRow, conversation_id: str) -> None:
    """Gives a row an id that no other has; what was learnt in it goes with it."""
    for table in LEARNT:
        table.update(ref=conversation_id).where(table.ref == row.ref).execute(database)
    ConversationRow.update(ref=conversation_id).where(ConversationRow.id == row.id).execute(database)
    row.ref = conversation_id
