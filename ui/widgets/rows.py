"""How a turn and a history entry are drawn in a list."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from agent_assist.records import Aside, HistoryItem, Turn
from ui import theme
from ui.item_models import Role, marks_of
from ui.way_words import aside_words
from ui.widgets import turn_head
from ui.widgets.turn_head import HEAD, INSET, PAD, font
from ui.widgets.typeset import Typeset, typeset, units
from ui.words import FEELING, Point, colour_role, when

Index = QModelIndex | QPersistentModelIndex
PITCH = 19
NOTE = 24  # pixels of an internal note's line


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
            notes = len(_asides(index))
            self._heights[key] = PAD + HEAD + max(lines, 1) * PITCH + PAD + notes * NOTE
        return QSize(1, self._heights[key])  # the view makes rows as wide as itself

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draws one turn."""
        turn, point = index.data(Role.RECORD), index.data(Role.POINT)
        assert isinstance(turn, Turn)
        assert point is None or isinstance(point, Point)
        palette, box = theme.active(), _turn_box(option, index)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option, index.row(), palette)
        _paint_asides(painter, option, index, palette)
        if point is not None:
            painter.fillRect(QRect(box.left() + 1, box.top() + 6, 3, box.height() - 12), palette.text(point.role))
        turn_head.paint(painter, option.font, box, self.head(option, index), point)
        words = point.reading.words if point and point.reading else ()
        mark = palette.text(point.role if point else "grey")
        laid = _set(str(index.data(Role.TEXT)), option.font, box.width() - INSET - PAD, words, mark=mark)
        painter.setPen(QColor(palette.ink if point is not None else palette.soft))
        laid.layout.draw(painter, QPointF(box.left() + INSET, box.top() + PAD + HEAD))
        painter.restore()

    def head(self, option: QStyleOptionViewItem, index: Index) -> turn_head.Head:
        """Where the parts of a row's first line stand, to draw and to click."""
        turn, point = index.data(Role.RECORD), index.data(Role.POINT)
        assert isinstance(turn, Turn)
        assert point is None or isinstance(point, Point)
        chosen = bool(_state(option) & QStyle.StateFlag.State_Selected)
        over = bool(_state(option) & QStyle.StateFlag.State_MouseOver)
        via = str(index.data(Role.VIA) or "")
        return turn_head.lay_out(option.font, _turn_box(option, index), turn, point, chosen or over, via)

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
        small, bold = font(option.font, 12), font(option.font, 13, bold=True)
        painter.setFont(small)
        painter.setPen(QColor(palette.soft))
        at = when(item.saved_at)
        room = inner.width() - QFontMetrics(small).horizontalAdvance(at)
        painter.drawText(QPointF(inner.left() + room, inner.top() + 13), at)
        room -= 10
        left = inner.left()
        if item.label is not None:
            role = colour_role(item.label, item.peak or 0.0)
            painter.setFont(font(option.font, 12, bold=True))
            painter.setPen(palette.text(role))
            word = FEELING[item.label] + (" · turned" if item.spikes else "")
            width = painter.fontMetrics().horizontalAdvance(word)
            painter.drawText(QPointF(left + room - width, inner.top() + 13), word)
            room -= width + 10
        painter.setFont(bold)
        painter.setPen(QColor(palette.ink))
        name = QFontMetrics(bold).elidedText(item.customer or "Customer", Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(left, inner.top() + 13), name)
        marks = marks_of(item)
        laid = _set(item.excerpt, option.font, inner.width(), (), most=1 if marks else 2)
        painter.setPen(QColor(palette.soft))
        laid.layout.draw(painter, QPointF(left, inner.top() + 20))
        if marks:
            painter.setFont(small)
            painter.setPen(QColor(palette.accent))
            shown = QFontMetrics(small).elidedText(marks, Qt.TextElideMode.ElideRight, inner.width())
            painter.drawText(QPointF(left, inner.top() + 20 + 2 * PITCH - 5), shown)
        painter.restore()


def _set(
    text: str, base: QFont, width: int, words: tuple[str, ...], most: int = 0, mark: QColor | None = None
) -> Typeset:
    """A turn's or an entry's text in lines, its evidence underlined in the colour of the feeling."""
    formats = [f for word in words for f in _underline(text, word, mark or QColor(theme.active().soft))]
    return typeset(text, font(base, 13), width, PITCH, formats, most)


def _asides(index: Index) -> tuple[Aside, ...]:
    found = index.data(Role.ASIDES)
    return found if isinstance(found, tuple) else ()


def _turn_box(option: QStyleOptionViewItem, index: Index) -> QRect:
    """The part of a row that is the turn's, without the internal notes above and below it."""
    notes = _asides(index)
    above = sum(aside.after < 0 for aside in notes)
    return _rect(option).adjusted(0, above * NOTE, 0, -(len(notes) - above) * NOTE)


def _paint_asides(painter: QPainter, option: QStyleOptionViewItem, index: Index, palette: theme.Palette) -> None:
    """Draws internal notes, one line each, set apart from the turn by a dashed rule and the soft colour."""
    row, turn = _rect(option), _turn_box(option, index)
    above, below = row.top(), turn.bottom() + 1
    words = font(option.font, 11)
    words.setItalic(True)
    for aside in _asides(index):
        top = above if aside.after < 0 else below
        above, below = (above + NOTE, below) if aside.after < 0 else (above, below + NOTE)
        box = QRect(row.left() + INSET, top + 1, row.width() - INSET - PAD, NOTE - 4)
        painter.setPen(QPen(QColor(palette.line), 1, Qt.PenStyle.DashLine))
        painter.setBrush(QColor(palette.bg))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        painter.setFont(words)
        painter.setPen(QColor(palette.soft))
        shown = QFontMetrics(words).elidedText(aside_words(aside), Qt.TextElideMode.ElideRight, box.width() - 16)
        painter.drawText(box.adjusted(8, 0, -8, 0), int(Qt.AlignmentFlag.AlignVCenter), shown)


def _underline(text: str, word: str, mark: QColor) -> list[QTextLayout.FormatRange]:
    at = text.find(word) if word else -1
    if at < 0:
        return []
    look = QTextCharFormat()
    look.setFontUnderline(True)
    look.setUnderlineColor(mark)
    found = QTextLayout.FormatRange()
    found.start, found.length = units(text[:at]), units(word)
    found.format = look
    return [found]


def _rect(option: QStyleOptionViewItem) -> QRect:
    return option.rect


def _state(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    return option.state
