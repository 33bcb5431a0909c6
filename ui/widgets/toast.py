"""A short message over the foot of the window, with Undo where something was removed, and the inline problem card."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.basics import Button, Text, announce, restyle, row
from ui.widgets.prose import Prose

TOAST_MS = 3000
UNDO_MS = 7000


class Toast(QFrame):
    """One message at a time. `gone` is called when it goes without Undo."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "toast")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        self.words = Text()
        self.undo = Button("Undo", "toast", "Undo")
        self.undo.clicked.connect(self.take_back)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.undo)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.flush)
        self._on_undo: Callable[[], None] | None = None
        self._on_gone: Callable[[], None] | None = None
        self._lift: Callable[[], int] = lambda: 0
        self.hide()

    def set_lift(self, lift: Callable[[], int]) -> None:
        """Has it stand so many pixels higher: above what is in use at the foot of the page."""
        self._lift = lift

    def say(self, words: str, undo: Callable[[], None] | None = None, gone: Callable[[], None] | None = None) -> None:
        """Shows a message, after letting go of the one before."""
        self.flush()
        self._on_undo, self._on_gone = undo, gone
        self.words.setText(words)
        self.setAccessibleName(words)
        self.undo.setVisible(undo is not None)
        self.place()
        self.show()
        announce(self, words)
        self.raise_()
        self._timer.start(UNDO_MS if undo else TOAST_MS)

    def place(self) -> None:
        """Stands above the foot of its window."""
        parent = self.parentWidget()
        if parent is not None:
            width = parent.width() - 28
            self.setFixedWidth(width)
            self.adjustSize()
            self.move(14, parent.height() - self.height() - 46 - self._lift())

    @Slot()
    def flush(self) -> None:
        """Lets the message go now: what it would have undone becomes final."""
        self._timer.stop()
        gone, self._on_undo, self._on_gone = self._on_gone, None, None
        self.hide()
        if gone is not None:
            gone()

    @Slot()
    def take_back(self) -> None:
        """Undoes what can still be undone."""
        undo, self._on_undo, self._on_gone = self._on_undo, None, None
        self.flush()
        if undo is not None:
            undo()


class Notice(QFrame):
    """A problem in the page it belongs to: what happened, what to do, and buttons for it. Never a dialog."""

    changed = Signal(bool)  # whether it is shown

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "notice")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 8, 10)
        layout.setSpacing(6)
        self.words = Prose()
        self.action = Button("", "plain", "Help")
        self.close_button = Button("Dismiss", "ghost", "Dismiss this message")
        self.close_button.clicked.connect(self.clear)
        self.action.clicked.connect(self._act)
        layout.addWidget(self.words)
        buttons = row(self.action)
        buttons.addWidget(self.close_button)
        layout.addLayout(buttons)
        self._on_action: Callable[[], None] | None = None
        self.hide()

    def say(self, words: str, tone: str = "uneasy", action: str = "", run: Callable[[], None] | None = None) -> None:
        """Shows a problem.

        Args:
            words: what happened and what to do.
            tone: "uneasy" for something to mend, "hot" for something lost or broken.
            action: words of a button that helps, with what it runs.
            run: called when that button is pressed.
        """
        self.words.set_text(words)
        self.setAccessibleName(words)
        self.setProperty("tone", tone)
        restyle(self)
        self._on_action = run
        self.action.setVisible(run is not None)
        self.action.setText(action)
        self.action.setAccessibleName(action or "Help")
        self.show()
        announce(self, words)
        self.changed.emit(True)

    @Slot()
    def clear(self) -> None:
        """Takes the problem away."""
        self._on_action = None
        self.hide()
        self.changed.emit(False)

    @Slot()
    def _act(self) -> None:
        run = self._on_action
        self.clear()
        if run is not None:
            run()
