"""What is asked of a reading: why it reads so, and that it should read as the agent says. Late results are dropped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.errors import AgentAssistError, Cancelled
from agent_assist.records import Conversation, Explanation, Label, Mood
from ui.bridge import Bridge, Task
from ui.flow import Flow
from ui.ports import DeskPort


class Lessons(QObject):
    """Explains in the lane "emotion", corrects in "db". Corrections stand in line: each builds on the one before."""

    explained = Signal(object)  # Explanation
    unexplained = Signal()  # the words could not be looked for
    corrected = Signal(int, object, object)  # turn, Label, the agent's Label before or None
    counted = Signal(int)  # corrections that the readings stand on
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow) -> None:
        super().__init__(bridge)
        self._desk, self._bridge, self._flow = desk, bridge, flow
        self._explaining: Task[Explanation] | None = None
        self._waiting: deque[Callable[[], None]] = deque()
        self._at_work = False
        flow.captured.connect(self._on_other)
        flow.opened.connect(self._on_other)
        flow.cleared.connect(self._on_other)

    @Slot(int)
    def explain(self, turn: int) -> None:
        """Asks for the words of a turn that count; an answer to an earlier question is dropped."""
        self.drop()
        conversation, mood = self._flow.conversation, self._flow.mood
        if conversation is not None and mood is not None:
            self._explaining = self._bridge.run(
                "emotion",
                lambda _post, _token: self._desk.explain(conversation, mood, turn),
                self.explained.emit,
                self._on_unexplained,
            )

    @Slot()
    def drop(self) -> None:
        """Wants no explanation any more."""
        if self._explaining is not None:
            self._explaining.drop()

    @Slot(int, object)
    def correct(self, turn: int, label: Label) -> None:
        """Has a turn read as the agent says."""
        before: list[Label] = []

        def work(conversation: Conversation, mood: Mood) -> Mood:
            was = mood.of(turn)
            if was is not None and was.corrected:
                before.append(was.label)
            return self._desk.correct(conversation, mood, turn, label)

        self._change(work, lambda: self.corrected.emit(turn, label, before[0] if before else None))

    def take_back(self, turn: int, before: Label | None) -> None:
        """Undoes a correction: the turn reads as the one before said, or by the model where there was none."""
        if before is None:
            self.uncorrect(turn)
        else:
            self._change(lambda conversation, mood: self._desk.correct(conversation, mood, turn, before), lambda: None)

    @Slot(int)
    def uncorrect(self, turn: int) -> None:
        """Has a turn read by the model again."""
        self._change(lambda conversation, mood: self._desk.uncorrect(conversation, mood, turn), lambda: None)

    @Slot()
    def forget(self) -> None:
        """Forgets every correction, then has the open conversation read again."""
        self._bridge.run(
            "db", lambda _post, _token: self._desk.forget_habit(), lambda _none: self.read_again(), self._on_failed
        )

    @Slot()
    def count(self) -> None:
        """Says how many corrections the readings stand on."""
        self.counted.emit(self._desk.habit_count)

    def cause_title(self, name: str) -> str:
        """The words for what set a spike off, "" where it is not known."""
        return self._desk.cause_title(name)

    def read_again(self) -> None:
        """Has the open conversation read anew: what was learnt has changed."""
        self.count()
        conversation, before = self._flow.conversation, self._flow.mood
        if conversation is None:
            return

        def ended(mood: Mood) -> None:
            now = self._flow.mood
            if self._flow.conversation is not conversation or now is None:
                return
            if now is before:
                self._flow.renew(mood)
            else:  # it was read or corrected meanwhile, and this reading may not know of that
                self.read_again()

        self._bridge.run("emotion", lambda _post, _token: self._desk.read(conversation), ended, self._on_failed)

    def _change(self, work: Callable[[Conversation, Mood], Mood], done: Callable[[], None]) -> None:
        conversation = self._flow.conversation
        if conversation is None or self._flow.mood is None:
            return

        def begin() -> None:
            mood, now = self._flow.mood, self._flow.conversation
            if now is None or now.id != conversation.id or mood is None:
                self._next()
                return
            self._bridge.run("db", lambda _post, _token: work(now, mood), lambda m: ended(now, m), failed)

        def ended(of: Conversation, mood: Mood) -> None:
            now = self._flow.conversation
            if now is of:
                self._flow.renew(mood)
                done()
            elif now is not None and now.id == of.id:  # it went on meanwhile: this mood lacks its new turns
                self.read_again()
                done()
            self.count()
            self._next()

        def failed(error: AgentAssistError) -> None:
            self._on_failed(error)
            self._next()

        self._waiting.append(begin)
        if not self._at_work:
            self._next()

    def _next(self) -> None:
        self._at_work = bool(self._waiting)
        if self._waiting:
            self._waiting.popleft()()

    def _on_other(self, *_what: object) -> None:
        self.drop()

    def _on_unexplained(self, error: AgentAssistError) -> None:
        self.unexplained.emit()
        self._on_failed(error)

    def _on_failed(self, error: AgentAssistError) -> None:
        if not isinstance(error, Cancelled):
            self.failed.emit(error)
