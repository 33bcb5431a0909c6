"""Where the history's key is: recovery words, the passphrase or the keyring, another key."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot

from agent_assist.jobs import CancelToken
from ui.bridge import Bridge, Post
from ui.custody_port import CustodyPort, KeyPort
from ui.safety.part import Confirm, Part
from ui.safety.passphrase import PassphraseForm
from ui.widgets.basics import Button, Text, restyle
from ui.widgets.chips import FlowBox

IN_KEYRING = "Kept in {keyring}. It opens by itself for whoever is logged in to this computer."
WRAPPED = "Wrapped with your passphrase, which is asked for at each start."
HAS_WORDS = "Recovery words are made. They open the history where the {what} is lost."
NO_WORDS = "No recovery words yet: were the {what} lost, nobody could open the history."
HALF = "A change of the key was interrupted. It is finished when the history is next opened."
NEW_WORDS = "Make new recovery words? Those you have will no longer open the history."
REKEY = (
    "Encrypt everything with another key? History, search and backups are written anew, which can take minutes; once "
    "begun it goes on to its end, after a power failure too. Your recovery words change with it."
)
REKEYING = "Encrypting everything with another key…"


class KeyPart(Part):
    """Says where the key is, and changes that."""

    words_made = Signal(str)  # recovery words, to be shown once

    def __init__(self, custody: CustodyPort, bridge: Bridge) -> None:
        super().__init__("Key to the history", custody, bridge)
        self._state: KeyPort | None = None
        self.where, self.recovery = Text("", wrap=True), Text("", wrap=True)
        self.half = Text(HALF, "uneasy", wrap=True)
        self.make = Button("Make recovery words", "primary")
        self.passphrase = Button("Change passphrase…", "plain")
        self.keyring = Button("Move to the keyring", "plain", "Have the system's keyring keep the key")
        self.rekey = Button("Change the key…", "plain", "Encrypt everything with another key")
        self.again = Confirm("Make new words", spoken="Make new recovery words")
        self.sure = Confirm("Change the key", spoken="Encrypt everything with another key now")
        self.form, self.unlock_form = PassphraseForm(), PassphraseForm()
        self.buttons = FlowBox()
        for button, act in (
            (self.make, self._make),
            (self.passphrase, self._ask_passphrase),
            (self.keyring, self._use_keyring),
            (self.rekey, self._ask_rekey),
        ):
            button.clicked.connect(act)
        self.again.agreed.connect(self._make_words)
        self.sure.agreed.connect(self._on_sure)
        self.form.entered.connect(self._change_passphrase)
        self.unlock_form.entered.connect(self._rekey)
        self.errand.changed.connect(lambda busy: self.buttons.setEnabled(not busy))
        for part in (self.where, self.recovery, self.half):
            self.inner.addWidget(part)
        for below in (self.again, self.sure, self.form, self.unlock_form, self.buttons):
            self.inner.addWidget(below)
        for asker in (self.again, self.sure, self.form, self.unlock_form):
            asker.began.connect(self.buttons.hide)
            asker.ended.connect(self.buttons.show)
        self.buttons.set_items((self.make, self.passphrase, self.keyring, self.rekey))

    def look_up(self) -> None:
        """Asks where it is."""
        self.look(self.custody.key_state, self.show_state)

    def show_state(self, state: KeyPort) -> None:
        """Shows where it is and what can be done."""
        self._state = state
        in_keyring = state.home == "keyring"
        what = "keyring" if in_keyring else "passphrase"
        self.where.setText(IN_KEYRING.format(keyring=state.keyring or "the keyring") if in_keyring else WRAPPED)
        self.recovery.setText((HAS_WORDS if state.recovery else NO_WORDS).format(what=what))
        self.recovery.set_tone("ink" if state.recovery else "uneasy")
        self.half.setVisible(state.rekeying)
        self._call(self.make, "New recovery words…" if state.recovery else "Make recovery words")
        self.make.setProperty("kind", "plain" if state.recovery else "primary")
        restyle(self.make)
        self._call(self.passphrase, "Set a passphrase…" if in_keyring else "Change passphrase…")
        self.keyring.setVisible(not in_keyring)
        self.buttons.refit()

    def _call(self, button: Button, words: str) -> None:
        button.setText(words)
        button.setAccessibleName(words.rstrip("…"))

    @Slot()
    def _make(self) -> None:
        if self._state is not None and self._state.recovery:
            self._leave_all()
            self.again.ask(NEW_WORDS)
        else:
            self._make_words()

    @Slot()
    def _make_words(self) -> None:
        self.errand.run("Making recovery words…", lambda _post, _token: self.custody.make_recovery(), self._on_words)

    @Slot()
    def _ask_passphrase(self) -> None:
        self._leave_all()
        self.form.ask("A new passphrase. It is asked for at each start.", "Save passphrase", new=True)

    @Slot(str)
    def _change_passphrase(self, words: str) -> None:
        self.errand.run(
            "Saving the passphrase…",
            lambda _post, _token: self.custody.change_passphrase(words),
            lambda _none: self._tell("The passphrase is changed"),
        )

    @Slot()
    def _use_keyring(self) -> None:
        self._leave_all()
        self.errand.run(
            "Giving the key to the keyring…",
            lambda _post, _token: self.custody.use_keyring(),
            lambda _none: self._tell("The keyring keeps the key now"),
        )

    @Slot()
    def _ask_rekey(self) -> None:
        self._leave_all()
        if self._state is not None and self._state.home == "keyring":
            self.sure.ask(REKEY)
        else:
            self.unlock_form.ask(f"{REKEY} Enter your passphrase to begin.", "Change the key", new=False)

    @Slot()
    def _on_sure(self) -> None:
        self._start_rekey(None)

    @Slot(str)
    def _rekey(self, passphrase: str) -> None:
        self._start_rekey(passphrase)

    def _start_rekey(self, passphrase: str | None) -> None:
        def work(post: Post, token: CancelToken) -> str:
            return self.custody.rekey(passphrase, post, token)

        self.errand.run(REKEYING, work, self._on_words)

    def _on_words(self, words: str) -> None:
        self.refresh()
        if self.custody.left_behind:
            self.said.emit(self.custody.left_behind)
        self.words_made.emit(words)

    def _tell(self, words: str) -> None:
        self.said.emit(words)
        self.refresh()

    def _leave_all(self) -> None:
        for part in (self.again, self.sure, self.form, self.unlock_form):
            part.leave()
