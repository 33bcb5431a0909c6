"""Reads a file of lines from its end, so that the newest ones cost the same however long it has become."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import BinaryIO

_BLOCK = 65_536


def lines_from_end(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The lines of the first `size` bytes, last one first, without their ends.

    What follows the last end of line comes first, also where it is empty; `b"".join` of all with the ends put back is
    the file again.
    """
    rest, at = b"", size
    while at > 0:
        start = max(0, at - _BLOCK)
        file.seek(start, os.SEEK_SET)
        first, *whole = (file.read(at - start) + rest).split(b"\n")
        yield from reversed(whole)
        rest, at = first, start
    yield rest


def lines_from_start(file: BinaryIO, size: int) -> Iterator[bytes]:
    """The lines of the first `size` bytes without their ends; what follows the last end comes last, if there is any."""
    file.seek(0, os.SEEK_SET)
    left, rest = size, b""
    while left > 0:
        block = file.read(min(_BLOCK, left))
        if not block:
            break
        left -= len(block)
        *whole, rest = (rest + block).split(b"\n")
        yield from whole
    if rest:
        yield rest
