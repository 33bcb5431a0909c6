"""WhatsApp's exports, from iPhones and Android, and messages copied out of its windows."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from agent_assist.capture.counting import count, were
from agent_assist.capture.decode import Decoded
from agent_assist.capture.draft import Piece
from agent_assist.capture.format import Format
from agent_assist.capture.formats.whatsapp_dates import Calendar, Header, Shape, read_header
from agent_assist.capture.formats.whatsapp_marks import Kind, is_action, read_content, without_marks
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.lines import strip
from agent_assist.capture.names import Likeness, key, likeness
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.capture.roles import cast, customer_name
from agent_assist.capture.told import tell_customer
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker, Turn

MAX_WHATSAPP = 20_000_000
_PROBE_LINES = 400
_MAX_NAME = 80
_FOREIGN = re.compile(r"\s*(?:\d{1,2}:\d{2}(?!\d)|(?:DEBUG|INFO|WARN|WARNING|ERROR|FATAL|TRACE)\s?:)")
_QUOTES = frozenset('"“”„«»')

_SHAPES = {
    Shape.ANDROID: "This was read as a WhatsApp chat exported from Android.",
    Shape.IPHONE: "This was read as a WhatsApp chat exported from an iPhone.",
    Shape.COPIED: "This was read as messages copied out of WhatsApp.",
}
_LOOKS = "This looks like a WhatsApp chat exported from an iPhone."
_OWN = (Kind.NOTICE, Kind.BUSINESS, Kind.CALL, Kind.DELETED)
_LEFT_OUT = (
    (Kind.NOTICE, "system message"),
    (Kind.CALL, "call notice"),
    (Kind.DELETED, "deleted message"),
    (Kind.EMPTY, "empty message"),
)


@dataclass(slots=True)
class _Message:
    header: Header
    name: str
    body: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.body)


@dataclass(slots=True)
class _Chat:
    """What the messages of an export come to; `own` is whether anything in it is only WhatsApp's."""

    pieces: list[Piece] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    businesses: set[str] = field(default_factory=set)
    left_out: Counter[Kind] = field(default_factory=Counter)
    edited: int = 0
    forwarded: int = 0
    files: int = 0
    own: bool = False


def _is_whatsapp(peek: str) -> bool:
    """Whether the text begins with one of WhatsApp's stamps, holds another, and somebody speaks.

    A single message is read as well as plain text, which has seen stamps of all kinds.
    """
    lines = peek.lstrip("\ufeff \t\r\n").split("\n", _PROBE_LINES)[:_PROBE_LINES]
    first = _header(lines[0])
    if first is None or not _typical(first, peek):
        return False
    headers = [header for header in map(_header, lines) if header]
    return len(headers) > 1 and any(_sender(header.rest) for header in headers)


def _header(line: str) -> Header | None:
    """The stamp that a line begins with, unless it is one of a log or of a plan of times."""
    header = read_header(line)
    return None if header and _FOREIGN.match(header.rest) else header


def _typical(header: Header, peek: str) -> bool:
    """Tells the app's stamps from those that logs and other chats begin their lines with."""
    if header.shape is Shape.ANDROID:
        return not header.seconds
    if header.comma or header.marked or header.half:
        return True
    return (header.seconds and header.separator != "-") or "]\u200e" in peek or ": \u200e" in peek


