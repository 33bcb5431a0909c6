"""What a folder's watcher is done with, so that nothing is taken in twice. In memory only."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from agent_assist.capture.watch.plain_file import Stamp

K = TypeVar("K")
V = TypeVar("V")
_MOST_FILES = 100_000
_MOST_TEXTS = 10_000


class Settled:
    """Files by name, by their number on the disk (a renamed file keeps it), and texts by digest.

    What is gone stays known: a disk that is taken away and comes back brings nothing new.
    """

    def __init__(self) -> None:
        self._names: dict[str, Stamp] = {}
        self._numbers: dict[tuple[int, int], Stamp] = {}
        self._digests: dict[bytes, None] = {}

    def has_name(self, name: str) -> bool:
        """Whether a file of that name was seen."""
        return name in self._names

    def note(self, name: str, stamp: Stamp) -> None:
        """Done with this file until it changes."""
        _keep(self._names, name, stamp, _MOST_FILES)
        if stamp.number:  # some file systems have none
            _keep(self._numbers, (stamp.device, stamp.number), stamp, _MOST_FILES)

    def knows(self, name: str, stamp: Stamp) -> bool:
        """Whether the file is as it was when it was noted, under this name or another."""
        before = self._names.get(name)
        if before is not None and before.same_words(stamp):
            return True
        if self._numbers.get((stamp.device, stamp.number)) != stamp:
            return False
        self.note(name, stamp)
        return True

    def is_new(self, data: bytes) -> bool:
        """Whether these bytes come for the first time."""
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if digest in self._digests:
            return False
        _keep(self._digests, digest, None, _MOST_TEXTS)
        return True


def _keep(known: dict[K, V], key: K, value: V, most: int) -> None:
    known[key] = value
    if len(known) > most:
        del known[next(iter(known))]
