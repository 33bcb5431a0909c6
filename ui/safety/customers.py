"""Erasing a customer everywhere: search, see what would go, type the name, erase."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from agent_assist.records import CustomerItem, Erased, HistoryItem
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.excerpts import clip
from ui.safety.part import Confirm, Part
from ui.safety.words import CANNOT_UNDO, counted, customer_words, erased_words, preview
from ui.widgets.basics import Button, Text

DEBOUNCE_MS = 180
MOST = 6
LONGEST = 60  # characters of a name
LEAD = "Erases all conversations with one customer: here, in the search index and in every backup in reach."


class CustomersPart(Part):
    """Nothing is erased before the customer's name was typed."""

    erased = Signal(object)  # ids of the conversations, tuple[str, ...]
    page_asked = Signal(str)  # a customer's name

    def __init__(self, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__("Erase a customer everywhere", custody, bridge)
        self._chosen = ""
        self._going: tuple[str, ...] = ()
        self.field = QLineEdit()
        self.field.setPlaceholderText("Name of the customer")
        self.field.setAccessibleName("Search customers")
        self.field.setClearButtonEnabled(True)
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DEBOUNCE_MS)
        self._wait.timeout.connect(self._search)
        self.field.textChanged.connect(self._on_typed)
        self._list = QVBoxLayout()
        self._list.setSpacing(4)
        self.found: list[Button] = []
        self.none = Text("No customer has a name like that.", "soft")
        self.list = Text("", "soft", 12, wrap=True)
        self.confirm = Confirm("Erase everywhere", spoken="Erase this customer everywhere, for good", final=True)
        self.name = QLineEdit()
        self.name.setAccessibleName("The customer's name, to confirm")
        self.name.textChanged.connect(self._on_name)
        self.confirm.parts.insertWidget(1, self.name)
        self.confirm.agreed.connect(self._erase)
        self.confirm.ended.connect(self.name.clear)
        self.inner.addWidget(Text(LEAD, "soft", 12, wrap=True))
        self.inner.addWidget(self.field)
        self.inner.addLayout(self._list)
        for part in (self.none, self.list, self.confirm):
            self.inner.addWidget(part)
            part.hide()

    def look_up(self) -> None:
        """Searches anew what is asked for."""
        self._search()

    def choose(self, name: str) -> None:
        """Shows what would go with a customer."""
        self.field.blockSignals(True)
        self.field.setText(name)
        self.field.blockSignals(False)
        self._show_found([])
        self.look(lambda: self.custody.customer(name), lambda items: self._show_one(name, items))

    @Slot()
    def _on_typed(self) -> None:
        self._forget()
        self._wait.start()

    def _forget(self) -> None:
        self._chosen = ""
        self.list.hide()
        self.confirm.leave()

    @Slot()
    def _search(self) -> None:
        words = self.field.text().strip()
        if self._chosen and words == self._chosen:
            return
        if not words:
            self._show_found([])
            return
        self.look(lambda: self.custody.customers(words, MOST), self._show_answer)

    def _show_answer(self, items: Sequence[CustomerItem]) -> None:
        self._show_found(items)
        self.none.setVisible(not items)

    def _show_found(self, items: Sequence[CustomerItem]) -> None:
        for old in self.found:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.none.hide()
        self.found = [self._make_button(item) for item in items]
        for button in self.found:
            self._list.addWidget(button)

    def _make_button(self, item: CustomerItem) -> Button:
        words = f"{clip(item.name, LONGEST)} · {customer_words(item)}"
        button = Button(clip(words, LONGEST), "chip", f"Choose {words}", words)
        button.clicked.connect(lambda _on=False, name=item.name: self.choose(name))
        return button

    def _show_one(self, name: str, items: Sequence[HistoryItem]) -> None:
        self._going = tuple(item.id for item in items if not item.held)
        going, held = len(self._going), len(items) - len(self._going)
        self._chosen = name
        self.list.setText(preview(items) or "Nothing is kept of this customer.")
        self.list.show()
        if not going:
            self.confirm.hide()
            if held:
                self.list.setText(f"{preview(items)}\nAll are under a legal hold: release them first.")
            return
        stay = f" {counted(held)} under a legal hold will stay." if held else ""
        question = f"Erase {counted(going)} with this customer?{stay} {CANNOT_UNDO}"
        self.confirm.ask(f"{question} Type the name to confirm: “{clip(name, LONGEST)}”")
        self.name.clear()
        self._on_name("")
        self.name.setFocus()

    @Slot(str)
    def _on_name(self, typed: str) -> None:
        same = " ".join(typed.split()).casefold() == " ".join(self._chosen.split()).casefold()
        self.confirm.yes.setEnabled(bool(self._chosen) and same)

    @Slot()
    def _erase(self) -> None:
        name = self._chosen
        self.errand.run("Erasing everywhere…", lambda _post, _token: self.custody.erase_customer(name), self._on_erased)

    def _on_erased(self, erased: Erased) -> None:
        self.said.emit(erased_words(erased))
        self.field.clear()
        self._forget()
        self.erased.emit(erased.ids)
