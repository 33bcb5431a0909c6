"""What the JSON exports and events of all desks have in common: finding their messages, and making turns of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from agent_assist.capture.clock import as_utc
from agent_assist.capture.decode import Decoded, clean
from agent_assist.capture.format import Format
from agent_assist.capture.formats.desk_fields import MAX_DEPTH, Row, ident, items, load, peeked
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.lines import strip
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.capture.roles import customer_name
from agent_assist.capture.told import tell_customer
from agent_assist.errors import KnownError
from agent_assist.records import Aside, Conversation, Speaker, Turn

MAX_DESK = 50_000_000

SYSTEM = "system message"
DELETED = "deleted message"
FILE = "message with a file and no text"
EMPTY = "message without text"
_PLURALS = {FILE: "messages with a file and no text", EMPTY: "messages without text"}


@dataclass(slots=True)
class Message:
    """One message of a desk, as one of its formats understands it.

    Attributes:
        text: what was said, plain; may be empty.
        speaker: who said it; None where only the whole conversation can tell.
        id: the desk's own, or empty; a later message of the same id replaces this one.
        name: the writer's, or empty.
        at: when it was written.
        edited: when it was last changed, where the desk says so.
        who: tells writers apart where `speaker` is None.
        private: whether it is a note between colleagues.
        left_out: why it is no turn (`SYSTEM`, `DELETED`, `FILE`), or empty.
    """

    text: str
    speaker: Speaker | None
    id: str = ""
    name: str = ""
    at: datetime | None = None
    edited: datetime | None = None
    who: str = ""
    private: bool = False
    left_out: str = ""


class Around:
    """The objects around one; going over it begins with the innermost."""

    def __init__(self, row: Row | None = None, outer: Around | None = None) -> None:
        self._row = row
        self._outer = outer

    def __iter__(self) -> Iterator[Row]:
        place: Around | None = self
        while place is not None:
            if place._row is not None:
                yield place._row
            place = place._outer

    @cached_property
    def users(self) -> dict[str, Row]:
        """All "users" around, by their ids; shared where nothing is added, for an export may have thousands."""
        outer = self._outer.users if self._outer is not None else {}
        own = {ident(user.get("id")): user for user in items(self._row or {}, "users")}
        return {**outer, **own} if own else outer


Keyed = tuple[str, Message]
"""The desk's own id of a conversation, or an empty string, and a message of it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk's JSON.

    Attributes:
        name: of the format, as the person gives it.
        title: as people call what was exported ("a Zendesk ticket").
        marks: field names for a quick look before anything is decoded; of each group one stands in every such text.
        is_message: whether an object is one of the desk's messages.
        holds: whether an object is a conversation: messages and what belongs to them.
        read: the messages of an object of either kind; gets the objects around it.
    """

    name: str
    title: str
    marks: tuple[tuple[str, ...], ...]
    is_message: Callable[[Row], bool]
    holds: Callable[[Row], bool]
    read: Callable[[Row, Around], Iterator[Keyed]]


def format_of(desk: Desk) -> Format:
    """The format of a desk's JSON."""
    return Format(
        name=desk.name,
        limit=MAX_DESK,
        too_long=f"This export is larger than {MAX_DESK // 1_000_000} MB. Export fewer conversations at a time.",
        verbatim=True,
        matches=lambda peek: _matches(desk, peek),
        parse=lambda decoded, customer, on_bad: _parse(desk, decoded, customer, on_bad),
    )


def _matches(desk: Desk, peek: str) -> bool:
    if peek.lstrip("\ufeff \t\r\n")[:1] not in ("{", "["):
        return False
    if not all(any(f'"{mark}"' in peek for mark in group) for group in desk.marks):
        return False
    values = peeked(peek)
    return not any(map(_is_ours, values)) and any(True for value in values for _ in _find(desk, value, Around()))


def _is_ours(value: object) -> bool:
    """Whether a value is a conversation or a turn of our own JSON lines, or a list of them."""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and (isinstance(first.get("turns"), list) or {"speaker", "text"} <= first.keys())


def _find(desk: Desk, value: object, around: Around, depth: int = 0) -> Iterator[tuple[Row, Around]]:
    """The outermost objects that the desk knows, in order, with the objects around each."""
    if isinstance(value, dict):
        if desk.is_message(value) or desk.holds(value):
            yield value, around
            return
        inner: Sequence[object] = tuple(value.values())
        around = Around(value, around)
    elif isinstance(value, list):
        inner = value
    else:
        return
    if depth < MAX_DEPTH:
        for item in inner:
            if isinstance(item, dict | list):
                yield from _find(desk, item, around, depth + 1)


