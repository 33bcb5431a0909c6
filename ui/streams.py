"""What comes in by itself, brought into the GUI thread: to the open conversation, or beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from agent_assist.records import (
    ArrivalEvent,
    Arrived,
    Conversation,
    Inserted,
    Mood,
    Speaker,
    Tracked,
    Way,
    WaysChanged,
)
from agent_assist.settings import SAVE
from ui.beside import Beside
from ui.bridge import FLUSH_MS, Bridge
from ui.case import Case
from ui.flow import Flow
from ui.ports import DeskPort

BY_HAND = frozenset({Way.PASTE, Way.FILE, Way.CLIPBOARD, Way.SELECTION})
"""A person has just asked for it: the flow itself shows it, and it goes when they put it away."""


@dataclass(frozen=True, slots=True)
class Came:
    """What came to one conversation since it was last looked at here.

    Attributes:
        conversation: as it stands now.
        way: of what came last.
        unread: turns that are new and not the desk's own.
    """

    conversation: Conversation
    way: Way
    unread: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A conversation of the stream, as the switcher shows it.

    Attributes:
        conversation: as it stands now.
        tracked: where it comes from.
        mood: the last that was read of it.
        unread: turns that came since it was last open.
        current: whether it is the open one.
    """

    conversation: Conversation
    tracked: Tracked
    mood: Mood | None
    unread: int
    current: bool


