"""The language model reads what is new while nobody asks it anything, so that an answer need not wait for it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from agent_assist.errors import AgentAssistError, BugError
from agent_assist.records import ContextUse, Conversation, Mood
from ui.bridge import Bridge, Task
from ui.ports import DeskPort


class TakeIn(QObject):
    """One conversation at a time. Whatever is asked goes first: it drops this."""

    taken = Signal(object)  # ContextUse
    failed = Signal(object)  # our own errors; that there is no model is said elsewhere

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._task: Task[ContextUse] | None = None

    def begin(self, conversation: Conversation, mood: Mood) -> None:
        """Has the new turns of a conversation read in the background."""
        self.drop()
        self._task = self._bridge.run(
            "llm",
            lambda _post, token: self._desk.take_in(conversation, mood, token),
            self.taken.emit,
            self._on_failed,
        )

    def drop(self) -> None:
        """Makes way; what has been read so far stays read."""
        if self._task is not None:
            self._task.drop()

    def _on_failed(self, error: AgentAssistError) -> None:
        if isinstance(error, BugError):
            self.failed.emit(error)
