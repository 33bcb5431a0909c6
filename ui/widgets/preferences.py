"""What the settings page says of the ranking of replies: what it learnt here, with the way to forget it."""

from __future__ import annotations

from PySide6.QtCore import Slot

from ui.widgets.basics import Text
from ui.widgets.forgetting import ForgettingSection
from ui.words import RANKING_ASKED, RANKING_HELP, preference_words

MOST = 8


class PreferencesSection(ForgettingSection):
    """Hidden until something was learnt. Reset asks once."""

    def __init__(self) -> None:
        super().__init__(
            "Order of the replies",
            forgets="Forget what the ranking of replies learnt",
            asked=RANKING_ASKED,
            sure="Forget what was learnt now",
            keeps="Keep what was learnt",
        )
        self.words = Text("Learnt from the replies that you copied, edited or dismissed:", wrap=True)
        self.list = Text("", wrap=True)
        for part in (self.words, self.list, Text(RANKING_HELP, "soft", 12, wrap=True)):
            self.body.addWidget(part)
        self.body.addLayout(self.answers)
        self.show_preferences(())

    @Slot(object)
    def show_preferences(self, learnt: tuple[tuple[str, float], ...]) -> None:
        """Shows what counts most; nothing learnt hides the section."""
        strongest = sorted(learnt, key=lambda item: -abs(item[1]))[:MOST]
        self.list.setText("\n".join(preference_words(name, weight) for name, weight in strongest))
        self.setVisible(bool(learnt))
        self._rest()
