"""JSON lines: one conversation a line, or one turn a line. Streams; a bad line is told and skipped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import BinaryIO, TypeVar

import msgspec

from agent_assist.capture.decode import clean
from agent_assist.capture.lines import strip
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.capture.roles import customer_name
from agent_assist.records import Conversation, CustomerRecord, Speaker, Turn

MAX_LINE = 4_000_000
_MAX_ID = 200
_MAX_FIELDS = 100
_MAX_VALUE = 1_000  # characters of a name or a value of the customer's record
_SPEAKERS = {s.value: s for s in Speaker}
_TOO_LONG = f"the line is longer than {MAX_LINE // 1_000_000} MB"
_NOT_JSON = "it is not valid JSON"
_SHAPE = 'it is not a conversation: "turns" with "speaker" and "text" is needed'

OnBad = Callable[[int, str], None]
_T = TypeVar("_T")


class WireTurn(msgspec.Struct):
    """A turn as JSON gives it; other fields are ignored."""

    speaker: str
    text: str | None = None
    name: str | None = None
    at: str | int | float | None = None


class WireConversation(msgspec.Struct):
    """A conversation as JSON gives it; other fields are ignored."""

    turns: list[WireTurn]
    id: str | int | None = None
    record: object = None


class BadLine(Exception):
    """A line that cannot be used; the message is the reason, without customer text."""


_conversation = msgspec.json.Decoder(WireConversation)
_turn = msgspec.json.Decoder(WireTurn)
_document = msgspec.json.Decoder(list[WireConversation] | WireConversation)
_turn_list = msgspec.json.Decoder(list[WireTurn])


def read_lines(lines: Iterable[bytes], on_bad: OnBad) -> Iterator[Conversation]:
    """Reads one conversation a line, keeping no more than one in memory.

    Args:
        lines: with or without their line ends; blank ones are skipped. See `bounded_lines` for files.
        on_bad: called with a line's number, from 1, and the reason it is skipped.

    Yields:
        Each conversation that can be used, in order.
    """
    for number, line in enumerate(lines, 1):
        try:
            conversation = _read_line(line, first=number == 1)
        except BadLine as reason:
            on_bad(number, str(reason))
            continue
        if conversation is not None:
            yield conversation


def bounded_lines(stream: BinaryIO) -> Iterator[bytes]:
    """The lines of a stream; of one over 4 MB only the beginning is kept, too long for `read_lines` to take."""
    while line := stream.readline(MAX_LINE + 2):
        yield line
        while len(line) > MAX_LINE and not line.endswith(b"\n"):
            line = stream.readline(MAX_LINE + 2)
            if not line:
                return


def read_turn_lines(lines: Iterable[bytes], on_bad: OnBad) -> Conversation | None:
    """Reads one turn a line as one conversation; None where no line can be used.

    Args:
        lines: with or without their line ends.
        on_bad: called with a line's number, from 1, and the reason it is skipped.
    """
    turns: list[WireTurn] = []
    for number, line in enumerate(lines, 1):
        bare = _bare(line, first=number == 1)
        if not bare:
            continue
        try:
            wire = _decoded(_turn, bare)
            _speaker(wire, len(turns))
        except BadLine as reason:
            on_bad(number, str(reason))
            continue
        turns.append(wire)
        if len(turns) > MAX_TURNS:
            on_bad(number, f"there are more than {MAX_TURNS:,} turns")
            break
    return build(turns, None) if any(_text(t) for t in turns) else None


def read_document(data: bytes) -> list[Conversation] | None:
    """Reads a whole JSON document: a conversation, a list of them, or a list of turns; None where it is none.

    Raises:
        BadLine: when it is one, but cannot be used.
    """
    try:
        found = _document.decode(data)
        several = found if isinstance(found, list) else [found]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        try:
            several = [WireConversation(_turn_list.decode(data))]
        except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
            return None
    return [build(wire.turns, wire.id, wire.record) for wire in several]


def is_turn_line(line: bytes) -> bool:
    """Whether a line holds a single turn."""
    try:
        _turn.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False
    return True


def is_conversation_line(line: bytes) -> bool:
    """Whether a line holds a conversation."""
    try:
        _conversation.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False
    return True


def build(wires: list[WireTurn], given_id: str | int | None, record: object = None) -> Conversation:
    """Makes a conversation of decoded turns.

    Raises:
        BadLine: for an unknown speaker, too many turns, or none with text.
    """
    if len(wires) > MAX_TURNS:
        raise BadLine(f"there are more than {MAX_TURNS:,} turns")
    notes: list[str] = []
    turns: list[Turn] = []
    removed = undated = 0
    for position, wire in enumerate(wires):
        speaker = _speaker(wire, position)
        text, controls = clean(wire.text or "")
        removed += controls
        if not (text := strip(text)):
            continue
        at = _moment(wire.at)
        undated += wire.at is not None and at is None
        turns.append(Turn(len(turns), speaker, text, _clean_name(wire.name), at))
    if not turns:
        raise BadLine("no turn has any text")
    _note(notes, len(wires) - len(turns), "turn{} without text left out.")
    _note(notes, removed, "control character{} that cannot be shown left out.")
    _note(notes, undated, 'time{} not in ISO 8601 form ("at") left out.')
    known = _record(record, notes)
    return Conversation(_id(given_id, turns), "jsonl", tuple(turns), customer_name(turns), "live", tuple(notes), known)


def _record(wire: object, notes: list[str]) -> CustomerRecord | None:
    """The customer's record, each name and value on one line; what is empty says nothing."""
    if wire is None:
        return None
    if not isinstance(wire, dict):
        notes.append("The customer's record is no list of names with their values: left out.")
        return None
    fields = [(_one_line(str(name)), _one_line(_value(value))) for name, value in wire.items()]
    told = [(name, value) for name, value in fields if name and value]
    nested = sum(isinstance(value, list | dict) for value in wire.values())
    _note(notes, nested + max(0, len(told) - _MAX_FIELDS), "field{} of the customer's record left out.")
    return CustomerRecord(tuple(told[:_MAX_FIELDS])) if told else None


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int | float) else ""


