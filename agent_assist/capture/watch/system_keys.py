"""A key combination on Windows and macOS, heard by pynput. Never used on Linux, where pynput would hear every key."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol

from agent_assist.capture.watch.keys import Keys
from agent_assist.errors import KnownError

_NOT_ALLOWED = (
    "The system does not let Agent Assist hear keys in other programs. "
    "Allow it under Privacy & Security, Accessibility, then turn the key on again."
)
_UNKNOWN = "This system has no key that the option ways.hotkey names. Choose another one there, or leave it empty."
_CLOSING_SECONDS = 2.0


class _Listener(Protocol):
    """What is used of pynput's listener, which has no types."""

    ident: int | None

    def start(self) -> None: ...
    def wait(self) -> None: ...
    def stop(self) -> None: ...
    def join(self, timeout: float) -> None: ...


class SystemKeys:
    """One key combination; see `Hearing`.

    pynput is told of every key by the system, compares it, and keeps none; these systems offer it no less.

    Raises:
        KnownError: the system has no such key.
    """

    def __init__(self, keys: Keys, on_pressed: Callable[[], None]) -> None:
        # By its name: where the types are checked (Linux) it is not installed.
        keyboard = import_module("pynput.keyboard")
        try:
            self._listener: _Listener = keyboard.GlobalHotKeys({str(keys): on_pressed})
        except ValueError:
            raise KnownError(_UNKNOWN) from None

    def start(self) -> None:
        """See `Hearing`."""
        self._listener.start()
        self._listener.wait()
        if not getattr(self._listener, "IS_TRUSTED", True):  # macOS: it runs, and hears nothing
            self.close()
            raise KnownError(_NOT_ALLOWED)

    def close(self) -> None:
        """See `Hearing`."""
        self._listener.stop()
        if self._listener.ident is not None:
            self._listener.join(_CLOSING_SECONDS)
