"""Files that a person opens or drops."""

from __future__ import annotations

from pathlib import Path

from agent_assist.errors import KnownError

LARGEST_FILE = 20_000_000  # bytes; what is larger is no conversation, and the reader says so below that


def read_file(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        KnownError: it cannot be read or is far too large.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise KnownError("That file is too large for a conversation. Open a text file of at most 20 MB.")
        return path.read_bytes()
    except OSError as error:
        raise KnownError(f"That file cannot be read ({error.strerror}). Check that it is still there.") from error
