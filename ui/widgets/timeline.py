"""The distress of the customer's turns as a line, with the moments at which it turned and was relieved."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_assist.records import Mood
from ui import theme
from ui.widgets import curve as drawing
from ui.widgets.basics import announce, plain_tip
from ui.widgets.curve import Curve
from ui.words import Point, feeling, points, unread_words

HEIGHT, LOW_HEIGHT = 84, 64
PRESSES = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Timeline(QWidget):
    """Distress over the customer's turns. Hover or arrow keys read a point out; a click, Enter or Space goes there."""

    asked = Signal(int)
    read_out = Signal(str, str)  # turn and label; level and what else it may be. Both empty for none

    def __init__(self) -> None:
        super().__init__()
        self._mood = Mood(())
        self._points: tuple[Point, ...] = ()
        self._at: int | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Distress over the conversation")
        self.setAccessibleDescription(_spoken(self._mood))

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """The width is the layout's."""
        return QSize(240, HEIGHT)

    def set_compact(self, compact: bool) -> None:
        """Takes less height where the window is low."""
        self.setFixedHeight(LOW_HEIGHT if compact else HEIGHT)

    def show_mood(self, mood: Mood) -> None:
        """Shows the readings of a conversation. A turn that is looked at stays looked at."""
        looked_at = self.point.turn if self.point is not None else None
        self._mood, self._points, self._at = mood, points(mood), None
        self._look(next((n for n, p in enumerate(self._points) if p.turn == looked_at), None))

    @property
    def point(self) -> Point | None:
        """The point that is looked at."""
        return None if self._at is None else self._points[self._at]

    def readout(self) -> str:
        """The words for the point that is looked at; empty for none."""
        return "" if self.point is None else self.point.spoken

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Reads out the nearest point."""
        self._look_at(self._curve().nearest(event.position().x()))

    def leaveEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        """Stops reading out."""
        if not self.hasFocus():
            self._look_at(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Goes to the nearest point's turn."""
        self._look_at(self._curve().nearest(event.position().x()))
        self._go()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Begins at the last point."""
        if self._at is None and self._points:
            self._look_at(len(self._points) - 1)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Stops reading out."""
        self._look_at(None)
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        """Keeps Enter from the window's shortcut while the focus is here."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in PRESSES:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Left and Right walk the points, Home and End jump, Enter and Space go to the turn."""
        last = len(self._points) - 1
        here = self._at if self._at is not None else last
        moves: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self._look_at(max(0, here - 1)),
            Qt.Key.Key_Right: lambda: self._look_at(min(last, here + 1)),
            Qt.Key.Key_Home: lambda: self._look_at(0),
            Qt.Key.Key_End: lambda: self._look_at(last),
            **dict.fromkeys(PRESSES, self._go),
        }
        move = moves.get(event.key())
        if move is None or last < 0:
            super().keyPressEvent(event)
            return
        move()
        announce(self, self.readout())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws the scale, the line, the points and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        drawing.paint(painter, self, self._curve(), self._at)
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.active().accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _curve(self) -> Curve:
        return Curve(self._points, self.width(), self.height())

    def _look_at(self, n: int | None) -> None:
        if n != self._at:
            self._look(n)

    def _look(self, n: int | None) -> None:
        self._at = n
        point = self.point
        self.setToolTip(plain_tip(self.readout()))
        self.setAccessibleDescription(self.readout() or _spoken(self._mood))
        self.read_out.emit(*((point.head, point.detail) if point else ("", "")))
        self.update()

    def _go(self) -> None:
        if self.point is not None:
            self.asked.emit(self.point.turn)


def _spoken(mood: Mood) -> str:
    """The whole line in words, for a screen reader."""
    unread = unread_words(mood)
    if not mood.readings:
        return f"{unread[0].upper()}{unread[1:]}." if unread else "The customer has not written anything."
    first, last = mood.readings[0], mood.readings[-1]
    marks = [
        f", turned at turn {mood.spikes[-1].turn + 1}" if mood.spikes else "",
        f", relieved at turn {mood.recoveries[-1].turn + 1}" if mood.recoveries else "",
        f", {unread}" if unread else "",
    ]
    return (
        f"From {feeling(first).lower()}, distress {first.distress:.0%}, "
        f"to {feeling(last).lower()}, {last.distress:.0%}{''.join(marks)}."
    )
