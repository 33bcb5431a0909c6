"""What is read besides: turns not read, recoveries, hard lives, causes; and what agents said of readings.

A correction holds no text. It is no child of its conversation: erasing that blanks `ref`, and what was learnt stays.
"""

from __future__ import annotations

from peewee import SqliteDatabase

from agent_assist.history.database import run

_STATEMENTS = (
    "ALTER TABLE conversation ADD COLUMN unread TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE conversation ADD COLUMN recoveries TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE conversation ADD COLUMN vulnerable TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE reading ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE spike ADD COLUMN cause TEXT NOT NULL DEFAULT ''",
    """CREATE TABLE correction (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT, turn INTEGER NOT NULL, label TEXT NOT NULL,
        scores TEXT NOT NULL, distress REAL NOT NULL, at TEXT NOT NULL, UNIQUE (ref, turn))""",
)


def up(database: SqliteDatabase) -> None:
    """Adds the columns, empty for what was saved before, and the table."""
    for statement in _STATEMENTS:
        run(database, statement)
