"""The first line of a turn in the list: who, when, the feeling, and "Why". One geometry to draw and to click."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen

from agent_assist.records import Turn
from ui import theme
from ui.words import WHY, Point, clock, feeling, runners_up, speaker_name

PAD, HEAD, INSET = 8, 18, 12
BASE = 11  # pixels from the padding's lower edge to the words' base line
GAP, DOT = 10, 16


@dataclass(frozen=True, slots=True)
class Head:
    """Where the parts of a first line stand; an empty rectangle for a part that is not shown.

    Attributes:
        label: words of the feeling; a click offers others.
        words: of the feeling as shown; shorter where room is short.
        why: "Why", in place of the runners-up while the turn is looked at.
        runners: the runners-up as shown.
        name: the speaker's name as shown, in `name_at` pixels from the left.
        tail: number, time and how it came in, as shown.
        tail_left: where they begin.
    """

    label: QRect
    words: str
    why: QRect
    runners: str
    runners_left: int
    name: str
    tail: str
    tail_left: int


def lay_out(base: QFont, box: QRect, turn: Turn, point: Point | None, looked_at: bool, via: str = "") -> Head:
    """Places the parts of a turn's first line in its box; `via` is the word for how it came in, where that is said."""
    bold, small = QFontMetrics(font(base, 12, bold=True)), QFontMetrics(font(base, 11))
    time, number = clock(turn.at), str(turn.i + 1)
    tail = " · ".join(part for part in (number, time, via) if part)
    least = small.horizontalAdvance(tail) + 8 + min(bold.horizontalAdvance(speaker_name(turn)), 60)
    right, label, why = box.right() - PAD, QRect(), QRect()
    words, runners = "", ""
    if point is not None:
        asked = bold.horizontalAdvance(WHY) + GAP if looked_at and point.reading is not None else 0
        metrics = bold if point.reading is not None else small
        words = _label_words(point, metrics, right - box.left() - INSET - least - DOT - GAP - asked)
        width = metrics.horizontalAdvance(words)
        label = QRect(right - width, box.top() + PAD - 2, width, HEAD)
        right -= width + DOT
        if asked:
            right -= asked
            why = QRect(right - 4, label.top(), asked - GAP + 8, HEAD)
        elif point.reading is not None:
            runners = runners_up(point.reading)
    room = right - box.left() - INSET
    whole = bold.horizontalAdvance(speaker_name(turn)) + 8 + small.horizontalAdvance(tail) + 2 * GAP
    if runners and whole + small.horizontalAdvance(runners) + GAP <= room:
        right -= small.horizontalAdvance(runners) + GAP
        runners_left = right
    else:
        runners, runners_left = "", right
    name_room = right - box.left() - INSET - small.horizontalAdvance(tail) - 16
    name = bold.elidedText(speaker_name(turn), Qt.TextElideMode.ElideRight, name_room)
    tail_left = box.left() + INSET + bold.horizontalAdvance(name) + 8
    return Head(label, words, why, runners, runners_left, name, tail, tail_left)


def _label_words(point: Point, metrics: QFontMetrics, room: int) -> str:
    """The label, without what happened there where that does not fit: its colour and filled mark still tell."""
    if point.reading is None or metrics.horizontalAdvance(point.label) <= room:
        return metrics.elidedText(point.label, Qt.TextElideMode.ElideRight, max(room, 60))
    return feeling(point.reading)


def paint(painter: QPainter, base: QFont, box: QRect, head: Head, point: Point | None) -> None:
    """Draws a first line."""
    palette, line = theme.active(), box.top() + PAD + BASE
    painter.setFont(font(base, 12, bold=True))
    painter.setPen(QColor(palette.ink))
    painter.drawText(QPointF(box.left() + INSET, line), head.name)
    painter.setFont(font(base, 11))
    painter.setPen(QColor(palette.soft))
    painter.drawText(QPointF(head.tail_left, line), head.tail)
    if head.runners:
        painter.drawText(QPointF(head.runners_left, line), head.runners)
    if point is not None:
        _paint_label(painter, base, head, point, line)
    if not head.why.isEmpty():
        painter.setFont(font(base, 12, bold=True))
        painter.setPen(QColor(palette.accent))
        painter.drawText(QPointF(head.why.left() + 4, line), WHY)


def _paint_label(painter: QPainter, base: QFont, head: Head, point: Point, line: int) -> None:
    palette = theme.active()
    colour, left = palette.text(point.role), head.label.left()
    painter.setFont(font(base, 12, bold=True) if point.reading is not None else font(base, 11))
    painter.setPen(colour)
    painter.drawText(QPointF(left, line), head.words)
    at = QPointF(left - 9, line - 4)
    if point.corrected:
        pen = QPen(QColor(palette.accent), 1.8, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline([at + QPointF(-4, 0), at + QPointF(-1, 3), at + QPointF(4, -4)])
        return
    painter.setPen(QPen(colour, 1.4))
    painter.setBrush(colour if point.spike or point.recovery else Qt.BrushStyle.NoBrush)
    if point.reading is None:
        painter.drawRect(QRect(left - 12, line - 7, 6, 6))
    else:
        painter.drawEllipse(at, 3.5, 3.5)


def font(base: QFont, px: int, bold: bool = False) -> QFont:
    """The font of a list in another size or weight."""
    made = QFont(base)
    made.setPixelSize(px)
    made.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return made
