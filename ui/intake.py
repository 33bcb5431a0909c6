"""Texts and files that a person brings: parsed in a lane, known again where they carry a conversation on, streamed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from agent_assist.capture.stream import as_known
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Way
from ui.bridge import Bridge, Task
from ui.live import Known
from ui.ports import DeskPort

NOTHING = "No conversation was found in the text. Paste the messages themselves."


class Intake(QObject):
    """One at a time, in the lane "emotion"; a later one takes the place of an earlier."""

    began = Signal()
    found = Signal(object)  # list[Conversation], at least one: the first is the one to show
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._task: Task[list[Conversation]] | None = None
        self.known = Known()

    def take(self, work: Callable[[], list[Conversation]], way: Way) -> None:
        """Takes in what a parser makes of a text.

        Args:
            work: parses; called in the lane.
            way: how the text came.
        """
        known = self.known.latest

        def known_again() -> list[Conversation]:
            found = as_known(work(), known, self._desk.swap_roles)
            return [self._streamed(found[0], way), *found[1:]] if found else found

        self._run(known_again)

    def swap(self, conversation: Conversation, ended: Callable[[Conversation], None]) -> None:
        """Exchanges customer and agent, in the stream too where it is part of that."""

        def work() -> list[Conversation]:
            arrived = self._desk.arrivals.swap(conversation.id)
            return [self._desk.swap_roles(conversation) if arrived is None else arrived.conversation]

        self._run(work, lambda found: ended(found[0]))

    def told_before(self, saved: Conversation, shown: Conversation) -> Conversation:
        """A conversation of the stream with what was saved of it before: its source may show only the last messages."""
        arrivals = self._desk.arrivals
        tracked = arrivals.get(shown.id)
        if tracked is None:
            return shown
        arrived = arrivals.take(saved, tracked.way, tracked.channel, tracked.title)
        if arrived is None:
            return shown
        if arrived.conversation.id != shown.id:  # nothing in common but the id
            arrivals.forget(arrived.conversation.id)
            return shown
        return arrived.conversation

    @property
    def live(self) -> bool:
        """True while something is being taken in."""
        return self._task is not None and self._task.live

    def drop(self) -> None:
        """Wants nothing of it any more."""
        if self._task is not None:
            self._task.drop()

    def _streamed(self, conversation: Conversation, way: Way) -> Conversation:
        """The conversation as it stands in the one stream, with what other ways brought of it."""
        arrivals = self._desk.arrivals
        arrived = arrivals.take(conversation, way)
        if arrived is not None:
            return arrived.conversation
        tracked = arrivals.get(conversation.id)
        return conversation if tracked is None else tracked.conversation

    def _run(
        self, work: Callable[[], list[Conversation]], ended: Callable[[list[Conversation]], None] | None = None
    ) -> None:
        self.drop()
        self.began.emit()
        self._task = self._bridge.run(
            "emotion", lambda _post, _token: work(), ended or self._on_found, self.failed.emit
        )

    def _on_found(self, found: list[Conversation]) -> None:
        if found:
            self.found.emit(found)
        else:
            self.failed.emit(KnownError(NOTHING))
