"""Two fields for a new passphrase, with the reason why one is refused before anything is asked of the product."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ui.widgets.basics import Button, Text, row

LEAST = 8  # characters, as `secrets.PASSPHRASE_LENGTH`; importing that would hold the window up for keyring
TOO_SHORT = f"Take at least {LEAST} characters. A few unrelated words are easy to remember."
NOT_SAME = "The two are not the same. Enter the passphrase again."


def secret_field(name: str) -> QLineEdit:
    """A field that shows dots."""
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    return field


def refusal(first: str, again: str) -> str:
    """Why a new passphrase cannot be taken; empty where it can."""
    if len(first) < LEAST:
        return TOO_SHORT
    return NOT_SAME if first != again else ""


class PassphraseForm(QWidget):
    """Asks for a passphrase: twice for a new one, once for the one there is."""

    began = Signal()
    entered = Signal(str)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._new = True
        self.words = Text("", wrap=True)
        self.first, self.again = secret_field("Passphrase"), secret_field("Repeat the passphrase")
        self.problem = Text("", "hot", wrap=True)
        self.go, self.cancel = Button("Save", "primary"), Button("Cancel", "plain", "Cancel the passphrase")
        self.go.clicked.connect(self._enter)
        self.first.returnPressed.connect(self._enter)
        self.again.returnPressed.connect(self._enter)
        self.cancel.clicked.connect(self.leave)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 2)
        layout.setSpacing(6)
        for part in (self.words, self.first, self.again, self.problem):
            layout.addWidget(part)
        layout.addLayout(row(self.go, self.cancel))
        self.hide()

    def ask(self, words: str, go: str, *, new: bool) -> None:
        """Asks.

        Args:
            words: what for.
            go: the words of the button.
            new: whether it is to be entered twice.
        """
        self._new = new
        self.words.setText(words)
        self.go.setText(go)
        self.go.setAccessibleName(go)
        self.again.setVisible(new)
        self._clear()
        self.began.emit()
        self.show()
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def leave(self) -> None:
        """Forgets what was typed."""
        self._clear()
        self.hide()
        self.ended.emit()

    def _clear(self) -> None:
        self.first.clear()
        self.again.clear()
        self.problem.hide()

    @Slot()
    def _enter(self) -> None:
        words = self.first.text()
        why = refusal(words, self.again.text()) if self._new else "" if words else "Enter the passphrase."
        self.problem.setText(why)
        self.problem.setVisible(bool(why))
        if why:
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.leave()
        self.entered.emit(words)
