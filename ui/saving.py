"""Conversations written to the history, one write of each at a time: what grows quickly is not written at each turn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.errors import AgentAssistError, Gone
from agent_assist.jobs import CancelToken
from agent_assist.records import Analysis, Mood, Speaker
from ui.bridge import Bridge, Post
from ui.case import Case
from ui.joining import absorb
from ui.live import added
from ui.ports import DeskPort

PAUSE_MS = 1500  # between two writes of a conversation that comes in by itself
HELD = "The conversation that was joined is under a legal hold: it stays in the history by itself, too."


class Saving(QObject):
    """Saves cases where the person keeps them and the history is open."""

    failed = Signal(object)
    gone = Signal(str)  # id of a conversation that was erased meanwhile, here or by another process
    said = Signal(str)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self.open = False
        self._soon: dict[str, Case] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.flush)

    def save(self, case: Case) -> None:
        """Saves what there is, unless it was saved like this already."""
        self._soon.pop(case.conversation.id, None)
        now = case.analysis()
        if now is not None and case.fresh:  # else the mood is that of fewer turns: the end of its reading saves
            self._write(case, now)

    def finish(self, cases: Iterable[Case]) -> None:
        """Saves at the end: where there is no time left to read what came last, with those turns as not read."""
        for case in cases:
            self._write(case, Analysis(case.conversation, _mood_so_far(case), case.assist))
        self.flush()

    def _write(self, case: Case, now: Analysis) -> None:
        saved, joined = case.saved_with, case.joined
        if not case.keep or not self.open:
            return
        if saved and saved.conversation is now.conversation and saved.mood is now.mood and saved.assist is now.assist:
            return
        case.saved_with = now

        def work(_post: Post, _token: CancelToken) -> int:
            self._desk.custody.keep(now)
            return absorb(self._desk.custody, now.conversation.id, joined)

        self._bridge.run(
            "db",
            work,
            lambda held: self._on_stored(case, joined, held),
            lambda error: self._on_failed(case, now, error),
        )

    def save_soon(self, case: Case) -> None:
        """Saves a case that goes on growing, after a pause."""
        self._soon[case.conversation.id] = case
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def flush(self) -> None:
        """Saves now what waits for its pause."""
        self._timer.stop()
        for case in tuple(self._soon.values()):
            self.save(case)

    def forget(self, case: Case) -> None:
        """Counts a case as not saved; what stands in the history is the caller's to delete."""
        self._soon.pop(case.conversation.id, None)
        case.stored, case.saved_with = False, None

    def _on_stored(self, case: Case, joined: tuple[str, ...], held: int) -> None:
        if held:
            self.said.emit(HELD)
        case.joined = tuple(identity for identity in case.joined if identity not in joined)
        if case.keep:
            case.stored = True

    def _on_failed(self, case: Case, analysis: Analysis, error: AgentAssistError) -> None:
        if case.saved_with is analysis:  # else what failed is not what is known of it now
            case.saved_with = None
        if isinstance(error, Gone):
            self.gone.emit(case.conversation.id)
        else:
            self.failed.emit(error)


def _mood_so_far(case: Case) -> Mood:
    """What is known of its feelings, with the customer's turns that nobody read yet marked so."""
    if case.mood is not None and case.fresh:
        return case.mood
    came = added(case.read_of, case.conversation) if case.read_of is not None else None
    if case.mood is None or came is None:
        mood, came = Mood(()), case.conversation.turns
    else:
        mood = case.mood
    unread = tuple(turn.i for turn in came if turn.speaker is Speaker.CUSTOMER)
    return replace(mood, unread=(*mood.unread, *unread))
