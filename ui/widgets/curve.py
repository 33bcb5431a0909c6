"""How the timeline is drawn: the scale, the line with its gaps, the marks of each turn, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from ui import theme
from ui.words import DISTRESSED, RELIEVED, TURNED, Point, role_of

LEFT, RIGHT, TOP, BOTTOM = 66.0, 12.0, 22.0, 7.0
DOTS = 40  # with more turns only the line and what stands out are drawn
APART = 9.0  # pixels between two marks where there are many
FINE = 3.0  # pixels of the line that two points stand for where there are many
WORDS_PX = 11


@dataclass(frozen=True, slots=True)
class Curve:
    """The points of a conversation in a space of `width` by `height` pixels."""

    points: tuple[Point, ...]
    width: float
    height: float

    def x(self, n: int) -> float:
        """Where the n-th point stands."""
        count, room = len(self.points), self.width - LEFT - RIGHT
        return LEFT + (room / 2 if count == 1 else 8 + (room - 8) * n / (count - 1))

    def y(self, distress: float) -> float:
        """The height of a level; more distress is further up."""
        return TOP + (1 - min(max(distress, 0.0), 1.0)) * (self.height - TOP - BOTTOM)

    def at(self, n: int) -> QPointF:
        """The place of the n-th point; one that was not read has no level and stands on the floor."""
        reading = self.points[n].reading
        return QPointF(self.x(n), self.y(reading.distress) if reading else self.y(0))

    def nearest(self, x: float) -> int | None:
        """The point nearest to `x`; None where there is none."""
        count = len(self.points)
        return min(range(count), key=lambda n: abs(self.x(n) - x)) if count else None

    def stretches(self) -> list[list[int]]:
        """The read points between gaps."""
        numbered = groupby(range(len(self.points)), key=lambda n: self.points[n].reading is not None)
        return [list(stretch) for read, stretch in numbered if read]


def paint(painter: QPainter, widget: QWidget, curve: Curve, here: int | None) -> None:
    """Draws a curve; `here` is the point that is looked at."""
    small = QFont(widget.font())
    small.setPixelSize(WORDS_PX)
    painter.setFont(small)
    _paint_scale(painter, curve, 5.0 if widget.hasFocus() else 0.0)
    stretches = curve.stretches()
    _paint_line(painter, curve, stretches)
    alone = {stretch[0] for stretch in stretches if len(stretch) == 1}
    many = len(curve.points) > DOTS
    marked = [
        n for n, p in enumerate(curve.points) if not many or n == here or n in alone or not _is_plain(p)
    ]  # where more stand than there is room for, only the last of each place
    for n in {int(curve.x(n) / APART): n for n in marked if n != here}.values() if many else marked:
        _paint_mark(painter, curve, n, n == here)
    if many and here is not None:
        _paint_mark(painter, curve, here, True)
    _paint_words(painter, curve, small)


def _is_plain(point: Point) -> bool:
    return not (point.spike or point.recovery or point.corrected or point.reading is None)


def _drawn(curve: Curve, stretch: Sequence[int]) -> Sequence[int]:
    """The points that the line goes through: of more than are seen, the highest and the lowest of each few pixels."""
    if len(stretch) <= curve.width:
        return stretch
    levels = [point.reading.distress if point.reading else 0.0 for point in curve.points]
    columns = [list(column) for _, column in groupby(stretch, key=lambda n: int(curve.x(n) / FINE))]
    ends = [sorted({min(c, key=levels.__getitem__), max(c, key=levels.__getitem__)}) for c in columns]
    return [stretch[0], *(n for end in ends for n in end), stretch[-1]]


def _paint_scale(painter: QPainter, curve: Curve, left: float) -> None:
    """Draws floor and threshold with their words from `left` on, which the focus ring must not cross."""
    palette = theme.active()
    middle, floor = curve.y(DISTRESSED), curve.y(0)
    painter.setPen(QPen(QColor(palette.line), 1))
    painter.drawLine(QPointF(0, floor), QPointF(curve.width, floor))
    painter.setPen(QPen(QColor(palette.soft), 1, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(LEFT - 4, middle), QPointF(curve.width, middle))
    painter.setPen(QColor(palette.soft))
    painter.drawText(QPointF(left, middle + 4), "distressed")
    if floor - middle > 24:
        painter.drawText(QPointF(left, floor - 4), "calm")


def _paint_line(painter: QPainter, curve: Curve, stretches: Sequence[Sequence[int]]) -> None:
    palette = theme.active()
    last = next((p.reading for p in reversed(curve.points) if p.reading is not None), None)
    if last is None:
        return
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(palette.text(role_of(last)), 2.2, j=Qt.PenJoinStyle.RoundJoin))
    for stretch in stretches:
        drawn = _drawn(curve, stretch)
        path = QPainterPath(curve.at(drawn[0]))
        for n in drawn[1:]:
            path.lineTo(curve.at(n))
        painter.drawPath(path)


def _paint_mark(painter: QPainter, curve: Curve, n: int, here: bool) -> None:
    palette, point, at = theme.active(), curve.points[n], curve.at(n)
    colour = palette.text(point.role)
    radius = 6.0 if point.spike else 5.5 if point.recovery else 4.0
    if here:
        halo = QColor(colour)
        halo.setAlpha(60)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(halo)
        painter.drawEllipse(at, radius + 5, radius + 5)
    if point.corrected:
        painter.setPen(QPen(QColor(palette.accent), 1.4))
        painter.setBrush(QColor(palette.card))
        painter.drawEllipse(at, radius + 3, radius + 3)
    painter.setPen(QPen(colour, 2 if point.reading else 1.4))
    painter.setBrush(colour if point.spike or point.recovery else QColor(palette.card))
    if point.reading is None:
        painter.drawRect(QRectF(at.x() - 3, at.y() - 3, 6, 6))
    elif point.recovery and not point.spike:
        painter.drawPolygon(_diamond(at, radius))
    else:
        painter.drawEllipse(at, radius, radius)


def _diamond(at: QPointF, radius: float) -> QPolygonF:
    x, y = at.x(), at.y()
    return QPolygonF([QPointF(x, y - radius), QPointF(x + radius, y), QPointF(x, y + radius), QPointF(x - radius, y)])


def _paint_words(painter: QPainter, curve: Curve, font: QFont) -> None:
    """Says what happened at the latest spike, the banner's, and at the latest recovery, where there is room for it."""
    bold = QFont(font)
    bold.setWeight(QFont.Weight.DemiBold)
    painter.setFont(bold)
    taken: list[QRectF] = []
    spikes = [n for n, point in enumerate(curve.points) if point.spike]
    recoveries = [n for n, point in enumerate(curve.points) if point.recovery]
    for numbers, words, role in ((spikes, TURNED, "hot"), (recoveries, RELIEVED, "better")):
        if not numbers:
            continue
        box = words_box(curve, numbers[-1], float(painter.fontMetrics().horizontalAdvance(words)))
        if box is None or any(box.intersects(other) for other in taken):
            continue
        taken.append(box)
        painter.fillRect(box.adjusted(-2, 0, 2, 2), QColor(theme.active().card))  # the dashed line would cross them
        painter.setPen(theme.active().text(role))  # type: ignore[arg-type]  # both are roles
        painter.drawText(box.bottomLeft(), words)


def words_box(curve: Curve, n: int, width: float) -> QRectF | None:
    """Where words of a width stand at a point without crossing the line; None where they do not fit."""
    at = curve.at(n)
    x = min(max(at.x() - width / 2, LEFT), curve.width - width - 1.0)
    near = [curve.at(i).y() for i in range(len(curve.points)) if x - 8 < curve.x(i) < x + width + 8]
    if min(near, default=at.y()) > at.y() - 8:
        return QRectF(x, at.y() - 11 - WORDS_PX, width, WORDS_PX)
    below = at.y() + 21
    return QRectF(x, below - WORDS_PX, width, WORDS_PX) if below <= curve.height else None
