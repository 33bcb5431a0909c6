"""One customer: every saved conversation, the worst of them, the last contact."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot

from agent_assist.errors import AgentAssistError
from agent_assist.records import HistoryItem
from ui.bridge import Bridge, Task
from ui.excerpts import clip
from ui.item_models import HistoryModel
from ui.pages import Page
from ui.ports import DeskPort
from ui.safety.words import counted, exactly
from ui.widgets.basics import Button, Section, Text, row
from ui.widgets.saved_list import SavedList
from ui.words import FEELING, colour_role, level

LONGEST = 80  # characters of a name


class CustomerPage(Page):
    """Reached from a conversation in the history."""

    title = "Customer"
    open_asked = Signal(str)
    erase_asked = Signal(str)  # the customer's name
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__()
        self._desk, self._bridge = desk, bridge
        self._name = ""
        self._task: Task[Sequence[HistoryItem]] | None = None
        card = Section("Customer")
        self.name = Text("", px=16, bold=True, wrap=True)
        self.count, self.peak, self.last = Text("", wrap=True), Text("", wrap=True), Text("", wrap=True)
        self.held = Text("", "soft", wrap=True)
        self.model = HistoryModel()
        self.list = SavedList(self.model, "Conversations with this customer")
        self.open_button = Button("Open", "primary", "Open the selected conversation", "Enter")
        self.erase = Button("Erase everywhere…", "plain", "Erase this customer everywhere")
        self.open_button.clicked.connect(self._open)
        self.list.open_asked.connect(self._open)
        self.erase.clicked.connect(lambda: self.erase_asked.emit(self._name))
        for part in (self.name, self.count, self.peak, self.last, self.held):
            card.body.addWidget(part)
        card.body.addLayout(row(self.open_button, self.erase))
        self.body.addWidget(card)
        self.body.addWidget(self.list, 1)

    def show_customer(self, name: str) -> None:
        """Whom the page is about."""
        self._name = name
        self.name.setText(clip(name, LONGEST))
        self._show([])
        self.count.setText("Looking…")

    def enter(self) -> None:
        """Lists anew."""
        if self._task is not None:
            self._task.drop()
        name = self._name
        self._task = self._bridge.run(
            "db", lambda _post, _token: self._desk.custody.customer(name), self._show, self._on_failed
        )

    def _show(self, items: Sequence[HistoryItem]) -> None:
        self.model.show_items(items)
        self.count.setText(f"{counted(len(items))} saved" if items else "Nothing is saved of this customer.")
        worst = max((item for item in items if item.peak is not None), key=lambda item: item.peak or 0.0, default=None)
        self.peak.setVisible(worst is not None)
        if worst is not None and worst.peak is not None and worst.label is not None:
            self.peak.setText(
                f"At worst {FEELING[worst.label].lower()}, {level(worst.peak)} distress, {worst.peak:.0%}"
            )
            self.peak.set_tone(colour_role(worst.label, worst.peak))
        self.last.setVisible(bool(items))
        if items:
            self.last.setText(f"Last contact saved {exactly(max(item.saved_at for item in items))}")
            self.list.setCurrentIndex(self.model.index(0))
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        held = sum(item.held for item in items)
        self.held.setText(f"{counted(held)} under a legal hold")
        self.held.setVisible(bool(held))
        for part in (self.list, self.open_button, self.erase):
            part.setVisible(bool(items))

    def _on_failed(self, error: AgentAssistError) -> None:
        self._show([])
        self.failed.emit(error)

    @Slot()
    def _open(self) -> None:
        item = self.list.chosen
        if item is not None:
            self.open_asked.emit(item.id)
