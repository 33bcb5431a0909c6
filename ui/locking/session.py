"""Hears when the desktop's own screen lock comes on: Linux desktops tell it on their session bus."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import SLOT, QObject, Signal, Slot

from agent_assist import log

FREEDESKTOP = ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver")
GNOME = ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver")


class SessionLock(QObject):
    """Says nothing where no desktop tells it: then the time without a key or click is what counts."""

    locked = Signal()

    def listen(self) -> bool:
        """Begins to listen; whether there is a bus to listen to."""
        if not _has_bus():  # asking for one would start one
            return False
        try:
            from PySide6.QtDBus import QDBusConnection
        except ImportError:  # a build of Qt without it
            log.get("ui").info("no D-Bus here: the desktop's lock is not heard")
            return False
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return False
        slot = SLOT("on_active(bool)")
        for service, path in (FREEDESKTOP, GNOME):
            bus.connect("", path, service, "ActiveChanged", self, slot)  # type: ignore[call-overload]  # text is what it takes
        return True

    @Slot(bool)
    def on_active(self, active: bool) -> None:
        """The screen was locked, or unlocked."""
        if active:
            self.locked.emit()


def _has_bus() -> bool:
    """Whether the desktop runs a session bus."""
    if os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return True
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    return bool(folder) and Path(folder, "bus").is_socket()