class Streams(QObject):
    """Hands events on every 40 ms, gathered by conversation. Lives in the GUI thread; `tell` is heard from any."""

    changed = Signal()  # the conversations, a count, a feeling
    ways_changed = Signal(object)  # WaysChanged
    inserted = Signal(object)  # Inserted
    troubled = Signal(object)  # Trouble
    failed = Signal(object)
    _came = Signal()

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow) -> None:
        super().__init__(bridge)
        self._desk, self._bridge, self._flow = desk, bridge, flow
        self._events: SimpleQueue[ArrivalEvent] = SimpleQueue()
        self._order: list[str] = []  # of the conversations, as they first came
        self._unread: dict[str, int] = {}
        self._held: dict[str, Came] = {}  # that a person brought, while it is open whether it is about to be shown
        self._put_away: set[str] = set()  # that the person closed: they do not open by themselves
        self._may_open: Callable[[], bool] = lambda: True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self._came.connect(self._gather, Qt.ConnectionType.QueuedConnection)
        self.beside = Beside(desk, bridge)
        self.beside.read.connect(self._on_read_beside)
        self.beside.failed.connect(self.failed)
        flow.left.connect(self._on_left)
        flow.let_go.connect(self._on_let_go)
        flow.erased.connect(self._on_erased)
        for signal in (flow.captured, flow.opened):
            signal.connect(self._on_open)
        for signal in (flow.read, flow.cleared):
            signal.connect(self._on_changed)

    def set_may_open(self, may_open: Callable[[], bool]) -> None:
        """Has it asked whether a conversation may open by itself where none is open."""
        self._may_open = may_open

    # --- the ways

    def start(self) -> None:
        """Opens the ways that the settings allow."""
        self._in_lane(lambda: self._desk.arrivals.start(self.tell))

    def apply(self) -> None:
        """Has changed settings take effect."""
        self._in_lane(self._desk.arrivals.apply)

    def set_paused(self, paused: bool) -> None:
        """Holds every way, or takes in again."""
        self._desk.arrivals.set_paused(paused)

    def _in_lane(self, work: Callable[[], None]) -> None:
        self._bridge.run("db", lambda _post, _token: work(), lambda _none: None, self.failed.emit)

    # --- the conversations

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The conversations of the stream, in the order in which they first came."""
        tracked = {t.conversation.id: t for t in self._desk.arrivals.conversations}
        fresh = [identity for identity in reversed(tracked) if identity not in self._order]
        self._order = [identity for identity in self._order if identity in tracked] + fresh
        return tuple(self._entry(tracked[identity]) for identity in self._order)

    def _entry(self, tracked: Tracked) -> Entry:
        conversation, now = tracked.conversation, self._flow.conversation
        case = self._flow.cases.get(conversation.id)
        current = now is not None and now.id == conversation.id
        return Entry(conversation, tracked, case.mood if case else None, self._unread.get(conversation.id, 0), current)

    def open(self, conversation_id: str) -> None:
        """Shows a conversation of the stream."""
        tracked = self._desk.arrivals.get(conversation_id)
        now = self._flow.conversation
        if tracked is not None and (now is None or now.id != conversation_id):
            self._flow.open(tracked.conversation)

    def close(self, conversation_id: str) -> None:
        """Lets a conversation go from the stream; its saved copy stays."""
        now = self._flow.conversation
        self._desk.arrivals.forget(conversation_id)
        if now is not None and now.id == conversation_id:
            self._flow.new()
        self._forget(conversation_id)
        self.changed.emit()

    def take_joined(self, conversation: Conversation, other_id: str) -> None:
        """Goes on with the open conversation, into which another one was joined: kept only where both are."""
        cases = self._flow.cases
        kept, other = cases.keeps(other_id, self._desk.settings[SAVE]), cases.get(other_id)
        before: tuple[str, ...] = ()
        if other is not None:
            kept, before = other.keep, other.joined
        self._forget(other_id)
        if other is not None:
            other.keep = False  # a reading of it that is still under way saves nothing
            self.beside.drop(other_id)
        if not kept:
            self._flow.set_keep(False)
        self._flow.arrive(conversation)
        case = cases.get(conversation.id)
        if case is not None:
            case.joined = (*case.joined, *before, other_id)
        self._flow.joined.emit(other_id)
        self.changed.emit()

    def finish(self) -> None:
        """Saves all that is kept, read or not: the window closes."""
        self.set_may_open(lambda: False)
        self._flush()  # what came this very moment
        self._flow.saving.finish(dict.fromkeys((*self.beside.pending, *self._flow.cases.all())))

    def step(self, by: int) -> None:
        """Shows the next conversation (1) or the one before (-1), round and round."""
        entries = self.entries
        if entries:
            at = next((n for n, entry in enumerate(entries) if entry.current), -1 if by > 0 else 0)
            self.open(entries[(at + by) % len(entries)].conversation.id)

    def settle(self) -> None:
        """Opens what waits where nothing is open: somebody came back to the page of conversations."""
        waiting = [e for e in self.entries if e.unread and e.conversation.id not in self._put_away]
        if waiting and self._is_free() and self._may_open():
            self._flow.open(waiting[-1].conversation)

    # --- events

    def tell(self, event: ArrivalEvent) -> None:
        """Takes an event, from any thread."""
        self._events.put(event)
        self._came.emit()

    @Slot()
    def _gather(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        came, self._held = self._held, {}
        ways: WaysChanged | None = None
        while True:
            try:
                event = self._events.get_nowait()
            except Empty:
                break
            if isinstance(event, Arrived):
                identity = event.conversation.id
                came[identity] = joined(came.get(identity), event)
            elif isinstance(event, WaysChanged):
                ways = event
            elif isinstance(event, Inserted):
                self.inserted.emit(event)
            else:
                self.troubled.emit(event)
        for identity, one in came.items():
            tracked = self._desk.arrivals.get(identity)  # it may have been swapped, joined or let go since
            if tracked is not None:
                self._take(replace(one, conversation=tracked.conversation))
        if ways is not None:
            self.ways_changed.emit(ways)
        self.changed.emit()

    def _take(self, came: Came) -> None:
        identity, now = came.conversation.id, self._flow.conversation
        if now is not None and now.id == identity:
            self._flow.arrive(came.conversation)
        elif came.way in BY_HAND:
            if self._flow.intake.live:  # perhaps it is about to be shown: looked at again once that is known
                self._held[identity] = came
                self._gather()
            else:
                self._note(came.conversation)
        elif self._opens_by_itself(identity):
            self._flow.open(came.conversation)
        else:
            self._unread[identity] = self._unread.get(identity, 0) + came.unread
            self._note(came.conversation)

    def _opens_by_itself(self, identity: str) -> bool:
        return self._is_free() and identity not in self._put_away and self._may_open()

    def _is_free(self) -> bool:
        """Whether nothing is open, nor about to be because a person asked for it."""
        return self._flow.conversation is None and not self._flow.awaited

    def _note(self, conversation: Conversation) -> None:
        """Reads in the background what went on beside the open conversation."""
        cases = self._flow.cases
        case = cases.get(conversation.id) or cases.make(conversation, self._desk.settings[SAVE])
        case.conversation = conversation
        cases.put(case)
        self.beside.look(case)

    @Slot(object)
    def _on_left(self, case: Case) -> None:
        """What was left before it was read to its end is read beside."""
        if not case.fresh:
            self.beside.look(case)

    @Slot(object)
    def _on_read_beside(self, case: Case) -> None:
        if self._flow.cases.get(case.conversation.id) not in (None, case):
            return  # it was let go, and has come in again since
        if case.fresh:
            self._flow.saving.save_soon(case)
        else:
            self.beside.look(case)
        self.changed.emit()

    def _on_open(self, *_what: object) -> None:
        now = self._flow.conversation
        if now is not None:
            self._unread.pop(now.id, None)
            self._put_away.discard(now.id)
            self.beside.drop(now.id)
        self.changed.emit()

    def _on_changed(self, *_what: object) -> None:
        self.changed.emit()

    @Slot(str)
    def _on_let_go(self, conversation_id: str) -> None:
        """What a person brought goes; what its source goes on showing stays beside."""
        tracked = self._desk.arrivals.get(conversation_id)
        if tracked is not None and tracked.way not in BY_HAND:
            self._put_away.add(conversation_id)
        elif tracked is not None:
            self._desk.arrivals.forget(conversation_id)
            self._forget(conversation_id)
            self._flow.cases.forget_choice(conversation_id)
        self.changed.emit()

    @Slot(str)
    def _on_erased(self, conversation_id: str) -> None:
        """Its text goes; what its source goes on showing comes back as one that is not kept and opens on request."""
        tracked, now = self._desk.arrivals.get(conversation_id), self._flow.conversation
        if tracked is None or tracked.way in BY_HAND:
            self.close(conversation_id)
            self._flow.cases.forget_choice(conversation_id)
            return
        if now is not None and now.id == conversation_id:
            self._flow.new()
        self._put_away.add(conversation_id)
        self._flow.cases.drop(conversation_id)
        self._unread.pop(conversation_id, None)
        self.beside.drop(conversation_id)
        self.changed.emit()

    def _forget(self, conversation_id: str) -> None:
        self._flow.saving.flush()
        case = self._flow.cases.get(conversation_id)
        self._flow.cases.drop(conversation_id)
        self._unread.pop(conversation_id, None)
        self._put_away.discard(conversation_id)
        if case is not None and case.keep and not case.fresh:
            self.beside.look(case)  # it is still to be saved
        else:
            self.beside.drop(conversation_id)


def joined(before: Came | None, arrived: Arrived) -> Came:
    """What came, with what an event of the same conversation adds to it."""
    turns = arrived.conversation.turns
    fresh = sum(turns[i].speaker is not Speaker.AGENT for i in arrived.added if i < len(turns))
    return Came(arrived.conversation, arrived.way, fresh + (before.unread if before is not None else 0))
