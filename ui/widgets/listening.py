"""One line that says which ways in stand open, with one click to hold them all."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from agent_assist.records import WaysChanged
from ui.theme import Role
from ui.way_words import listening_words, ways_help
from ui.widgets.basics import Button, Elided, plain_tip
from ui.widgets.chips import Dot

PAUSED = "Paused: nothing comes in by itself"
PAUSE, RESUME = "Pause", "Resume"


class ListeningLine(QFrame):
    """Hidden while no way in is on."""

    pause_asked = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "listening")
        self.setAccessibleName("Ways in")
        self.dot, self.words = Dot(), Elided("", "soft", 12)
        self.button = Button(PAUSE, "ghost", "Pause all ways in")
        self._paused = False
        self.button.clicked.connect(self._ask)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 2, 8, 2)
        layout.setSpacing(6)
        layout.addWidget(self.dot)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.button)
        self.hide()

    @Slot(object)
    def show_ways(self, ways: WaysChanged) -> None:
        """Shows how the ways stand."""
        problems = list(dict.fromkeys(s.problem for s in ways.states if s.on and s.problem))
        listening = listening_words(ways.states)
        self._paused = ways.paused
        self.setVisible(any(state.on for state in ways.states))
        role: Role
        if ways.paused:
            words, role = PAUSED, "uneasy"
        elif listening:
            words, role = f"Listening: {listening}", "uneasy" if problems else "ok"
        else:
            words, role = problems[0] if problems else "", "hot"
        self.words.setText(words)
        self.words.set_tone("uneasy" if ways.paused else "soft")
        self.dot.set_role(role)
        self.setProperty("paused", "true" if ways.paused else "false")
        self.button.setText(RESUME if ways.paused else PAUSE)
        self.button.setAccessibleName("Take in again from all ways" if ways.paused else "Pause all ways in")
        for part in (self.dot, self.button):
            part.setToolTip(plain_tip(ways_help(ways.states)))
        self.words.setToolTip(plain_tip(ways_help(ways.states)))

    @Slot()
    def _ask(self) -> None:
        self.pause_asked.emit(not self._paused)
