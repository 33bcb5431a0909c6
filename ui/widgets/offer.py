"""A quiet bar below the window's head: something was copied that may be taken in. It goes away by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.widgets.basics import Button, Text, announce

OFFER_MS = 20_000
ACCEPT_KEY = "Ctrl+Shift+V"
_TOP = 66  # pixels: right below the head, where nobody says otherwise
_SIDE = 14


class OfferBar(QFrame):
    """One offer at a time; it never takes the focus."""

    accepted = Signal()
    gone = Signal()  # refused, or nobody answered

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._top: Callable[[], int] = lambda: _TOP
        self.setProperty("kind", "toast")
        self.words = Text(wrap=True)
        self.accept = Button("Take it in", "toast", "Take the copied conversation in", ACCEPT_KEY)
        self.refuse = Button("No", "toast", "Do not take it in")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.addWidget(self.words)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.accept)
        buttons.addWidget(self.refuse)
        layout.addLayout(buttons)
        self._key = QShortcut(QKeySequence(ACCEPT_KEY), window)
        self._key.setEnabled(False)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.drop)
        self._key.activated.connect(self._take)
        self.accept.clicked.connect(self._take)
        self.refuse.clicked.connect(self.drop)
        window.installEventFilter(self)
        self.hide()

    def set_top(self, top: Callable[[], int]) -> None:
        """Has it stand so many pixels below the window's upper edge."""
        self._top = top

    def offer(self, words: str) -> None:
        """Shows an offer in place of the one before."""
        self.words.setText(words)
        self.setAccessibleName(words)
        self._key.setEnabled(True)
        self._place()
        self.show()
        self.raise_()
        announce(self, words)
        self._timer.start(OFFER_MS)

    @Slot()
    def drop(self) -> None:
        """Takes the offer away; nothing happens where there is none."""
        if self._leave():
            self.gone.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  # Qt's name
        """Keeps to the window's width."""
        if event.type() is QEvent.Type.Resize and not self.isHidden():
            self._place()
        return False

    @Slot()
    def _take(self) -> None:
        if self._leave():
            self.accepted.emit()

    def _leave(self) -> bool:
        shown = not self.isHidden()
        self._timer.stop()
        self._key.setEnabled(False)
        self.hide()
        return shown

    def _place(self) -> None:
        self.setFixedWidth(self._window.width() - 2 * _SIDE)
        self.adjustSize()
        self.move(_SIDE, self._top())
