"""Locks: blanks the window, saves what is pending, closes everything, and has another process take this one's place."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from agent_assist import log
from agent_assist.errors import AgentAssistError
from agent_assist.settings import LOCK_AFTER
from ui.bridge import Bridge
from ui.locking.idle import Idle
from ui.locking.session import SessionLock
from ui.locking.successor import Handover
from ui.ports import DeskPort
from ui.safety.words import counted
from ui.sidebar import Sidebar

SAVE_SECONDS = 5.0  # for what is pending to be written
END_SECONDS = 10.0  # for everything to close; then the process goes as it is: text must not outstay a lock
NOT_OPEN = "There is nothing to lock: no history was begun."
QUESTION = "Locking closes everything in this window. Gone for good would be {what}."
LOCKED_BY_ITSELF = "Locked itself: nobody was there for a while."
LOST_WORDS = {
    "draft": "Your draft of a reply was not sent and is gone.",
    "unkept": "A conversation that was not kept is gone.",
    "unsaved": "Something could not be saved any more before it locked.",
    "undeleted": "What you deleted last is still in the history: delete it again.",
    "words": "The recovery words that were shown open the history, but it is not known that you have them: "
    "make new ones under “Privacy & safety”.",
}


def locked_words(handover: Handover) -> str:
    """What the page says after a lock; empty where there is nothing to say."""
    lines = [LOCKED_BY_ITSELF] if handover.by_itself else []
    return " ".join((*lines, *(LOST_WORDS[name] for name in handover.lost)))


class Lock(QObject):
    """Locks on request, and by itself where nobody is there.

    Args:
        desk: the product.
        bridge: to its lanes.
        window: what is blanked.
        close: closes everything that is open; it blocks.
        give_way: puts the locked process in this one's place.
    """

    began = Signal()

    def __init__(
        self,
        desk: DeskPort,
        bridge: Bridge,
        window: Sidebar,
        close: Callable[[], None],
        give_way: Callable[[Handover], object],
    ) -> None:
        super().__init__(window)
        self._desk, self._bridge, self._window = desk, bridge, window
        self._close, self._give_way = close, give_way
        self._locking = self._by_itself = self._ended = False
        self._lost: list[str] = []
        self.idle = Idle(self._limit, self)
        self.idle.counted.connect(window.countdown.show_left)
        self.idle.due.connect(self._on_due)
        self.session = SessionLock(self)
        self.session.locked.connect(self._on_session_locked)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(round(SAVE_SECONDS * 1000))
        self._patience.timeout.connect(self._on_late)
        window.lock_asked.connect(self.ask)

    def watch(self) -> None:
        """Begins to look whether somebody is there."""
        self.idle.start()
        self.session.listen()

    @Slot()
    def ask(self) -> None:
        """Locks; asks first where something would be lost."""
        if not self._lockable:
            self._window.toast.say(NOT_OPEN)
            return
        lost = self._at_stake()
        if lost:
            words = QUESTION.format(what=" and ".join(lost))
            self._window.notice.say(words, "uneasy", "Lock anyway", self.lock)
        else:
            self.lock()

    @Slot()
    def lock(self) -> None:
        """Locks now."""
        if self._locking:
            return
        self._locking = True
        window = self._window
        self._lost = [name for name, _ in self._stakes()]
        window.keeping.failed.connect(self._on_not_deleted)
        window.toast.flush()  # what could still be undone becomes final while the history is open
        window.blank()
        self.idle.stop()
        self.began.emit()
        window.flow.failed.connect(self._on_save_failed)
        window.streams.finish()
        self._patience.start()
        # The lane works in order: what was to be saved is by then.
        self._bridge.run(
            "db", lambda _post, _token: self._desk.custody.lock(), lambda _none: self._end(), self._on_not_closed
        )

    @property
    def _lockable(self) -> bool:
        """A history that does not open may have its key in memory, too, and the window its text."""
        return not self._window.locked and (self._desk.custody.is_open or self._desk.places.key_file.exists())

    def _limit(self) -> float:
        return 60.0 * self._desk.settings[LOCK_AFTER] if self._lockable else 0.0

    @Slot()
    def _on_session_locked(self) -> None:
        if self._limit():  # who never wants it to lock by itself does not want this either
            self._on_due()

    @Slot()
    def _on_due(self) -> None:
        self._by_itself = True
        self.lock()

    def _stakes(self) -> Sequence[tuple[str, str]]:
        """What would be lost, by the name that the successor is told and in words."""
        window = self._window
        is_open = window.flow.saving.open
        drafts = window.drafting.count
        unkept = sum(not (case.keep and is_open) for case in window.flow.cases.all())
        found = [("draft", f"your {'draft' if drafts == 1 else 'drafts'} of a reply")] if drafts else []
        if window.recovery.unconfirmed:
            found.append(("words", "the recovery words that are shown"))
        return [
            *found,
            *([("unkept", f"{counted(unkept)} that {'is' if unkept == 1 else 'are'} not kept")] if unkept else []),
        ]

    def _at_stake(self) -> list[str]:
        return [words for _, words in self._stakes()]

    @Slot(str, object)
    def _on_save_failed(self, what: str, _error: object) -> None:
        if what == "save" and "unsaved" not in self._lost:
            self._lost.append("unsaved")

    @Slot(object)
    def _on_not_deleted(self, _error: object) -> None:
        self._lost.append("undeleted")

    def _on_not_closed(self, error: AgentAssistError) -> None:
        log.get("ui").error("locking did not close the history in order: %s", log.describe(error))
        self._end()

    @Slot()
    def _on_late(self) -> None:
        self._lost.append("unsaved")
        self._end()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._patience.stop()
        window = self._window
        box = window.geometry()
        handover = Handover(
            (box.x(), box.y(), box.width(), box.height()), tuple(dict.fromkeys(self._lost)), self._by_itself
        )
        clipboard = QGuiApplication.clipboard()
        if window.ways.is_own(clipboard.text()):  # what was copied here is text of a case, too
            clipboard.clear()
        last = threading.Timer(END_SECONDS, self._leave, (handover,))
        last.daemon = True
        last.start()
        self._close()
        last.cancel()
        self._leave(handover)

    def _leave(self, handover: Handover) -> None:
        """Any thread: where closing hangs, this is the timer's."""
        try:
            self._give_way(handover)
        except OSError as error:
            log.get("ui").error("the locked window could not be started: %s", log.describe(error))
            os._exit(1)  # no window is better than one with its text in memory
