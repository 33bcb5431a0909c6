"""What the settings page says of the ranking of replies: what it learnt here, with the way to forget it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from ui.widgets.basics import Button, Section, Text, row
from ui.words import RANKING_ASKED, RANKING_HELP, RESET, preference_words

MOST = 8


class PreferencesSection(Section):
    """Hidden until something was learnt. Reset asks once."""

    reset_asked = Signal()

    def __init__(self) -> None:
        super().__init__("Order of the replies")
        self.words = Text("Learnt from the replies that you copied, edited or dismissed:", wrap=True)
        self.list = Text("", wrap=True)
        self.reset = Button(RESET, "plain", "Forget what the ranking of replies learnt")
        self.question = Text(RANKING_ASKED)
        self.sure, self.cancel = Button("Forget", "primary", "Forget what was learnt now"), Button("Keep", "plain")
        self.cancel.setAccessibleName("Keep what was learnt")
        self.reset.clicked.connect(self._ask)
        self.sure.clicked.connect(self._go)
        self.cancel.clicked.connect(self._rest)
        for part in (self.words, self.list, Text(RANKING_HELP, "soft", 12, wrap=True)):
            self.body.addWidget(part)
        self.body.addLayout(row(self.reset, self.question, self.sure, self.cancel))
        self.show_preferences(())

    @Slot(object)
    def show_preferences(self, learnt: tuple[tuple[str, float], ...]) -> None:
        """Shows what counts most; nothing learnt hides the section."""
        strongest = sorted(learnt, key=lambda item: -abs(item[1]))[:MOST]
        self.list.setText("\n".join(preference_words(name, weight) for name, weight in strongest))
        self.setVisible(bool(learnt))
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
