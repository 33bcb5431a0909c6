"""The page that asks for what opens the history: a passphrase to set, a passphrase or recovery words later on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit

from ui.pages import Page
from ui.safety.part import Confirm
from ui.safety.passphrase import LEAST, refusal, secret_field
from ui.widgets.basics import Button, Check, Section, Text, row

__all__ = ["LEAST", "UnlockPage"]

NEW = (
    "The passphrase is asked for at each start. Recovery words come next: without one of the two nobody can read what "
    "is saved, and nobody can reset it."
)
KNOWN = "Your saved conversations are encrypted. Enter the passphrase to open them."
WITH_WORDS = "Passphrase or recovery words"
KEYRING = "The key is kept in {keyring}, which gives it to whoever is logged in to this computer."
NO_LOGIN = "Everything was closed: this window holds neither the key nor any text."
NEITHER = (
    "Without the passphrase, the keyring that held the key, or the recovery words, nobody can read the saved "
    "conversations; we cannot either. You can start a new history. The old files are moved aside and never deleted: "
    "should the words turn up, they can be put back."
)
SURE = "Start a new, empty history? The files of the old one are moved aside, into a folder beside it."


class UnlockPage(Page):
    """Asks; the window opens the history with what was entered."""

    title = "Unlock history"
    entered = Signal(str)  # empty: the keyring is to be asked
    skipped = Signal()
    anew_asked = Signal()  # to begin a new history

    def __init__(self) -> None:
        super().__init__()
        self._new = False
        card = Section("History")
        self.lead = Text("", px=16, bold=True, wrap=True)
        self.lost = Text("", "uneasy", wrap=True)
        self.why = Text("", "soft", wrap=True)
        self.first, self.again = secret_field("Passphrase"), secret_field("Repeat the passphrase")
        self.plain = Check("Show what I type")
        self.plain.setAccessibleName("Show what I type")
        self.problem = Text("", "hot", wrap=True)
        self.unlock = Button("Unlock", "primary")
        self.skip = Button("Continue without saving", "link", "Continue without saving conversations")
        self.use_words = Button("Use recovery words", "link")
        self.neither = Button("I have neither", "link", "I have neither the passphrase nor the recovery words")
        self.neither_words = Text(NEITHER, "soft", wrap=True)
        self.anew = Button("Start a new history…", "plain")
        self.sure = Confirm("Start a new history", spoken="Move the old history aside and start a new one")
        self.sure.began.connect(self.anew.hide)
        self.sure.ended.connect(self.anew.show)
        self.sure.words.setText(SURE)
        self._connect()
        for part in (self.lead, self.lost, self.why, self.first, self.again, self.plain, self.problem):
            card.body.addWidget(part)
        card.body.addLayout(row(self.unlock, self.skip))
        card.body.addLayout(row(self.use_words, self.neither))
        for below in (self.neither_words, self.anew, self.sure):
            card.body.addWidget(below)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.ask(new=False)

    def _connect(self) -> None:
        self.unlock.clicked.connect(self._enter)
        self.skip.clicked.connect(self.skipped)
        self.first.returnPressed.connect(self._enter)
        self.again.returnPressed.connect(self._enter)
        self.plain.toggled.connect(self._on_plain)
        self.use_words.clicked.connect(lambda: self._show_field(True))
        self.neither.clicked.connect(self._on_neither)
        self.anew.clicked.connect(lambda: self.sure.ask(SURE))
        self.sure.agreed.connect(self.anew_asked)

    @property
    def new(self) -> bool:
        """True where a passphrase is set for the first time."""
        return self._new

    def ask(self, new: bool, why: str = KNOWN) -> None:
        """Shows the first-time or the later question.

        Args:
            new: whether a passphrase is to be set.
            why: the reason why one is needed.
        """
        self._new = new
        self.lead.setText("Set a passphrase for your history" if new else "Unlock your history")
        self.why.setText(f"{why}\n\n{NEW}" if new else why)
        self._call("Set passphrase" if new else "Unlock", "Passphrase")
        self.again.setVisible(new)
        self.lost.hide()
        self.skip.show()
        self.use_words.hide()
        self._show_field(True)
        self._show_neither(not new)
        self._begin()

    def allow_words(self, words: bool) -> None:
        """Whether recovery words open the history too; that is known a moment after the question."""
        self._name_field(WITH_WORDS if words else "Passphrase")

    def ask_locked(self, keyring: str, words: bool, lost: str) -> None:
        """Shows the question of a window that was locked; there is nothing to go on to without an answer.

        Args:
            keyring: the one that holds the key, in words; empty where a passphrase wraps it.
            words: whether recovery words open the history too.
            lost: what the lock cost, in words.
        """
        self._new = False
        self.lead.setText("Locked")
        self.why.setText(f"{NO_LOGIN} {KEYRING.format(keyring=keyring)}" if keyring else NO_LOGIN)
        self._call("Unlock", "Recovery words" if keyring else WITH_WORDS if words else "Passphrase")
        self.again.hide()
        self.lost.setText(lost)
        self.lost.setVisible(bool(lost))
        self.skip.hide()
        self.use_words.setVisible(bool(keyring) and words)
        self._show_field(not keyring)
        self._show_neither(not keyring)
        self._begin()

    def enter(self) -> None:
        """Puts the cursor where to type."""
        field = self.unlock if self.first.isHidden() else self.first
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def say(self, words: str) -> None:
        """Shows what is wrong, and lets the person try again."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))
        self.set_busy(False)
        if words:
            self.first.selectAll()
            self.enter()

    def set_busy(self, busy: bool) -> None:
        """Waits for the answer."""
        for part in (self.first, self.again, self.unlock, self.anew, self.use_words):
            part.setEnabled(not busy)
        self.unlock.setText("Opening…" if busy else self.unlock.accessibleName())

    def forget(self) -> None:
        """Lets go of what was typed."""
        self.first.clear()
        self.again.clear()
        self.plain.setChecked(False)

    def _begin(self) -> None:
        self.forget()
        self.say("")

    def _call(self, act: str, field: str) -> None:
        self.unlock.setText(act)
        self.unlock.setAccessibleName(act)
        self._name_field(field)

    def _name_field(self, name: str) -> None:
        self.first.setPlaceholderText(name)
        self.first.setAccessibleName(name)

    def _show_field(self, shown: bool) -> None:
        self.first.setVisible(shown)
        self.plain.setVisible(shown)
        if shown:
            self.use_words.hide()
            self.first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_neither(self, offered: bool) -> None:
        self.neither.setVisible(offered)
        self.sure.leave()
        self.neither_words.hide()
        self.anew.hide()

    @Slot()
    def _on_neither(self) -> None:
        self.neither.hide()
        self.neither_words.show()
        self.anew.show()

    @Slot(bool)
    def _on_plain(self, plain: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if plain else QLineEdit.EchoMode.Password
        self.first.setEchoMode(mode)
        self.again.setEchoMode(mode)

    @Slot()
    def _enter(self) -> None:
        words = self.first.text()
        why = refusal(words, self.again.text()) if self._new else ""
        if why:
            self.say(why)
        elif not words and not self.first.isHidden():
            self.say(f"Enter the {self.first.placeholderText().lower()}.")
        else:
            self.problem.hide()
            self.set_busy(True)
            self.entered.emit(words)
