"""A key combination on X11, and nothing but it: the X server itself keeps all other keys from us.

It is grabbed on the root window (XGrabKey), on a connection of our own. Unlike a program that records the keyboard,
one that grabs is sent only the combination that it asked for, from its press to its release. What else is pressed
while it is held down comes along by X's rules and is dropped.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import product

from Xlib import XK, X, display, error  # type: ignore[import-untyped]  # ships no type information
from Xlib.protocol import rq  # type: ignore[import-untyped]  # as above

from agent_assist import log
from agent_assist.capture.watch.keys import SHIFT, Keys
from agent_assist.errors import KnownError

_TAKEN = "Another program already has the key {keys}. Choose another one in the option ways.hotkey."
_MISSING = "This keyboard has no key for {keys}. Choose another one in the option ways.hotkey."
_NAMES = {
    "enter": "Return",
    "tab": "Tab",
    "esc": "Escape",
    "backspace": "BackSpace",
    "insert": "Insert",
    "delete": "Delete",
    "home": "Home",
    "end": "End",
    "page_up": "Page_Up",
    "page_down": "Page_Down",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "pause": "Pause",
    "print_screen": "Print",
    "menu": "Menu",
}
_UNICODE = 0x1000000  # keysyms from here on are characters: X protocol, appendix A
_GONE = (error.DisplayError, error.ConnectionClosedError, error.XauthError)

_log = log.get("watch")


class X11Keys:
    """One key combination; see `Hearing`.

    The first thread uses the connection only before the hearing thread begins.
    """

    def __init__(self, keys: Keys, on_pressed: Callable[[], None]) -> None:
        self._keys, self._on_pressed = keys, on_pressed
        self._thread = threading.Thread(target=self._run, name="hotkey", daemon=True)
        self._stop, self._stopped = socket.socketpair()
        self._shown: display.Display | None = None
        self._grabbed: frozenset[tuple[int, int]] = frozenset()
        self._let_go_at: int | None = None  # in the server's milliseconds

    def start(self) -> None:
        """See `Hearing`."""
        try:
            self._shown = display.Display()
            self._grab(self._shown)
        except (*_GONE, OSError) as gone:
            self.close()
            raise OSError("the X server does not answer") from gone
        except KnownError:
            self.close()
            raise
        self._thread.start()

    def close(self) -> None:
        """See `Hearing`."""
        self._stop.close()  # which the hearing thread notices at once
        if self._thread.ident is not None:
            if self._thread is not threading.current_thread():
                self._thread.join()
            return
        self._leave()

    def _leave(self) -> None:
        self._stopped.close()
        if self._shown is not None:
            with suppress(*_GONE, OSError):
                self._shown.close()  # the server lets go of what a closed connection grabbed
            self._shown = None

    def _run(self) -> None:
        try:
            self._hear(self._shown)
        except (*_GONE, OSError):
            _log.warning("the key is not heard any more: the X server is gone")
        except Exception as problem:  # noqa: BLE001  # the edge of the thread
            _log.error("the key is not heard any more: %s", log.describe(problem))
        finally:
            self._leave()

    def _hear(self, shown: display.Display) -> None:
        with selectors.DefaultSelector() as waiting:
            waiting.register(shown.fileno(), selectors.EVENT_READ)
            stop = waiting.register(self._stopped, selectors.EVENT_READ)
            while True:
                while shown.pending_events():
                    self._take(shown, shown.next_event())
                if any(key is stop for key, _ in waiting.select()):
                    return

    def _take(self, shown: display.Display, event: rq.Event) -> None:
        if event.type == X.MappingNotify:
            shown.refresh_keyboard_mapping(event)
            try:
                self._grab(shown)
            except KnownError:  # a layout is changed key by key: the next change may bring it back
                _log.warning("the keyboard's layout changed: the key is missing or taken until it changes again")
        elif event.type not in (X.KeyPress, X.KeyRelease) or all(event.detail != code for code, _ in self._grabbed):
            return
        elif event.type == X.KeyRelease:
            self._let_go_at = event.time
        elif event.time != self._let_go_at:  # a key that repeats is let go and pressed in the same millisecond
            self._on_pressed()

    def _grab(self, shown: display.Display) -> None:
        """Has the key, wherever it lies on the keyboard now.

        Raises:
            KnownError: another program has it, or the keyboard has none.
        """
        wanted = _grabs(shown, self._keys)
        if wanted and wanted == self._grabbed:
            return
        self._release(shown)
        if not wanted:
            raise KnownError(_MISSING.format(keys=self._keys))
        root = shown.screen().root
        taken = error.CatchError(error.BadAccess)
        for code, held in wanted:
            root.grab_key(code, held, False, X.GrabModeAsync, X.GrabModeAsync, onerror=taken)
        shown.sync()
        self._grabbed = wanted
        if taken.get_error() is not None:
            self._release(shown)  # half a key is none
            raise KnownError(_TAKEN.format(keys=self._keys))

    def _release(self, shown: display.Display) -> None:
        for code, held in self._grabbed:
            shown.screen().root.ungrab_key(code, held)
        self._grabbed = frozenset()


def _grabs(shown: display.Display, keys: Keys) -> frozenset[tuple[int, int]]:
    """Codes of the key, each with everything that may be held or locked beside it; none where there is no such key.

    A grab is for exactly the modifiers that it names, and a lock is one of them.
    """
    places = [(level, code) for code, level in shown.keysym_to_keycodes(_keysym(keys.key))]
    lowest = min((level for level, _ in places), default=0)
    held = X.ShiftMask if SHIFT in keys.held or lowest == 1 else 0
    held |= X.ControlMask if "ctrl" in keys.held else 0
    held |= _mask(shown, "Alt_L", "Alt_R") or X.Mod1Mask if "alt" in keys.held else 0
    held |= _mask(shown, "Super_L", "Super_R") or X.Mod4Mask if "cmd" in keys.held else 0
    locks = product((0, X.LockMask), (0, _mask(shown, "Num_Lock")), (0, _mask(shown, "Scroll_Lock")))
    locked = {caps | number | scroll for caps, number, scroll in locks}
    return frozenset((code, held | lock) for level, code in places if level == lowest for lock in locked)


def _keysym(key: str) -> int:
    """See X protocol, appendix A: what a key stands for, whatever its place on the keyboard."""
    if len(key) == 1:
        return ord(key) if ord(key) < 0x100 else _UNICODE + ord(key)
    return int(XK.string_to_keysym(_NAMES.get(key) or (key if key == "space" else key.upper())))


def _mask(shown: display.Display, *names: str) -> int:
    """The modifier that one of these keys stands for; 0 where there is none."""
    codes = {code for name in names for code, _ in shown.keysym_to_keycodes(XK.string_to_keysym(name))}
    rows = enumerate(shown.get_modifier_mapping())
    return next((1 << number for number, row in rows if codes.intersection(row)), 0)
