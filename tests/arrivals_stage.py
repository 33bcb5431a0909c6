"""Hand-written sources for the tests of the ways in, and what they make the stream tell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from agent_assist import capture
from agent_assist.arrivals import Arrivals
from agent_assist.arrivals.sources import Makers, OnMessage, OnText
from agent_assist.capture.hook import protocol
from agent_assist.capture.hook.protocol import FromSidebar, FromSource
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import ArrivalEvent, Speaker, Way
from agent_assist.settings import PROGRAMS, Settings


@dataclass(frozen=True)
class FakeCaller:
    id: int
    way: Way
    name: str = ""


@dataclass
class FakeListener:
    on_message: OnMessage
    on_change: Callable[[], None]
    callers: tuple[FakeCaller, ...] = ()
    started: bool = False
    paused: bool = False
    sent: list[tuple[int, FromSidebar]] = field(default_factory=list)
    problem: str = ""

    def start(self) -> None:
        if self.problem:
            raise KnownError(self.problem)
        self.started = True

    def close(self) -> None:
        self.started, self.callers = False, ()

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def send(self, caller_id: int, message: FromSidebar) -> bool:
        self.sent.append((caller_id, message))
        return any(caller.id == caller_id for caller in self.callers)

    def come(self, *callers: FakeCaller) -> None:
        self.callers = callers
        self.on_change()


@dataclass
class FakeWatch:
    folder: Path
    on_text: OnText
    on_trouble: Callable[[str], None]
    on_change: Callable[[], None]
    lost: str = ""
    paused: bool = False
    watching: bool = False

    def start(self) -> None:
        if not self.folder.is_dir():
            raise KnownError("That folder is not there. Choose another one.")
        self.watching = True

    def set_paused(self, paused: bool) -> None:
        self.paused = paused

    def close(self) -> None:
        self.watching = False


class Stage:
    """Arrivals over fakes, and what they told."""

    def __init__(self, places: Places) -> None:
        self.settings = Settings(places.settings)
        self.listeners: list[FakeListener] = []
        self.watches: list[FakeWatch] = []
        self.told: list[ArrivalEvent] = []
        self.problem = ""
        makers = Makers(self._listener, self._watch)
        self.arrivals = Arrivals(places, self.settings, capture=capture.read, version="1", makers=makers)

    def _listener(
        self, _places: Places, on_message: OnMessage, on_change: Callable[[], None], _version: str
    ) -> FakeListener:
        self.listeners.append(FakeListener(on_message, on_change, problem=self.problem))
        return self.listeners[-1]

    def _watch(
        self, folder: Path, on_text: OnText, on_trouble: Callable[[str], None], on_change: Callable[[], None]
    ) -> FakeWatch:
        self.watches.append(FakeWatch(folder, on_text, on_trouble, on_change))
        return self.watches[-1]

    def open(self, way: Way = Way.BROWSER) -> FakeCaller:
        """Programs are let in, and one has come."""
        self.settings.set(PROGRAMS, True)
        self.arrivals.start(self.told.append)
        caller = FakeCaller(7, way)
        self.listeners[-1].come(caller)
        self.told.clear()
        return caller

    def say(self, caller: FakeCaller, message: FromSource) -> FromSidebar | None:
        return self.listeners[-1].on_message(caller, message)

    def of(self, kind: type[ArrivalEvent]) -> list[ArrivalEvent]:
        return [event for event in self.told if isinstance(event, kind)]


def show(*texts: str, channel: str = "case-1", can_insert: bool = True, whole: bool = False) -> protocol.Show:
    seen = [
        protocol.SeenMessage(text, Speaker.AGENT if n % 2 else Speaker.CUSTOMER, key=f"k{n}")
        for n, text in enumerate(texts)
    ]
    return protocol.Show(channel, seen, whole=whole, title="desk.example", can_insert=can_insert)
