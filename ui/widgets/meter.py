"""How much of the language model's context the conversation takes: a thin bar and a line of words."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from agent_assist.records import ContextUse
from ui.widgets.basics import Text
from ui.words import context_help, context_words

BAR_WIDTH = 60


class ContextMeter(QWidget):
    """Hidden until the model has read something."""

    def __init__(self) -> None:
        super().__init__()
        self.bar, self.words = QProgressBar(), Text("", "soft", 11)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setAccessibleName("Context used")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 0)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.words)
        layout.addStretch(1)
        self.hide()

    def show_use(self, use: ContextUse | None) -> None:
        """Shows how full the context is; None for nothing read."""
        shown = use is not None and use.limit > 0
        self.setVisible(shown)
        if use is None or not shown:
            return
        self.bar.setValue(round(1000 * min(1.0, use.used / use.limit)))
        self.words.setText(context_words(use))
        self.setToolTip(context_help(use))
        self.setAccessibleName(f"{context_words(use)}. {context_help(use)}")
