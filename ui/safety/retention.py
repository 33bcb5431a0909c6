"""How long conversations are kept, what would go today, and erasing that now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from PySide6.QtCore import Signal, Slot

from agent_assist.records import Erased, HistoryItem
from agent_assist.settings import KEEP_DAYS, Settings
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.safety.part import Confirm, Part
from ui.safety.words import CANNOT_UNDO, ages, counted, erased_words
from ui.widgets.basics import Button, Text, row

FOR_EVER = "Conversations are kept for ever."


class RetentionPart(Part):
    """Shows first, erases only after a second yes."""

    erased = Signal(object)  # ids of the conversations, tuple[str, ...]
    settings_asked = Signal()

    def __init__(self, custody: CustodyPort, bridge: Bridge, settings: Settings) -> None:
        super().__init__("How long conversations are kept", custody, bridge)
        self._settings = settings
        self._due: tuple[str, ...] = ()
        self.rule, self.today = Text("", wrap=True), Text("", wrap=True)
        self.list = Text("", "soft", 12, wrap=True)
        self.change = Button("Change…", "link", "Change how long conversations are kept")
        self.erase = Button("Erase now…", "plain", "Erase what is older than the rule allows")
        self.confirm = Confirm("Erase for good", spoken="Erase what has been kept too long, for good", final=True)
        self.confirm.began.connect(self.erase.hide)
        self.confirm.ended.connect(self.erase.show)
        self.change.clicked.connect(self.settings_asked)
        self.erase.clicked.connect(self._ask)
        self.confirm.agreed.connect(self._erase)
        for part in (self.rule, self.today, self.list, self.confirm):
            self.inner.addWidget(part)
        self.inner.addLayout(row(self.erase, self.change))

    def look_up(self) -> None:
        """Asks what would go today."""
        days, reason = self._settings[KEEP_DAYS], self._settings.locked(KEEP_DAYS)
        rule = f"Kept for {counted(days, 'day')} after the last save, then erased." if days else FOR_EVER
        self.rule.setText(f"{rule} {reason}".strip())
        self.change.setVisible(not reason)
        self.look(self.custody.due, self.show_due)

    def show_due(self, items: Sequence[HistoryItem]) -> None:
        """Shows what would go."""
        self._due, days = tuple(item.id for item in items), self._settings[KEEP_DAYS]
        self.today.setText(f"{counted(len(items))} older than {counted(days, 'day')} would go today.")
        self.list.setText(ages(items, datetime.now(UTC)))
        if days and not items:
            self.today.setText("Nothing is older than that today.")
        self.today.setVisible(bool(days))
        self.list.setVisible(bool(items))
        self.erase.setVisible(bool(items) and self.confirm.isHidden())

    @Slot()
    def _ask(self) -> None:
        self.confirm.ask(f"Erase {counted(len(self._due))}, here and from every backup in reach? {CANNOT_UNDO}")

    @Slot()
    def _erase(self) -> None:
        self.errand.run(
            f"Erasing {counted(len(self._due))}…", lambda _post, _token: self.custody.retain(), self._on_erased
        )

    def _on_erased(self, erased: Erased) -> None:
        self.said.emit(erased_words(erased))
        self.erased.emit(erased.ids)
