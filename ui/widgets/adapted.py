"""What the settings page says of the agent's corrections, with the way to forget them."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from ui.widgets.basics import Button, Section, Text, row
from ui.words import ADAPTED_HELP, RESET, RESET_ASKED, adapted_words


class AdaptedSection(Section):
    """Hidden until something was corrected. Reset asks once."""

    reset_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Feelings")
        self.words = Text("", wrap=True)
        self.reset = Button(RESET, "plain", "Forget all corrections")
        self.question = Text(RESET_ASKED)
        self.sure, self.cancel = Button("Forget", "primary", "Forget all corrections now"), Button("Keep", "plain")
        self.cancel.setAccessibleName("Keep the corrections")
        self.reset.clicked.connect(self._ask)
        self.sure.clicked.connect(self._go)
        self.cancel.clicked.connect(self._rest)
        self.body.addWidget(self.words)
        self.body.addWidget(Text(ADAPTED_HELP, "soft", 12, wrap=True))
        self.body.addLayout(row(self.reset, self.question, self.sure, self.cancel))
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Shows how many corrections the readings stand on; none hides the section."""
        self.words.setText(adapted_words(count))
        self.setVisible(count > 0)
        self._rest()

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
