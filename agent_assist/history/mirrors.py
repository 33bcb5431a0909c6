"""What lies beside the backups so that they open on another machine: a copy of the file of keys and of the key file."""

from __future__ import annotations

from pathlib import Path

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history.copying import put_bytes
from agent_assist.history.database import Damaged
from agent_assist.history.keys import ConversationKeys
from agent_assist.paths import Places


def renew(places: Places, key: bytes, folder: Path, old: tuple[bytes, ...] = ()) -> None:
    """Puts the present keys of the conversations and the present key file in the place of the ones in a folder.

    Args:
        places: the installation.
        key: the database key.
        folder: where the backups are.
        old: the database keys before this one, which what lies there may still have.

    Raises:
        KnownError: the folder is somebody else's or cannot be written to; what was there is still there.
    """
    refuse_others(folder, key, *old)
    keys = ConversationKeys.open(places, key)
    try:
        keys.copy_to(Places(folder).conversation_keys)
    finally:
        keys.close()
    renew_key_file(places, folder)


def renew_key_file(places: Places, folder: Path) -> None:
    """Puts the present key file in the place of the one in a folder.

    Raises:
        KnownError: the key file here is damaged, or the folder cannot be written to.
    """
    secrets.state(places)  # a damaged key file must not take the place of a good one
    try:
        put_bytes(places.key_file.read_bytes(), Places(folder).key_file)
    except OSError as error:
        raise KnownError(
            f"The key file cannot be copied to {folder} ({error.strerror}). Check the folder's permissions."
        ) from error


def refuse_others(folder: Path, *keys: bytes) -> None:
    """Raises KnownError where a folder holds the backups of a history of another key than any of these."""
    if not is_ours(folder, *keys):
        raise KnownError(
            f"The folder {folder} holds backups of another history, or its file keys.db is damaged. Choose another "
            "folder, or move what is in it away."
        )


def is_there(folder: Path) -> bool:
    """Whether the file of keys lies in a folder, without which no backup of it can be read."""
    return Places(folder).conversation_keys.exists()


def is_ours(folder: Path, *keys: bytes) -> bool:
    """Whether a folder holds no backups yet, or those of a history of one of these keys."""
    mirror = Places(folder).conversation_keys
    return not mirror.exists() or any(_opens(mirror, key) for key in keys)


def _opens(mirror: Path, key: bytes) -> bool:
    try:
        ConversationKeys.open(mirror, key).close()
    except Damaged:
        return False
    return True
