"""The trail's file on the disk: opened to be added to, and made to last."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import chain, count
from pathlib import Path
from typing import BinaryIO

from agent_assist.errors import KnownError
from agent_assist.paths import sync


def add(path: Path, file: BinaryIO, size: int, data: bytes) -> None:
    """Adds bytes and has the disk keep them; where it does not, takes away again what got there.

    Args:
        path: the file's.
        file: it, open without a buffer.
        size: of the file before, in bytes.
        data: what is added.

    Raises:
        OSError: the disk did not keep it.
    """
    try:
        done = 0
        while done < len(data):
            done += file.write(data[done:])
        os.fsync(file.fileno())
        if size == 0:
            sync(path.parent)
    except OSError:
        with suppress(OSError):
            file.truncate(size)
        raise


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, made where it is missing: read anywhere, added to at its end, without a buffer of Python's."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with open(handle, "r+b", buffering=0) as file:  # noqa: PTH123  # a handle with a mode
        yield file


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Says kindly what the system refuses while it lasts.

    Raises:
        KnownError: it refused something.
    """
    try:
        yield
    except OSError as error:
        raise KnownError(
            f"The audit trail {path} cannot be written or read ({error.strerror}). "
            "Check the folder's permissions and free space; what has to be recorded waits until then."
        ) from error


def free_name(path: Path) -> Path:
    """The path, or where something lies there the next like it that is free: a number is added to its name."""
    others = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(other for other in chain([path], others) if not os.path.lexists(other))
