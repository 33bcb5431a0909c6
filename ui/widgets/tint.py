"""A tinted card with a bar at its left edge: what stands out from the page."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame

from ui import theme

BAR = 4


class TintedCard(QFrame):
    """Paints its ground in a role; what stands in it is its own."""

    def __init__(self, role: theme.Role) -> None:
        super().__init__()
        self._role: theme.Role = role

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws tint and bar."""
        palette = theme.active()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), palette.tint(self._role))
        painter.fillRect(0, 0, BAR, self.height(), palette.text(self._role))
        painter.end()
