"""Numbered steps from an empty file to the current tables. A released step is never changed: a new one follows it.

The number of the last step taken stands in the file's `user_version`, which SQLite changes together with the tables or
not at all.
"""

from __future__ import annotations

from collections.abc import Callable

from peewee import SqliteDatabase

from agent_assist.errors import KnownError
from agent_assist.history.database import run
from agent_assist.history.migrations import m001_initial, m002_learning, m003_words, m004_ways

Step = Callable[[SqliteDatabase], None]
STEPS: tuple[Step, ...] = (m001_initial.up, m002_learning.up, m003_words.up, m004_ways.up)


def migrate(database: SqliteDatabase, steps: tuple[Step, ...] = STEPS) -> None:
    """Brings a file to the current tables; one that is current already is only read.

    Raises:
        KnownError: the file is from a newer version.
    """
    if _version(database) == len(steps):
        return
    with database.atomic("IMMEDIATE"):  # another process may be at it too: look again once the file is ours
        version = _version(database)
        if version > len(steps):
            raise KnownError(
                "The history was written by a newer Agent Assist. Install that version to open it; nothing was changed."
            )
        for number, step in enumerate(steps[version:], start=version + 1):
            step(database)
            run(database, f"PRAGMA user_version = {number:d}")


def _version(database: SqliteDatabase) -> int:
    return int(str(run(database, "PRAGMA user_version")))
