"""Erased conversations, taken out of a copy of the history."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from pathlib import Path

from peewee import SqliteDatabase, chunked

from agent_assist.errors import KnownError
from agent_assist.history import queries
from agent_assist.history.copying import bare
from agent_assist.history.database import connect, known_errors, run
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.verifying import SEALED_SINCE, is_sealed

_AT_ONCE = 500  # far below SQLite's limit of values in one statement


def erased_in(path: Path, key: bytes, keys: ConversationKeys) -> set[int]:
    """Numbers of the keys that a copy names and that are destroyed."""
    with bare(path, key) as database:
        if not is_sealed(database):
            return set()
        named = database.execute("SELECT key FROM conversation UNION SELECT key FROM customer").fetchall()
    return {row[0] for row in named} - keys.all_ids()


def take_out(path: Path, key: bytes, ids: Collection[int]) -> int:
    """Deletes the rows of conversations and customers whose keys are destroyed; their pages are overwritten.

    Args:
        path: the copy; changed in one transaction.
        key: of the file.
        ids: numbers of the keys.

    Returns:
        How many conversations are gone from it.

    Raises:
        KnownError: the copy cannot be written to, is damaged, or is older than keys for single conversations.
    """
    if not ids:
        return 0
    with closing(connect(path, key, journal="delete")) as database, known_errors(path):
        if int(str(run(database, "PRAGMA user_version"))) < SEALED_SINCE:
            raise KnownError(f"The backup {path} is of an older version and holds what was erased. Delete it.")
        gone = 0
        with database.atomic("IMMEDIATE"):
            for some in chunked(sorted(ids), _AT_ONCE):
                gone += _delete(database, tuple(some))
    return gone


def _delete(database: SqliteDatabase, ids: tuple[int, ...]) -> int:
    conversations = _rows(database, "SELECT id, ref FROM conversation WHERE key IN ({marks})", ids)
    customers = _rows(database, "SELECT id FROM customer WHERE key IN ({marks})", ids)
    queries.blank_links(database, [str(ref) for _id, ref in conversations])
    queries.delete_rows(database, "conversation", [int(str(row[0])) for row in conversations])
    # A conversation of the copy may have got another customer since.
    queries.unlink_customers(database, [int(str(row[0])) for row in customers])
    queries.delete_rows(database, "customer", [int(str(row[0])) for row in customers])
    return len(conversations)


def _rows(database: SqliteDatabase, statement: str, values: tuple[int, ...]) -> list[tuple[object, ...]]:
    marked = statement.format(marks=", ".join("?" * len(values)))
    return list(database.execute_sql(marked, values).fetchall())  # type: ignore[no-untyped-call]  # stub leaves it bare
