"""Locking by hand, and when it locks by itself."""

from __future__ import annotations

from PySide6.QtCore import Signal

from agent_assist.settings import LOCK_AFTER, Settings
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.safety.part import Part
from ui.safety.words import counted
from ui.widgets.basics import Button, Text, row

LEAD = (
    "Locking saves what is open, blanks the window and starts the program anew, so that neither the key nor any text "
    "stays in its memory."
)


class LockPart(Part):
    """Says what locking does."""

    lock_asked = Signal()
    settings_asked = Signal()

    def __init__(self, custody: CustodyPort, bridge: Bridge, settings: Settings) -> None:
        super().__init__("Lock", custody, bridge)
        self._settings = settings
        self.words = Text("", wrap=True)
        self.lock = Button("Lock now", tip="Ctrl+L")
        self.change = Button("Change…", "link", "Change when it locks by itself")
        self.lock.clicked.connect(self.lock_asked)
        self.change.clicked.connect(self.settings_asked)
        self.inner.addWidget(self.words)
        self.inner.addWidget(Text(LEAD, "soft", 12, wrap=True))
        self.inner.addLayout(row(self.lock, self.change))

    def look_up(self) -> None:
        """Shows when it locks by itself."""
        minutes, reason = self._settings[LOCK_AFTER], self._settings.locked(LOCK_AFTER)
        by_itself = f"Locks by itself after {counted(minutes, 'minute')} without a key or click in this window."
        self.words.setText(f"{by_itself if minutes else 'Never locks by itself.'} {reason}".strip())
        self.change.setVisible(not reason)
