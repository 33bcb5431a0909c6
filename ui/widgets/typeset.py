"""Plain text set into lines of a width, with an ellipsis where lines run out. Qt counts UTF-16 units; so does this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFont, QFontMetrics, QTextLayout, QTextLine, QTextOption


@dataclass(frozen=True, slots=True)
class Typeset:
    """Text in lines.

    Attributes:
        layout: ready to draw at (0, 0).
        lines: how many.
        units: length of the shown text in UTF-16 units, without `tail`.
    """

    layout: QTextLayout
    lines: int
    units: int


def typeset(
    text: str,
    font: QFont,
    width: int,
    pitch: int,
    formats: Sequence[QTextLayout.FormatRange] = (),
    most: int = 0,
    tail: str = "",
) -> Typeset:
    """Sets a text.

    Args:
        text: plain; line breaks are kept.
        font: of all of it.
        width: of a line, pixels.
        pitch: from line to line, pixels.
        formats: of stretches, in UTF-16 units.
        most: lines to show; 0 for all.
        tail: invisible characters after the last word, which stay on its line.
    """
    layout, lines, overflow = _break(text, font, width, pitch, formats, most, tail)
    if overflow >= 0:
        text = _shorten(text, font, width, layout.lineAt(most - 1).textStart(), overflow, tail)
        layout, lines, _ = _break(text, font, width, pitch, formats, 0, tail)
    return Typeset(layout, lines, units(text))


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def x_in(line: QTextLine, position: int) -> float:
    """Where a position of the text stands in a line, pixels."""
    found: object = line.cursorToX(position)
    return float(found[0] if isinstance(found, tuple) else found)  # type: ignore[arg-type]  # PySide: (x, position)


def _break(
    text: str,
    font: QFont,
    width: int,
    pitch: int,
    formats: Sequence[QTextLayout.FormatRange],
    most: int,
    tail: str,
) -> tuple[QTextLayout, int, int]:
    """The text in lines, their count, and where the first line that is too many begins, -1 for none."""
    layout = QTextLayout(text.replace("\n", "\u2028") + tail, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.setFormats(list(formats))
    layout.beginLayout()
    count, overflow = 0, -1
    lead = (pitch - QFontMetrics(font).height()) / 2
    while (line := layout.createLine()).isValid():
        if most and count == most:
            overflow = line.textStart()
            break
        line.setLineWidth(max(width, 1))
        line.setPosition(QPointF(0, count * pitch + lead))
        count += 1
    layout.endLayout()
    return layout, count, overflow


def _shorten(text: str, font: QFont, width: int, start: int, overflow: int, tail: str) -> str:
    """The text up to `overflow`, its last line from `start` on ending in an ellipsis with room for the tail."""
    raw = text.encode("utf-16-le", "surrogatepass")
    head = raw[: start * 2].decode("utf-16-le", "surrogatepass")
    last = raw[start * 2 : overflow * 2].decode("utf-16-le", "surrogatepass").rstrip() + " …"
    metrics = QFontMetrics(font)
    room = width - 6 - (metrics.horizontalAdvance(tail) if tail else 0)
    return head + metrics.elidedText(last, Qt.TextElideMode.ElideRight, max(room, 20))
