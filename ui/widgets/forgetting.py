"""A section of the settings that can forget what was learnt, and asks once before it does."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from ui.widgets.basics import Button, Section, Text, row
from ui.words import RESET


class ForgettingSection(Section):
    """Gives the row with Reset and its question; who inherits says what was learnt and adds the row at the end.

    Args:
        title: of the section.
        forgets: what Reset does, for a screen reader: "Forget all corrections".
        asked: the question.
        keeps: what the other answer does: "Keep the corrections".
        sure: what the first answer does: "Forget all corrections now".
    """

    reset_asked = Signal()

    def __init__(self, title: str, *, forgets: str, asked: str, sure: str, keeps: str) -> None:
        super().__init__(title)
        self.reset = Button(RESET, "plain", forgets)
        self.question = Text(asked)
        self.sure, self.cancel = Button("Forget", "primary", sure), Button("Keep", "plain")
        self.cancel.setAccessibleName(keeps)
        self.reset.clicked.connect(self._ask)
        self.sure.clicked.connect(self._go)
        self.cancel.clicked.connect(self._rest)
        self.answers = row(self.reset, self.question, self.sure, self.cancel)

    @Slot()
    def _rest(self) -> None:
        self._show_question(False)

    @Slot()
    def _ask(self) -> None:
        self._show_question(True)
        self.cancel.setFocus()

    @Slot()
    def _go(self) -> None:
        self._rest()
        self.reset_asked.emit()

    def _show_question(self, asks: bool) -> None:
        self.reset.setVisible(not asks)
        for part in (self.question, self.sure, self.cancel):
            part.setVisible(asks)