def _one_line(text: str) -> str:
    return " ".join(strip(clean(text)[0]).split())[:_MAX_VALUE]


def _read_line(line: bytes, *, first: bool) -> Conversation | None:
    bare = _bare(line, first=first)
    if not bare:
        return None
    wire = _decoded(_conversation, bare)
    return build(wire.turns, wire.id, wire.record)


def _bare(line: bytes, *, first: bool) -> bytes:
    return (line.removeprefix(b"\xef\xbb\xbf") if first else line).strip()


def _decoded(decoder: msgspec.json.Decoder[_T], line: bytes) -> _T:
    if len(line) > MAX_LINE:
        raise BadLine(_TOO_LONG)
    try:
        return decoder.decode(line)
    except msgspec.ValidationError:
        raise BadLine(_SHAPE) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadLine(_NOT_JSON) from None


def _speaker(wire: WireTurn, position: int) -> Speaker:
    speaker = _SPEAKERS.get(wire.speaker.strip().casefold())
    if speaker is None:
        raise BadLine(f"turn {position + 1} has an unknown speaker; customer, agent, bot and system are known")
    return speaker


def _text(wire: WireTurn) -> str:
    return strip(clean(wire.text or "")[0])


def _clean_name(name: str | None) -> str | None:
    return strip(clean(name)[0].replace("\n", " ")) or None if name else None


def _moment(at: str | int | float | None) -> datetime | None:
    if not isinstance(at, str):
        return None
    try:
        return datetime.fromisoformat(at.strip())
    except ValueError:
        return None


def _id(given: str | int | None, turns: list[Turn]) -> str:
    text = strip(clean(str(given))[0].replace("\n", " "))[:_MAX_ID] if given is not None else ""
    if text:
        return text
    said = "\n".join(f"{t.speaker}\t{t.name or ''}\t{t.text}" for t in turns)
    return "j-" + hashlib.sha256(said.encode()).hexdigest()[:12]


def _note(notes: list[str], count: int, sentence: str) -> None:
    if count:
        notes.append(f"{count} {sentence.format('s' if count > 1 else '')}")
