"""Which conversations are under a legal hold."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal

from agent_assist.records import HistoryItem, Query
from ui.bridge import Bridge
from ui.custody_port import CustodyPort
from ui.safety.part import Part
from ui.safety.words import counted, preview
from ui.widgets.basics import Button, Text, row

NONE = "No conversation is under a legal hold. “Hold” in the history puts one there: nothing erases it then."
SEARCH = "held:yes"
MOST = 500


class HoldsPart(Part):
    """Shows them; they are released in the history."""

    search_asked = Signal(str)

    def __init__(self, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__("Legal hold", custody, bridge)
        self.words, self.list = Text("", wrap=True), Text("", "soft", 12, wrap=True)
        self.show_all = Button("Show in the history", "plain", "Show the conversations on hold in the history")
        self.show_all.clicked.connect(lambda: self.search_asked.emit(SEARCH))
        self.inner.addWidget(self.words)
        self.inner.addWidget(self.list)
        self.inner.addLayout(row(self.show_all))

    def look_up(self) -> None:
        """Asks which are held."""
        self.look(lambda: self.custody.find(Query(held=True), MOST), self.show_items)

    def show_items(self, items: Sequence[HistoryItem]) -> None:
        """Shows the first of them."""
        count = f"at least {len(items):,} conversations" if len(items) == MOST else counted(len(items))
        self.words.setText(f"Under a legal hold: {count}. Nothing erases them." if items else NONE)
        self.words.set_tone("ink" if items else "soft")
        self.list.setText(preview(items))
        self.list.setVisible(bool(items))
        self.show_all.setVisible(bool(items))
