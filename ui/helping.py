"""What is asked of the language model for the open conversation, as it comes in; and what the agent makes of it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from agent_assist.errors import AgentAssistError, Cancelled
from agent_assist.jobs import CancelToken
from agent_assist.records import (
    Analysis,
    Assist,
    Conversation,
    Mood,
    Outcome,
    Progress,
    Reply,
    ReplyDraft,
    ReplyReady,
    SummaryDraft,
)
from ui.bridge import Bridge, Post, Task
from ui.case import Case
from ui.choosing import Choosing, Recorder
from ui.going_on import help_anew
from ui.ports import DeskPort


class Helping(QObject):
    """One request at a time; a newer one takes the place of it. Lives in the GUI thread."""

    began = Signal()
    composed = Signal(object)  # tuple[Reply, ...] that need no language model
    progress = Signal(object)  # Progress
    draft = Signal(object)  # ReplyDraft
    reply = Signal(object)  # ReplyReady
    summary = Signal(object)  # SummaryDraft
    assisted = Signal(object)  # Assist
    stopped = Signal()
    settled = Signal(object)  # Case whose help has come, to be saved
    failed = Signal(str, object)  # "compose", "assist" or "save"; the error
    busy = Signal(str)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._assisting: Task[Assist] | None = None
        self._composing: Task[tuple[Reply, ...]] | None = None
        self._choosing = Choosing(desk, bridge)
        self._choosing.failed.connect(lambda error: self.failed.emit("save", error))

    @property
    def running(self) -> bool:
        """True while the language model is asked."""
        return self._assisting is not None and self._assisting.live

    def show(self, moment: Analysis | None) -> None:
        """Other replies are shown from now on, or none."""
        self._choosing.show(moment)

    def ask(self, case: Case, mood: Mood) -> None:
        """Asks for summary and replies for a conversation as it stands."""
        self.drop()
        self._choosing.begin()
        self.began.emit()
        self.busy.emit("reading…")
        told, conversation = case.told, case.conversation

        def work(post: Post, token: CancelToken) -> Assist:
            return help_anew(self._desk, told, conversation, mood, post, token)

        def ended(assist: Assist) -> None:
            self._on_assisted(case, Analysis(conversation, mood, assist), assist)

        self._assisting = self._bridge.run("llm", work, ended, self._on_failed, self._on_event)

    def compose(self, conversation: Conversation, mood: Mood) -> None:
        """Asks for what the phrase bank has."""

        def ended(replies: tuple[Reply, ...]) -> None:
            self._choosing.show_composed(conversation, mood, replies)
            self.composed.emit(replies)

        if self._composing is not None:
            self._composing.drop()
        self._composing = self._bridge.run(
            "emotion",
            lambda _post, _token: self._desk.compose(conversation, mood),
            ended,
            lambda error: self.failed.emit("compose", error),
        )

    def stop(self) -> None:
        """Stops the language model; what is written so far stays."""
        if self._assisting is not None and self._assisting.live:
            self._assisting.drop()
            self.stopped.emit()
            self.busy.emit("")
            self._choosing.end()

    def drop(self) -> None:
        """Wants nothing of what was asked any more."""
        for task in (self._assisting, self._composing):
            if task is not None:
                task.drop()

    def record(self, reply: str, outcome: Outcome, text: str | None) -> bool:
        """See `Flow.record`; False where it is none of the replies that are shown."""
        if self.running:
            self._choosing.hold(reply, outcome, text)
            return True
        return self._choosing.record(reply, outcome, text)

    def recorder(self, is_open: Callable[[], bool]) -> Recorder:
        """See `Flow.recorder`; `is_open` says whether the conversation of now is open by the time of the call."""
        of_now = self._choosing.recorder()

        def record(reply: str, outcome: Outcome, text: str | None) -> bool:
            here = is_open()
            if not (here and self.record(reply, outcome, text)):
                of_now(reply, outcome, text)
            return here

        return record

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.busy.emit(f"{event.stage}…")
            self.progress.emit(event)
        elif isinstance(event, ReplyDraft):
            self.draft.emit(event)
        elif isinstance(event, ReplyReady):
            self.reply.emit(event)
        elif isinstance(event, SummaryDraft):
            self.summary.emit(event)

    def _on_assisted(self, case: Case, moment: Analysis, assist: Assist) -> None:
        case.assist, case.told = assist, moment
        self._choosing.show(moment)
        self.busy.emit("")
        self.assisted.emit(assist)
        self.settled.emit(case)
        self._choosing.end()

    def _on_failed(self, error: AgentAssistError) -> None:
        self.busy.emit("")
        if isinstance(error, Cancelled):
            self.stopped.emit()
        else:
            self.failed.emit("assist", error)