def _whatsapp(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    del on_bad
    messages, before = _cut(decoded.text.split("\n"))
    _join_names(messages)
    chat = _read(messages)
    chat.own = chat.own or "\u200e" in decoded.text
    if not chat.pieces:
        raise KnownError(
            "There is no message in this WhatsApp chat. Export it again, without media, and open the text file."
        )
    calendar = Calendar(chat.headers)
    latest = slice(max(0, len(chat.pieces) - MAX_TURNS), None)
    pieces = [_with_business(piece, chat.businesses) for piece in chat.pieces[latest]]
    roles = cast(pieces)
    turns = tuple(
        _turn(i, piece, piece.speaker or roles.roles[piece.who], calendar.at(header))
        for i, (piece, header) in enumerate(zip(pieces, chat.headers[latest], strict=True))
    )
    notes = [*decoded.notes, *_notes(chat, calendar, before), *(() if customer is not None else roles.notes)]
    found = Conversation(
        id="c-" + hashlib.sha256(decoded.text.strip().encode()).hexdigest()[:12],
        source="whatsapp",
        turns=turns,
        customer=customer_name(turns),
        notes=tuple(notes),
    )
    return [found] if customer is None else tell_customer([found], customer)


def _turn(i: int, piece: Piece, speaker: Speaker, at: datetime | None) -> Turn:
    return Turn(i, speaker, piece.text, piece.name or None, at)


def _with_business(piece: Piece, businesses: set[str]) -> Piece:
    if piece.speaker is None and piece.who in businesses:
        return Piece(piece.who, piece.name, piece.text, None, Speaker.AGENT)
    return piece


def _cut(lines: Sequence[str]) -> tuple[list[_Message], int]:
    """The messages, and how many lines with words stand before the first."""
    headers = [_header(line) for line in lines]
    usual = _usual(h for h in headers if h)
    messages: list[_Message] = []
    before = 0
    for line, header in zip(lines, headers, strict=True):
        if header and header.signature in usual:
            messages.append(_open(header))
        elif messages:
            messages[-1].body.append(line)
        elif strip(line):
            before += 1
    return messages, before


def _usual(headers: Iterable[Header]) -> set[tuple[Shape, str, bool, bool, bool]]:
    """The kinds of stamp that open messages; others stand in what was pasted into one."""
    counts = Counter(h.signature for h in headers)
    most = max(counts.values(), default=0)
    first = next((s for s, n in counts.items() if n == most), None)
    return {s for s, n in counts.items() if s == first or (n >= 3 and n * 5 >= most)}


def _open(header: Header) -> _Message:
    sender = _sender(header.rest)
    if sender is None:
        return _Message(header, "", [header.rest])
    return _Message(header, sender, [_after(header.rest)])


def _sender(rest: str) -> str | None:
    """The name before the colon, None where the app wrote the line."""
    end = _colon(rest)
    if end < 0:
        return None
    name = _clean_name(rest[:end])
    if not name or len(name) > _MAX_NAME:
        return None
    # The colon of 'Anna changed the subject from "Roof: 12" to "Roof"' stands within quotes.
    within_quotes = sum(map(_QUOTES.__contains__, name)) % 2
    if within_quotes and is_action(rest):
        return None
    return name


def _colon(rest: str) -> int:
    end = rest.find(": ")
    if end < 0 and rest.rstrip().endswith(":"):
        return len(rest.rstrip()) - 1
    return end


def _after(rest: str) -> str:
    return rest[_colon(rest) + 1 :].removeprefix(" ")


def _clean_name(name: str) -> str:
    """Without what the app puts around names: marks, and the "~" of people who are no contacts."""
    return " ".join(strip(without_marks(name)).removeprefix("~").split())


def _join_names(messages: Sequence[_Message]) -> None:
    """Gives names with a colon ("Acme: Sales") their second half back, where all of their messages show it."""
    by_name: dict[str, list[_Message]] = defaultdict(list)
    for message in messages:
        if message.name:
            by_name[message.name].append(message)
    for name, theirs in by_name.items():
        halves = Counter(_sender(m.body[0]) for m in theirs)
        if None in halves or min(halves.values()) < 2 or len(theirs) < 3:
            continue
        if all(half and likeness(half) >= Likeness.FAIR for half in halves):
            for message in theirs:
                message.name = f"{name}: {_sender(message.body[0])}"
                message.body[0] = _after(message.body[0])


def _read(messages: Sequence[_Message]) -> _Chat:
    chat = _Chat()
    for message in messages:
        content = read_content(message.text, by_app=not message.name)
        kind = content.kind
        chat.own = chat.own or kind in _OWN or bool(content.files or content.edited or content.forwarded)
        if kind is Kind.UNKNOWN and message.name and not _app_spoke(message.header, content.text):
            kind = Kind.SAID
        if kind is Kind.BUSINESS and message.name:
            chat.businesses.add(key(message.name))
        if kind is Kind.UNKNOWN and not message.name:
            kind = Kind.NOTICE
        if kind not in (Kind.SAID, Kind.UNKNOWN):
            chat.left_out[Kind.NOTICE if kind is Kind.BUSINESS else kind] += 1
            continue
        speaker = Speaker.SYSTEM if kind is Kind.UNKNOWN or not message.name else None
        chat.pieces.append(Piece(key(message.name), message.name, content.text, None, speaker))
        chat.headers.append(message.header)
        chat.edited += content.edited
        chat.forwarded += content.forwarded
        chat.files += content.files
    return chat


def _app_spoke(header: Header, text: str) -> bool:
    """Whether words behind the app's mark are its own: people paste telephone numbers with such a mark."""
    return header.shape is Shape.IPHONE and not (text[0] == "+" or text[0].isdigit())


def _notes(chat: _Chat, calendar: Calendar, before: int) -> list[str]:
    first = chat.headers[0]
    shared = first.shape is Shape.IPHONE and not first.comma and not chat.own
    notes = [_LOOKS if shared else _SHAPES[first.shape]]
    if calendar.note:
        notes.append(calendar.note)
    dropped = len(chat.pieces) - MAX_TURNS
    if dropped > 0:
        notes.append(f"The latest {MAX_TURNS:,} messages were read; {dropped:,} earlier ones were left out.")
    gone = [count(chat.left_out[kind], word) for kind, word in _LEFT_OUT if chat.left_out[kind]]
    if gone:
        listed = gone[0] if len(gone) == 1 else f"{', '.join(gone[:-1])} and {gone[-1]}"
        notes.append(f"{listed} {were(sum(chat.left_out.values()))} left out.")
    if before:
        notes.append(f"{count(before, 'line')} before the first message {were(before)} left out.")
    if chat.files:
        notes.append(
            f"{count(chat.files, 'file')} {were(chat.files)} sent; short marks stand for them, such as (image)."
        )
    if chat.edited:
        notes.append(f"{count(chat.edited, 'message')} {were(chat.edited)} edited after sending.")
    if chat.forwarded:
        notes.append(f"{count(chat.forwarded, 'message')} {were(chat.forwarded)} forwarded from somebody else.")
    return notes


FORMAT = Format(
    name="whatsapp",
    limit=MAX_WHATSAPP,
    too_long=f"This WhatsApp chat is longer than {MAX_WHATSAPP // 1_000_000} MB. Paste the part that matters now.",
    verbatim=False,
    matches=_is_whatsapp,
    parse=_whatsapp,
)
