"""How the history's files are: what is known, a check on request, and the next step where something is wrong."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from agent_assist.records import BackupItem, Health
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.safety.part import Part
from ui.safety.words import exactly, health_words
from ui.widgets.basics import Button, Text, row

CHECKING = "Reading every page of the files…"


class HealthPart(Part):
    """Shown also where the history does not open: then it is needed most."""

    needs_open = False
    restore_asked = Signal(object)  # BackupItem

    def __init__(self, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__("Health of the files", custody, bridge)
        self._newest: BackupItem | None = None
        self.words = Text("", wrap=True)
        self.aside = Text("", "soft", 12, wrap=True)
        self.check = Button("Check now", "plain", "Check every page of the history now")
        self.mend = Button("Restore…", "primary", "Restore the newest good backup")
        self.check.clicked.connect(self.check_now)
        self.mend.clicked.connect(self._mend)
        for part in (self.words, self.aside):
            self.inner.addWidget(part)
        self.inner.addLayout(row(self.mend, self.check))
        self._show_mend(None)

    def look_up(self) -> None:
        """Asks what is known."""
        self.check.setEnabled(self.custody.is_open)
        self.look(self.custody.health, self.show_health)

    def show_health(self, health: Health) -> None:
        """Shows how the files are, and the newest good backup where something is wrong."""
        self.words.setText(health_words(health, looked_at=self.custody.is_open))
        self.words.set_tone("ink" if health.good else "hot")
        paths = "\n".join(str(path) for path in health.set_aside)
        self.aside.setText(f"Moved out of the way, not deleted:\n{paths}")
        self.aside.setVisible(bool(health.set_aside))
        self._show_mend(None if health.good else health.newest_backup)

    @Slot()
    def check_now(self) -> None:
        """Reads every page."""
        self.errand.run(CHECKING, lambda _post, _token: self.custody.check(full=True), self._on_checked)

    def _on_checked(self, health: Health) -> None:
        self.show_health(health)
        self.said.emit("Checked: the files are whole" if health.good else "Checked: something is wrong")

    def _show_mend(self, newest: BackupItem | None) -> None:
        self._newest = newest
        self.mend.setVisible(newest is not None)
        if newest is not None:
            self.mend.setText(f"Restore {exactly(newest.at)}…")
            self.mend.setAccessibleName(f"Restore the newest good backup, of {exactly(newest.at)}")

    @Slot()
    def _mend(self) -> None:
        if self._newest is not None:
            self.restore_asked.emit(self._newest)
