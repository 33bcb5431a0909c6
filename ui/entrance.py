"""Every way in, wired together: by hand, from the clipboard, by a key, and what streams in by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from agent_assist.records import WaysChanged
from ui.attending import Attending
from ui.bridge import Bridge
from ui.bringing import Bringing
from ui.columns_page import ColumnsPage
from ui.conversation_page import ConversationPage
from ui.flow import Flow
from ui.ports import DeskPort
from ui.streams import Streams
from ui.tabling import Tabling
from ui.watching import Watching
from ui.ways_in import WaysIn


class Entrance(QObject):
    """What the window needs to know of its ways in."""

    said = Signal(str)  # for the message at the foot
    refused = Signal(str)  # for the notice: why something was not taken in
    taken = Signal()
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow, page: ConversationPage, window: QWidget) -> None:
        super().__init__(window)
        self.ways = WaysIn(window, flow)
        self.bringing = Bringing(desk, bridge, flow)
        self.watching = Watching(desk, bridge, self.ways, window)
        self.columns = ColumnsPage()
        self.tabling = Tabling(bridge, flow, desk.tables, self.columns)
        self.tabling.available.connect(page.notes.set_table)
        page.notes.columns_asked.connect(self.tabling.open)
        self.streams = Streams(desk, bridge, flow)
        self.attending = Attending(desk, self.streams, flow, page)
        self._connect()

    def _connect(self) -> None:
        self.ways.many_taken.connect(self.bringing.take_files)
        self.ways.one_taken.connect(self.tabling.note)
        self.ways.taken.connect(self.taken)
        self.watching.came.connect(self.bringing.take_text)
        self.streams.ways_changed.connect(self._on_ways)
        for teller in (self.bringing, self.attending):
            teller.said.connect(self.said)
        for refuser in (self.ways, self.bringing, self.attending):
            refuser.refused.connect(self.refused)
        for part in (self.bringing, self.watching, self.streams, self.tabling):
            part.failed.connect(self.failed)

    def start(self) -> None:
        """Opens the ways that the settings allow."""
        self.streams.start()
        self.watching.apply()

    def apply(self) -> None:
        """Has changed settings take effect."""
        self.streams.apply()
        self.watching.apply()

    def close(self) -> None:
        """Watches nothing any more; the stream is closed with the desk."""
        self.watching.close()

    @Slot(object)
    def _on_ways(self, ways: WaysChanged) -> None:
        self.watching.set_paused(ways.paused)
