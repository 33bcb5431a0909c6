"""Numbered steps from an empty file to the current tables. A released step is never changed: a new one follows it.

The number of the last step taken stands in the file's `user_version`, which SQLite changes together with the tables or
not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from peewee import SqliteDatabase

from agent_assist.errors import KnownError
from agent_assist.history.database import run
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.migrations import m001_initial, m002_learning, m003_words, m004_ways, m005_sealed

Step = Callable[[SqliteDatabase, ConversationKeys], None]


def _plain(step: Callable[[SqliteDatabase], None]) -> Step:
    """A step that seals nothing and needs no keys."""
    return lambda database, _keys: step(database)


STEPS: tuple[Step, ...] = (
    *map(_plain, (m001_initial.up, m002_learning.up, m003_words.up, m004_ways.up)),
    m005_sealed.up,
)

SEALED = 5
"""The first version whose texts only the file of keys opens."""


def migrate(database: SqliteDatabase, keys: ConversationKeys, steps: Sequence[Step] = STEPS) -> bool:
    """Brings a file to the current tables; one that is current already is only read.

    Args:
        database: the history.
        keys: of its conversations, for the steps that seal what stood in clear.
        steps: all there are, from an empty file on.

    Returns:
        Whether anything was changed.

    Raises:
        KnownError: the file is from a newer version.
    """
    if version(database) == len(steps):
        return False
    with database.atomic("IMMEDIATE"):  # another process may be at it too: look again once the file is ours
        before = version(database)
        if before > len(steps):
            raise KnownError(
                "The history was written by a newer Agent Assist. Install that version to open it; nothing was changed."
            )
        for number, step in enumerate(steps[before:], start=before + 1):
            step(database, keys)
            run(database, f"PRAGMA user_version = {number:d}")
    return True


def version(database: SqliteDatabase) -> int:
    """Which step was taken last; 0 for an empty file."""
    return int(str(run(database, "PRAGMA user_version")))
