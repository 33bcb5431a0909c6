"""Where the trail's end is remembered outside of its file, so that cutting lines off shows."""

from __future__ import annotations

import hmac
import re
from typing import Protocol

from agent_assist.paths import Places
from agent_assist.privacy.audit.lines import Head
from agent_assist.secrets import keep_secret, kept_secret

_NAME = "audit anchor"
_KEPT = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{128})")
_MAC = 32


class Anchor(Protocol):
    """Remembers how many lines a trail has, and a note of the last one that only the trail's key makes."""

    def read(self) -> tuple[int, bytes] | None:
        """Count and note as last written; None where nothing is remembered.

        Raises:
            KnownError: whatever remembers it does not answer now.
        """

    def write(self, count: int, note: bytes) -> None:
        """Remembers another end in place of the one before. Raises as `read` does."""


class KeyringAnchor:
    """Remembers it in the system's keyring. Two D-Bus calls and more: about 11 ms to read, 23 ms to write."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def read(self) -> tuple[int, bytes] | None:
        """See `Anchor`; what is no note counts as none, and the trail then tells that there was none."""
        kept = _KEPT.fullmatch(kept_secret(self._places, _NAME) or "")
        return (int(kept[1]), bytes.fromhex(kept[2])) if kept else None

    def write(self, count: int, note: bytes) -> None:
        """See `Anchor`."""
        keep_secret(self._places, _NAME, f"{count} {note.hex()}")


def note_of(key: bytes, head: Head) -> bytes:
    """What the anchor is given with the count: the last signature, and a seal over both.

    The signature alone stands in the file for anyone to read: without the seal, who can write to the keyring could
    have it remember an earlier line, and cut off what follows.

    Args:
        key: the trail's.
        head: its end.
    """
    # A key of its own: no line of a trail can be taken for a seal, or the other way round.
    sealing = hmac.digest(key, b"anchor", "sha256")
    return head.mac + hmac.digest(sealing, b"%d " % head.count + head.mac, "sha256")


def noted(key: bytes, count: int, note: bytes) -> Head | None:
    """The end that a note tells of; None where it was made with another key, or with none."""
    head = Head(count, note[:_MAC])
    return head if hmac.compare_digest(note, note_of(key, head)) else None
