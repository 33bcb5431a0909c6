"""A stream that the test feeds by hand. Satisfies `ui.ports.ArrivalsPort`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from agent_assist.records import (
    Alike,
    ArrivalEvent,
    Arrived,
    Conversation,
    Inserted,
    Speaker,
    Tracked,
    Way,
    WaysChanged,
    WayState,
)

SIDES = {Speaker.CUSTOMER: Speaker.AGENT, Speaker.AGENT: Speaker.CUSTOMER}


class FakeArrivals:
    """Conversations by id; `show` is what a browser does. `insert_answer` is what the page says, None for nothing."""

    def __init__(self) -> None:
        self.tell: Callable[[ArrivalEvent], None] | None = None
        self.paused = False
        self.ways: tuple[WayState, ...] = ()
        self.tracked: dict[str, Tracked] = {}
        self.alikes: dict[str, tuple[Alike, ...]] = {}
        self.inserted: list[tuple[str, str]] = []
        self.insert_answer: str | None = ""
        self.apart: list[tuple[str, str]] = []
        self.joined: list[tuple[str, str]] = []
        self.forgotten: list[str] = []
        self.applied = 0
        self.closed = False
        self.threads: dict[str, str] = {}

    def start(self, tell: Callable[[ArrivalEvent], None]) -> None:
        self.threads["start"] = threading.current_thread().name
        self.tell = tell
        tell(WaysChanged(self.ways, self.paused))

    def apply(self) -> None:
        self.threads["apply"] = threading.current_thread().name
        self.applied += 1

    def set_paused(self, paused: bool) -> None:
        self.paused = paused
        self.say(WaysChanged(self.ways, paused))

    def say(self, event: ArrivalEvent) -> None:
        if self.tell is not None:
            self.tell(event)

    @property
    def conversations(self) -> tuple[Tracked, ...]:
        return tuple(reversed(self.tracked.values()))

    def states(self) -> tuple[WayState, ...]:
        return self.ways

    def get(self, conversation_id: str) -> Tracked | None:
        return self.tracked.get(conversation_id)

    def show(
        self,
        conversation: Conversation,
        way: Way = Way.BROWSER,
        *,
        title: str = "desk.example",
        open_: bool = True,
        moved: bool = False,
    ) -> None:
        """A source shows a conversation as it stands now; called from any thread."""
        arrived = self._keep(conversation, way, title, open_, moved)
        if arrived is not None:
            self.say(arrived)

    def take(self, conversation: Conversation, way: Way, channel: str = "", title: str = "") -> Arrived | None:
        self.threads["take"] = threading.current_thread().name
        arrived = self._keep(conversation, way, title, open_=False, moved=False)
        if arrived is not None:
            self.say(arrived)
        return arrived

    def swap(self, conversation_id: str) -> Arrived | None:
        was = self.tracked.get(conversation_id)
        if was is None:
            return None
        turns = tuple(replace(t, speaker=SIDES.get(t.speaker, t.speaker)) for t in was.conversation.turns)
        name = next((t.name for t in turns if t.speaker is Speaker.CUSTOMER), None)
        swapped = replace(was.conversation, turns=turns, customer=name)
        return self._keep(swapped, was.way, was.title, was.open, moved=False)

    def forget(self, conversation_id: str) -> None:
        self.forgotten.append(conversation_id)
        self.tracked.pop(conversation_id, None)

    def alike(self, conversation_id: str) -> tuple[Alike, ...]:
        return self.alikes.get(conversation_id, ())

    def join(self, keep_id: str, other_id: str) -> Arrived | None:
        self.joined.append((keep_id, other_id))
        kept, other = self.tracked[keep_id], self.tracked.pop(other_id)
        self.alikes.clear()
        turns = (*kept.conversation.turns, *other.conversation.turns)
        whole = replace(kept.conversation, turns=tuple(replace(t, i=i) for i, t in enumerate(turns)))
        return self._keep(whole, kept.way, kept.title, kept.open, moved=True)

    def keep_apart(self, one_id: str, other_id: str) -> None:
        self.apart.append((one_id, other_id))
        self.alikes.clear()

    def insert(self, conversation_id: str, text: str) -> None:
        self.inserted.append((conversation_id, text))
        if self.insert_answer is not None:
            self.say(Inserted(conversation_id, self.insert_answer))

    def close(self) -> None:
        self.closed = True
        self.tell = None

    def _keep(self, conversation: Conversation, way: Way, title: str, open_: bool, moved: bool) -> Arrived | None:
        was = self.tracked.get(conversation.id)
        before = was.conversation.turns if was is not None else ()
        if was is not None and was.conversation == conversation:
            return None
        self.tracked[conversation.id] = Tracked(conversation, way, conversation.id, title, datetime.now(UTC), open_)
        pairs = list(zip(before, conversation.turns, strict=False))
        return Arrived(
            conversation,
            way,
            conversation.id,
            title,
            added=tuple(range(len(before), len(conversation.turns))),
            changed=tuple(i for i, (a, b) in enumerate(pairs) if a.text != b.text),
            began=was is None,
            moved=moved,
        )
