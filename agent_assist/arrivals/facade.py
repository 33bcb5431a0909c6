"""Every way in that may stand open while the window does: started, paused and heard here, by one stream."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from agent_assist.arrivals.sources import CallerPort, ListenerPort, Makers, Parse, WatchPort
from agent_assist.arrivals.wire import identity, one_line, window_of
from agent_assist.capture.hook import protocol
from agent_assist.capture.hook.protocol import FromSidebar, FromSource
from agent_assist.capture.stream import Standing, Tracker
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import (
    Alike,
    ArrivalEvent,
    Arrived,
    Conversation,
    Inserted,
    Tracked,
    Trouble,
    Way,
    WaysChanged,
    WayState,
)
from agent_assist.settings import CLIPBOARD, FOLDER, HOTKEY, PROGRAMS, Settings

PROGRAM_WAYS = (Way.BROWSER, Way.PUSH, Way.CHATWOOT, Way.ZAMMAD)
HELD = "Agent Assist is paused. Press Resume in its window, then send it again."
NOT_OPEN = "The page of this conversation is not open any more. Copy the reply instead."
CLOSED = "The page was closed before the reply stood in its box. Copy the reply instead."
Tell = Callable[[ArrivalEvent], None]
Channel = tuple[Way, str]


@dataclass(slots=True)
class _Page:
    """What watches a channel now.

    Attributes:
        caller: the source that does.
        can_insert: whether it can put a reply into the reply box.
    """

    caller: int
    can_insert: bool = False


class Arrivals:
    """The ways in of one installation and their stream. Nothing is opened before `start`.

    Its methods may be called from any thread. `start`, `apply` and `close` open and close files and sockets; all
    others return within milliseconds.

    Args:
        places: where the socket lies.
        settings: which ways are on.
        capture: parses a pushed text or a file.
        version: of the product, told to sources.
        makers: what makes the sources.
    """

    def __init__(
        self, places: Places, settings: Settings, *, capture: Parse, version: str, makers: Makers | None = None
    ) -> None:
        self._places, self._settings, self._capture, self._version = places, settings, capture, version
        self._makers = makers or Makers()
        self._tracker = Tracker(lambda: datetime.now(UTC), identity)
        self._standing = Standing()  # replaced whole, so that it is read without waiting for the stream
        self._tell: Tell | None = None
        self._paused = False
        self._lock = threading.RLock()  # the stream: events are told in the order in which it took things in
        self._applying = threading.Lock()  # apart: closing a source waits for its thread, which may want the stream
        self._listener: ListenerPort | None = None
        self._watch: WatchPort | None = None
        self._folder = ""  # that is watched
        self._problems: dict[Way, str] = {}
        self._pages: dict[Channel, _Page] = {}
        self._inserting: dict[tuple[int, str], str] = {}  # caller and channel: conversation

    # --- standing open

    def start(self, tell: Tell) -> None:
        """Opens the ways that the settings allow.

        Args:
            tell: called with every event, from any thread; returns at once and calls nothing of this object.
        """
        self._tell = tell
        self.apply()

    def apply(self) -> None:
        """Opens and closes ways as the settings now have it. What cannot be opened is told of, not raised."""
        with self._applying:
            if self._tell is not None:
                self._apply_programs(self._settings[PROGRAMS])
                self._apply_folder(self._settings[FOLDER])
        self._on_change()

    def close(self) -> None:
        """Closes every way. Nothing is told any more."""
        self._tell = None
        with self._applying:
            self._apply_programs(False)
            self._apply_folder("")

    def _apply_programs(self, wanted: bool) -> None:
        if self._listener is not None and not wanted:
            listener, self._listener = self._listener, None
            listener.close()
        self._problems.pop(Way.BROWSER, None)
        if self._listener is None and wanted:
            listener = self._makers.listener(self._places, self._on_message, self._on_change, self._version)
            listener.set_paused(self._paused)
            self._listener = listener  # before it is open: a source may speak at once
            try:
                listener.start()
            except KnownError as error:
                self._listener = None
                self._fail(Way.BROWSER, str(error))

    def _apply_folder(self, wanted: str) -> None:
        if self._watch is not None and wanted != self._folder:
            watch, self._watch = self._watch, None
            watch.close()
        self._problems.pop(Way.FOLDER, None)
        if self._watch is None and wanted:
            watch = self._makers.watch(Path(wanted).expanduser(), self._on_text, self._on_folder_trouble, self._changed)
            watch.set_paused(self._paused)
            try:
                watch.start()
            except KnownError as error:
                self._fail(Way.FOLDER, str(error))
                return
            self._watch, self._folder = watch, wanted

    def _fail(self, way: Way, words: str) -> None:
        self._problems[way] = words
        self._say(Trouble(way, words))

    @property
    def paused(self) -> bool:
        """Whether nothing is taken in for the moment."""
        return self._paused

    def set_paused(self, paused: bool) -> None:
        """Holds every way, or takes in again; what a source shows meanwhile is refused."""
        self._paused = paused
        listener = self._listener
        if listener is not None:
            listener.set_paused(paused)
        if self._watch is not None:
            self._watch.set_paused(paused)
        self._say(WaysChanged(self.states(), paused))

    def states(self) -> tuple[WayState, ...]:
        """How each way stands that can be turned on.

        The window itself opens the clipboard and the selection: of them only whether the settings turn them on.
        """
        listener, settings = self._listener, self._settings
        ways = [caller.way for caller in listener.callers] if listener is not None else []
        problem = self._problems.get(Way.BROWSER, "")
        return (
            *(WayState(way, settings[PROGRAMS], ways.count(way), problem) for way in PROGRAM_WAYS),
            self._folder_state(bool(settings[FOLDER])),
            WayState(Way.CLIPBOARD, settings[CLIPBOARD]),
            WayState(Way.SELECTION, bool(settings[HOTKEY])),
        )

    def _folder_state(self, on: bool) -> WayState:
        watch = self._watch
        problem = self._problems.get(Way.FOLDER, "") or (watch.lost if watch is not None else "")
        return WayState(Way.FOLDER, on, int(watch is not None and not problem), problem)

    # --- the stream

    @property
    def conversations(self) -> tuple[Tracked, ...]:
        """The conversations of the stream, latest first."""
        return self._standing.conversations

    def get(self, conversation_id: str) -> Tracked | None:
        """One of them; None where it is not known, or was let go."""
        return self._standing.get(conversation_id)

    def take(self, conversation: Conversation, way: Way, channel: str = "", title: str = "") -> Arrived | None:
        """Takes a whole conversation in, also while paused: somebody just asked for it. It is told of as any other.

        Args:
            conversation: as parsed.
            way: how it came.
            channel: what its source calls it; "" where that has no name for it.
            title: where it came from, for a person.

        Returns:
            What it brought; None where all of it was known.
        """
        with self._lock:
            arrived = self._tracker.take(conversation, way, channel, title)
            self._publish()
            if arrived is not None:
                self._say(arrived)
            return arrived

    def swap(self, conversation_id: str) -> Arrived | None:
        """Exchanges customer and agent, also in what is still to come; None where it is not known."""
        with self._lock:
            arrived = self._tracker.swap(conversation_id)
            self._publish()
            return arrived

    def forget(self, conversation_id: str) -> None:
        """Lets a conversation go; what its source shows of it later begins a new one."""
        with self._lock:
            self._tracker.forget(conversation_id)
            self._publish()

    def alike(self, conversation_id: str) -> tuple[Alike, ...]:
        """The conversations that may be with the same customer."""
        return self._standing.alike(conversation_id)

    def join(self, keep_id: str, other_id: str) -> Arrived | None:
        """Makes one conversation of two, under the name of the first; None where one of them is not known."""
        with self._lock:
            arrived = self._tracker.join(keep_id, other_id)
            self._publish()
            return arrived

    def keep_apart(self, one_id: str, other_id: str) -> None:
        """Never calls the two alike again."""
        with self._lock:
            self._tracker.keep_apart(one_id, other_id)
            self._publish()

    def _publish(self) -> None:
        """Lets others see how the stream stands, before they are told of anything new in it."""
        self._standing = self._tracker.standing()

    # --- back to a source

    def insert(self, conversation_id: str, text: str) -> None:
        """Has a reply put into the reply box of the page that shows the conversation; an `Inserted` follows."""
        with self._lock:
            listener = self._listener
            # Never a page that has gone on to another conversation since.
            of_it = [(name, p) for name, p in self._pages.items() if self._tracker.showing(*name) == conversation_id]
            (_, channel), page = next((found for found in reversed(of_it) if found[1].can_insert), (("", ""), None))
            if page is None or listener is None:
                self._say(Inserted(conversation_id, NOT_OPEN))
                return
            self._inserting[page.caller, channel] = conversation_id
        try:
            why_not = "" if listener.send(page.caller, protocol.Insert(channel, text)) else NOT_OPEN
        except KnownError as error:
            why_not = str(error)
        if why_not:
            with self._lock:
                self._inserting.pop((page.caller, channel), None)
            self._say(Inserted(conversation_id, why_not))

    # --- from the sources, in their threads

    def _on_message(self, caller: CallerPort, message: FromSource) -> FromSidebar | None:
        if isinstance(message, protocol.Show):
            return self._on_show(caller, message)
        if isinstance(message, protocol.Push):
            return self._on_push(caller, message)
        if isinstance(message, protocol.Ended):
            with self._lock:
                self._pages.pop((caller.way, message.channel), None)
                self._tracker.close(caller.way, message.channel)
                self._publish()
            self._changed()
        elif isinstance(message, protocol.InsertResult):
            with self._lock:
                conversation_id = self._inserting.pop((caller.id, message.channel), None)
            if conversation_id is not None:
                self._say(Inserted(conversation_id, one_line(message.why_not) or ""))
        return None

    def _on_show(self, caller: CallerPort, show: protocol.Show) -> FromSidebar:
        if self._paused:
            return protocol.Refused(HELD)
        window = window_of(caller.way, show)
        with self._lock:
            page = self._pages.get((caller.way, show.channel))
            opened = page is None or page.caller != caller.id or page.can_insert != show.can_insert
            page = self._pages.setdefault((caller.way, show.channel), _Page(caller.id))
            page.caller, page.can_insert = caller.id, show.can_insert
            before = self._tracker.showing(caller.way, show.channel)
            arrived = self._tracker.see(window)
            turned = before != self._tracker.showing(caller.way, show.channel)
            self._publish()
            if arrived is not None:
                self._say(arrived)
        # Nothing to read, but a conversation can take a reply now, or no longer.
        if (opened or turned) and arrived is None:
            self._changed()
        return protocol.Accepted(show.channel, len(arrived.added) if arrived is not None else 0)

    def _on_push(self, caller: CallerPort, push: protocol.Push) -> FromSidebar:
        if self._paused:
            return protocol.Refused(HELD)
        try:
            found = self._capture(push.text, format=push.format, customer=push.customer)
        except KnownError as error:
            self._say(Trouble(caller.way, str(error)))
            return protocol.Refused(str(error))
        title = one_line(push.title) or ""
        brought = [self.take(conversation, caller.way, "", title) for conversation in found]
        added = sum(len(arrived.added) for arrived in brought if arrived is not None)
        return protocol.Accepted(added=added, conversations=len(found))

    def _on_text(self, name: str, content: bytes) -> None:
        title = one_line(name) or ""
        try:
            found = self._capture(content)
        except KnownError as error:
            self._say(Trouble(Way.FOLDER, f"{title}: {error}"))
            return
        for n, conversation in enumerate(found):
            self.take(conversation, Way.FOLDER, f"{name}#{n}" if n else name, title)

    def _on_folder_trouble(self, words: str) -> None:
        self._say(Trouble(Way.FOLDER, words))

    def _on_change(self) -> None:
        """Sources came or went: what nobody watches any more can take no reply."""
        listener = self._listener
        alive = {caller.id for caller in listener.callers} if listener is not None else set()
        with self._lock:
            for channel in [name for name, page in self._pages.items() if page.caller not in alive]:
                del self._pages[channel]
                self._tracker.close(*channel)
            self._publish()
            for key in [key for key in self._inserting if key[0] not in alive]:
                self._say(Inserted(self._inserting.pop(key), CLOSED))
        self._changed()

    def _changed(self) -> None:
        self._say(WaysChanged(self.states(), self._paused))

    def _say(self, event: ArrivalEvent) -> None:
        tell = self._tell
        if tell is not None:
            tell(event)
