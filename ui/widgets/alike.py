"""A quiet line: another live conversation may be with the same customer. Only the agent joins them."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ui.widgets.basics import Button
from ui.widgets.prose import Prose

SURE = (
    "Join them into one? Their turns then stand in order of time; this cannot be undone. "
    "Where one of them is not kept, the joined one is not saved either."
)


class AlikeLine(QFrame):
    """Hidden without a proposal. Join asks once."""

    joined = Signal(str)  # id of the other conversation
    kept_apart = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "alike")
        self.setAccessibleName("Same customer")
        self.words = Prose("soft", px=12)
        self.join = Button("Join", "plain", "Join the two conversations")
        self.apart = Button("Keep apart", "ghost", "Keep the two conversations apart")
        self.sure = Button("Join now", "primary", "Join the two conversations now")
        self.cancel = Button("Cancel", "ghost", "Do not join them now")
        self._other, self._proposal = "", ""
        self.join.clicked.connect(self._ask)
        self.cancel.clicked.connect(self._rest)
        self.sure.clicked.connect(lambda: self._answer(self.joined))
        self.apart.clicked.connect(lambda: self._answer(self.kept_apart))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 7, 8, 7)
        layout.setSpacing(4)
        layout.addWidget(self.words)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        for button in (self.join, self.apart, self.sure, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        layout.addLayout(buttons)
        self.hide()

    def propose(self, other: str, words: str) -> None:
        """Shows a proposal: the other conversation's id, and why; an empty id for none."""
        if (other, words) == (self._other, self._proposal):
            return
        self._other, self._proposal = other, words
        self._rest()
        self.setVisible(bool(other))

    @Slot()
    def _ask(self) -> None:
        self._show(SURE, asking=True)
        self.sure.setFocus()

    @Slot()
    def _rest(self) -> None:
        self._show(self._proposal, asking=False)

    def _show(self, words: str, *, asking: bool) -> None:
        self.words.set_text(words)
        self.setAccessibleDescription(words)
        for button in (self.join, self.apart):
            button.setVisible(not asking)
        for button in (self.sure, self.cancel):
            button.setVisible(asking)

    def _answer(self, signal: SignalInstance) -> None:
        other = self._other
        self.propose("", "")
        signal.emit(other)
