"""The tags of one conversation, written side by side in one field."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.widgets.basics import Button, Text, row

MOST, LONGEST = 20, 40


def split_tags(text: str) -> tuple[str, ...]:
    """Tags as they were written, separated by commas: each once, at most 20 of at most 40 characters."""
    found = (" ".join(part.split())[:LONGEST].rstrip() for part in text.replace(";", ",").split(","))
    tags: dict[str, str] = {}
    for tag in filter(None, found):
        tags.setdefault(tag.casefold(), tag)
    return tuple(tags.values())[:MOST]


class TagEditor(QWidget):
    """Hidden until it is asked for."""

    saved = Signal(str, object)  # id of the conversation, its tags

    def __init__(self) -> None:
        super().__init__()
        self._id = ""
        self.words = Text("Tags, separated by commas", "soft", 12)
        self.field = _Field()
        self.field.setAccessibleName("Tags, separated by commas")
        self.save = Button("Save tags", "primary")
        self.cancel = Button("Cancel", "plain", "Leave the tags as they are")
        self.save.clicked.connect(self._save)
        self.field.returnPressed.connect(self._save)
        self.field.left.connect(self.leave)
        self.cancel.clicked.connect(self.leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        layout.addLayout(row(self.field, self.save, self.cancel, stretch=False))
        self.hide()

    def edit(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        """Shows the tags of a conversation."""
        self._id = conversation_id
        self.field.setText(", ".join(tags))
        self.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def leave(self) -> None:
        """Changes nothing."""
        self.field.clear()
        self.hide()

    @Slot()
    def _save(self) -> None:
        identity, tags = self._id, split_tags(self.field.text())
        self.leave()
        self.saved.emit(identity, tags)


class _Field(QLineEdit):
    """Esc leaves it, not the page."""

    left = Signal()

    def event(self, event: QEvent) -> bool:
        override = event.type() is QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            event.accept()  # a key of this field, before it is one of the window
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
