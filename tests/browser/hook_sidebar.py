"""A sidebar for the browser to speak to: the real listener and the real stream, with what came in written down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.listener import Caller, Listener
from agent_assist.capture.hook.protocol import Accepted, Ended, FromSidebar, FromSource, Insert, InsertResult, Show
from agent_assist.capture.stream import Tracker
from agent_assist.paths import Places
from agent_assist.records import Contact, Conversation, Seen, Way, Window

WAIT_S = 8.0
"""How long a test waits before it fails; far above what anything here takes."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a source sent, and when: seconds since 1970."""

    at: float
    message: FromSource


class Sidebar:
    """Takes in what the extension sends."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self._news = threading.Condition()
        self.forget()
        self._start()

    def _start(self) -> None:
        self._listener = Listener(socket_path(self.places), self._take, lambda: None, "test")
        self._listener.start()

    def close(self) -> None:
        self._listener.close()

    def restart(self) -> None:
        """The person closes the sidebar and opens it again."""
        self.close()
        self.forget()
        self._start()

    def forget(self) -> None:
        """Begins with nothing known."""
        ids = count(1)
        with self._news:
            self.frames: list[Frame] = []
            self._tracker = Tracker(lambda: datetime.now(UTC), lambda *_channel: f"c{next(ids)}")
            self._caller: int | None = None

    def pause(self, paused: bool) -> None:
        self._listener.set_paused(paused)

    def insert(self, channel: str, text: str) -> InsertResult:
        """Asks the page to put a text into its reply box; returns what became of it."""
        assert self._caller is not None, "nobody is connected"
        before = len(self.inserted)
        assert self._listener.send(self._caller, Insert(channel, text))
        self.wait(lambda: len(self.inserted) > before)
        return self.inserted[-1]

    def wait(self, ready: Callable[[], bool], timeout_s: float = WAIT_S) -> None:
        """Waits until what came in so far is enough."""
        with self._news:
            assert self._news.wait_for(ready, timeout_s), f"did not come: {self.texts}"

    def quiet(self, seconds: float) -> bool:
        """Whether no conversation comes in for so long."""
        with self._news:
            before = len(self.windows)
            return not self._news.wait_for(lambda: len(self.windows) > before, seconds)

    @property
    def windows(self) -> list[Show]:
        return [frame.message for frame in self.frames if isinstance(frame.message, Show)]

    @property
    def ended(self) -> list[str]:
        return [frame.message.channel for frame in self.frames if isinstance(frame.message, Ended)]

    @property
    def watched(self) -> set[str]:
        """The channels that a page shows now."""
        channels: set[str] = set()
        for frame in self.frames:
            if isinstance(frame.message, Show):
                channels.add(frame.message.channel)
            elif isinstance(frame.message, Ended):
                channels.discard(frame.message.channel)
        return channels

    @property
    def inserted(self) -> list[InsertResult]:
        return [frame.message for frame in self.frames if isinstance(frame.message, InsertResult)]

    @property
    def conversation(self) -> Conversation:
        """The one that came in."""
        (tracked,) = self._tracker.conversations
        return tracked.conversation

    @property
    def texts(self) -> list[str]:
        """The turns' words, of the only conversation or of none."""
        return [turn.text for tracked in self._tracker.conversations for turn in tracked.conversation.turns]

    def has(self, part: str) -> bool:
        """Whether a turn has these words."""
        return any(part in text for text in self.texts)

    def arrival(self, part: str) -> float:
        """When a message with these words first came, in seconds since 1970."""
        return next(
            f.at for f in self.frames if isinstance(f.message, Show) and any(part in s.text for s in f.message.seen)
        )

    def _take(self, caller: Caller, message: FromSource) -> FromSidebar | None:
        with self._news:
            self.frames.append(Frame(time.time(), message))
            self._caller = caller.id
            added = 0
            if isinstance(message, Show):
                arrived = self._tracker.see(_window(message))
                added = len(arrived.added) if arrived else 0
            elif isinstance(message, Ended):
                self._tracker.close(Way.BROWSER, message.channel)
            self._news.notify_all()
        return Accepted(message.channel, added) if isinstance(message, Show) else None


def _window(show: Show) -> Window:
    return Window(
        way=Way.BROWSER,
        channel=show.channel,
        seen=tuple(Seen(s.text, s.speaker, s.key, s.name, _moment(s.at)) for s in show.seen if s.text),
        whole=show.whole,
        title=show.title,
        customer=show.customer,
        contacts=tuple(Contact(mark.kind, mark.value) for mark in show.contacts),
        can_insert=show.can_insert,
    )


def _moment(at: str | float | None) -> datetime | None:
    if at is None:
        return None
    return datetime.fromisoformat(at) if isinstance(at, str) else datetime.fromtimestamp(at, UTC)
