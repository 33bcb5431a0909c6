"""Recovery words: offered at the first use, shown once; a group of them is asked for, so that they are written down."""

from __future__ import annotations

import re
import secrets

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLineEdit

from ui.pages import Page
from ui.widgets.basics import Button, Section, Text, row

COLUMNS = 2
BETWEEN = re.compile(r"[\s-]+")
OFFER = (
    "Recovery words open your history where the {what} is lost. They are shown once. Write them on paper and keep them "
    "away from this computer: whoever has them and your files can read everything."
)
SKIP = (
    "Without them, a lost {what} means that nobody can ever read the history again. You can make them later, in "
    "“Privacy & safety”."
)
SHOWN = "Eight groups of letters, in this order. They are shown once, now; those from before open nothing any more."
TRUST = "Skip it only with the groups on paper: once you leave this page nobody can show them again."
COPIED = "On the clipboard until you leave this page. Other programs can read it there."
CLEARED = "The words were taken off the clipboard"
WRONG = "That is not group {n}. Look at what you wrote down."


class RecoveryPage(Page):
    """Nothing of the words stays in it once it is left."""

    title = "Recovery words"
    make_asked = Signal()
    ended = Signal()
    copy_asked = Signal(str, str)  # text, what it was, for the message
    said = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._groups: list[str] = []
        self._asked = 0
        card = Section("Recovery words")
        self.lead = Text("", px=16, bold=True, wrap=True)
        self.about, self.skip_words = Text("", wrap=True), Text("", "soft", 12, wrap=True)
        self.make = Button("Make recovery words", "primary")
        self.skip = Button("Not now", "link", "Make no recovery words now")
        self.grid, self.labels = QGridLayout(), list[Text]()
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(6)
        self.copy = Button("Copy", "plain", "Copy the recovery words")
        self.copied = Text(COPIED, "soft", 12, wrap=True)
        self.question = Text("", wrap=True)
        self.answer = QLineEdit()
        self.answer.setAccessibleName("One of the groups, to confirm")
        self.problem = Text("", "hot", wrap=True)
        self.done = Button("Done", "primary", "The recovery words are written down")
        self.trust = Button("Skip this check", "link", "Skip the check that the words are written down")
        self.trust_words = Text(TRUST, "soft", 12, wrap=True)
        self.make.clicked.connect(self.make_asked)
        self.skip.clicked.connect(self.leave)
        self.copy.clicked.connect(self._copy)
        self.answer.returnPressed.connect(self._check)
        self.done.clicked.connect(self._check)
        self.trust.clicked.connect(self.leave)
        card.body.addWidget(self.lead)
        card.body.addWidget(self.about)
        card.body.addLayout(row(self.make, self.skip))
        card.body.addWidget(self.skip_words)
        card.body.addLayout(self.grid)
        card.body.addLayout(row(self.copy))
        for part in (self.copied, self.question, self.answer, self.problem):
            card.body.addWidget(part)
        card.body.addLayout(row(self.done, self.trust))
        card.body.addWidget(self.trust_words)
        self.body.addWidget(card)
        self.body.addStretch(1)
        self.offer("passphrase")

    def offer(self, what: str) -> None:
        """Offers to make words.

        Args:
            what: what they stand in for: "passphrase" or "keyring".
        """
        self._forget()
        self.lead.setText("Make recovery words now?")
        self.about.setText(OFFER.format(what=what))
        self.skip_words.setText(SKIP.format(what=what))
        self._show_words(False)

    def show_words(self, words: str) -> None:
        """Shows words that were made, this once."""
        self._forget()
        self._words = words
        self._groups = BETWEEN.split(words.strip())
        for n, group in enumerate(self._groups):
            label = Text(f"{n + 1}   {group}", px=16, bold=True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(f"Group {n + 1}: {' '.join(group)}")
            self.labels.append(label)
            self.grid.addWidget(label, n // COLUMNS, n % COLUMNS)
        self._asked = secrets.randbelow(len(self._groups))
        self.lead.setText("Write these down")
        self.about.setText(SHOWN)
        self.question.setText(f"To be sure that you have them: what is group {self._asked + 1}?")
        self._show_words(True)
        self.answer.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def unconfirmed(self) -> bool:
        """True while words are shown that nobody has confirmed to have."""
        return bool(self._words)

    @property
    def asked(self) -> int:
        """Which group is asked for, from 0."""
        return self._asked

    def say(self, words: str) -> None:
        """Shows what is wrong."""
        self.problem.setText(words)
        self.problem.setVisible(bool(words))

    def leave_quietly(self) -> None:
        """The page is left another way: nothing of the words stays."""
        self._forget()

    @Slot()
    def leave(self) -> None:
        """The words are written down, or not wanted."""
        self._forget()
        self.ended.emit()

    def _forget(self) -> None:
        words, self._words, self._groups = self._words, "", []
        clipboard = QGuiApplication.clipboard()
        if words and clipboard.text() == words:
            clipboard.clear()
            self.said.emit(CLEARED)
        self.answer.clear()
        self.say("")
        self.copied.hide()
        for label in self.labels:
            self.grid.removeWidget(label)
            label.clear()
            label.setAccessibleName("")
            label.hide()
            label.deleteLater()
        self.labels = []

    def _show_words(self, shown: bool) -> None:
        for part in (self.copy, self.question, self.answer, self.done, self.trust, self.trust_words):
            part.setVisible(shown)
        for part in (self.make, self.skip, self.skip_words):
            part.setVisible(not shown)

    @Slot()
    def _copy(self) -> None:
        self.copied.show()
        self.copy_asked.emit(self._words, "Recovery words copied")

    @Slot()
    def _check(self) -> None:
        if not self._groups:
            return
        if self.answer.text().strip().casefold() == self._groups[self._asked].casefold():
            self.leave()
        else:
            self.say(WRONG.format(n=self._asked + 1))
            self.answer.selectAll()
