"""The small padlock in the window's foot."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen

from ui import theme
from ui.widgets.basics import Button

SIDE = 22  # pixels


class LockButton(Button):
    """Locks the window."""

    def __init__(self) -> None:
        super().__init__("", "ghost", "Lock", "Lock · Ctrl+L")
        self.setFixedSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws a padlock over the button's ground."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(theme.active().ink if self.underMouse() else theme.active().soft)
        x, y = self.width() / 2, self.height() / 2
        painter.setPen(QPen(ink, 1.4, c=Qt.PenCapStyle.FlatCap))
        painter.drawArc(QRectF(x - 2.8, y - 5.6, 5.6, 7.2), 0, 180 * 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawRoundedRect(QRectF(x - 4.4, y - 1.6, 8.8, 6.6), 1.4, 1.4)
        painter.end()
