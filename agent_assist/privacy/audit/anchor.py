"""Where the trail's end is remembered outside of its file, so that cutting lines off shows."""

from __future__ import annotations

import re
from typing import Protocol

from agent_assist.paths import Places
from agent_assist.secrets import keep_secret, kept_secret

_NAME = "audit anchor"
_KEPT = re.compile(r"([1-9][0-9]{0,17}) ([0-9a-f]{64})")


class Anchor(Protocol):
    """Remembers how many lines a trail has and the signature of the last one."""

    def read(self) -> tuple[int, bytes] | None:
        """Count and last signature as last written; None where nothing was ever written.

        Raises:
            KnownError: whatever remembers it does not answer now.
        """

    def write(self, count: int, head: bytes) -> None:
        """Remembers another end in place of the one before. Raises as `read` does."""


class KeyringAnchor:
    """Remembers it in the system's keyring. Two D-Bus calls and more: about 11 ms to read, 23 ms to write."""

    def __init__(self, places: Places) -> None:
        self._places = places

    def read(self) -> tuple[int, bytes] | None:
        """See `Anchor`; what is no anchor counts as none, and the trail then tells that it began a new one."""
        kept = _KEPT.fullmatch(kept_secret(self._places, _NAME) or "")
        return (int(kept[1]), bytes.fromhex(kept[2])) if kept else None

    def write(self, count: int, head: bytes) -> None:
        """See `Anchor`."""
        keep_secret(self._places, _NAME, f"{count} {head.hex()}")
