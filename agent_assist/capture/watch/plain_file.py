"""One file of a watched folder: what it is, what it is called for a person, and its bytes, never those of another."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from agent_assist.capture.formats import REGISTRY
from agent_assist.errors import KnownError

LARGEST = max(known.limit for known in REGISTRY)
"""Bytes; what is larger is too large for every format. Each format refuses what is too large for itself."""
_UNFINISHED = (
    ".part",
    ".partial",
    ".crdownload",
    ".download",
    ".opdownload",
    ".filepart",
    ".tmp",
    ".temp",
    ".swp",
    "~",
)
_HIDDEN = (".", "~$")
_FURNITURE = frozenset({"desktop.ini", "thumbs.db"})  # what the system itself puts into folders
_LONGEST_SHOWN = 80
_MEGABYTE = 1_000_000
# Neither follows a link nor waits at a pipe that took the file's place; Windows has no such flags and needs O_BINARY.
_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells a file from another, and from itself before a change; times in nanoseconds."""

    device: int
    number: int
    size: int
    changed: int

    def same_words(self, other: Stamp) -> bool:
        """Whether size and time are the same, as those of one file before and after its disk was taken away."""
        return (self.size, self.changed) == (other.size, other.changed)


def is_passing(name: str) -> bool:
    """Whether a file of that name is hidden, or not finished: programs give it another name when it is."""
    low = name.casefold()
    return low.startswith(_HIDDEN) or low.endswith(_UNFINISHED) or low in _FURNITURE


def shown(name: str) -> str:
    """A file's name as a person may see it: no control or direction marks, not too long."""
    told = name.encode("utf-8", "replace").decode("utf-8")
    told = "".join(c if c.isprintable() else "\ufffd" for c in told)
    return told if len(told) <= _LONGEST_SHOWN else f"{told[: _LONGEST_SHOWN - 13]}…{told[-12:]}"


def look(path: Path) -> Stamp | None:
    """The stamp of what stands there now; None for a folder.

    Raises:
        OSError: nothing is there, or it cannot be looked at.
        KnownError: it is a link, a pipe or a device.
    """
    found = path.lstat()
    if stat.S_ISDIR(found.st_mode):
        return None
    if stat.S_ISLNK(found.st_mode):
        raise KnownError(f"“{shown(path.name)}” is a link and is not followed. Copy the file itself into the folder.")
    if not stat.S_ISREG(found.st_mode):
        raise KnownError(f"“{shown(path.name)}” is no plain file and is not read. Copy a file into the folder.")
    return _stamp(found)


def read(path: Path, stamp: Stamp) -> bytes | None:
    """The bytes of the file that has this stamp; None where another stands there now, or it changes meanwhile.

    Raises:
        OSError: it cannot be read: gone, locked by another program, or not allowed.
        KnownError: it is larger than `LARGEST`.
    """
    if stamp.size > LARGEST:
        raise KnownError(
            f"“{shown(path.name)}” is larger than {LARGEST // _MEGABYTE} MB. Export fewer conversations at a time."
        )
    with os.fdopen(os.open(path, _OPEN), "rb") as file:
        if _stamp(os.fstat(file.fileno())) != stamp:
            return None
        data = file.read(stamp.size + 1)
        return data if len(data) == stamp.size and _stamp(os.fstat(file.fileno())) == stamp else None


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)
