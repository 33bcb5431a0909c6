"""The small menu of feelings from which the agent says what a turn should be read as."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from agent_assist.records import EmotionReading, Label
from ui.words import AS_READ, FEELING

EDGE = 14  # pixels that the menu keeps from the window's right edge


class LabelMenu(QMenu):
    """The seven feelings, chosen by a click, by arrows and Enter, or by their number; the current one is ticked."""

    chosen = Signal(int, object)  # turn, Label
    restored = Signal(int)  # turn that is to be read by the model again

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._owner, self._turn = parent, -1
        self.labels: dict[Label, QAction] = {}
        for n, (label, words) in enumerate(FEELING.items(), 1):
            action = self.addAction(f"&{n}   {words}")
            action.setCheckable(True)
            action.triggered.connect(lambda _on=False, label=label: self.chosen.emit(self._turn, label))
            self.labels[label] = action
        self.addSeparator()
        self.back = self.addAction(AS_READ)
        self.back.triggered.connect(lambda: self.restored.emit(self._turn))

    def offer(self, turn: int, reading: EmotionReading, at: QPoint) -> None:
        """Opens the menu for a turn.

        Args:
            turn: index of the turn.
            reading: how it reads now; one that is not sure has no tick.
            at: where on the screen, below what was clicked; it moves left where it would leave the window.
        """
        self._turn = turn
        self.setAccessibleName(f"What turn {turn + 1} should be read as")
        for label, action in self.labels.items():
            action.setChecked(label is reading.label and reading.sure)
        self.back.setVisible(reading.corrected)
        self.setActiveAction(self.labels[reading.label] if reading.sure else self.actions()[0])
        window = self._owner.window()
        edge = window.mapToGlobal(window.rect().topRight()).x() - self.sizeHint().width() - EDGE
        self.popup(QPoint(min(at.x(), edge), at.y()))
