"""A key combination that is heard whatever program is in front. Keys are heard, never pressed, and none is kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Protocol

from agent_assist.capture.watch.keys import Keys
from agent_assist.errors import KnownError

_WAYLAND = (
    "Wayland lets no program hear keys in other windows, so the key is not watched. "
    "Copy the text and press Ctrl+V in this window."
)
_NO_DESKTOP = "There is no desktop whose keys could be heard, so the key is not watched. Copy and paste instead."


class Hearing(Protocol):
    """What hears one key combination on one kind of system."""

    def start(self) -> None:
        """Begins to hear.

        Raises:
            OSError: there is no desktop.
            KnownError: the key is taken, or the system does not allow it.
        """

    def close(self) -> None:
        """Hears no more; a second call does nothing."""


class Hotkey:
    """One key combination, heard in a thread of its own.

    Args:
        keys: as in the option `ways.hotkey`: "<ctrl>+<alt>+a".
        on_pressed: called in the hearing thread; returns at once.

    Raises:
        KnownError: the keys are not written right, would be pressed while typing, or cannot be heard here.
    """

    def __init__(self, keys: str, on_pressed: Callable[[], None]) -> None:
        self._hearing = _hearing(Keys.read(keys), on_pressed)

    def start(self) -> None:
        """Begins to hear.

        Raises:
            KnownError: another program has the key, there is no desktop, or the system does not allow it.
        """
        try:
            self._hearing.start()
        except OSError as error:
            raise KnownError(_NO_DESKTOP) from error

    def close(self) -> None:
        """Hears no more; a second call does nothing."""
        self._hearing.close()


def _hearing(keys: Keys, on_pressed: Callable[[], None]) -> Hearing:
    # Each is imported only where it is used: the packages below them are installed only there.
    if sys.platform in ("win32", "darwin"):
        from agent_assist.capture.watch.system_keys import SystemKeys

        return SystemKeys(keys, on_pressed)
    if os.environ.get("XDG_SESSION_TYPE") == "wayland" or os.environ.get("WAYLAND_DISPLAY"):
        raise KnownError(_WAYLAND)
    if not os.environ.get("DISPLAY"):
        raise KnownError(_NO_DESKTOP)
    from agent_assist.capture.watch.x11_keys import X11Keys

    return X11Keys(keys, on_pressed)
