"""Replies put into the reply box of the page that shows the conversation. Sending stays with the agent."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.records import Inserted
from ui.flow import Flow
from ui.ports import DeskPort
from ui.streams import Streams

DONE = "Put into the reply box. Send it there yourself."
NO_ANSWER = "The page did not answer. Look whether the reply stands there, or copy it instead."
NO_PAGE = "No open page shows this conversation. Copy the reply instead."
ANSWER_MS = 6000


class Inserting(QObject):
    """One reply at a time for each conversation; what is recorded of it waits until the page says that it is there."""

    able_changed = Signal(bool)  # whether the open conversation's page can take a reply
    done = Signal(str)
    refused = Signal(str)  # why not

    def __init__(self, desk: DeskPort, streams: Streams, flow: Flow) -> None:
        super().__init__(streams)
        self._desk, self._flow = desk, flow
        self.able = False
        self._waiting: dict[str, tuple[Callable[[], None], QTimer]] = {}
        streams.inserted.connect(self._on_inserted)

    def set_able(self, able: bool) -> None:
        """Whether the open conversation's page can take a reply."""
        if able != self.able:
            self.able = able
            self.able_changed.emit(able)

    def insert(self, text: str, then: Callable[[], None]) -> None:
        """Puts a text into the reply box.

        Args:
            text: as it shall stand there.
            then: called once it does.
        """
        conversation = self._flow.conversation
        if conversation is None or not self.able:
            self.refused.emit(NO_PAGE)
            return
        self._take(conversation.id)
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._on_silence, conversation.id))
        timer.start(ANSWER_MS)
        self._waiting[conversation.id] = (then, timer)
        self._desk.arrivals.insert(conversation.id, text)

    @Slot(object)
    def _on_inserted(self, inserted: Inserted) -> None:
        then = self._take(inserted.conversation_id)
        if then is None:
            return  # nobody waits for it any more
        if inserted.why_not:
            self.refused.emit(inserted.why_not)
            return
        then()
        self.done.emit(DONE)

    def _on_silence(self, conversation_id: str) -> None:
        if self._take(conversation_id) is not None:
            self.refused.emit(NO_ANSWER)

    def _take(self, conversation_id: str) -> Callable[[], None] | None:
        then, timer = self._waiting.pop(conversation_id, (None, None))
        if timer is not None:
            timer.stop()
            timer.deleteLater()
        return then
