"""What is running for a part of a page: a bar, a few words, and the way to stop it."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.widgets.basics import Button, Text

PATIENCE_MS = 300  # what is done by then needs no bar
STEPS = 1000


class ProgressStrip(QWidget):
    """Shown once something has run for a moment."""

    stop_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.bar, self.words = QProgressBar(), Text("", "soft", 12, wrap=True)
        self.bar.setTextVisible(False)
        self.stop = Button("Cancel", "plain")
        self.stop.clicked.connect(self.stop_asked)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.words)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(PATIENCE_MS)
        self._soon.timeout.connect(self.show)
        self.hide()

    def begin(self, words: str, stoppable: bool) -> None:
        """Something begins.

        Args:
            words: what is being done.
            stoppable: whether it can be stopped from here.
        """
        self.words.setText(words)
        self.bar.setAccessibleName(words)
        self.stop.setVisible(stoppable)
        self.stop.setAccessibleName(f"Cancel: {words}")
        self.bar.setRange(0, 0)
        self._soon.start()

    def show_done(self, done: float) -> None:
        """How much is done, 0 to 1."""
        self.bar.setRange(0, STEPS)
        self.bar.setValue(round(STEPS * min(1.0, max(0.0, done))))

    @Slot()
    def end(self) -> None:
        """It has ended."""
        self._soon.stop()
        self.hide()
