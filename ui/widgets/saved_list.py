"""A list of saved conversations, for the history and for a customer's page."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListView

from agent_assist.records import HistoryItem
from ui.item_models import HistoryModel
from ui.widgets.rows import HistoryDelegate


class SavedList(QListView):
    """Entries; Enter opens, Delete deletes."""

    open_asked = Signal()
    delete_asked = Signal()

    def __init__(self, model: HistoryModel, name: str) -> None:
        super().__init__()
        self._entries = model
        self.setModel(model)
        self.setItemDelegate(HistoryDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setIconSize(QSize(0, 0))
        self.setAccessibleName(name)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.activated.connect(self.open_asked)
        self.doubleClicked.connect(self.open_asked)

    @property
    def chosen(self) -> HistoryItem | None:
        """The entry that is chosen."""
        at = self.currentIndex()
        return self._entries.item(at) if at.isValid() else None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Adds the two keys."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_asked.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_asked.emit()
        else:
            super().keyPressEvent(event)
