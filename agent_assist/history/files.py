"""The files of one history: opened together, closed together, and encrypted anew together."""

from __future__ import annotations

from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path

from peewee import SqliteDatabase

from agent_assist.errors import KnownError
from agent_assist.history.copying import discard, part
from agent_assist.history.database import Damaged, connect, known_errors, run
from agent_assist.history.finding import Finder
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.migrations import SEALED, migrate, version
from agent_assist.history.reading import Reader
from agent_assist.history.twins import put_in_place
from agent_assist.history.volumes import delete_file
from agent_assist.paths import Places


@dataclass(frozen=True, slots=True)
class Files:
    """What is open: the history, the keys of its conversations, and the index of words."""

    path: Path
    database: SqliteDatabase
    keys: ConversationKeys
    reader: Reader
    finder: Finder

    @classmethod
    def open(cls, places: Places, key: bytes) -> Files:
        """Opens them, makes them on first use, and brings the tables up to date.

        Args:
            places: where they are.
            key: the history's, 32 bytes.

        Raises:
            KnownError: one is damaged, from a newer version or cannot be written to, the keys of the conversations are
                missing, or another process is in the way.
        """
        with ExitStack() as on_failure:
            database = connect(places.history, key)
            on_failure.callback(database.close)
            with known_errors(places.history):
                # Only a history that never had one may get a file of keys: whoever made this one made that first.
                keys = ConversationKeys.open(places, key, make=version(database) < SEALED)
                on_failure.callback(keys.close)
                if migrate(database, keys):
                    run(database, "PRAGMA wal_checkpoint(TRUNCATE)")  # it still holds what stood in clear before
            reader = Reader(database, keys)
            finder = Finder(database, places, key, reader.document)
            on_failure.pop_all()
        return cls(places.history, database, keys, reader, finder)

    def close(self) -> None:
        """Closes them; a second call does nothing."""
        self.finder.close()
        self.keys.close()
        self.database.close()


def rekey(places: Places, old: bytes, new: bytes) -> None:
    """Encrypts the files with another key; done again after an interruption, it goes on.

    The index of words is thrown away: it is made again with the new key.

    Args:
        places: where the files are; nobody has them open.
        old: the key before.
        new: the key from now on.

    Raises:
        KnownError: a file is damaged or cannot be written to, or another process has it open.
    """
    if places.history.exists():
        _rekey_history(places.history, old, new)
    if places.conversation_keys.exists():
        _rekey_keys(places, old, new)
    delete_file(places.search_index)


def _rekey_history(path: Path, old: bytes, new: bytes) -> None:
    try:
        # The old key first, always: what an interrupted re-key left half done only the old one puts right.
        database = connect(path, old, journal="delete")
    except Damaged:
        connect(path, new).close()
        return
    with closing(database), known_errors(path):
        if run(database, "PRAGMA journal_mode") != "delete":
            raise KnownError("Another Agent Assist has the history open. Close it and try again.")
        run(database, f"PRAGMA rekey = \"x'{new.hex()}'\"")


def _rekey_keys(places: Places, old: bytes, new: bytes) -> None:
    """A file of keys is small: a copy takes its place whole, and its twin is mended from it."""
    fresh = part(places.conversation_keys)
    try:
        with suppress(Damaged):  # they are of the new key already; else that is said below
            with closing(ConversationKeys.open(places, old)) as keys:
                keys.copy_to(fresh, new)
            put_in_place(fresh, places.conversation_keys, replace=True)
        ConversationKeys.open(places, new).close()
    finally:
        discard(fresh)
