"""What the settings page says of the agent's corrections, with the way to forget them."""

from __future__ import annotations

from ui.widgets.basics import Text
from ui.widgets.forgetting import ForgettingSection
from ui.words import ADAPTED_HELP, RESET_ASKED, adapted_words


class AdaptedSection(ForgettingSection):
    """Hidden until something was corrected. Reset asks once."""

    def __init__(self) -> None:
        super().__init__(
            "Feelings",
            forgets="Forget all corrections",
            asked=RESET_ASKED,
            sure="Forget all corrections now",
            keeps="Keep the corrections",
        )
        self.words = Text("", wrap=True)
        self.body.addWidget(self.words)
        self.body.addWidget(Text(ADAPTED_HELP, "soft", 12, wrap=True))
        self.body.addLayout(self.answers)
        self.show_count(0)

    def show_count(self, count: int) -> None:
        """Shows how many corrections the readings stand on; none hides the section."""
        self.words.setText(adapted_words(count))
        self.setVisible(count > 0)
        self._rest()