def _parse(desk: Desk, decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    skipped: list[int] = []

    def tell(number: int, reason: str) -> None:
        skipped.append(number)
        if on_bad is not None:
            on_bad(number, reason)

    values, notes = load(decoded.text, tell)
    threads = _threads(desk, values)
    if skipped and on_bad is None:
        notes.append(_counted(len(skipped), "line is not valid JSON", "lines are not valid JSON") + ": left out.")
    made = [_conversation(desk, key, said) for (key, _), said in threads.items()]
    found = list({one.id: one for one in made if one is not None}.values())
    if not found:
        raise KnownError(
            f"This was read as {desk.title}, but there is no message of a conversation in it. Export the conversation "
            "with its messages."
        )
    if lost := made.count(None):
        notes.append(f"{_counted(lost, 'conversation', 'conversations')} without any message left out.")
    if customer is not None:
        found = tell_customer(found, customer)
    return [replace(found[0], notes=(*decoded.notes, *notes, *found[0].notes)), *found[1:]]


def _threads(desk: Desk, values: Sequence[object]) -> dict[tuple[str, int], list[Message]]:
    """The messages by conversation; where the desk names none, those that stand together in one object belong together.

    Messages of two customers must never be mixed, so what stands apart stays apart.
    """
    threads: dict[tuple[str, int], list[Message]] = {}
    for value in values:
        for row, around in _find(desk, value, Around()):
            place = row if not desk.is_message(row) else next(iter(around), None)
            together = 0 if place is None else id(place)
            for key, message in desk.read(row, around):
                threads.setdefault((key, 0 if key else together), []).append(message)
    return threads


def holds_none(row: Row) -> bool:
    """For desks whose messages all stand on their own."""
    del row
    return False


def _conversation(desk: Desk, key: str, said: Sequence[Message]) -> Conversation | None:
    messages = _in_order(_once(said))
    guess = _settle(messages)
    turns: list[Turn] = []
    asides: list[Aside] = []
    left: Counter[str] = Counter()
    for message in messages:
        text = "" if message.left_out else strip(clean(message.text)[0])
        name = strip(clean(message.name)[0].replace("\n", " ")) or None
        if not text:
            left[message.left_out or EMPTY] += 1
        elif message.private:
            asides.append(Aside(text, len(turns) - 1, name, message.at))
        else:
            turns.append(Turn(len(turns), message.speaker or Speaker.AGENT, text, name, message.at))
    if not turns:
        return None
    if len(turns) > MAX_TURNS:
        raise KnownError(
            f"A conversation of this export has more than {MAX_TURNS:,} messages. Export the part that matters now."
        )
    customer = customer_name(turns)
    notes = (f"Read as {desk.title}.", *_left_out(left, len(asides)), *guess)
    return Conversation(_id(desk, key, turns), desk.name, tuple(turns), customer, "live", notes, None, tuple(asides))


def _once(said: Sequence[Message]) -> list[Message]:
    """Each message once: of several with one id the newest, at the place of the first."""
    kept: dict[str, Message] = {}
    for number, message in enumerate(said):
        known = kept.get(message.id) if message.id else None
        if known is None:
            kept[message.id or f"\n{number}"] = message
        elif not _is_older(message, known):
            message.at = known.at or message.at
            kept[message.id] = message
    return list(kept.values())


def _is_older(message: Message, known: Message) -> bool:
    return message.edited is not None and known.edited is not None and as_utc(message.edited) < as_utc(known.edited)


def _in_order(messages: list[Message]) -> list[Message]:
    """By time; what has none stays behind what stood before it."""
    last = float("-inf")
    order: list[float] = []
    for message in messages:
        last = as_utc(message.at).timestamp() if message.at is not None else last
        order.append(last)
    return [messages[i] for i in sorted(range(len(messages)), key=order.__getitem__)]


def _settle(messages: Sequence[Message]) -> tuple[str, ...]:
    """Gives a speaker to whoever has none: the first who writes, and never to colleagues, is the customer."""
    unknown = [m for m in messages if m.speaker is None and m.left_out != SYSTEM]
    if not unknown:
        return ()
    colleagues = {m.who for m in messages if m.private}
    has_customer = any(m.speaker is Speaker.CUSTOMER for m in messages)
    chosen = next((m.who for m in unknown if not m.private and m.who not in colleagues), None)
    for message in unknown:
        is_chosen = not has_customer and chosen is not None and message.who == chosen
        message.speaker = Speaker.CUSTOMER if is_chosen else Speaker.AGENT
    if has_customer or chosen is None:
        return ()
    return ("Whoever wrote first was taken to be the customer; swap the roles if that is wrong.",)


def _left_out(left: Counter[str], notes: int) -> list[str]:
    said = [_counted(count, kind, _PLURALS.get(kind, kind + "s")) for kind, count in left.items()]
    sentences = []
    if said:
        listed = ", ".join(said[:-1]) + (" and " if said[:-1] else "") + said[-1]
        sentences.append(f"{listed} {'was' if sum(left.values()) == 1 else 'were'} left out.")
    if notes:
        sentences.append(f"{_counted(notes, 'internal note', 'internal notes')} kept apart from the conversation.")
    return sentences


def _counted(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _id(desk: Desk, key: str, turns: Sequence[Turn]) -> str:
    """The desk's own id behind its name, for two desks may both have a ticket 12; else one made of what was said."""
    given = strip(clean(key)[0].replace("\n", " "))
    if not given:
        said = "\n".join(f"{t.speaker}\t{t.name or ''}\t{t.text}" for t in turns)
        given = hashlib.sha256(said.encode()).hexdigest()[:12]
    return f"{desk.name}-{given}"
