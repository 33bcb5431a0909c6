"""The page "Privacy & safety": its parts in order, and what they want of the window."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot

from agent_assist.records import BackupItem
from ui.bridge import Bridge
from ui.pages import Page
from ui.ports import DeskPort
from ui.safety.backups import BackupsPart
from ui.safety.customers import CustomersPart
from ui.safety.health import HealthPart
from ui.safety.holds import HoldsPart
from ui.safety.key import KeyPart
from ui.safety.lock import LockPart
from ui.safety.part import Part
from ui.safety.retention import RetentionPart
from ui.safety.site import BlackoutPart, PolicyPart, ProcessPart
from ui.safety.trail import TrailPart
from ui.widgets.basics import Button, Text


class SafetyPage(Page):
    """Each part asks for its own figures when the page is opened; before that there are none."""

    title = "Privacy & safety"
    said = Signal(str)
    failed = Signal(object)
    lock_asked = Signal()
    unlock_asked = Signal()
    settings_asked = Signal()
    words_made = Signal(str)
    search_asked = Signal(str)  # words for the search field of the history
    gone = Signal(object)  # ids of conversations that were erased, tuple[str, ...]
    restored = Signal()

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge, self._custody = desk, bridge, desk.custody
        self.parts: tuple[Part, ...] = ()

    def _build(self) -> None:
        """Makes the parts when the page is first opened: making them would be felt when the window opens."""
        bridge, custody, settings = self._bridge, self._custody, self._desk.settings
        self.lock = LockPart(custody, bridge, settings)
        self.key = KeyPart(custody, bridge)
        self.backups = BackupsPart(custody, bridge, settings)
        self.health = HealthPart(custody, bridge)
        self.retention = RetentionPart(custody, bridge, settings)
        self.customers = CustomersPart(custody, bridge)
        self.holds = HoldsPart(custody, bridge)
        self.blackout = BlackoutPart(custody, bridge, settings)
        self.process = ProcessPart(self._desk, bridge)
        self.trail = TrailPart(custody, bridge)
        self.policy = PolicyPart(custody, bridge)
        self.parts = (
            *(self.lock, self.key, self.backups, self.health, self.retention),
            *(self.customers, self.holds, self.blackout, self.process, self.trail, self.policy),
        )
        self.locked = Text("The history is locked.", "soft", wrap=True)
        self.unlock = Button("Unlock history", "primary")
        self.unlock.clicked.connect(self.unlock_asked)
        self.body.addWidget(self.locked)
        self.body.addWidget(self.unlock)
        for part in self.parts:
            self.body.addWidget(part)
            part.said.connect(self.said)
            part.failed.connect(self.failed)
        self.body.addStretch(1)
        self._connect()

    def _connect(self) -> None:
        self.lock.lock_asked.connect(self.lock_asked)
        for asker in (self.lock, self.retention, self.blackout):
            asker.settings_asked.connect(self.settings_asked)
        self.key.words_made.connect(self.words_made)
        self.holds.search_asked.connect(self.search_asked)
        self.health.restore_asked.connect(self.offer_restore)
        for eraser in (self.retention, self.customers):
            eraser.erased.connect(self.gone)
            eraser.erased.connect(self._look_again)
        self.backups.restored.connect(self.restored)
        self.backups.restored.connect(self._look_again)

    @Slot()
    def enter(self) -> None:
        """Looks everything up anew."""
        if not self.parts:
            self._build()
        is_open = self._custody.is_open
        self.locked.setVisible(not is_open)
        self.unlock.setVisible(not is_open)
        for part in self.parts:
            part.refresh()

    @Slot(object)
    def offer_restore(self, item: BackupItem) -> None:
        """Asks whether a backup is to be restored, where the backups stand."""
        self.backups.ask(item)
        self.show_part(self.backups)

    def erase_customer(self, name: str) -> None:
        """Shows what would go with a customer."""
        self.customers.choose(name)
        self.show_part(self.customers)

    def show_part(self, part: Part) -> None:
        """Scrolls to a part, once the page is laid out."""
        QTimer.singleShot(0, part, lambda: self.ensureWidgetVisible(part, 0, 40))

    @Slot()
    def _look_again(self) -> None:
        for part in self.parts:
            part.refresh()
