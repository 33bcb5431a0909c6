"""What is done for the history unasked while the window runs: backups when due, checks, erasing by age."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.errors import AgentAssistError, Cancelled, Locked
from agent_assist.jobs import CancelToken
from agent_assist.records import Erased, Health
from agent_assist.settings import KEEP_DAYS
from ui.bridge import Bridge, Post
from ui.ports import DeskPort

FIRST_MS = 20_000  # after the history opened: the start itself is for the person
EVERY_MS = 30 * 60_000


class Upkeep(QObject):
    """Looks now and then; lane "copies" does what reads and copies whole files, so that saving never waits."""

    troubled = Signal(object)  # Health that is not good
    erased = Signal(object)  # Erased, where something went by age
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._quick, self._told = True, ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.look)

    @Slot()
    def start(self) -> None:
        """The history is open."""
        self._quick, self._told = True, ""
        self._timer.start(FIRST_MS)

    @Slot()
    def stop(self) -> None:
        """The window closes or locks."""
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Does what is due."""
        self._timer.start(EVERY_MS)
        if not self._desk.custody.is_open:
            return
        if self._desk.settings[KEEP_DAYS]:
            custody = self._desk.custody
            self._bridge.run("db", lambda _post, _token: custody.retain(unasked=True), self._on_erased, self._on_failed)
        self._index(more=True)
        self._bridge.run("copies", self._tend, self._on_tended, self._on_failed)

    def _index(self, more: bool) -> None:
        """Goes on with the index of words, a little at a time: a save may come in between."""
        if more:
            self._bridge.run("db", lambda _post, _token: self._desk.custody.catch_up(), self._index, self._on_failed)

    def _tend(self, _post: Post, token: CancelToken) -> Health:
        """In lane "copies": looks at the files, and copies them where they are good."""
        custody, quick = self._desk.custody, self._quick
        self._quick = False
        health = custody.health()
        if custody.check_due():
            health = custody.check(full=True)
        elif quick:
            health = custody.check(full=False)
        token.check()
        if health.good and custody.backup_due():  # a copy of what is damaged would only push a good one out
            custody.back_up(None, lambda _done: None, token)
        return health

    def _on_tended(self, health: Health) -> None:
        if health.good:
            self._told = ""
        elif health.problem != self._told:
            self._told = health.problem
            self.troubled.emit(health)

    def _on_erased(self, erased: Erased) -> None:
        if erased.conversations:
            self.erased.emit(erased)

    def _on_failed(self, error: AgentAssistError) -> None:
        if not isinstance(error, Locked | Cancelled) and str(error) != self._told:
            self._told = str(error)
            self.failed.emit(error)
