"""The keyboard: one table, from which the shortcuts, the menu's hints and the help page are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QGridLayout, QWidget

from ui.pages import Page
from ui.widgets.basics import Section, Text
from ui.widgets.offer import ACCEPT_KEY

Where = Literal["everywhere", "conversation"]


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that keys do.

    Attributes:
        name: of the action.
        keys: each of them does it.
        words: what it does.
        where: everywhere, or on the page of a conversation only.
    """

    name: str
    keys: tuple[str, ...]
    words: str
    where: Where = "everywhere"


KEYS: tuple[Key, ...] = (
    Key("paste", ("Ctrl+V",), "Paste a conversation"),
    Key("open", ("Ctrl+O",), "Open a text file"),
    Key("new", ("Ctrl+N",), "New conversation"),
    Key("next", ("Ctrl+Tab",), "Next live conversation"),
    Key("previous", ("Ctrl+Shift+Tab",), "Previous live conversation"),
    Key("conversation", ("Ctrl+1",), "Conversation"),
    Key("history", ("Ctrl+H",), "History"),
    Key("models", ("Ctrl+M",), "Language model"),
    Key("settings", ("Ctrl+,",), "Settings"),
    Key("safety", ("Ctrl+Shift+P",), "Privacy & safety"),
    Key("lock", ("Ctrl+L",), "Lock"),
    Key("help", ("F1",), "Keyboard shortcuts"),
    Key("stop", ("Esc",), "Stop, or go back"),
    Key("choose 1", ("1",), "Choose the first reply", "conversation"),
    Key("choose 2", ("2",), "Choose the second reply", "conversation"),
    Key("choose 3", ("3",), "Choose the third reply", "conversation"),
    Key("copy", ("C",), "Copy the chosen reply", "conversation"),
    Key("insert", ("I",), "Put the chosen reply into the page", "conversation"),
    Key("press", ("Return", "Enter"), "Copy it, or press what has the focus", "conversation"),
    Key("edit", ("E",), "Use it as a draft of your own", "conversation"),
    Key("draft", ("D",), "Write your own reply", "conversation"),
    Key("copy draft", ("Ctrl+Return", "Ctrl+Enter"), "Copy your own reply", "conversation"),
    Key(
        "insert draft",
        ("Ctrl+Shift+Return", "Ctrl+Shift+Enter"),
        "Put your own reply into the page, or the chosen one",
        "conversation",
    ),
    Key("note", ("N",), "Write a note from the case", "conversation"),
    Key("dismiss", ("Delete",), "Dismiss it", "conversation"),
    Key("again", ("Ctrl+R",), "Suggest again", "conversation"),
)


TURN_KEYS: tuple[Key, ...] = (
    Key("why", ("Return",), "Turns: why this one reads so"),
    Key("label", ("Space",), "Turns: correct the feeling"),
    Key("label number", ("1", "…", "7"), "Choose in the menu of feelings"),
    Key("walk", ("←", "→"), "Timeline: walk the turns"),
    Key("ends", ("Home", "End"), "Timeline: first and last turn"),
    Key("go", ("Return",), "Timeline: go to the turn"),
)
DRAFT_KEYS: tuple[Key, ...] = (
    Key("blank", ("Tab",), "Your reply: go to the next blank"),
    Key("undo", ("Ctrl+Z",), "Your reply: undo, changes of a rewrite too"),
    Key("remark", ("Return",), "Remarks: why, and the words it is about"),
    Key("change", ("Space",), "Rewrite: take a change, or not"),
)
OFFER_KEYS: tuple[Key, ...] = (Key("accept", (ACCEPT_KEY,), "Take in what was copied, while it is offered"),)
"""What keys do on the turns, the timeline or the draft, and on a copy that is offered; the widgets hear them."""


class Keyboard:
    """The shortcuts of a window."""

    def __init__(self, window: QWidget, actions: dict[str, Callable[[], None]]) -> None:
        self._local: list[QShortcut] = []
        self._all: list[QShortcut] = []
        self._there = self._locked = False
        for key in KEYS:
            for sequence in key.keys:
                shortcut = QShortcut(QKeySequence(sequence), window)
                shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
                shortcut.activated.connect(actions[key.name])
                self._all.append(shortcut)
                if key.where == "conversation":
                    self._local.append(shortcut)

    def on_conversation(self, there: bool) -> None:
        """Turns the keys of the conversation's page on or off."""
        self._there = there
        self._apply()

    def set_locked(self, locked: bool) -> None:
        """Turns every key off, or back on."""
        self._locked = locked
        self._apply()

    def _apply(self) -> None:
        for shortcut in self._all:
            shortcut.setEnabled(not self._locked and (self._there or shortcut not in self._local))


class HelpPage(Page):
    """All keys, in words."""

    title = "Keyboard shortcuts"

    def __init__(self) -> None:
        super().__init__()
        tables = (
            ("Everywhere", [*(k for k in KEYS if k.where == "everywhere"), *OFFER_KEYS]),
            ("On a conversation", [k for k in KEYS if k.where == "conversation"]),
            ("On your own reply", DRAFT_KEYS),
            ("On turns and timeline", TURN_KEYS),
        )
        for words, keys in tables:
            section, grid = Section(words), QGridLayout()
            grid.setHorizontalSpacing(12)
            grid.setVerticalSpacing(6)
            grid.setColumnStretch(0, 1)
            for n, key in enumerate(keys):
                grid.addWidget(Text(key.words, wrap=True), n, 0)
                grid.addLayout(_caps(key), n, 1)
            section.body.addLayout(grid)
            self.body.addWidget(section)
        self.body.addStretch(1)


def _caps(key: Key) -> QGridLayout:
    """The keys of an action, each in its frame."""
    layout = QGridLayout()
    layout.setHorizontalSpacing(4)
    shown = [k for k in key.keys if not k.endswith("Enter")]
    for n, sequence in enumerate(shown):
        cap = Text(sequence.replace("Return", "Enter"))
        cap.setProperty("kind", "key")
        layout.addWidget(cap, 0, n, Qt.AlignmentFlag.AlignRight)
    return layout


def hint(name: str) -> str:
    """The first key of an action, for a menu."""
    return next(k.keys[0] for k in KEYS if k.name == name)
