"""Customers: one row for each folded name, whose text is sealed with a key of its own."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime

import msgspec
from peewee import SqliteDatabase

from agent_assist.history import queries
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.rows import Row, fold
from agent_assist.history.sealing import Sealer
from agent_assist.history.tables import CustomerRow
from agent_assist.records import CustomerItem

_NEWEST = """SELECT customer_id, count(*), max(saved_at), max(peak) FROM conversation
    WHERE customer_id IS NOT NULL AND (? IS NULL OR customer_id IN
        (SELECT customer_id FROM conversation WHERE id IN (SELECT value FROM json_each(?))))
    GROUP BY customer_id ORDER BY 3 DESC LIMIT ?"""


def mark_of(secret: bytes, name: str) -> bytes | None:
    """What finds a customer's row without telling the name: a keyed hash of it, whatever its case and spaces.

    Args:
        secret: `ConversationKeys.secret("customer")`.
        name: as it stands in the source; None is returned where nothing is left of it.
    """
    folded = " ".join(fold(name).split())
    return hmac.digest(secret, folded.encode(), "sha256") if folded else None


class Customers:
    """The rows of customers. Each method runs in the transaction of its caller."""

    def __init__(self, database: SqliteDatabase, keys: ConversationKeys) -> None:
        self._database = database
        self._keys = keys

    def find(self, name: str) -> CustomerRow | None:
        """The row of a customer that is not erased."""
        mark = mark_of(self._keys.secret("customer"), name)
        row: CustomerRow | None = CustomerRow.select().where(CustomerRow.mark == mark).get_or_none(self._database)
        return row if row and self._keys.get(row.key) else None

    def has(self, row_id: int | None) -> bool:
        """Whether the row is there and its customer is not erased."""
        if row_id is None:
            return False
        row: CustomerRow | None = CustomerRow.select().where(CustomerRow.id == row_id).get_or_none(self._database)
        return row is not None and self._keys.get(row.key) is not None

    def link(self, name: str | None) -> int | None:
        """The id of a customer's row, made or renewed with the name as it stands now; None where there is no name."""
        mark = mark_of(self._keys.secret("customer"), name) if name else None
        if mark is None:
            return None
        row: CustomerRow | None = CustomerRow.select().where(CustomerRow.mark == mark).get_or_none(self._database)
        key = self._keys.get(row.key) if row else None
        if row and key:
            sealer = Sealer(key)
            if sealer.open("customer", 0, row.sealed, str) != name:
                queries.update(self._database, "customer", row.id, {"sealed": sealer.seal("customer", 0, name)})
            return row.id
        key_id, key = self._keys.new()
        values: Row = {"key": key_id, "mark": mark, "sealed": Sealer(key).seal("customer", 0, name)}
        if row is None:
            return queries.insert_one(self._database, "customer", values)
        queries.update(self._database, "customer", row.id, values)  # erased, and not swept away yet
        return row.id

    def newest(self, limit: int, of: Sequence[int] | None = None) -> list[CustomerItem]:
        """Customers, whoever was last saved first.

        Args:
            limit: how many at most.
            of: looks only at the customers of the conversations of these rows; None looks at all.
        """
        listed = None if of is None else msgspec.json.encode(list(of)).decode()
        rows = self._database.execute_sql(_NEWEST, (listed, listed, limit)).fetchall()  # type: ignore[no-untyped-call]
        names = self._names([row[0] for row in rows])
        return [
            CustomerItem(names[customer], count, datetime.fromisoformat(last_at), peak)
            for customer, count, last_at, peak in rows
            if customer in names
        ]

    def _names(self, ids: list[int]) -> dict[int, str]:
        rows = list(CustomerRow.select().where(CustomerRow.id.in_(ids)).execute(self._database))
        keys = self._keys.many(row.key for row in rows)
        return {row.id: Sealer(keys[row.key]).open("customer", 0, row.sealed, str) for row in rows if row.key in keys}
