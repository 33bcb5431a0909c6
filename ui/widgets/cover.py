"""What stands over the whole window while it locks, and the line that counts down to that."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.basics import Text, announce


class Cover(QFrame):
    """Opaque, over everything in its window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setProperty("kind", "cover")
        self.setAccessibleName("Locking")
        words = Text("Locking…", "soft", 16, bold=True)
        words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(words)
        self.hide()

    def drop(self) -> None:
        """Falls over the window, painted before anything else is done."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()
        self.setFocus()
        self.repaint()


class Countdown(QFrame):
    """Quiet: one line, said once, gone with the next key or click."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "listening")
        self.words = Text("", "uneasy", 12)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 4, 14, 4)
        layout.addWidget(self.words, 1)
        self.hide()

    @Slot(int)
    def show_left(self, seconds: int) -> None:
        """Shows how many seconds are left; below 0 nothing."""
        if seconds < 0:
            self.hide()
            return
        self.words.setText(f"Locks in {seconds} s. Press a key or click here to stay.")
        if self.isHidden():
            announce(self, self.words.text())
        self.show()
