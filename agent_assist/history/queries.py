"""Statements that several operations of the store share. Each runs in the transaction of its caller."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_hex
from typing import TypeVar

from peewee import SQL, Field, Model, ModelSelect, SqliteDatabase, chunked

from agent_assist.errors import KnownError
from agent_assist.history import loading, rows
from agent_assist.history.tables import (
    CHILDREN,
    LEARNT,
    ChoiceRow,
    ConversationRow,
    CorrectionRow,
    SuggestionRow,
)
from agent_assist.records import HistoryItem

M = TypeVar("M", bound=Model)

NO_OUTCOME: rows.Row = {"outcome": None, "outcome_text": None, "outcome_at": None}
_ERASED = "\x1f"  # begins the name of a conversation that is gone; no id from outside holds a control character
_ROWS_AT_ONCE = 500  # far below SQLite's limit of values in one statement


def find(database: SqliteDatabase, conversation_id: str) -> ConversationRow:
    """The conversation's row.

    Raises:
        KnownError: there is none.
    """
    row = ConversationRow.select().where(ConversationRow.ref == conversation_id).get_or_none(database)
    if row is None:
        raise KnownError("That conversation is not in the history. It may have been deleted.")
    return row


def put_conversation(database: SqliteDatabase, values: rows.Row) -> int:
    """Inserts or updates and returns the row's id; never replaces the row, for what hangs on it would go with it."""
    put(database, ConversationRow, values, (ConversationRow.ref,))
    return find(database, str(values["ref"])).id


def children(database: SqliteDatabase, query: ModelSelect[M], owner: int) -> list[M]:
    """Those of the rows that a query selects that hang on a conversation."""
    return list(query.where(_hangs_on(owner)).execute(database))


def delete_children(database: SqliteDatabase, owner: int) -> None:
    """Deletes everything that hangs on a conversation."""
    for table in CHILDREN:
        table.delete().where(_hangs_on(owner)).execute(database)


def insert(database: SqliteDatabase, table: type[Model], values: list[rows.Row]) -> None:
    """Inserts any number of rows, also none."""
    some: list[rows.Row]
    for some in chunked(values, _ROWS_AT_ONCE):
        table.insert_many(some).execute(database)


def outcomes_by_text(database: SqliteDatabase, conversation_id: str) -> dict[str, rows.Row]:
    """The outcomes recorded for a conversation's replies, by the text of the reply."""
    query = SuggestionRow.select().join(ConversationRow)
    query = query.where((ConversationRow.ref == conversation_id) & SuggestionRow.outcome.is_null(False))
    found: list[SuggestionRow] = list(query.execute(database))
    return {s.text: {"outcome": s.outcome, "outcome_text": s.outcome_text, "outcome_at": s.outcome_at} for s in found}


def put(database: SqliteDatabase, table: type[Model], values: rows.Row, key: Sequence[Field]) -> None:
    """Inserts a row, or updates the one that has the same values in the columns of `key`."""
    names = {field.name for field in key}
    fresh = {name: value for name, value in values.items() if name not in names}
    table.insert(values).on_conflict(conflict_target=list(key), update=fresh).execute(database)


def lost_links(database: SqliteDatabase) -> list[str]:
    """Ids of conversations that something was learnt in and that are not saved."""
    kept = ConversationRow.select(ConversationRow.ref)
    lost: set[str] = set()
    for table in LEARNT:
        known = table.ref.is_null(False) & ~table.ref.startswith(_ERASED)
        query = table.select().where(known & table.ref.not_in(kept))
        lost |= {row.ref for row in query.execute(database) if row.ref is not None}
    return sorted(lost)


def blank_links(database: SqliteDatabase, conversation_ids: list[str]) -> None:
    """Takes the conversations' ids from what was learnt in them, which stays.

    The choices of one moment were made between each other: they stay together, under a name that leads nowhere.
    """
    some: list[str]
    for some in chunked(conversation_ids, _ROWS_AT_ONCE):
        CorrectionRow.update(ref=None).where(CorrectionRow.ref.in_(some)).execute(database)
    for one in conversation_ids:
        ChoiceRow.update(ref=_ERASED + token_hex(8)).where(ChoiceRow.ref == one).execute(database)


def items(database: SqliteDatabase, query: ModelSelect[ConversationRow]) -> list[HistoryItem]:
    """The conversations that a query selects, newest first."""
    newest_first = query.order_by(ConversationRow.saved_at.desc(), ConversationRow.id.desc())
    return [loading.to_item(row) for row in newest_first.execute(database)]


def _hangs_on(owner: int) -> SQL:
    return SQL("conversation_id = ?", (owner,))
