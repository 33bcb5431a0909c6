"""A note made from the case, to be read over, changed where needed, and copied. It stands in the page, not over it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPlainTextEdit

from ui.widgets.basics import Button, Section, row

MOST_HEIGHT, LINE, PADDING = 260, 19, 16


class NotePanel(Section):
    """One note at a time. What the person changes in it goes with the panel."""

    copy_asked = Signal(str, str)  # text, what it was, for the message

    def __init__(self) -> None:
        super().__init__("Note")
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName("Note")
        self.copy = Button("Copy", "primary", "Copy the note")
        self.shut = Button("Close", "ghost", "Close the note", "Esc")
        self.copy.clicked.connect(self._copy)
        self.shut.clicked.connect(self.close_note)
        self.heading.addWidget(self.shut)
        self.body.addWidget(self.text)
        self.body.addLayout(row(self.copy))
        self.hide()

    def show_note(self, title: str, text: str) -> None:
        """Shows a note."""
        self.title.setText(title)
        self.setAccessibleName(title)
        self.text.setAccessibleName(f"{title}, can be changed")
        self.text.setPlainText(text)
        self.show()
        self.fit()
        self.copy.setFocus(Qt.FocusReason.OtherFocusReason)

    def fit(self) -> None:
        """Takes the height of the text, up to the most."""
        lines = round(self.text.document().size().height())
        self.text.setFixedHeight(min(MOST_HEIGHT, lines * LINE + PADDING))

    @Slot()
    def close_note(self) -> None:
        """Shows no note."""
        self.text.clear()
        self.hide()

    @Slot()
    def _copy(self) -> None:
        self.copy_asked.emit(self.text.toPlainText(), f"{self.title.text()} copied")
