"""By which way each turn came in, and what colleagues noted beside the conversation.

Asides are JSON of the conversation: nothing asks for one on its own, and they are erased with it.
"""

from __future__ import annotations

from peewee import SqliteDatabase

from agent_assist.history.database import run

_STATEMENTS = (
    "ALTER TABLE conversation ADD COLUMN asides TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE turn ADD COLUMN via TEXT",
)


def up(database: SqliteDatabase) -> None:
    """Adds the columns, empty for what was saved before."""
    for statement in _STATEMENTS:
        run(database, statement)
