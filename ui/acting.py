"""What the keys and the menu do: every action of the window by its name in the table of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLineEdit

from ui.widgets.reply import ReplyCard

if TYPE_CHECKING:
    from ui.sidebar import Sidebar


def actions_of(window: Sidebar) -> dict[str, Callable[[], None]]:
    """Every action by name."""
    page, replies = window.conversation, window.conversation.replies
    chosen = _Chosen(window)
    return {
        "paste": window.paste,
        "open": window.ways.choose_file,
        "new": window.start_over,
        "next": lambda: window.streams.step(1),
        "previous": lambda: window.streams.step(-1),
        "conversation": lambda: window.show_page(page),
        "history": lambda: window.show_page(window.history),
        "models": window.show_models,
        "settings": lambda: window.show_page(window.settings),
        "safety": lambda: window.show_page(window.safety),
        "lock": window.lock_asked.emit,
        "help": lambda: window.show_page(window.help),
        "stop": window.stop_or_back,
        "choose 1": lambda: replies.select(0),
        "choose 2": lambda: replies.select(1),
        "choose 3": lambda: replies.select(2),
        "copy": chosen.copy,
        "insert": chosen.insert,
        "press": chosen.copy_or_press,
        "edit": lambda: chosen.do(lambda card: page.use_as_draft(card.slot)),
        "draft": lambda: page.composer.editor.setFocus(Qt.FocusReason.ShortcutFocusReason),
        "copy draft": window.drafting.copy,
        "insert draft": lambda: window.drafting.insert() if page.composer.text else chosen.insert(),
        "note": window.noting.offer,
        "dismiss": lambda: chosen.do(lambda card: page.dismiss_reply(card.slot)),
        "again": window.ask_again,
    }


class _Chosen:
    """What is done with the reply that is chosen."""

    def __init__(self, window: Sidebar) -> None:
        self._window = window

    def do(self, act: Callable[[ReplyCard], None]) -> None:
        card = self._window.conversation.replies.selected
        if card is not None:
            act(card)

    def copy(self) -> None:
        self.do(lambda card: self._window.conversation.copy_reply(card.slot))

    def insert(self) -> None:
        self.do(lambda card: self._window.conversation.insert_reply(card.slot))

    def copy_or_press(self) -> None:
        focus = self._window.focusWidget()
        if isinstance(focus, QAbstractButton):
            focus.click()
        elif isinstance(focus, QLineEdit):
            focus.returnPressed.emit()  # the shortcut came before the field
        elif focus is None or focus is self._window or isinstance(focus, ReplyCard):
            self.copy()
