"""A key combination that is heard whatever program is in front. Keys are heard, never pressed, and none is kept."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

from agent_assist.errors import KnownError

_EXAMPLE = "<ctrl>+<alt>+a"
_HELD = frozenset({"<ctrl>", "<alt>", "<cmd>"})
_SHIFT = "<shift>"
_CALLED = {"control": "ctrl", "strg": "ctrl", "option": "alt", "win": "cmd", "super": "cmd", "meta": "cmd"}
_WAYLAND = (
    "Wayland lets no program hear keys in other windows, so the key is not watched. "
    "Copy the text and press Ctrl+V in this window."
)
_NO_DESKTOP = "There is no desktop whose keys could be heard, so the key is not watched. Copy and paste instead."
_NOT_ALLOWED = (
    "The system does not let Agent Assist hear keys in other programs. "
    "Allow it under Privacy & Security, Accessibility, then turn the key on again."
)
_CLOSING_SECONDS = 2.0


class _Listener(Protocol):
    """What is used of pynput's listener, which has no types."""

    ident: int | None

    def start(self) -> None: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...
    def join(self, timeout: float) -> None: ...


class Hotkey:
    """One key combination, heard in a thread of its own.

    Args:
        keys: as in the option `ways.hotkey`: "<ctrl>+<alt>+a".
        on_pressed: called in the hearing thread; returns at once.

    Raises:
        KnownError: the keys are not written right, would be pressed while typing, or cannot be heard here.
    """

    def __init__(self, keys: str, on_pressed: Callable[[], None]) -> None:
        self._listener = _listener(_checked(keys), on_pressed)

    def start(self) -> None:
        """Begins to hear.

        Raises:
            KnownError: the system does not allow it.
        """
        self._listener.start()
        self._listener.wait()
        if not getattr(self._listener, "IS_TRUSTED", True):  # macOS: it runs, and hears nothing
            self.close()
            raise KnownError(_NOT_ALLOWED)

    def close(self) -> None:
        """Hears no more; a second call does nothing."""
        self._listener.stop()
        if self._listener.ident is not None:
            _wake(self._listener)
            self._listener.join(_CLOSING_SECONDS)


def _wake(listener: _Listener) -> None:
    """Ends the wait of a listener on X11, which has stopped but would notice only at the next key."""
    context: int | None = getattr(listener, "_context", None)
    if context is None or sys.platform in ("win32", "darwin"):
        return
    from Xlib import display, error  # type: ignore[import-untyped]  # ships no type information

    with suppress(error.DisplayError, error.ConnectionClosedError, OSError):
        other = display.Display()
        other.record_disable_context(context)
        other.sync()
        other.close()


def _checked(keys: str) -> str:
    """The keys in pynput's own form: some key held beside Shift, so that typing never presses them, and one more."""
    parts = [_written(part) for part in "".join(keys.split()).casefold().split("+")]
    others = [part for part in parts if part not in _HELD and part != _SHIFT]
    if not _HELD.intersection(parts) or len(others) != 1 or others == [""]:
        raise KnownError(
            f"The option ways.hotkey needs <ctrl>, <alt> or <cmd> with one more key, such as {_EXAMPLE}. Mend it there."
        )
    return "+".join(parts)


def _written(part: str) -> str:
    """A key as pynput writes it; people leave out the brackets and say "Win"."""
    name = part.strip("<>")
    return f"<{_CALLED.get(name, name)}>" if len(name) > 1 else part


def _listener(keys: str, on_pressed: Callable[[], None]) -> _Listener:
    if sys.platform not in ("win32", "darwin"):
        if os.environ.get("XDG_SESSION_TYPE") == "wayland" or os.environ.get("WAYLAND_DISPLAY"):
            raise KnownError(_WAYLAND)
        if not os.environ.get("DISPLAY"):
            raise KnownError(_NO_DESKTOP)
    try:
        # Only here: it opens the display as soon as it is imported.
        from pynput import keyboard  # type: ignore[import-untyped]  # ships no type information
    except ImportError as error:
        raise KnownError(_NO_DESKTOP) from error
    try:
        listener: _Listener = keyboard.GlobalHotKeys({keys: on_pressed})
    except ValueError:
        raise KnownError(
            f"The option ways.hotkey is not written right. Write keys like this: {_EXAMPLE}, or leave it empty."
        ) from None
    return listener
