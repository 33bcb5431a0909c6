"""The conversations that are live, side by side under the header: whose, from where, what is new, who is hot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from agent_assist.records import Mood, Way
from ui.theme import Role
from ui.way_words import WAY, new_words
from ui.widgets.basics import Button, Elided, Text, announce, plain_tip, restyle
from ui.widgets.chips import Dot
from ui.words import mood_role, mood_words

LEAST = 104  # pixels of a tab
HEIGHT = 44
MANY = 99
CROSS = "\u2715"


@dataclass(frozen=True, slots=True)
class Tab:
    """What a tab shows.

    Attributes:
        id: of the conversation.
        name: of the customer, else where it is.
        way: what it came through.
        title: where it is, for a person.
        unread: turns that came since it was last open.
        mood: how they feel; None where it is not read yet.
        current: whether it is the open one.
    """

    id: str
    name: str
    way: Way
    title: str
    unread: int
    mood: Mood | None
    current: bool

    @property
    def role(self) -> Role | None:
        """The colour of the feeling; None where there is nothing to mark."""
        return mood_role(self.mood) if self.mood is not None and self.mood.readings else None

    @property
    def spoken(self) -> str:
        """All of it in words."""
        feeling = mood_words(self.mood) if self.mood is not None else ""
        where = f"{WAY[self.way]}, {self.title}" if self.title else WAY[self.way]
        return " · ".join(part for part in (self.name, where, new_words(self.unread), feeling) if part)


class TabButton(QFrame):
    """One conversation: a click opens it, the cross lets it go."""

    asked = Signal(str)
    close_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "tab")
        self.tab: Tab | None = None
        self.dot = Dot()
        self.name, self.way = Elided("", px=12, bold=True), Elided("", "soft", 11)
        self.count = Text()
        self.count.setProperty("kind", "count")
        self.face = Button("", "tab")
        self.face.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.face.clicked.connect(self._ask)
        self.cross = Button(CROSS, "cross", "Let this conversation go")
        self.cross.clicked.connect(self._ask_close)
        self._lay_out()

    def _lay_out(self) -> None:
        inner = QHBoxLayout(self.face)
        inner.setContentsMargins(8, 3, 2, 3)
        inner.setSpacing(6)
        words = QFrame()
        lines = _column(words)
        lines.addWidget(self.name)
        lines.addWidget(self.way)
        for part in (self.dot, words, self.count):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        inner.addWidget(self.dot)
        inner.addWidget(words, 1)
        inner.addWidget(self.count, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 2, 0)
        layout.setSpacing(0)
        layout.addWidget(self.face, 1)
        layout.addWidget(self.cross)

    def show_tab(self, tab: Tab) -> None:
        """Shows a conversation; nothing is touched where nothing has changed."""
        if tab == self.tab:
            return
        before, self.tab = self.tab, tab
        self.name.setText(tab.name)
        self.way.setText(WAY[tab.way])
        self.count.setText(f"{MANY}+" if tab.unread > MANY else str(tab.unread))
        self.count.setVisible(tab.unread > 0)
        self.dot.setVisible(tab.role is not None)
        if tab.role is not None:
            self.dot.set_role(tab.role)
        self.face.setAccessibleName(("Open now: " if tab.current else "Open: ") + tab.spoken)
        self.face.setToolTip(plain_tip(tab.spoken))
        self.cross.setAccessibleName(f"Let go: {tab.name}")
        self.cross.setToolTip("Let it go from this list; its saved copy stays")
        if before is None or before.current != tab.current or before.role != tab.role:
            self.setProperty("current", "true" if tab.current else "false")
            self.setProperty("tone", tab.role or "calm")
            restyle(self)
        if before is not None and before.role != "hot" and tab.role == "hot" and not tab.current:
            announce(self, tab.spoken)

    @Slot()
    def _ask(self) -> None:
        if self.tab is not None:
            self.asked.emit(self.tab.id)

    @Slot()
    def _ask_close(self) -> None:
        if self.tab is not None:
            self.close_asked.emit(self.tab.id)


class Switcher(QFrame):
    """As many tabs as there is room for, and all of them in a menu where there is not. Hidden without another one."""

    asked = Signal(str)
    close_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "switcher")
        self.setAccessibleName("Live conversations")
        self.setFixedHeight(HEIGHT)
        self.tabs: tuple[Tab, ...] = ()
        self._wanted = True
        self.buttons: list[TabButton] = []
        self.more = QToolButton()
        self.more.setProperty("kind", "ghost")
        self.more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setStyleSheet("QToolButton::menu-indicator { image: none; }")
        self.more.setAccessibleName("All live conversations")
        self.menu = QMenu(self.more)
        self.menu.aboutToShow.connect(self._fill)
        self.more.setMenu(self.menu)
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(10, 3, 8, 3)
        self._layout.setSpacing(4)
        self._layout.addWidget(self.more)
        self.hide()

    def show_tabs(self, tabs: Sequence[Tab]) -> None:
        """Shows the live conversations; the open one is always among those in view."""
        if tuple(tabs) == self.tabs:
            return
        self.tabs = tuple(tabs)
        self._appear()
        self._show()

    def set_wanted(self, wanted: bool) -> None:
        """Whether the page in view is the one of conversations."""
        self._wanted = wanted
        self._appear()

    def _appear(self) -> None:
        self.setVisible(self._wanted and any(not tab.current for tab in self.tabs))

    def sizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """As wide as it is given."""
        return QSize(200, HEIGHT)

    def minimumSizeHint(self) -> QSize:  # noqa: N802  # Qt's name
        """Never wider than the window."""
        return QSize(100, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802  # Qt's name
        """Shows as many as there is room for now."""
        super().resizeEvent(event)
        self._show()

    def in_view(self) -> tuple[Tab, ...]:
        """The tabs that there is room for: as they come, the open one in place of the last where it lies beyond."""
        room = max(1, (self.width() - 18) // (LEAST + 4))
        if len(self.tabs) <= room:
            return self.tabs
        room = max(1, (self.width() - 18 - 40) // (LEAST + 4))
        shown = list(self.tabs[:room])
        current = next((tab for tab in self.tabs if tab.current), None)
        if current is not None and current not in shown:
            shown[-1] = current
        return tuple(shown)

    def _show(self) -> None:
        shown = self.in_view()
        while len(self.buttons) < len(shown):
            button = TabButton()
            button.asked.connect(self.asked)
            button.close_asked.connect(self.close_asked)
            self._layout.insertWidget(len(self.buttons), button, 1)
            self.buttons.append(button)
        for n, button in enumerate(self.buttons):
            button.setVisible(n < len(shown))
            if n < len(shown):
                button.show_tab(shown[n])
        hidden = [tab for tab in self.tabs if tab not in shown]
        unread = sum(tab.unread for tab in hidden)
        self.more.setVisible(bool(hidden))
        self.more.setText(f"+{len(hidden)}" + (" •" if unread else ""))
        self.more.setToolTip(f"{len(hidden)} more" + (f", {new_words(unread)}" if unread else ""))
        hot = any(tab.role == "hot" for tab in hidden)
        if self.more.property("hot") != ("true" if hot else "false"):
            self.more.setProperty("hot", "true" if hot else "false")
            restyle(self.more)

    @Slot()
    def _fill(self) -> None:
        self.menu.clear()
        for tab in self.tabs:
            action = QAction(tab.spoken.replace("&", "&&"), self.menu)
            action.setCheckable(True)
            action.setChecked(tab.current)
            action.triggered.connect(lambda _on=False, identity=tab.id: self.asked.emit(identity))
            self.menu.addAction(action)


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column
