"""The window's head and foot: whose conversation it is, and what a worried person wants to know."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from agent_assist.records import Conversation, Mood
from ui.keys import hint
from ui.way_words import way_word
from ui.widgets.basics import Button, Elided, Text, plain_tip
from ui.widgets.chips import Avatar, Dot, Pill
from ui.widgets.lock_button import LockButton
from ui.words import mood_role, mood_words

SOURCES = {"plain": "pasted text", "jsonl": "JSON lines"}
OFFLINE = "Nothing leaves this computer"
ONLINE = "A language model is being fetched. No conversation leaves this computer."
MENU: tuple[tuple[str, str], ...] = (
    ("paste", "Paste conversation"),
    ("open", "Open a file…"),
    ("new", "New conversation"),
    ("note", "Write a note…"),
    ("", ""),
    ("history", "History"),
    ("models", "Language model"),
    ("settings", "Settings"),
    ("safety", "Privacy & safety"),
    ("help", "Keyboard shortcuts"),
    ("", ""),
    ("lock", "Lock"),
)


class Header(QFrame):
    """The customer with their mood, or the title of another page with the way back."""

    back_asked = Signal()
    menu_asked = Signal(str)  # name of an action

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setFixedHeight(60)
        self.avatar, self.pill = Avatar(), Pill()
        self.name, self.about = Elided("Agent Assist", bold=True), Elided("", "soft", 12)
        self.title = Text("", px=15, bold=True)
        self.back = Button("← Back", "ghost", "Back to the conversation", "Esc")
        self.back.clicked.connect(self.back_asked)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._make_customer())
        self._stack.addWidget(_line(self.back, self.title))
        self.menu = self._make_menu()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.menu)
        self.show_nobody()

    def show_page(self, title: str) -> None:
        """Shows a page's title; an empty one shows the customer."""
        self.title.setText(title)
        self._stack.setCurrentIndex(1 if title else 0)

    def set_locked(self, locked: bool) -> None:
        """There is no way on from a locked window but to unlock it."""
        self.menu.setVisible(not locked)
        self.back.setVisible(not locked)

    def show_nobody(self) -> None:
        """No conversation is open."""
        self.avatar.show_name("A")
        self.name.setText("Agent Assist")
        self.about.setText("Ready for a conversation")
        self.pill.show_mood("", "calm")

    def show_customer(self, conversation: Conversation) -> None:
        """Shows whose conversation it is; the mood comes later."""
        self.show_turns(conversation)
        self.pill.show_mood("", "calm")

    def show_turns(self, conversation: Conversation) -> None:
        """Shows whose it is, where it came from and how long it is; a stream may tell the name late."""
        name = conversation.customer or "Customer"
        self.avatar.show_name(name)
        self.name.setText(name)
        ways = {way_word(turn.via) for turn in conversation.turns}
        source = ways.pop() if len(ways) == 1 else ""  # a push or a folder says more than what its text looked like
        source = source or SOURCES.get(conversation.source, conversation.source)
        count = len(conversation.turns)
        self.about.setText(f"{source} · {count:,} turn{'' if count == 1 else 's'}")

    def show_mood(self, mood: Mood) -> None:
        """Shows the customer's mood as colour and words."""
        self.pill.show_mood(mood_words(mood), mood_role(mood))

    def _make_customer(self) -> QWidget:
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addStretch(1)
        names.addWidget(self.name)
        names.addWidget(self.about)
        names.addStretch(1)
        whole = QWidget()
        layout = QHBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(self.avatar)
        layout.addLayout(names, 1)
        layout.addWidget(self.pill)
        return whole

    def _make_menu(self) -> QToolButton:
        button = QToolButton()
        button.setText("⋯")
        button.setProperty("kind", "ghost")
        button.setAccessibleName("Menu")
        button.setToolTip("Menu")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setFixedSize(QSize(34, 32))
        button.setStyleSheet("QToolButton::menu-indicator { image: none; } QToolButton { font-size: 18px; }")
        menu = QMenu(button)
        for name, words in MENU:
            if not name:
                menu.addSeparator()
                continue
            action = menu.addAction(f"{words}\t{hint(name)}".replace("&", "&&"))
            action.triggered.connect(lambda _on=False, name=name: self.menu_asked.emit(name))
        button.setMenu(menu)
        return button


class Footer(QFrame):
    """Offline, how the conversation is kept, what is running; the context's use and the model at the right."""

    lock_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "footer")
        self.setFixedHeight(34)
        self.offline, self.busy = Text("Offline", "soft", 12), Elided("", "soft", 12)
        self.dot = Dot()
        self._busy = self._shelf_busy = ""
        self.show_shelf("", "")
        self.kept = Text("Opening…", "soft", 12)
        self.lock = LockButton()
        self.lock.clicked.connect(self.lock_asked)
        self.lock.hide()
        self.context, self.model = Text("", "soft", 12), Elided("", "soft", 12)
        self.model.setSizePolicy(self.context.sizePolicy())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(14, 0, 14, 0)
        layout.setSpacing(12)
        group = QHBoxLayout()
        group.setSpacing(5)
        group.addWidget(self.dot)
        group.addWidget(self.offline)
        layout.addLayout(group)
        keeping = QHBoxLayout()
        keeping.setSpacing(3)
        keeping.addWidget(self.lock)
        keeping.addWidget(self.kept)
        layout.addLayout(keeping)
        layout.addWidget(self.busy, 1)
        layout.addWidget(self.context)
        layout.addWidget(self.model)

    def show_busy(self, words: str) -> None:
        """Shows what is running for the conversation; empty for nothing."""
        self._busy = words
        self.busy.setText(words or self._shelf_busy)

    def show_shelf(self, words: str, online: str) -> None:
        """Shows what is being done about a language model; `online` is the word for using the network, if it is."""
        self._shelf_busy = words
        self.busy.setText(self._busy or words)
        self.offline.setText(online or "Offline")
        self.offline.setToolTip(ONLINE if online else OFFLINE)
        self.dot.set_role("uneasy" if online else "ok")

    def show_kept(self, words: str, why: str) -> None:
        """Shows whether conversations are kept, with the reason as a tooltip."""
        self.kept.setText(words)
        self.kept.setToolTip(plain_tip(why))

    def show_lock(self, is_open: bool) -> None:
        """Offers to lock what is open."""
        self.lock.setVisible(is_open)

    def show_context(self, used: int, limit: int) -> None:
        """Shows how full the model's context is."""
        self.context.setText(f"context {used / limit:.0%}" if limit else "")
        self.context.setToolTip(f"{used:,} of {limit:,} tokens" if limit else "")

    def show_model(self, title: str) -> None:
        """Shows the language model in use."""
        self.model.setMaximumWidth(150)
        title = title.removesuffix(" Instruct")
        self.model.setText(title)
        self.model.setMinimumWidth(min(150, self.model.fontMetrics().horizontalAdvance(title) + 2))


def _line(*parts: QWidget) -> QWidget:
    whole = QWidget()
    layout = QHBoxLayout(whole)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    for part in parts:
        layout.addWidget(part)
    layout.addStretch(1)
    return whole
