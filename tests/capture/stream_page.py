"""Pages, pushed texts and clocks for the tests of the stream, written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from agent_assist.capture.stream import Tracker
from agent_assist.records import Contact, Conversation, Seen, Speaker, Turn, Way, Window

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    """A clock that goes on by a second with each look."""

    def __init__(self) -> None:
        self._looks = count()

    def __call__(self) -> datetime:
        return START + timedelta(seconds=next(self._looks))


def tracker() -> Tracker:
    ids = count(1)
    return Tracker(Clock(), lambda *_channel: f"s-{next(ids)}")


def seen(text: str, key: str | None = None, minute: float | None = None, **rest: object) -> Seen:
    """A message; `minute` counts from the start."""
    at = None if minute is None else START + timedelta(minutes=minute)
    return replace(Seen(text, key=key, at=at), **rest)  # type: ignore[arg-type]


def window(*messages: Seen | str, channel: str = "chat", way: Way = Way.BROWSER, whole: bool = False) -> Window:
    """What a source shows; a bare text is a message without anything else."""
    return Window(way, channel, tuple(m if isinstance(m, Seen) else Seen(m) for m in messages), whole)


def keyed(*texts: str, minutes: bool = False) -> list[Seen]:
    """Messages whose key is "k" and their number."""
    return [seen(text, f"k{i}", i if minutes else None) for i, text in enumerate(texts)]


def talk(*lines: str, id: str = "t-1", times: bool = False) -> Conversation:
    """A parsed conversation: "c: text" or "a: text" each."""
    sides = {"c": Speaker.CUSTOMER, "a": Speaker.AGENT}
    turns = tuple(
        Turn(i, sides[line[0]], line[3:], at=START + timedelta(minutes=i) if times else None)
        for i, line in enumerate(lines)
    )
    return Conversation(id, "plain", turns)


def texts(conversation: Conversation) -> list[str]:
    assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
    return [t.text for t in conversation.turns]


def shown(tracked: Tracker) -> list[str]:
    """The texts of the latest conversation."""
    return texts(tracked.conversations[0].conversation)


@dataclass
class Message:
    """One message of the page; the number never changes."""

    number: int
    text: str
    key: str | None
    at: datetime | None


@dataclass
class Page:
    """A page of a desk as it stands: what is done to it, and windows onto it.

    Args:
        keys: makes a key for a message's number, or None.
        timed: whether it shows times.
        telling: whether no two messages have the same words.
        messages: as they stand now.
        known: numbers of those that were shown.
        used: every text that it ever had.
    """

    keys: Callable[[int], str | None]
    timed: bool = False
    telling: bool = False
    messages: list[Message] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    _numbers: count[int] = field(default_factory=count)

    def append(self, text: str) -> None:
        number = next(self._numbers)
        at = START + timedelta(minutes=5 * number) if self.timed else None
        self.messages.append(Message(number, text, self.keys(number), at))

    def reload(self, keys: Callable[[int], str | None]) -> None:
        """The same messages under new keys."""
        self.keys = keys
        for message in self.messages:
            message.key = keys(message.number)

    def window(self, start: int, stop: int) -> Window:
        """The messages from one place to another, which are known from then on."""
        part = self.messages[start:stop]
        self.known |= {m.number for m in part}
        told = tuple(Seen(m.text, Speaker.CUSTOMER, m.key, None, m.at) for m in part)
        return Window(Way.BROWSER, "chat", told, whole=start == 0)

    @property
    def texts(self) -> list[str]:
        return [m.text for m in self.messages]


def with_contacts(shown: Window, *contacts: Contact) -> Window:
    return replace(shown, contacts=contacts)


def is_within(part: Sequence[str], whole: Sequence[str]) -> bool:
    """Whether the one stands in the other, in order."""
    rest = iter(whole)
    return all(any(text == other for other in rest) for text in part)
