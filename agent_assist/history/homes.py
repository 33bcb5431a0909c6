"""Which saved conversation one that came in is: ids come from outside, and two exports may both count from 1."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from secrets import token_hex
from typing import NamedTuple

from peewee import SqliteDatabase

from agent_assist.history import loading, queries
from agent_assist.history.blacked import lay
from agent_assist.history.reading import Reader
from agent_assist.history.sealing import Sealer
from agent_assist.history.sessions import Session
from agent_assist.history.tables import LEARNT, ConversationRow
from agent_assist.records import Conversation, Turn

_MARK = "~"  # between an id from outside and what tells its conversation from another of the same id
_OWN = re.compile(r"[0-9a-f]{8}")


class Home(NamedTuple):
    """A saved conversation's row, and what opens it."""

    row: ConversationRow
    sealer: Sealer


def settle(database: SqliteDatabase, reader: Reader, conversation: Conversation, session: Session) -> Home | None:
    """The saved row of the same conversation, under its id now; None where nothing of it is saved.

    Another conversation that held the id is kept under an id of its own; one that was set aside so and comes again
    gets its id back. A live conversation whose messages were edited is the same one. Runs in the transaction of its
    caller, who has taken away an erased conversation of that id.
    """
    named = _named(database, reader, conversation.id)
    candidates = _candidates(database, reader, conversation.id, named)
    own = next((home for home in candidates if _holds(reader, home, conversation)), None)
    if own is None and named is not None and _is_edited(reader, named, conversation, session):
        own = named
    if named is not None and (own is None or own.row.id != named.row.id):
        turns = reader.turns(*named)
        free = _free_id(database, conversation.id, turns)
        queries.blank_links(database, [free])
        _rename(database, named.row, free)
        session.note_aside(conversation, turns, free)
    if own is not None and own.row.ref != conversation.id:
        if named is None:  # what was learnt in it since is newer
            queries.blank_links(database, [own.row.ref])
        _rename(database, own.row, conversation.id)
    return own


def _named(database: SqliteDatabase, reader: Reader, conversation_id: str) -> Home | None:
    row = queries.by_ref(database, conversation_id)
    sealer = reader.sealer(row) if row else None
    return Home(row, sealer) if row and sealer else None


def _holds(reader: Reader, home: Home, conversation: Conversation) -> bool:
    """Whether a row is what is saved of a conversation."""
    text = loading.to_text(*home)
    return (
        lay(reader.turns(*home), conversation.turns, (text.customer, conversation.customer), text.originals) is not None
    )


def _is_edited(reader: Reader, named: Home, conversation: Conversation, session: Session) -> bool:
    same_customer = not _differ(loading.to_text(*named).customer, conversation.customer)
    return same_customer and session.is_edited(conversation, reader.turns(*named))


def older_copies(database: SqliteDatabase, reader: Reader, home: Home, session: Session) -> list[ConversationRow]:
    """What was set aside of the same conversation: deleted with it, for it may hold what was edited away."""
    ref, turns, customer = home.row.ref, reader.turns(*home), loading.to_text(*home).customer
    return [
        other.row
        for other in _candidates(database, reader, ref, None)
        if not _differ(customer, loading.to_text(*other).customer)
        and session.goes_along(ref, turns, other.row.ref, reader.turns(*other))
    ]


def _differ(one: str | None, other: str | None) -> bool:
    return bool(one and other and one != other)


def _candidates(database: SqliteDatabase, reader: Reader, conversation_id: str, named: Home | None) -> Iterator[Home]:
    """The row of that id, then those that were set aside, newest first."""
    if named is not None:
        yield named
    first = conversation_id + _MARK
    between = (ConversationRow.ref >= first) & (ConversationRow.ref < first + "g")  # finds them in the index of ids
    newest_first = ConversationRow.select().where(between).order_by(ConversationRow.saved_at.desc())
    for row in list(newest_first.execute(database)):
        sealer = reader.sealer(row)
        if sealer and _OWN.fullmatch(row.ref.removeprefix(first)):
            yield Home(row, sealer)


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
