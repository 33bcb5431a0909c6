"""One random key for each conversation and each customer, in an encrypted file of their own and its twin.

To erase is to destroy the key: rows, index and backups follow, and whatever cannot be reached can be read no more. An
erasure whose rows are not gone everywhere yet is remembered as unfinished.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Self

import msgspec

from agent_assist import secrets
from agent_assist.errors import BugError
from agent_assist.history.twins import Twins
from agent_assist.paths import Places

_KEY_BYTES = 32
_FIRST_BATCH, _LARGEST_BATCH = 8, 64
_CACHED = 20_000

_PURPOSE = "conversation keys"


def twin_of(path: Path) -> Path:
    """Where the twin of a file of keys lies."""
    return path.with_name(f"{path.stem}-2{path.suffix}")


class ConversationKeys:
    """The keys, on a connection that is used in one thread at a time.

    Every method but `close` raises KnownError where the disk, a file or another process is in the way. Keys that were
    read stay in memory until `close`, or until another process destroys one.
    """

    def __init__(self, twins: Twins, key: bytes) -> None:
        self._twins = twins
        self._key = key
        self._spares: list[tuple[int, bytes]] = []
        self._batch = _FIRST_BATCH
        self._known: dict[int, bytes] = {}
        self._secrets: dict[str, bytes] = {}
        self._seen = -1

    @classmethod
    def open(cls, places: Places | Path, key: bytes, *, make: bool = False) -> Self:
        """Opens the file and its twin, and mends the one that is damaged from the other.

        Args:
            places: of the installation; or the path of a copy made by `copy_to`, which has no twin.
            key: the database key, 32 bytes.
            make: whether to make the files where there are none: only for a history that never had any.

        Raises:
            database.Damaged: they cannot be read, or are of another key.
            KnownError: they are missing, or the disk or another process is in the way.
        """
        own = secrets.subkey(key, _PURPOSE)
        if isinstance(places, Path):
            return cls(Twins.open((places,), own, make=make), own)
        path = places.conversation_keys
        return cls(Twins.open((path, twin_of(path)), own, make=make), own)

    def close(self) -> None:
        """Closes the files and forgets the keys; a second call does nothing."""
        self._twins.close()
        self._known.clear()
        self._secrets.clear()
        self._spares.clear()
        self._key = b""

    def new(self) -> tuple[int, bytes]:
        """A key that no one has, and its number, which is never given out again."""
        if not self._spares:
            self._spares = self._make(self._batch)
            self._batch = min(2 * self._batch, _LARGEST_BATCH)
        key_id, key = self._spares.pop()
        self._known[key_id] = key
        return key_id, key

    def reserve(self, count: int) -> None:
        """Makes so many keys at once that the next `count` calls of `new` take no time."""
        if count > len(self._spares):
            self._spares = self._make(count - len(self._spares)) + self._spares

    def get(self, key_id: int) -> bytes | None:
        """A key by its number; None where it was destroyed."""
        return self.many((key_id,)).get(key_id)

    def many(self, ids: Iterable[int]) -> dict[int, bytes]:
        """Keys by their numbers, without those that were destroyed."""
        self._forget_changed()
        wanted = set(ids)
        lacking = sorted(wanted - self._known.keys())
        if len(self._known) + len(lacking) > _CACHED:
            self._known.clear()
            lacking = sorted(wanted)
        if lacking:
            query = "SELECT id, key FROM key WHERE id IN (SELECT value FROM json_each(?))"
            found = self._twins.rows(query, (msgspec.json.encode(lacking).decode(),))
            self._known |= {_whole(key_id): _bytes(key) for key_id, key in found}
        return {key_id: self._known[key_id] for key_id in wanted if key_id in self._known}

    def all_ids(self) -> set[int]:
        """The number of every key that was not destroyed."""
        return {_whole(row[0]) for row in self._twins.rows("SELECT id FROM key")}

    def destroy(self, ids: Collection[int]) -> None:
        """Destroys keys, with no way back, and counts their erasure as unfinished."""
        if not ids:
            return
        with self._twins.writing() as writer:
            writer.run("DELETE FROM key WHERE id = ?", [(key_id,) for key_id in ids])
            writer.run("INSERT OR IGNORE INTO gone VALUES (?, 0)", [(key_id,) for key_id in ids])
        for key_id in ids:
            self._known.pop(key_id, None)

    def unfinished(self) -> tuple[int, ...]:
        """Numbers of destroyed keys whose rows may still lie somewhere."""
        return tuple(_whole(row[0]) for row in self._twins.rows("SELECT id FROM gone WHERE NOT finished ORDER BY id"))

    def finished(self, ids: Collection[int]) -> None:
        """Counts the erasure of these as finished: their rows are gone from everywhere that can be reached."""
        if not ids:
            return
        with self._twins.writing() as writer:
            writer.run("UPDATE gone SET finished = 1 WHERE id = ?", [(key_id,) for key_id in ids])

    def secret(self, name: str) -> bytes:
        """A random secret of 32 bytes that stays the same whatever becomes of the database key; made when first asked.

        Args:
            name: "audit", "customer".
        """
        if name not in self._secrets:
            query = "SELECT value FROM secret WHERE name = ?"
            found = self._twins.rows(query, (name,))
            if not found:
                with self._twins.writing() as writer:
                    writer.run("INSERT OR IGNORE INTO secret VALUES (?, ?)", [(name, os.urandom(_KEY_BYTES))])
                    found = writer.rows(query, (name,))
            self._secrets[name] = _bytes(found[0][0])
        return self._secrets[name]

    def copy_to(self, path: Path, key: bytes | None = None) -> None:
        """Puts a copy in the place of `path`, whole or not at all.

        Args:
            path: where it goes; its folder has to exist.
            key: the database key that the copy opens with; None: the same.
        """
        self._twins.copy_to(path, self._key if key is None else secrets.subkey(key, _PURPOSE))

    def _make(self, count: int) -> list[tuple[int, bytes]]:
        with self._twins.writing() as writer:
            ((last,),) = writer.rows(
                "SELECT ifnull(max(id), 0) FROM (SELECT max(id) id FROM key UNION SELECT max(id) FROM gone)"
            )
            first = _whole(last) + 1
            batch = [(first + i, os.urandom(_KEY_BYTES)) for i in range(count)]
            writer.run("INSERT INTO key VALUES (?, ?)", batch)
        return batch[::-1]

    def _forget_changed(self) -> None:
        """Forgets what was read, where another process has written since: it may have destroyed a key."""
        ((now,),) = self._twins.rows("PRAGMA data_version")
        if _whole(now) != self._seen:
            self._seen = _whole(now)
            self._known.clear()


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise BugError("the file of keys holds something else")
    return value


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise BugError("the file of keys holds something else")
    return value
