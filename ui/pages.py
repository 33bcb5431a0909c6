"""What pages share: a scrolling body in the page's margins."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

MARGIN = 14
BAR = 8  # the scroll bar's width in the style sheet


class Scroller(QScrollArea):
    """Scrolls its content down only. The bar stands in the right margin, so that the text keeps its width with it."""

    def __init__(self) -> None:
        super().__init__()
        content = QWidget()
        content.setObjectName("page")
        self.body = QVBoxLayout(content)
        self.body.setSpacing(10)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.verticalScrollBar().rangeChanged.connect(self._give_room)
        self._give_room(0, 0)

    @Slot(int, int)
    def _give_room(self, _low: int, high: int) -> None:
        self.body.setContentsMargins(MARGIN, 12, MARGIN - BAR if high else MARGIN, 14)


class Page(Scroller):
    """A page that scrolls down only. Parts go into `body`; `title` stands in the window's header."""

    title = ""

    def enter(self) -> None:
        """Called when the page comes into view."""
