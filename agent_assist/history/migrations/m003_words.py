"""What words are chosen from and for: the customer's record, where a reply comes from, the tactic; and agents' choices.

A choice holds no text: what kind of replies stood side by side, and which the agent took. Like a correction it is no
child of its conversation: erasing that gives `ref` a name that leads nowhere, and what was learnt stays.
"""

from __future__ import annotations

from peewee import SqliteDatabase

from agent_assist.history.database import run

_STATEMENTS = (
    "ALTER TABLE conversation ADD COLUMN record TEXT NOT NULL DEFAULT 'null'",
    "ALTER TABLE assist ADD COLUMN tactic TEXT NOT NULL DEFAULT 'null'",
    "ALTER TABLE suggestion ADD COLUMN source TEXT NOT NULL DEFAULT 'composed'",
    """CREATE TABLE choice (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL, turns INTEGER NOT NULL, slot INTEGER NOT NULL,
        features TEXT NOT NULL, outcome TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (ref, turns, slot))""",
)


def up(database: SqliteDatabase) -> None:
    """Adds the columns, empty for what was saved before, and the table."""
    for statement in _STATEMENTS:
        run(database, statement)
