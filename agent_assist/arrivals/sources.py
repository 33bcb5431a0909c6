"""What the stream is made of, as protocols, and the makers of the real ones, which are imported when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from agent_assist.capture.hook.protocol import FromSidebar, FromSource
from agent_assist.paths import Places
from agent_assist.records import Conversation, Way


class CallerPort(Protocol):
    """A source that speaks over the local socket."""

    @property
    def id(self) -> int:
        """Its number, never given twice."""

    @property
    def way(self) -> Way:
        """What kind of source it is."""


class ListenerPort(Protocol):
    """The local socket; see `capture.hook.listener.Listener`."""

    @property
    def callers(self) -> tuple[CallerPort, ...]:
        """Who is connected."""

    def start(self) -> None:
        """Listens; KnownError where the socket cannot be had."""

    def close(self) -> None:
        """Listens no more."""

    def send(self, caller_id: int, message: FromSidebar) -> bool:
        """Says something to a source, without waiting for it; False where it is gone, KnownError where too long."""

    def set_paused(self, paused: bool) -> None:
        """Tells every source, also those that come later."""


class WatchPort(Protocol):
    """The watched folder; see `capture.watch.FolderWatch`."""

    @property
    def lost(self) -> str:
        """What is wrong with the folder now, in a sentence or two; "" for nothing."""

    def start(self) -> None:
        """Watches; KnownError where the folder cannot be read."""

    def close(self) -> None:
        """Watches no more."""

    def set_paused(self, paused: bool) -> None:
        """Keeps what comes for later, or brings it."""


class Parse(Protocol):
    """`capture.read`, as far as it is needed here."""

    def __call__(self, data: str | bytes, *, format: str = ..., customer: str | None = ...) -> list[Conversation]:
        """At least one conversation; KnownError where there is none."""


OnMessage = Callable[[CallerPort, FromSource], FromSidebar | None]
OnText = Callable[[str, bytes], None]


def make_listener(places: Places, on_message: OnMessage, on_change: Callable[[], None], version: str) -> ListenerPort:
    """The real socket, in the place that belongs to this installation."""
    from agent_assist.capture.hook.endpoint import socket_path
    from agent_assist.capture.hook.listener import Listener

    return Listener(socket_path(places), on_message, on_change, version)


def make_watch(
    folder: Path, on_text: OnText, on_trouble: Callable[[str], None], on_change: Callable[[], None]
) -> WatchPort:
    """The real watcher of a folder."""
    from agent_assist.capture.watch.folder import FolderWatch

    return FolderWatch(folder, on_text, on_trouble, on_change)


@dataclass(frozen=True, slots=True)
class Makers:
    """What makes the sources; tests give their own."""

    listener: Callable[[Places, OnMessage, Callable[[], None], str], ListenerPort] = make_listener
    watch: Callable[[Path, OnText, Callable[[str], None], Callable[[], None]], WatchPort] = make_watch
