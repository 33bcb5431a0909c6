"""Labels, buttons and sections in the product's look. Every label here shows plain text, whatever it is given."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from ui import theme

ButtonKind = Literal[
    "plain", "primary", "big", "ghost", "link", "fold", "cite", "chip", "toast", "tab", "cross", "danger"
]


class Text(QLabel):
    """A label that never reads its text as rich text, so that text from outside stays text.

    Args:
        tone: "ink", "soft" or a role.
        px: font size.
        wrap: breaks lines instead of being cut.
    """

    def __init__(self, text: str = "", tone: str = "ink", px: int = 13, bold: bool = False, wrap: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        self.setProperty("tone", tone)
        weight = "font-weight: 600;" if bold else ""
        if px != 13 or bold:
            self.setStyleSheet(f"QLabel {{ font-size: {px}px; {weight} }}")
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Changes the colour role."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            restyle(self)


class Elided(Text):
    """A label of one line that is cut with an ellipsis where room is short; the whole text is its tooltip."""

    def __init__(self, text: str = "", tone: str = "ink", px: int = 13, bold: bool = False) -> None:
        self._whole = ""
        super().__init__(text, tone, px, bold)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:  # noqa: N802  # Qt's name
        """Shows a text, cut to the room there is."""
        self._whole = text
        self.setAccessibleName(text)
        self._cut()

    def resizeEvent(self, event: object) -> None:  # noqa: N802  # Qt's name
        """Cuts the text anew."""
        self._cut()

    def _cut(self) -> None:
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 20))
        super().setText(shown)
        self.setToolTip("" if shown == self._whole else plain_tip(self._whole))


class Button(QPushButton):
    """A button that takes the focus by Tab only, so that the ring is seen where the keyboard is used."""

    def __init__(self, text: str, kind: ButtonKind = "plain", name: str | None = None, tip: str = "") -> None:
        super().__init__(text.replace("&", "&&"))
        self.setProperty("kind", kind)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(name or text)
        self.setAutoDefault(False)
        if tip:
            self.setToolTip(plain_tip(tip))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class Check(QCheckBox):
    """A check box whose frame and tick are seen in both themes."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  # Qt's name
        """Draws the tick over the style sheet's box."""
        super().paintEvent(event)
        if not self.isChecked():
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self).toRectF()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.active().card), 1.8, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
        x, y, unit = box.left(), box.top(), box.width() / 16
        points = ((4.2, 8.4), (7.0, 11.2), (12.0, 5.2))
        painter.drawPolyline([QPointF(x + unit * a, y + unit * b) for a, b in points])
        painter.end()


class Section(QFrame):
    """A card with a small heading, something at the heading's right, and a body."""

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("kind", "section")
        self.setAccessibleName(title)
        self.whole = whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 10, 12, 12)
        whole.setSpacing(6)
        self.heading = QHBoxLayout()
        self.heading.setSpacing(6)
        self.heading.setContentsMargins(0, 0, -4, 0)  # a button's words end where the text below ends
        self.title = Text(title, "soft", 12, bold=True)
        self.heading.addWidget(self.title)
        self.heading.addStretch(1)
        whole.addLayout(self.heading)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        whole.addLayout(self.body)


def announce(widget: QWidget, words: str) -> None:
    """Has a screen reader say something that came up without being asked for."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))


def restyle(widget: QWidget) -> None:
    """Applies the style sheet again after a property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def plain_tip(text: str) -> str:
    """A tooltip's text. Qt guesses rich text from tags and would show an escape as it is; a look-alike does neither."""
    return text.replace("<", "\u2039")


def rule() -> QFrame:
    """A thin line between two parts."""
    line = QFrame()
    line.setProperty("kind", "rule")
    return line


def row(*widgets: QWidget, spacing: int = 6, stretch: bool = True) -> QHBoxLayout:
    """Widgets side by side, pushed to the left."""
    layout = QHBoxLayout()
    layout.setSpacing(spacing)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    if stretch:
        layout.addStretch(1)
    return layout
