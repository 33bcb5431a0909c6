"""The distress of the customer's turns as a line, with the moment it turned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from agent_assist.records import EmotionReading, Mood
from ui import theme
from ui.words import DISTRESSED, FEELING, role_of

LEFT, RIGHT, TOP, BOTTOM = 66.0, 12.0, 22.0, 7.0
HEIGHT, LOW_HEIGHT = 84, 64
DOTS = 40  # with more turns only the line and the spikes are drawn


class Timeline(QWidget):
    """Distress over the customer's turns. Hover or arrow keys read a point out; a click or Space goes to its turn."""

    asked = Signal(int)
    read_out = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._mood = Mood(())
        self._spikes: frozenset[int] = frozenset()
        self._at: int | None = None
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Distress over the conversation")

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """The width is the layout's."""
        return QSize(240, HEIGHT)

    def set_compact(self, compact: bool) -> None:
        """Takes less height where the window is low."""
        self.setFixedHeight(LOW_HEIGHT if compact else HEIGHT)

    def show_mood(self, mood: Mood) -> None:
        """Shows the readings of a conversation."""
        self._mood = mood
        self._spikes = frozenset(s.turn for s in mood.spikes)
        self._point(None)
        self.setAccessibleDescription(_spoken(mood))
        self.update()

    def readout(self) -> str:
        """The words for the point that is looked at; empty for none."""
        return "" if self._at is None else self._words(self._mood.readings[self._at])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Reads out the nearest point."""
        self._point(self._nearest(event.position().x()))

    def leaveEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        """Stops reading out."""
        if not self.hasFocus():
            self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802  # Qt's name
        """Goes to the nearest point's turn."""
        self._point(self._nearest(event.position().x()))
        self._go()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Begins at the last point."""
        if self._at is None and self._mood.readings:
            self._point(len(self._mood.readings) - 1)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802  # Qt's name
        """Stops reading out."""
        self._point(None)
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  # Qt's name
        """Left and Right walk the points, Home and End jump, Space goes to the turn."""
        last = len(self._mood.readings) - 1
        here = self._at if self._at is not None else last
        moves: dict[int, Callable[[], None]] = {
            Qt.Key.Key_Left: lambda: self._point(max(0, here - 1)),
            Qt.Key.Key_Right: lambda: self._point(min(last, here + 1)),
            Qt.Key.Key_Home: lambda: self._point(0),
            Qt.Key.Key_End: lambda: self._point(last),
            Qt.Key.Key_Space: self._go,
        }
        move = moves.get(event.key())
        if move is None or last < 0:
            super().keyPressEvent(event)
            return
        move()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws the scale, the line, the points and the words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = theme.active()
        self._paint_scale(painter, palette)
        readings = self._mood.readings
        if readings:
            self._paint_line(painter, palette)
            many = len(readings) > DOTS
            for n, reading in enumerate(readings):
                if not many or reading.turn in self._spikes or n == self._at:
                    self._paint_point(painter, palette, n, reading)
            self._paint_turned(painter, palette)
        if self.hasFocus():
            painter.setPen(QPen(QColor(palette.accent), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.end()

    def _paint_scale(self, painter: QPainter, palette: theme.Palette) -> None:
        small = QFont(self.font())
        small.setPixelSize(11)
        painter.setFont(small)
        middle, floor = self._y(DISTRESSED), self._y(0)
        painter.setPen(QPen(QColor(palette.line), 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.width(), floor))
        painter.setPen(QPen(QColor(palette.soft), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(LEFT - 4, middle), QPointF(self.width(), middle))
        painter.setPen(QColor(palette.soft))
        painter.drawText(QPointF(0, middle + 4), "distressed")
        if floor - middle > 24:
            painter.drawText(QPointF(0, floor - 4), "calm")

    def _paint_line(self, painter: QPainter, palette: theme.Palette) -> None:
        readings = self._mood.readings
        path = QPainterPath(QPointF(self._x(0), self._y(readings[0].distress)))
        for n in range(1, len(readings)):
            path.lineTo(self._x(n), self._y(readings[n].distress))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(palette.text(role_of(readings[-1])), 2.2, j=Qt.PenJoinStyle.RoundJoin))
        painter.drawPath(path)

    def _paint_point(self, painter: QPainter, palette: theme.Palette, n: int, reading: EmotionReading) -> None:
        spike, here = reading.turn in self._spikes, n == self._at
        colour = palette.text("hot" if spike else role_of(reading))
        radius = 6.0 if spike else 4.0
        at = QPointF(self._x(n), self._y(reading.distress))
        if here:
            painter.setPen(Qt.PenStyle.NoPen)
            halo = QColor(colour)
            halo.setAlpha(60)
            painter.setBrush(halo)
            painter.drawEllipse(at, radius + 5, radius + 5)
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour if spike else QColor(palette.card))
        painter.drawEllipse(at, radius, radius)

    def _paint_turned(self, painter: QPainter, palette: theme.Palette) -> None:
        """Says "turned here" at the latest spike, the banner's, where the words do not cross the line."""
        if not self._mood.spikes:
            return
        latest = self._mood.spikes[-1]
        n = next((i for i, r in enumerate(self._mood.readings) if r.turn == latest.turn), None)
        if n is None:
            return
        font = QFont(self.font())
        font.setPixelSize(11)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(palette.text("hot"))
        words = "turned here"
        width = painter.fontMetrics().horizontalAdvance(words)
        x = min(max(self._x(n) - width / 2, LEFT), self.width() - width - 1.0)
        y = self._y(latest.distress)
        near = [self._y(r.distress) for i, r in enumerate(self._mood.readings) if x - 8 < self._x(i) < x + width + 8]
        above_is_free = min(near, default=y) > y - 8
        painter.drawText(QPointF(x, y - 11 if above_is_free else y + 21), words)

    def _x(self, n: int) -> float:
        count = len(self._mood.readings)
        room = self.width() - LEFT - RIGHT
        return LEFT + (room / 2 if count == 1 else 8 + (room - 8) * n / (count - 1))

    def _y(self, distress: float) -> float:
        return TOP + (1 - min(max(distress, 0.0), 1.0)) * (self.height() - TOP - BOTTOM)

    def _nearest(self, x: float) -> int | None:
        count = len(self._mood.readings)
        return min(range(count), key=lambda n: abs(self._x(n) - x)) if count else None

    def _point(self, n: int | None) -> None:
        if n == self._at:
            return
        self._at = n
        words = self.readout()
        self.setToolTip(words)
        self.read_out.emit(words)
        self.update()

    def _words(self, reading: EmotionReading) -> str:
        turned = " · turned here" if reading.turn in self._spikes else ""
        return f"Turn {reading.turn + 1}: {FEELING[reading.label]}, distress {reading.distress:.0%}{turned}"

    def _go(self) -> None:
        if self._at is not None:
            self.asked.emit(self._mood.readings[self._at].turn)


def _spoken(mood: Mood) -> str:
    """The whole line in words, for a screen reader."""
    if not mood.readings:
        return "The customer has not written anything."
    first, last = mood.readings[0], mood.readings[-1]
    turned = f", turned at turn {mood.spikes[-1].turn + 1}" if mood.spikes else ""
    return (
        f"From {FEELING[first.label].lower()}, distress {first.distress:.0%}, "
        f"to {FEELING[last.label].lower()}, {last.distress:.0%}{turned}."
    )
