"""What the desktop tells beside a copy: which program it came from. Empty wherever it does not tell."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

_MAX_NAMES = 4


def front_programs() -> tuple[str, ...]:
    """Names of the program whose window is in front, or that owns the clipboard; empty where it cannot be told.

    X11: the window's class. Windows: the file of the program that owns the clipboard. macOS: the front program's name.
    Wayland tells nobody. Takes some milliseconds: it belongs to a lane.
    """
    if sys.platform == "win32":
        return _windows_owner()
    if sys.platform == "darwin":
        return _mac_front()
    return _x11_front() if os.environ.get("DISPLAY") else ()


def clipboard_kinds() -> dict[str, bytes]:
    """Kinds of the copy that Qt does not pass on, by name: on macOS all types of the pasteboard, else none."""
    if sys.platform != "darwin":
        return {}
    try:
        from AppKit import NSPasteboard  # type: ignore[import-not-found]  # comes with pynput, on macOS only
    except ImportError:
        return {}
    return {str(kind): b"" for kind in NSPasteboard.generalPasteboard().types() or ()}


def _x11_front() -> tuple[str, ...]:
    from Xlib import X, display, error  # type: ignore[import-untyped]  # ships no type information

    try:
        shown = display.Display()
    except (error.DisplayError, OSError):
        return ()
    try:
        active = shown.screen().root.get_full_property(shown.intern_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        if active is None or not active.value or not active.value[0]:
            return ()
        names = shown.create_resource_object("window", active.value[0]).get_wm_class()
        return tuple(map(str, names or ()))[:_MAX_NAMES]
    except (error.XError, error.ConnectionClosedError, OSError):  # the window is gone already, or the server is
        return ()
    finally:
        with suppress(error.ConnectionClosedError, OSError):
            shown.close()


def _windows_owner() -> tuple[str, ...]:
    import ctypes

    import psutil

    user32 = ctypes.windll.user32  # type: ignore[attr-defined]  # on Windows only
    user32.GetClipboardOwner.restype = ctypes.c_void_p
    window = user32.GetClipboardOwner() or user32.GetForegroundWindow()
    process = ctypes.c_ulong(0)
    if not window or not user32.GetWindowThreadProcessId(ctypes.c_void_p(window), ctypes.byref(process)):
        return ()
    try:
        return (psutil.Process(process.value).name(),)
    except psutil.Error:
        return ()


def _mac_front() -> tuple[str, ...]:
    try:
        from AppKit import NSWorkspace
    except ImportError:
        return ()
    front = NSWorkspace.sharedWorkspace().frontmostApplication()
    return (str(front.localizedName()), str(front.bundleIdentifier())) if front is not None else ()
