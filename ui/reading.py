"""The open conversation's feelings, read in the background: once for what a person brought, steadily for a stream."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.jobs import CancelToken
from agent_assist.records import Mood, Turn
from ui.bridge import Bridge, Post, Task
from ui.case import Case
from ui.going_on import worth_asking
from ui.ports import DeskPort

MOST_REST_MS = 500  # between two readings of a stream: as long as the last one took, so that the window has its share
QUIET_MS = 400  # without a new turn of the stream before help is thought of again
Came = tuple[Turn, ...] | None
"""The turns that came; None where earlier ones changed too."""


class Reading(QObject):
    """One reading at a time. What the stream brings meanwhile waits for its end: else none would ever end."""

    read = Signal(object)  # Mood
    ended = Signal(bool)  # of what a person brought: whether help is worth asking for
    went_on = Signal(object)  # Case that the stream brought something to, read
    rested = Signal(bool)  # the stream is quiet: whether help is worth asking for
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._task: Task[tuple[Mood, bool]] | None = None
        self._came: Came = ()  # what the stream brought since the reading began
        self._worth = False  # whether what it brought before is worth asking for help
        self._began = 0.0
        self._behind: Case | None = None  # that is read again after a rest
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._on_rest)
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(QUIET_MS)
        self._quiet.timeout.connect(self._on_quiet)

    @property
    def live(self) -> bool:
        """True while the mood may be that of fewer turns."""
        return self._task is not None and self._task.live

    def drop(self) -> None:
        """Wants nothing of it any more."""
        self._quiet.stop()
        self._rest.stop()
        self._came, self._worth = (), False
        if self._task is not None:
            self._task.drop()

    def begin(self, case: Case, turns: Came = None) -> None:
        """Reads what a person brought.

        Args:
            case: read as it stands.
            turns: what came to it; None where it is new, or all of it may have changed.
        """

        def ended(mood: Mood, worth: bool) -> None:
            self.read.emit(mood)
            if self._came != ():
                self._worth = self._worth or worth
                self._follow(case)
            else:
                self.ended.emit(worth)

        self._run(case, turns, ended)

    def follow(self, case: Case, turns: Came) -> None:
        """Reads what the stream brought, at once or when the reading that goes on has ended."""
        self._came = None if turns is None or self._came is None else self._came + turns
        if turns is None or not (self.live or self._rest.isActive()):  # of turns that are others now none may come
            self._rest.stop()
            self._follow(case)

    def asked(self) -> None:
        """Help was asked for: what came before is not worth asking for again."""
        self._worth = False

    def _follow(self, case: Case) -> None:
        def ended(mood: Mood, worth: bool) -> None:
            self._worth = self._worth or worth
            self.read.emit(mood)
            if self._came != ():
                self._behind = case
                self._rest.start(min(MOST_REST_MS, int(1000 * (time.monotonic() - self._began))))
                return
            self.went_on.emit(case)
            self._quiet.start()

        turns, self._came = self._came, ()
        self._began = time.monotonic()
        self._run(case, turns, ended)

    @Slot()
    def _on_rest(self) -> None:
        if self._behind is not None:
            self._follow(self._behind)

    def _run(self, case: Case, turns: Came, ended: Callable[[Mood, bool], None]) -> None:
        told, conversation = case.told, case.conversation

        def work(_post: Post, _token: CancelToken) -> tuple[Mood, bool]:
            mood = self._desk.read(conversation)
            return mood, worth_asking(self._desk, told, conversation, mood, turns)

        def done(result: tuple[Mood, bool]) -> None:
            case.take_mood(result[0], conversation)
            ended(*result)

        if self._task is not None:
            self._task.drop()
        self._task = self._bridge.run("emotion", work, done, self.failed.emit)

    @Slot()
    def _on_quiet(self) -> None:
        if not self.live and not self._rest.isActive():  # else its end waits for quiet again
            self.rested.emit(self._worth)
