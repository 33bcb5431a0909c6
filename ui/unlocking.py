"""Opening the history: by itself at the start, with a passphrase or recovery words, and after a lock."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.errors import AgentAssistError, KnownError, Locked
from agent_assist.jobs import CancelToken
from ui.bridge import Bridge, Post
from ui.custody_port import KeyPort
from ui.locking.lock import locked_words
from ui.locking.successor import Handover
from ui.ports import DeskPort
from ui.sidebar import Sidebar
from ui.trouble import OURS

KEPT = "Conversations are kept encrypted on this computer"
NOT_KEPT = "Conversations are not kept until the history is unlocked"
FIRST = "Your history is encrypted. Recovery words open it should the {what} be lost: write some down now."
ASIDE = "The old history is in {folder}"
CLOSED = "The history was closed meanwhile. What is open here is saved once you unlock it."


class Unlocking(QObject):
    """What the window shows of it.

    Args:
        desk: the product.
        bridge: to its lanes.
        window: where it is shown.
        handover: of the process that locked itself; None at any other start.
    """

    opened = Signal()  # the history
    released = Signal()  # the lock: what waits for it may start

    def __init__(self, desk: DeskPort, bridge: Bridge, window: Sidebar, handover: Handover | None) -> None:
        super().__init__(window)
        self._desk, self._bridge, self._window, self._handover = desk, bridge, window, handover
        self._first = False
        window.unlock_entered.connect(self._unlock)
        window.unlock_skipped.connect(self._go_on_unsaved)
        window.history_asked.connect(self._open_again)
        window.unlock.anew_asked.connect(self._start_anew)
        window.recovery.make_asked.connect(self._make_recovery)
        window.flow.failed.connect(lambda _what, error: self._on_trouble(error))
        window.vault.failed.connect(self._on_trouble)
        if handover is not None:  # from its first moment on
            window.set_locked(True)
            window.unlock.set_busy(True)
            window.show_page(window.unlock)

    @property
    def locked(self) -> bool:
        """True until a window that was locked is unlocked."""
        return self._handover is not None

    @Slot()
    def start(self) -> None:
        """Opens the history; of a window that was locked nothing is opened unasked."""
        if self._handover is None:
            self._open()
            return
        self._window.footer.show_kept("Locked", NOT_KEPT)
        lost = locked_words(self._handover)
        self._ask_state(lambda state: self._show_locked(state, lost))

    def _show_locked(self, state: KeyPort, lost: str) -> None:
        keyring = (state.keyring or "the system's keyring") if state.home == "keyring" else ""
        self._window.unlock.ask_locked(keyring, state.recovery, lost)
        self._window.show_page(self._window.unlock)

    @Slot()
    def _open_again(self) -> None:
        self._window.notice.clear()
        self._open()

    def _open(self) -> None:
        self._first = not self._desk.places.key_file.exists()
        self._bridge.run("db", lambda _post, _token: self._desk.open_history(), self._on_open, self._on_closed)

    @Slot(str)
    def _unlock(self, words: str) -> None:
        self._first = not self._desk.places.key_file.exists()

        def work(_post: Post, _token: CancelToken) -> None:
            self._desk.open_history(words or None)

        self._bridge.run("db", work, self._on_unlocked, self._on_not_unlocked)

    def _on_unlocked(self, result: None) -> None:
        window = self._window
        window.unlock.forget()
        window.unlock.set_busy(False)
        was_locked, self._handover = self.locked, None
        window.set_locked(False)
        self._on_open(result)
        if window.stack.currentWidget() is window.unlock:
            window.go_back()
        if was_locked:
            self.released.emit()

    def _on_not_unlocked(self, error: AgentAssistError) -> None:
        window = self._window
        if isinstance(error, Locked) or (self.locked and isinstance(error, KnownError)):
            window.unlock.say(str(error))
            return
        window.unlock.say("")
        if not self.locked:
            window.go_back()
        self._on_closed(error)

    def _on_open(self, _result: None) -> None:
        window = self._window
        window.flow.saving.open = True
        window.footer.show_kept("Encrypted", KEPT)
        window.footer.show_lock(True)
        for case in window.flow.cases.all():  # what came in before, beside the open one too
            window.flow.saving.save(case)
        window.history.refresh()
        if self._desk.habit_count:  # what was learnt came with the history
            window.lessons.read_again()
        if self._first:
            self._first = False
            self._ask_state(self._offer_recovery)
        self.opened.emit()

    def _offer_recovery(self, state: KeyPort) -> None:
        """At the first use: at once where a passphrase was just set, else with a word that waits."""
        window = self._window
        if state.recovery:
            return
        what = "keyring" if state.home == "keyring" else "passphrase"
        if what == "passphrase" and window.flow.conversation is None:
            window.vault.offer_recovery(what)
        else:
            words = FIRST.format(what=what)
            window.notice.say(words, "uneasy", "Recovery words…", lambda: window.vault.offer_recovery(what))

    @Slot()
    def _make_recovery(self) -> None:
        window = self._window
        self._bridge.run(
            "db",
            lambda _post, _token: self._desk.custody.make_recovery(),
            window.vault.show_words,
            lambda error: window.recovery.say(str(error) if isinstance(error, KnownError) else OURS),
        )

    @Slot(object)
    def _on_trouble(self, _error: AgentAssistError) -> None:
        """Something failed: where the history was closed over it, the window must not go on as if it were open."""
        saving, desk = self._window.flow.saving, self._desk
        if not saving.open or self._window.locked or desk.custody.is_open:
            return
        saving.open = False
        # A keyring or the environment opens it again by itself; then all that is open is saved.
        self._bridge.run("db", lambda _post, _token: desk.open_history(), self._on_open, self._on_closed_meanwhile)

    def _on_closed_meanwhile(self, error: AgentAssistError) -> None:
        window = self._window
        self._on_closed(error)
        if isinstance(error, Locked) and window.stack.currentWidget() is not window.unlock:
            window.notice.say(CLOSED, "uneasy", "Unlock history", lambda: window.show_page(window.unlock))

    def _on_closed(self, error: AgentAssistError) -> None:
        window = self._window
        known = str(error) if isinstance(error, KnownError) else "The history could not be opened."
        window.history.show_closed(known, isinstance(error, Locked))
        window.footer.show_lock(False)
        if isinstance(error, Locked):
            self._ask_for_passphrase(known)
            return
        window.footer.show_kept("Not saved", known)
        window.unlock.ask(new=False, why=known)
        window.show_error(error)
        if isinstance(error, KnownError):
            window.notice.say(known, "uneasy", "What to do…", lambda: window.show_page(window.safety))

    def _ask_for_passphrase(self, known: str) -> None:
        window, new = self._window, not self._desk.places.key_file.exists()
        window.footer.show_kept("Not saved" if new else "Locked", known)
        window.unlock.ask(new=new, why=known)
        if window.flow.conversation is None:
            window.show_page(window.unlock)
        if not new:  # whether words open it, too, is in the key's file
            self._ask_state(lambda state: window.unlock.allow_words(state.recovery))

    @Slot()
    def _go_on_unsaved(self) -> None:
        self._window.footer.show_kept("Not saved", NOT_KEPT)
        self._window.go_back()

    @Slot()
    def _start_anew(self) -> None:
        window = self._window
        window.unlock.set_busy(True)

        def done(folder: object) -> None:
            window.unlock.set_busy(False)
            window.toast.say(ASIDE.format(folder=folder))
            self._handover = None
            window.set_locked(False)
            window.go_back()
            self._open()
            self.released.emit()

        def failed(error: AgentAssistError) -> None:
            window.unlock.say(str(error) if isinstance(error, KnownError) else "The old history could not be moved.")

        self._bridge.run("db", lambda _post, _token: self._desk.custody.start_anew(), done, failed)

    def _ask_state(self, done: Callable[[KeyPort], None]) -> None:
        """Reads where the key is; that this fails is told by what is done next."""

        def failed(error: AgentAssistError) -> None:
            if self.locked and isinstance(error, KnownError):
                self._window.unlock.ask_locked("", words=True, lost="")
                self._window.unlock.say(str(error))
                self._window.show_page(self._window.unlock)

        self._bridge.run("db", lambda _post, _token: self._desk.custody.key_state(), done, failed)
