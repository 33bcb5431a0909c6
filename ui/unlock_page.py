"""The page that asks for the history's passphrase: the first time to set it, later to open with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit

from ui.pages import Page
from ui.widgets.basics import Button, Section, Text, row

LEAST = 8  # characters, as `secrets.PASSPHRASE_LENGTH`; importing that would hold the window up for keyring
NEW = "The passphrase is asked for at each start. Nobody can recover it: without it, what is saved stays unreadable."
KNOWN = "Your saved conversations are encrypted. Enter the passphrase to open them."


class UnlockPage(Page):
    """Asks; the window opens the history with what was entered."""

    title = "Unlock history"
    entered = Signal(str)
    skipped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._new = False
        card = Section("History")
        self.lead = Text("", px=16, bold=True, wrap=True)
        self.why = Text("", "soft", wrap=True)
        self.first = _secret("Passphrase")
        self.again = _secret("Repeat the passphrase")
        self.problem = Text("", "hot", wrap=True)
        self.unlock = Button("Unlock", "primary")
        self.skip = Button("Continue without saving", "link", "Continue without saving conversations")
        self.unlock.clicked.connect(self._enter)
        self.skip.clicked.connect(self.skipped)
        self.first.returnPressed.connect(self._enter)
        self.again.returnPressed.connect(self._enter)
        for part in (self.lead, self.why, self.first, self.again, self.problem):
            card.body.addWidget(part)
        card.body.addLayout(row(self.unlock, self.skip))
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.ask(new=False)

    @property
    def new(self) -> bool:
        """True where a passphrase is set for the first time."""
        return self._new

    def ask(self, new: bool, why: str = KNOWN) -> None:
        """Shows the first-time or the later question, with the reason why a passphrase is needed."""
        self._new = new
        self.lead.setText("Set a passphrase for your history" if new else "Unlock your history")
        self.why.setText(f"{why}\n\n{NEW}" if new else why)
        self.unlock.setText("Set passphrase" if new else "Unlock")
        self.unlock.setAccessibleName(self.unlock.text())
        self.again.setVisible(new)
        self.say("")
        self.first.clear()
        self.again.clear()

    def enter(self) -> None:
        """Puts the cursor where to type."""
        self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str) -> None:
        """Shows what is wrong, and lets the person try again."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.set_busy(False)
        if words:
            self.first.selectAll()
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_busy(self, busy: bool) -> None:
        """Waits for the answer."""
        for part in (self.first, self.again, self.unlock):
            part.setEnabled(not busy)

    @Slot()
    def _enter(self) -> None:
        words = self.first.text()
        if self._new and len(words) < LEAST:
            self.say(f"Take at least {LEAST} characters. A few unrelated words are easy to remember.")
        elif self._new and words != self.again.text():
            self.say("The two are not the same. Enter the passphrase again.")
        elif not words:
            self.say("Enter the passphrase.")
        else:
            self.set_busy(True)
            self.entered.emit(words)


def _secret(name: str) -> QLineEdit:
    field = QLineEdit()
    field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setPlaceholderText(name)
    field.setAccessibleName(name)
    return field
