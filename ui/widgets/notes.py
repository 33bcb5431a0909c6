"""What the reader says of a conversation: recognised, skipped, guessed; and the way to put a table's columns right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.widgets.basics import Button
from ui.widgets.prose import Prose


class Notes(QWidget):
    """Sentences, and a link below them where the conversation came out of a table."""

    columns_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = Prose("soft", px=12)
        self.columns = Button("Columns…", "link", "Choose what the columns of the table hold")
        self.columns.clicked.connect(self.columns_asked)
        self.columns.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.words)
        layout.addWidget(self.columns, 0, Qt.AlignmentFlag.AlignLeft)

    def text(self) -> str:
        """The sentences as they are shown."""
        return self.words.text()

    def set_text(self, text: str) -> None:
        """Shows sentences, one a line."""
        self.words.set_text(text)

    @Slot(bool)
    def set_table(self, there: bool) -> None:
        """Whether the conversation came out of a table."""
        self.columns.setVisible(there)
