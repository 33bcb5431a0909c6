"""Erasing: the key goes first, and with it every copy of the text; then the rows that it had sealed.

Each function runs in the transaction of its caller, as the only writer. The rows are taken out inside it before their
keys are destroyed, which lasts at once: a process that dies in between leaves rows that no key opens, and the next
opening takes them away. So nothing but an erasing may stand in that transaction: what it saved would be taken back
without the keys coming back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from peewee import SqliteDatabase

from agent_assist.history import loading, queries
from agent_assist.history.customers import Customers
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.rows import Row
from agent_assist.history.sealing import Sealer
from agent_assist.history.tables import ConversationRow, CustomerRow


class Gone(NamedTuple):
    """What was taken out.

    Attributes:
        keys: numbers of the keys that were destroyed, of conversations and customers.
        rows: numbers of the conversations' rows.
    """

    keys: tuple[int, ...]
    rows: tuple[int, ...]


def erase(database: SqliteDatabase, keys: ConversationKeys, rows: Sequence[ConversationRow]) -> Gone:
    """Takes out conversations, and customers who have none left, and destroys their keys."""
    _delete(database, rows)
    customers = _empty(database, {row.customer_id for row in rows if row.customer_id is not None})
    queries.delete_rows(database, "customer", [row.id for row in customers])
    destroyed = (*(row.key for row in rows), *(row.key for row in customers))
    keys.destroy(destroyed)
    return Gone(destroyed, tuple(row.id for row in rows))


def drop_erased(database: SqliteDatabase, keys: ConversationKeys, conversation_id: str) -> None:
    """Takes away what is left of an erased conversation that had this id."""
    row = queries.by_ref(database, conversation_id)
    if row is not None and keys.get(row.key) is None:
        _delete(database, [row])


def drop_empty_customers(database: SqliteDatabase, keys: ConversationKeys, ids: Collection[int]) -> None:
    """Erases those of the customers who have no conversation; in a transaction of its own, see above."""
    customers = _empty(database, ids)
    queries.delete_rows(database, "customer", [row.id for row in customers])
    keys.destroy([row.key for row in customers])


def sweep(database: SqliteDatabase, keys: ConversationKeys, of: Collection[int] | None = None) -> Gone:
    """Takes away the rows whose keys are destroyed.

    A customer whose key alone is gone, while conversations of theirs are not, gets a new row with the name that is
    sealed in those: else nobody found them by it, to erase them say.

    Args:
        database: of the history.
        keys: of the history.
        of: looks only at rows of these keys; None looks at all.
    """
    there = keys.all_ids() if of is None else set(keys.many(of))
    gone = [row for row in _with_keys(database, "conversation", of) if row[1] not in there]
    rows = list(_conversations(database, [row[0] for row in gone]))
    _delete(database, rows)
    lost = [row for row in _with_keys(database, "customer", of) if row[1] not in there]
    emptied = _empty(database, {row.customer_id for row in rows if row.customer_id is not None})
    living = [row for row in emptied if row.id not in {customer for customer, _ in lost}]
    orphans = list(_conversations(database, queries.unlink_customers(database, [customer for customer, _ in lost])))
    queries.delete_rows(database, "customer", [*(customer for customer, _ in lost), *(row.id for row in living)])
    _link_anew(database, keys, orphans)
    keys.destroy([row.key for row in living])
    return Gone(tuple(key for _, key in (*gone, *lost)), tuple(row.id for row in rows))


def _link_anew(database: SqliteDatabase, keys: ConversationKeys, rows: Sequence[ConversationRow]) -> None:
    customers, there = Customers(database, keys), keys.many(row.key for row in rows)
    for row in rows:
        if row.key in there:
            name = loading.to_text(row, Sealer(there[row.key])).customer
            # Its change is new too: else a process that remembers the row before would write to that one's number.
            values: Row = {"customer_id": customers.link(name), "change": queries.next_change(database)}
            queries.update(database, "conversation", row.id, values)


def _delete(database: SqliteDatabase, rows: Sequence[ConversationRow]) -> None:
    queries.blank_links(database, [row.ref for row in rows])
    queries.delete_rows(database, "conversation", [row.id for row in rows])


def _empty(database: SqliteDatabase, ids: Collection[int]) -> list[CustomerRow]:
    """Those of the customers who have no conversation."""
    empty = [one for one in sorted(ids) if not queries.has_conversations(database, one)]
    return [row for one in empty for row in CustomerRow.select().where(CustomerRow.id == one).execute(database)]


def _conversations(database: SqliteDatabase, ids: Iterable[int]) -> Iterable[ConversationRow]:
    for one in ids:
        yield from ConversationRow.select().where(ConversationRow.id == one).execute(database)


def _with_keys(database: SqliteDatabase, table: str, of: Collection[int] | None) -> list[tuple[int, ...]]:
    """Ids of rows with the numbers of their keys."""
    every = f"SELECT id, key FROM {table}"  # noqa: S608  # a name of ours
    if of is None:
        return queries.numbers(database, every)
    return [row for one in of for row in queries.numbers(database, f"{every} WHERE key = ?", (one,))]
