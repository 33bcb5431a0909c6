"""Running text with marked words and chips at its end, laid out and painted as plain text only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import theme
from ui.excerpts import Span
from ui.widgets.typeset import Typeset, typeset, units, x_in

LONGEST = 4000  # characters; laying out more would be felt
CHIP_GAP = 4
KEPT_WIDTHS = 4
UNDERLINED: dict[str, theme.Role] = {"evidence": "hot", **{role: role for role in get_args(theme.Role)}}
KEPT_CHIPS = 3  # how many chips hold on to the last word


class Prose(QWidget):
    """Text that wraps, with chips at its end.

    Styles of spans: `evidence` and roles are underlined, `placeholder` is filled, `soft` greyed, `tag` coloured,
    `lead` bold, `removed` struck through, `added` and `taken` underlined thinly.
    """

    def __init__(self, tone: str = "ink", px: int = theme.BASE_PX, bold: bool = False) -> None:
        super().__init__()
        self._tone, self._px, self._bold = tone, px, bold
        self._pitch = round(px * 1.46)
        self._text = ""
        self._spans: tuple[Span, ...] = ()
        self._chips: list[QWidget] = []
        self._max_lines = 0
        self._laid: dict[int, Typeset] = {}  # by width; layouts ask for several in turn
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def text(self) -> str:
        """The whole text, as set."""
        return self._text

    def set_text(self, text: str, spans: Sequence[Span] = ()) -> None:
        """Shows a text; spans are positions in it."""
        if (text, tuple(spans)) == (self._text, self._spans):
            return
        self._text, self._spans = text[:LONGEST], tuple(spans)
        self.setAccessibleName(self._text)
        self._again()

    def set_tone(self, tone: str) -> None:
        """Changes the colour: "ink", "soft" or a role."""
        self._tone = tone
        self.update()

    def set_max_lines(self, count: int) -> None:
        """Cuts the text after so many lines with an ellipsis; 0 shows it whole."""
        if count != self._max_lines:
            self._max_lines = count
            self._again()

    def set_chips(self, chips: Sequence[QWidget]) -> None:
        """Replaces the widgets that follow the last word."""
        if not chips and not self._chips:
            return
        for old in self._chips:
            old.hide()
            old.deleteLater()
        self._chips = list(chips)
        for chip in self._chips:
            chip.setParent(self)
            chip.show()
        self._again()

    def hasHeightForWidth(self) -> bool:  # noqa: N802  # Qt's name
        """Always: the height follows from the width."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802  # Qt's name
        """Height of the wrapped text with its chips, in pixels."""
        lines = self._lay(width).lines
        _, end = self._chip_places(width)
        return max(end, lines * self._pitch, self._pitch)

    def whole_height(self, width: int) -> int:
        """Height with all lines, also while they are cut."""
        font = self._shown_font()
        lines = typeset(self._text, font, width, self._pitch, self._formats(self._text), 0, self._room_for_chips(font))
        return lines.lines * self._pitch

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """A modest width: layouts give the real one."""
        return QSize(160, self.heightForWidth(max(self.width(), 160)))

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """One word wide, one line high."""
        return QSize(40, self._pitch)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Puts the chips where the text ends now."""
        self._place()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802  # Qt's name
        """Lays out anew when font or theme change: formats carry colours."""
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.ApplicationFontChange):
            self._laid.clear()
            self.updateGeometry()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws fills, then the text."""
        layout = self._lay(self.width()).layout
        palette = theme.active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for span in self._spans:
            if span.style == "placeholder":
                self._fill(painter, layout, span, QColor(palette.accent_bg))
        painter.setPen(QColor(getattr(palette, self._tone)))
        layout.draw(painter, QPointF(0, 0))
        painter.end()

    def _again(self) -> None:
        self._laid.clear()
        self.updateGeometry()
        self._place()
        self.update()

    def _shown_font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(self._px)
        if self._bold:
            font.setWeight(QFont.Weight.DemiBold)
        return font

    def _lay(self, width: int) -> Typeset:
        """The text in lines; kept until the text changes."""
        laid = self._laid.get(width)
        if laid is None:
            if len(self._laid) == KEPT_WIDTHS:
                self._laid.clear()
            font = self._shown_font()
            tail = self._room_for_chips(font)
            formats = self._formats(self._text)
            laid = typeset(self._text, font, width, self._pitch, formats, self._max_lines, tail)
            self._laid[width] = laid
        return laid

    def _room_for_chips(self, font: QFont) -> str:
        """No-break spaces as wide as the first chips, so that a last word wraps with its chips and not without."""
        if not self._chips or not self._text:
            return ""
        width = CHIP_GAP + sum(chip.sizeHint().width() + CHIP_GAP for chip in self._chips[:KEPT_CHIPS])
        count = width // max(QFontMetrics(font).horizontalAdvance("\u00a0"), 1) + 1
        return "\u00a0" * count + "\u2060"  # spaces at the very end would hang over the line's edge

    def _formats(self, text: str) -> list[QTextLayout.FormatRange]:
        palette = theme.active()
        formats = []
        for span in self._spans:
            look = QTextCharFormat()
            if span.style == "removed":
                look.setForeground(palette.text("hot"))
                look.setFontStrikeOut(True)
            elif span.style in ("added", "taken"):
                look.setForeground(palette.text("ok"))
                look.setFontUnderline(True)
            elif span.style == "lead":
                look.setFontWeight(QFont.Weight.DemiBold)
            elif span.style == "tag":
                look.setForeground(palette.text("accent"))
            elif span.style in UNDERLINED:
                colour = palette.text(UNDERLINED[span.style])
                look.setForeground(colour)
                look.setFontWeight(QFont.Weight.DemiBold)
                look.setFontUnderline(True)
                look.setUnderlineColor(colour)
            else:
                look.setForeground(QColor(palette.soft if span.style == "soft" else palette.accent))
            formatted = QTextLayout.FormatRange()
            formatted.start, formatted.length = _units(text, span)
            formatted.format = look
            formats.append(formatted)
        return formats

    def _fill(self, painter: QPainter, layout: QTextLayout, span: Span, colour: QColor) -> None:
        start, length = _units(self._text, span)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for n in range(layout.lineCount()):
            line = layout.lineAt(n)
            first = max(start, line.textStart())
            last = min(start + length, line.textStart() + line.textLength())
            if first < last:
                x1, x2 = sorted((x_in(line, first), x_in(line, last)))
                painter.drawRoundedRect(QRectF(x1, n * self._pitch + 1, x2 - x1, self._pitch - 2), 4, 4)

    def _chip_places(self, width: int) -> tuple[list[QPointF], int]:
        """Where each chip goes, and the lower edge of the last one."""
        laid = self._lay(width)
        x, y = 0.0, 0
        if self._text:
            line = laid.layout.lineForTextPosition(laid.units)
            x, y = x_in(line, laid.units) + CHIP_GAP + 2, line.lineNumber() * self._pitch
        places = []
        for chip in self._chips:
            hint = chip.sizeHint()
            if x and x + hint.width() > width:
                x, y = 0.0, y + self._pitch
            places.append(QPointF(x, y + (self._pitch - hint.height()) / 2))
            x += hint.width() + CHIP_GAP
        return places, y + self._pitch if self._chips else 0

    def _place(self) -> None:
        if not self._chips:
            return
        places, _ = self._chip_places(self.width())
        for chip, at in zip(self._chips, places, strict=True):
            chip.resize(chip.sizeHint())
            chip.move(at.toPoint())


def _units(text: str, span: Span) -> tuple[int, int]:
    """Start and length of a span in UTF-16 units, which Qt counts in."""
    return units(text[: span.start]), units(text[span.start : span.end])
