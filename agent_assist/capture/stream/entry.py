"""A message as the stream holds it, and whether two sightings can be the same message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from agent_assist.capture.clock import as_utc
from agent_assist.capture.decode import clean
from agent_assist.capture.lines import strip
from agent_assist.capture.names import is_self, key
from agent_assist.records import Conversation, Seen, Speaker, Turn, Window

MAX_TEXT = 100_000
"""Characters of one message, as the wire takes them; what is longer is cut."""
MAX_TURNS = 5_000
"""Turns of one conversation, as every parser has it."""
OTHER_SIDE = {Speaker.CUSTOMER: Speaker.AGENT, Speaker.AGENT: Speaker.CUSTOMER}

# A page shows its own message with the clock of the machine first and with the server's later.
_SAME_TIME = timedelta(minutes=2)
_ALIKE = 0.7
_BY_LETTERS = 200  # characters up to which likeness is judged letter by letter: it takes quadratic time
_LOOKED_AT = 400  # words


@dataclass(slots=True, eq=False)
class Entry:
    """A message; one object for as long as the conversation is kept.

    Attributes:
        text, name, at: as in `Turn`.
        token: the text with its white space made even, which is what sightings are compared by.
        key: as in `Seen`.
        via: as in `Turn`.
        speaker: as it counts, exchanged where the agent swapped the sides; None until it is settled.
        told: whether the source itself says who wrote it.
        hole: whether something that was never seen may stand before it.
        place: index in its thread.
        turn: as last published; None where it has to be made anew.
    """

    text: str
    token: str
    via: str
    key: str | None = None
    name: str | None = None
    at: datetime | None = None
    speaker: Speaker | None = None
    told: bool = False
    hole: bool = False
    place: int = -1
    turn: Turn | None = None

    @property
    def when(self) -> datetime | None:
        """The time in a form that can be put in order with others."""
        return None if self.at is None else as_utc(self.at)


def token_of(text: str) -> str:
    """What two sightings of the same message have in common, however a page breaks its lines."""
    return " ".join(text.split())


def entries_of_window(window: Window, *, swapped: bool) -> list[Entry]:
    """The messages of a window that hold any text; told speakers are exchanged where `swapped`."""
    made = (_of_seen(seen, window.way.value, swapped=swapped) for seen in window.seen)
    return _first_of_each_key(entry for entry in made if entry is not None)[-MAX_TURNS:]


def entries_of_conversation(conversation: Conversation, via: str) -> list[Entry]:
    """The turns of a parsed conversation, without their speakers: those are settled after the turns are known."""
    return [
        Entry(turn.text, token_of(turn.text), via, name=turn.name, at=turn.at)
        for turn in conversation.turns[:MAX_TURNS]
    ]


def fits(one: Entry, other: Entry) -> bool:
    """Whether nothing but the text speaks against two sightings being the same message."""
    if one.told and other.told and one.speaker is not other.speaker:
        return False
    if one.name and other.name and one.name != other.name and key(one.name) != key(other.name):
        return is_self(one.name) or is_self(other.name)
    before, after = one.when, other.when
    return before is None or after is None or abs(after - before) <= _SAME_TIME


def has_other_key(one: Entry, other: Entry) -> bool:
    """Whether both have a key, and not the same."""
    return one.key is not None and other.key is not None and one.key != other.key


def is_edit(before: Entry, after: Entry) -> bool:
    """Whether a message may have become another by a mended typo or a longer ending."""
    return fits(before, after) and _alike(before.token, after.token)


def weight(one: Entry, other: Entry) -> int:
    """How much it tells that two sightings have the same words: 1 for "ok", up to 4, and 3 more for the same time."""
    same_time = one.at is not None and one.at == other.at
    return min(4, 1 + len(one.token) // 10) + 3 * same_time


def _of_seen(seen: Seen, via: str, *, swapped: bool) -> Entry | None:
    text = strip(clean(seen.text[:MAX_TEXT])[0])
    if not text:
        return None
    name = " ".join(clean(seen.name)[0].split()) if seen.name else ""
    speaker = seen.speaker
    if swapped and speaker is not None:
        speaker = OTHER_SIDE.get(speaker, speaker)
    return Entry(text, token_of(text), via, seen.key or None, name or None, seen.at, speaker, speaker is not None)


def _first_of_each_key(entries: Iterable[Entry]) -> list[Entry]:
    """Takes the key off what repeats one: a page that numbers badly must not make one message of two."""
    kept: list[Entry] = []
    keys: set[str] = set()
    for entry in entries:
        if entry.key in keys:
            entry.key = None
        elif entry.key is not None:
            keys.add(entry.key)
        kept.append(entry)
    return kept


def _alike(before: str, after: str) -> bool:
    short, long = sorted((before.casefold(), after.casefold()), key=len)
    if long.startswith(short):
        return True
    if len(long) <= _BY_LETTERS:
        matcher = SequenceMatcher(None, short, long, autojunk=False)
        return matcher.real_quick_ratio() >= _ALIKE and matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE
    words = SequenceMatcher(None, short.split()[:_LOOKED_AT], long.split()[:_LOOKED_AT], autojunk=False)
    return words.real_quick_ratio() >= _ALIKE and words.quick_ratio() >= _ALIKE and words.ratio() >= _ALIKE
