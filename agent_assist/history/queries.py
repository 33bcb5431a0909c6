"""Statements that several operations of the store share. Each runs in the transaction of its caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from secrets import token_hex
from typing import TypeVar

from peewee import SQL, Field, Model, ModelSelect, SqliteDatabase, chunked

from agent_assist.errors import BugError
from agent_assist.history.rows import Row
from agent_assist.history.tables import LEARNT, ChoiceRow, ConversationRow, CorrectionRow

M = TypeVar("M", bound=Model)

_ERASED = "\x1f"  # begins the name of a conversation that is gone; no id from outside holds a control character
_ROWS_AT_ONCE = 500  # far below SQLite's limit of values in one statement


def by_ref(database: SqliteDatabase, conversation_id: str) -> ConversationRow | None:
    """The conversation's row, erased or not."""
    row: ConversationRow | None = (
        ConversationRow.select().where(ConversationRow.ref == conversation_id).get_or_none(database)
    )
    return row


def children(database: SqliteDatabase, query: ModelSelect[M], owner: int) -> list[M]:
    """Those of the rows that a query selects that hang on a conversation."""
    return list(query.where(SQL("conversation_id = ?", (owner,))).execute(database))


def next_change(database: SqliteDatabase) -> int:
    """A number above all that were given out before."""
    rows = _all(database, "UPDATE state SET value = value + 1 WHERE name = 'change' RETURNING value")
    return int(str(rows[0][0]))


def change_of(database: SqliteDatabase, row_id: int, ref: str) -> int | None:
    """The number that the conversation's last save got; None where it has another id now, or is gone."""
    rows = _all(database, "SELECT change FROM conversation WHERE id = ? AND ref = ?", (row_id, ref))
    return int(str(rows[0][0])) if rows else None


def empty_customers(database: SqliteDatabase) -> list[int]:
    """The customers who have no conversation."""
    empty = "SELECT id FROM customer WHERE NOT EXISTS (SELECT 1 FROM conversation WHERE customer_id = customer.id)"
    return [row[0] for row in numbers(database, empty)]


def has_conversations(database: SqliteDatabase, customer: int) -> bool:
    """Whether any conversation is a customer's."""
    return bool(_all(database, "SELECT 1 FROM conversation WHERE customer_id = ? LIMIT 1", (customer,)))


# Table and column names in the statements below are ours; values are always bound.


def insert(database: SqliteDatabase, table: str, rows: Iterable[Row]) -> None:
    """Inserts any number of rows of the same columns, also none."""
    some = list(rows)
    if some:
        marks = ", ".join("?" * len(some[0]))
        statement = f"INSERT INTO {table} ({', '.join(some[0])}) VALUES ({marks})"  # noqa: S608
        connection = database.connection()  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
        connection.executemany(statement, [tuple(row.values()) for row in some])


def insert_one(database: SqliteDatabase, table: str, row: Row) -> int:
    """Inserts a row and returns its id."""
    marks = ", ".join("?" * len(row))
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) RETURNING id"  # noqa: S608
    return int(str(_all(database, statement, tuple(row.values()))[0][0]))


def update(database: SqliteDatabase, table: str, row_id: int, values: Row) -> None:
    """Renews columns of the row of that id."""
    columns = ", ".join(f"{name} = ?" for name in values)
    _all(database, f"UPDATE {table} SET {columns} WHERE id = ?", (*values.values(), row_id))  # noqa: S608


def delete_at(database: SqliteDatabase, table: str, column: str, owner: int, places: Iterable[int]) -> None:
    """Deletes rows that hang on a conversation, by what stands in a column."""
    connection = database.connection()  # type: ignore[no-untyped-call]  # as above
    statement = f"DELETE FROM {table} WHERE conversation_id = ? AND {column} = ?"  # noqa: S608
    connection.executemany(statement, [(owner, place) for place in places])


def delete_of(database: SqliteDatabase, table: str, owner: int) -> None:
    """Deletes everything of a table that hangs on a conversation."""
    _all(database, f"DELETE FROM {table} WHERE conversation_id = ?", (owner,))  # noqa: S608


def delete_rows(database: SqliteDatabase, table: str, ids: Iterable[int]) -> None:
    """Deletes rows by their ids, and what hangs on them."""
    connection = database.connection()  # type: ignore[no-untyped-call]  # as above
    connection.executemany(f"DELETE FROM {table} WHERE id = ?", [(one,) for one in ids])  # noqa: S608


def unlink_customers(database: SqliteDatabase, ids: Iterable[int]) -> list[int]:
    """Makes conversations nobody's whose customer's row goes; the ids of their rows."""
    unlink = "UPDATE conversation SET customer_id = NULL WHERE customer_id = ? RETURNING id"
    return [row[0] for one in ids for row in numbers(database, unlink, (one,))]


def put(database: SqliteDatabase, table: type[Model], values: Row, key: Sequence[Field]) -> None:
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


def numbers(database: SqliteDatabase, query: str, values: tuple[object, ...] = ()) -> list[tuple[int, ...]]:
    """What a query of whole numbers finds."""
    rows = _all(database, query, values)
    if not all(isinstance(value, int) for row in rows for value in row):
        raise BugError("the history holds something else where a number belongs")
    return [tuple(int(str(value)) for value in row) for row in rows]


def _all(database: SqliteDatabase, statement: str, values: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    return list(database.execute_sql(statement, values).fetchall())  # type: ignore[no-untyped-call]  # as above
