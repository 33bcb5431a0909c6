"""What was hashed already: small files that spare hashing a gigabyte at each start."""

from __future__ import annotations

from pathlib import Path

import msgspec


class Mark(msgspec.Struct, frozen=True):
    """A file as it was when its hash was taken.

    Attributes:
        path: absolute.
        sha256: 64 lower-case hex digits.
        bytes, mtime_ns: by which a later change shows.
    """

    path: str
    sha256: str
    bytes: int
    mtime_ns: int


def make(path: Path, sha256: str) -> Mark:
    """The mark of `path` as it is now.

    Raises:
        OSError: it cannot be looked at.
    """
    status = path.stat()
    return Mark(str(path), sha256, status.st_size, status.st_mtime_ns)


def read(file: Path) -> Mark | None:
    """The mark kept in `file`; None where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Mark)
    except (OSError, msgspec.DecodeError):
        return None


def write(file: Path, mark: Mark) -> None:
    """Keeps a mark, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.encode(mark))
    fresh.replace(file)
