"""Small buttons that carry a turn or a fact, a pill for the mood, and the box that wraps chips into lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from agent_assist.records import Fact
from ui import theme
from ui.excerpts import clip
from ui.widgets.basics import Button, Text, restyle

FACT_WORDS = {
    "order_id": "Order",
    "amount": "",
    "date": "",
    "duration": "",
    "email": "",
    "phone": "Phone",
    "link": "",
    "reference": "Ref.",
}


class CiteChip(Button):
    """The number of a turn; a click asks for that turn."""

    asked = Signal(int)

    def __init__(self, turn: int) -> None:
        super().__init__(str(turn + 1), "cite", f"Go to turn {turn + 1}", f"Turn {turn + 1}")
        self._turn = turn
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        self.asked.emit(self._turn)


def cite_chips(turns: Sequence[int], go: Callable[[int], None]) -> list[QWidget]:
    """One chip for each of the first six turns, in order."""
    chips: list[QWidget] = []
    for turn in sorted(set(turns))[:6]:
        chip = CiteChip(turn)
        chip.asked.connect(go)
        chips.append(chip)
    return chips


class FactChip(Button):
    """A fact; a click asks to copy its value."""

    asked = Signal(str)

    def __init__(self, fact: Fact) -> None:
        lead = FACT_WORDS.get(fact.kind, "")
        shown = clip(fact.value, 34)
        words = shown if not lead or shown.lower().startswith(lead.lower().rstrip(".")) else f"{lead} {shown}"
        super().__init__(words, "chip", f"Copy {words}, from turn {fact.turn + 1}", f"Copy · from turn {fact.turn + 1}")
        self._value = fact.value
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        self.asked.emit(self._value)


class FlowBox(QWidget):
    """Lays its widgets out from left to right and wraps them."""

    def __init__(self, gap: int = 6) -> None:
        super().__init__()
        self._gap = gap
        self._items: list[QWidget] = []
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_items(self, items: Sequence[QWidget]) -> None:
        """Replaces the widgets."""
        for old in self._items:
            old.hide()
            old.deleteLater()
        self._items = list(items)
        for item in self._items:
            item.setParent(self)
            item.show()
        if self.parentWidget() is not None:  # else it would become a window of its own
            self.setVisible(bool(self._items))
        self._place(self.width())
        self.updateGeometry()

    def refit(self) -> None:
        """Wraps anew: a widget has other words now."""
        self._place(self.width())
        self.updateGeometry()

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """Always: the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Height of the wrapped lines, in pixels."""
        return self._lines(width)[1]

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """A modest width: layouts give the real one."""
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """As high as one chip."""
        return QSize(40, 20)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Wraps anew."""
        self._place(event.size().width())

    def _lines(self, width: int) -> tuple[list[QPoint], int]:
        x = y = high = 0
        places = []
        for item in self._items:
            if item.isHidden():
                places.append(QPoint(x, y))
                continue
            hint = item.sizeHint()
            if x and x + hint.width() > width:
                x, y, high = 0, y + high + self._gap, 0
            places.append(QPoint(x, y))
            x += hint.width() + self._gap
            high = max(high, hint.height())
        return places, y + high

    def _place(self, width: int) -> None:
        for item, at in zip(self._items, self._lines(width)[0], strict=True):
            item.resize(item.sizeHint())
            item.move(at)


class Pill(Text):
    """The customer's mood: a word and where it goes, on a tint of its role."""

    def __init__(self) -> None:
        super().__init__("", "calm")
        self.setProperty("kind", "pill")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_mood(self, words: str, role: str) -> None:
        """Shows the words; empty ones hide the pill."""
        self.setText(words)
        self.setAccessibleName(f"Customer's mood: {words}")
        self.setProperty("tone", role)
        restyle(self)
        self.setVisible(bool(words))


class Avatar(QLabel):
    """The first letter of a name in a disc."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "avatar")
        self.setFixedSize(34, 34)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_name(self, name: str) -> None:
        """Shows a name's first letter."""
        letter = next((c for c in name if c.isalnum()), "?")
        self.setText(letter.upper())


class Dot(QWidget):
    """A small filled circle, at first in the colour of "all is well"."""

    def __init__(self) -> None:
        super().__init__()
        self.role: theme.Role = "ok"
        self.setFixedSize(8, 8)

    def set_role(self, role: theme.Role) -> None:
        """Changes the colour."""
        self.role = role
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.active().text(self.role))
        painter.drawEllipse(QPointF(4, 4), 4, 4)
        painter.end()
