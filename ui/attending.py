"""The live conversations as the window shows them: tabs, the line of ways, who may be one customer, what can be put in.

It decides nothing: it shows what the stream tells, and passes on what the person does.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from agent_assist.records import Arrived, Trouble, WaysChanged
from ui.conversation_page import ConversationPage
from ui.flow import Flow
from ui.inserting import Inserting
from ui.ports import DeskPort
from ui.streams import Entry, Streams
from ui.way_words import alike_words, listening_words, trouble_words, whose
from ui.widgets.listening import ListeningLine
from ui.widgets.switcher import Switcher, Tab

JOINED = "Joined into one conversation"
APART = "Kept apart; this is not asked again"


class Attending(QObject):
    """Between the stream and the parts of the window that show it."""

    said = Signal(str)  # for the message at the foot
    refused = Signal(str)  # for the notice

    def __init__(self, desk: DeskPort, streams: Streams, flow: Flow, page: ConversationPage) -> None:
        super().__init__(streams)
        self._desk, self._streams, self._flow, self._page = desk, streams, flow, page
        self.switcher, self.line = Switcher(), ListeningLine()
        self.inserting = Inserting(desk, streams, flow)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)  # once, however much of it has changed
        self._soon.timeout.connect(self._refresh)
        self._connect()

    def _connect(self) -> None:
        streams, page = self._streams, self._page
        streams.changed.connect(self._soon.start)
        streams.ways_changed.connect(self._on_ways)
        streams.troubled.connect(self._on_trouble)
        self.switcher.asked.connect(streams.open)
        self.switcher.close_asked.connect(streams.close)
        self.line.pause_asked.connect(streams.set_paused)
        page.alike.joined.connect(self._on_join)
        page.alike.kept_apart.connect(self._on_apart)
        self.inserting.able_changed.connect(page.set_insertable)
        self.inserting.done.connect(self.said)
        self.inserting.refused.connect(self.refused)

    @Slot()
    def _refresh(self) -> None:
        entries = self._streams.entries
        self.switcher.show_tabs([_tab(entry) for entry in entries])
        current = next((entry for entry in entries if entry.current), None)
        self.inserting.set_able(current is not None and current.tracked.open)
        self._propose(current if len(entries) > 1 else None)

    def _propose(self, current: Entry | None) -> None:
        found = self._desk.arrivals.alike(current.conversation.id) if current is not None else ()
        for alike in found:
            other = self._desk.arrivals.get(alike.conversation_id)
            if other is not None:
                self._page.alike.propose(alike.conversation_id, alike_words(other, alike.why))
                return
        self._page.alike.propose("", "")

    @Slot(object)
    def _on_ways(self, ways: WaysChanged) -> None:
        self.line.show_ways(ways)
        self._page.empty.show_ways("" if ways.paused else listening_words(ways.states))

    @Slot(object)
    def _on_trouble(self, trouble: Trouble) -> None:
        self.refused.emit(trouble_words(trouble))

    @Slot(str)
    def _on_join(self, other: str) -> None:
        conversation = self._flow.conversation
        arrived: Arrived | None = None
        if conversation is not None:
            arrived = self._desk.arrivals.join(conversation.id, other)
        if arrived is not None:
            self._streams.take_joined(arrived.conversation, other)
            self.said.emit(JOINED)

    @Slot(str)
    def _on_apart(self, other: str) -> None:
        if self._flow.conversation is not None:
            self._desk.arrivals.keep_apart(self._flow.conversation.id, other)
            self.said.emit(APART)
            self._soon.start()


def _tab(entry: Entry) -> Tab:
    tracked = entry.tracked
    return Tab(
        id=entry.conversation.id,
        name=whose(tracked),
        way=tracked.way,
        title=tracked.title,
        unread=entry.unread,
        mood=entry.mood,
        current=entry.current,
    )
