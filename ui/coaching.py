"""What is asked about the agent's own draft: what it has and lacks while they type, and a rewrite on request.

Nothing of a draft is stored. Late results are dropped: what is shown is always about the text as it stands.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.errors import AgentAssistError, BugError, Cancelled
from agent_assist.jobs import CancelToken
from agent_assist.records import Coaching, Progress, Rewrite, Wish
from ui.bridge import Bridge, Post, Task
from ui.flow import Flow
from ui.ports import DeskPort

PAUSE_MS = 150  # without a key before the draft is looked at


class Coach(QObject):
    """Looks at the draft in the lane "emotion", has it rewritten in "llm"."""

    coached = Signal(object)  # Coaching
    began = Signal()  # a rewrite
    progress = Signal(object)  # Progress of the rewrite
    rewritten = Signal(object)  # Rewrite
    ended = Signal(str)  # the rewrite came to nothing: what to say, empty for nothing
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow) -> None:
        super().__init__(bridge)
        self._desk, self._bridge, self._flow = desk, bridge, flow
        self._draft = ""
        self._looking: Task[Coaching] | None = None
        self._rewriting: Task[Rewrite] | None = None
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._look)
        flow.read.connect(self._on_read)

    @property
    def running(self) -> bool:
        """True while a rewrite is being made."""
        return self._rewriting is not None and self._rewriting.live

    @Slot(str)
    def look(self, draft: str) -> None:
        """The draft has changed: it is looked at after a short pause."""
        self._draft = draft
        if self._looking is not None:
            self._looking.drop()
        self._pause.start()

    def drop(self) -> None:
        """Wants nothing of what was asked any more."""
        self._pause.stop()
        for task in (self._looking, self._rewriting):
            if task is not None:
                task.drop()

    def rewrite(self, draft: str, wish: Wish, instruction: str = "") -> None:
        """Asks the language model for a rewrite; one that runs is dropped for it."""
        conversation, mood = self._flow.conversation, self._flow.mood
        if conversation is None or mood is None or not draft.strip():
            return
        if self._rewriting is not None:
            self._rewriting.drop()
        self._flow.make_way()
        self.began.emit()

        def work(post: Post, token: CancelToken) -> Rewrite:
            return self._desk.rewrite(conversation, mood, draft, wish, instruction, post, token)

        self._rewriting = self._bridge.run("llm", work, self._on_rewritten, self._on_failed, self._on_event)

    def stop(self, words: str = "") -> None:
        """Stops a rewrite; the draft stays as it is."""
        if self.running and self._rewriting is not None:
            self._rewriting.drop()
            self.ended.emit(words)
            self._flow.take_in()

    @Slot()
    def _look(self) -> None:
        conversation, mood, draft = self._flow.conversation, self._flow.mood, self._draft
        if conversation is None or mood is None:
            return
        self._looking = self._bridge.run(
            "emotion",
            lambda _post, _token: self._desk.coach(conversation, mood, draft),
            self.coached.emit,
            self._on_not_coached,
        )

    def _on_read(self, _mood: object) -> None:
        if self._draft.strip():
            self.look(self._draft)

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.progress.emit(event)

    def _on_rewritten(self, rewrite: Rewrite) -> None:
        self.rewritten.emit(rewrite)
        self._flow.take_in()

    def _on_failed(self, error: AgentAssistError) -> None:
        stopped = isinstance(error, Cancelled)
        self.ended.emit("" if stopped or isinstance(error, BugError) else str(error))
        if isinstance(error, BugError):
            self.failed.emit(error)

    def _on_not_coached(self, error: AgentAssistError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
