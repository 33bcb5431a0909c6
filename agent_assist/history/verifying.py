"""Whether a file of the history can be relied on: every page, every tree, and text that its keys open."""

from __future__ import annotations

from pathlib import Path

from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no type information

from agent_assist.errors import BugError, KnownError
from agent_assist.history.copying import bare, damaged, refuse_bad_pages
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.migrations import STEPS
from agent_assist.history.sealing import Sealer

SEALED_SINCE = 5
"""The version of the tables from which on texts are sealed with keys of their own."""

_ONE_IN = 100  # conversations for each one that is unsealed


def verify(path: Path, key: bytes, keys: ConversationKeys | None) -> int:
    """Opens a copy of the history and looks through all of it.

    Args:
        path: a file that nobody writes to.
        key: of the file.
        keys: of its conversations; None looks at no text.

    Returns:
        How many conversations it holds.

    Raises:
        Damaged: a page, a tree or a seal is broken, or the file is of another key.
        KnownError: it is from a newer version, or cannot be read.
    """
    with bare(path, key) as database:
        refuse_damage(database, path)
        return look(database, path, keys, _ONE_IN)


def refuse_damage(database: dbapi2.Connection, path: Path) -> None:
    """Looks at every page and every tree.

    Raises:
        Damaged: one is broken.
    """
    refuse_bad_pages(database, path)
    if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise damaged(path)
    if database.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise damaged(path)


def look(database: dbapi2.Connection, path: Path, keys: ConversationKeys | None, one_in: int) -> int:
    """Counts the conversations and unseals some of them, the oldest and the newest among them.

    Raises:
        Damaged: a seal is broken, or there is no table of conversations.
        KnownError: the file is from a newer version.
    """
    glance(database, path, keys)
    numbers = [row[0] for row in database.execute("SELECT id FROM conversation ORDER BY id").fetchall()]
    if keys is not None and is_sealed(database):
        for number in numbers[::one_in]:
            _unseal(database, path, keys, number)
    return len(numbers)


def glance(database: dbapi2.Connection, path: Path, keys: ConversationKeys | None) -> None:
    """Unseals the oldest conversation and the newest: milliseconds, however many there are. Raises as `look` does."""
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise KnownError(f"{path} was written by a newer Agent Assist. Install that version to open it.")
    if version < 1:
        raise damaged(path)
    if keys is not None and is_sealed(database):
        for number in set(database.execute("SELECT min(id), max(id) FROM conversation").fetchone()) - {None}:
            _unseal(database, path, keys, number)


def is_sealed(database: dbapi2.Connection) -> bool:
    """Whether texts have keys of their own; the tables of earlier versions hold them as they are."""
    return bool(database.execute("PRAGMA user_version").fetchone()[0] >= SEALED_SINCE)


def _unseal(database: dbapi2.Connection, path: Path, keys: ConversationKeys, number: int) -> None:
    key_id, sealed = database.execute("SELECT key, sealed FROM conversation WHERE id = ?", (number,)).fetchone()
    key = keys.get(key_id)
    if key is None:  # erased since: there is nothing to open any more
        return
    sealer = Sealer(key)
    try:
        sealer.open("conversation", 0, sealed, object)
        for i, turn in database.execute("SELECT i, sealed FROM turn WHERE conversation_id = ?", (number,)).fetchall():
            sealer.open("turn", i, turn, object)
    except BugError as error:
        raise damaged(path) from error
