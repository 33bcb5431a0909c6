"""How a turn and a history entry are drawn in a list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_assist.records import EmotionReading, HistoryItem, Turn
from ui import theme
from ui.item_models import Role
from ui.widgets.typeset import Typeset, typeset, units
from ui.words import FEELING, clock, colour_role, role_of, speaker_name, when

Index = QModelIndex | QPersistentModelIndex
PAD, HEAD, PITCH = 8, 18, 19
INSET = 12


class TurnDelegate(QStyledItemDelegate):
    """Name and time, the feeling as colour and word, and the text below. Heights are kept per width."""

    def __init__(self) -> None:
        super().__init__()
        self.width = 0
        self.flash_row, self.flash = -1, 0.0
        self._heights: dict[tuple[int, int], int] = {}

    def forget(self) -> None:
        """Drops the kept heights: the rows are others now."""
        self._heights.clear()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        """As high as the wrapped text."""
        key = (self.width, index.row())
        if key not in self._heights:
            text = str(index.data(Role.TEXT))
            lines = _set(text, option.font, self.width - INSET - PAD, ()).lines
            self._heights[key] = PAD + HEAD + max(lines, 1) * PITCH + PAD
        return QSize(1, self._heights[key])  # the view makes rows as wide as itself

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one turn."""
        turn, reading = index.data(Role.RECORD), index.data(Role.READING)
        assert isinstance(turn, Turn)
        assert reading is None or isinstance(reading, EmotionReading)
        palette, box = theme.active(), _rect(option)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, index.row(), palette)
        if reading is not None:
            painter.fillRect(QRect(box.left() + 1, box.top() + 6, 3, box.height() - 12), palette.text(role_of(reading)))
        right = _paint_feeling(painter, option.font, box, reading, bool(index.data(Role.SPIKE)))
        _paint_head(painter, option.font, box, turn, right)
        laid = _set(
            str(index.data(Role.TEXT)), option.font, box.width() - INSET - PAD, reading.words if reading else ()
        )
        painter.setPen(QColor(palette.ink if reading is not None else palette.soft))
        laid.layout.draw(painter, QPointF(box.left() + INSET, box.top() + PAD + HEAD))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: int, palette: theme.Palette) -> None:
        box = _rect(option)
        if row == self.flash_row and self.flash > 0:
            tint = QColor(palette.accent)
            tint.setAlphaF(0.28 * self.flash)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tint)
            painter.drawRoundedRect(QRectF(box), 6, 6)
        if _state(option) & QStyle.StateFlag.State_Selected and _state(option) & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QColor(palette.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), 6, 6)


class HistoryDelegate(QStyledItemDelegate):
    """Customer and time above, mood and the case below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802  # Qt's name
        """Every entry is as high as the next."""
        return QSize(200, 76)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one entry."""
        item = index.data(Role.RECORD)
        assert isinstance(item, HistoryItem)
        palette, state = theme.active(), _state(option)
        box = _rect(option).adjusted(2, 3, -2, -3)
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        over = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(QColor(palette.accent if chosen else palette.soft if over else palette.line))
        painter.setBrush(QColor(palette.card))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        inner = box.adjusted(12, 8, -12, -8)
        small, bold = _font(option.font, 12), _font(option.font, 13, bold=True)
        painter.setFont(small)
        painter.setPen(QColor(palette.soft))
        at = when(item.saved_at)
        room = inner.width() - QFontMetrics(small).horizontalAdvance(at)
        painter.drawText(QPointF(inner.left() + room, inner.top() + 13), at)
        room -= 10
        left = inner.left()
        if item.label is not None:
            role = colour_role(item.label, item.peak or 0.0)
            painter.setFont(_font(option.font, 12, bold=True))
            painter.setPen(palette.text(role))
            word = FEELING[item.label] + (" · turned" if item.spikes else "")
            width = painter.fontMetrics().horizontalAdvance(word)
            painter.drawText(QPointF(left + room - width, inner.top() + 13), word)
            room -= width + 10
        painter.setFont(bold)
        painter.setPen(QColor(palette.ink))
        name = QFontMetrics(bold).elidedText(item.customer or "Customer", Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(left, inner.top() + 13), name)
        laid = _set(item.excerpt, option.font, inner.width(), (), most=2)
        painter.setPen(QColor(palette.soft))
        laid.layout.draw(painter, QPointF(left, inner.top() + 20))
        painter.restore()


def _paint_head(painter: QPainter, font: QFont, box: QRect, turn: Turn, right: int) -> None:
    palette = theme.active()
    bold, small = _font(font, 12, bold=True), _font(font, 11)
    time, number = clock(turn.at), str(turn.i + 1)
    tail = f"{number} · {time}" if time else number
    room = right - box.left() - INSET - QFontMetrics(small).horizontalAdvance(tail) - 16
    name = QFontMetrics(bold).elidedText(speaker_name(turn), Qt.TextElideMode.ElideRight, room)
    base = box.top() + PAD + 11
    painter.setFont(bold)
    painter.setPen(QColor(palette.ink))
    painter.drawText(QPointF(box.left() + INSET, base), name)
    painter.setFont(small)
    painter.setPen(QColor(palette.soft))
    painter.drawText(QPointF(box.left() + INSET + QFontMetrics(bold).horizontalAdvance(name) + 8, base), tail)


def _paint_feeling(painter: QPainter, font: QFont, box: QRect, reading: EmotionReading | None, spike: bool) -> int:
    """Draws the feeling at the right and returns where it begins."""
    right = box.right() - PAD
    if reading is None:
        return right
    palette, bold = theme.active(), _font(font, 12, bold=True)
    colour = palette.text("hot" if spike else role_of(reading))
    word = f"{FEELING[reading.label]} · turned here" if spike else FEELING[reading.label]
    left = right - QFontMetrics(bold).horizontalAdvance(word)
    base = box.top() + PAD + 11
    painter.setFont(bold)
    painter.setPen(colour)
    painter.drawText(QPointF(left, base), word)
    painter.setBrush(colour if spike else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(QPointF(left - 9, base - 4), 3.5, 3.5)
    return left - 16


def _set(text: str, font: QFont, width: int, words: tuple[str, ...], most: int = 0) -> Typeset:
    """A turn's or an entry's text in lines, its evidence underlined."""
    formats = [f for word in words for f in _underline(text, word)]
    return typeset(text, _font(font, 13), width, PITCH, formats, most)


def _underline(text: str, word: str) -> list[QTextLayout.FormatRange]:
    at = text.find(word) if word else -1
    if at < 0:
        return []
    look = QTextCharFormat()
    look.setFontUnderline(True)
    look.setUnderlineColor(QColor(theme.active().hot))
    found = QTextLayout.FormatRange()
    found.start, found.length = units(text[:at]), units(word)
    found.format = look
    return [found]


def _font(base: QFont, px: int, bold: bool = False) -> QFont:
    font = QFont(base)
    font.setPixelSize(px)
    font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
    return font


def _rect(option: QStyleOptionViewItem) -> QRect:
    return option.rect


def _state(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    return option.state
