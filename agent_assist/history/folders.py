"""The folders that hold backups of this history: an erasure has to reach all, also those of earlier settings."""

from __future__ import annotations

from pathlib import Path

import msgspec

from agent_assist.errors import KnownError
from agent_assist.history.copying import put_bytes
from agent_assist.paths import Places, read_plain

_NOTE = "backup-folders.json"


def note(places: Places) -> Path:
    """The file that lists them; a person may edit it."""
    return places.home / _NOTE


def known(places: Places) -> tuple[Path, ...]:
    """The folders that backups were ever made in, oldest first. A note that is damaged knows none."""
    try:
        names = msgspec.json.decode(read_plain(note(places)), type=tuple[str, ...])
    except (OSError, msgspec.DecodeError):
        return ()
    return tuple(Path(name) for name in names)


def remember(places: Places, folder: Path) -> None:
    """Adds a folder to those that an erasure reaches.

    Raises:
        KnownError: the note cannot be written.
    """
    before = known(places)
    if folder not in before:
        _write(places, (*before, folder))


def let_go(places: Places, folder: Path) -> None:
    """Takes a folder out that will never be reached again: a drive that is lost.

    Raises:
        KnownError: the note cannot be written.
    """
    _write(places, tuple(one for one in known(places) if one != folder))


def _write(places: Places, folders: tuple[Path, ...]) -> None:
    try:
        put_bytes(msgspec.json.format(msgspec.json.encode([str(one) for one in folders])), note(places))
    except OSError as error:
        raise KnownError(
            f"The list of backup folders in {places.home} cannot be written ({error.strerror}). Check the free space."
        ) from error
