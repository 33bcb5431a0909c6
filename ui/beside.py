"""The conversations beside the open one, read in the background: one that turns hot is to be seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.errors import AgentAssistError, BugError
from agent_assist.jobs import CancelToken
from agent_assist.records import Mood
from ui.bridge import Bridge, Post, Task
from ui.case import Case
from ui.ports import DeskPort

PAUSE_MS = 250  # between two readings, so that the open conversation never waits long for its own


class Beside(QObject):
    """One at a time, in the lane "emotion", each as it stands when its turn comes."""

    read = Signal(object)  # Case with its new mood
    failed = Signal(object)  # our own errors; what is known is said where the conversation is opened

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._waiting: dict[str, Case] = {}
        self._now: Case | None = None
        self._task: Task[Mood] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._next)

    def look(self, case: Case) -> None:
        """Has a case read soon; what comes to it until then is read with it."""
        self._waiting[case.conversation.id] = case
        if not self._pause.isActive() and not (self._task is not None and self._task.live):
            self._next()

    @property
    def pending(self) -> tuple[Case, ...]:
        """The cases that are still to be read."""
        now = () if self._now is None else (self._now,)
        return (*now, *self._waiting.values())

    def drop(self, conversation_id: str) -> None:
        """Leaves a case be: it is open now, or gone."""
        self._waiting.pop(conversation_id, None)

    @Slot()
    def _next(self) -> None:
        if not self._waiting:
            return
        case = self._now = self._waiting.pop(next(iter(self._waiting)))
        conversation = case.conversation

        def done(mood: Mood) -> None:
            self._now = None
            if case.read_of is not case.conversation:  # else it was opened and read meanwhile
                case.take_mood(mood, conversation)
                self.read.emit(case)
            self._pause.start()

        def work(_post: Post, _token: CancelToken) -> Mood:
            return self._desk.read(conversation)

        self._task = self._bridge.run("emotion", work, done, self._on_failed)

    def _on_failed(self, error: AgentAssistError) -> None:
        self._now = None
        self._pause.start()
        if isinstance(error, BugError):
            self.failed.emit(error)
