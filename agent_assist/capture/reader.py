"""The door of the room: any text or bytes in, conversations out, whatever format they have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

from agent_assist.capture import jsonl
from agent_assist.capture.decode import Decoded, decode, refuse_binary
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.names import key
from agent_assist.capture.plain import parse_plain
from agent_assist.capture.roles import customer_name, match_name
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

MAX_PLAIN = 2_000_000
MAX_JSONL = 200_000_000
_PROBE_LINES = 20
_PROBE = 200_000


@dataclass(frozen=True, slots=True)
class Format:
    """A format that conversations come in.

    Attributes:
        name: as the person gives it.
        limit: how long one piece of input may be, in bytes, or characters of text.
        verbatim: whether control characters and odd line breaks are the parser's own business.
        matches: whether the beginning of a text is in this format.
        parse: reads a whole text.
    """

    name: str
    limit: int
    verbatim: bool
    matches: Callable[[str], bool]
    parse: Callable[[Decoded, str | None, OnBad | None], list[Conversation]]


def read(
    data: str | bytes, *, format: str = "auto", customer: str | None = None, on_bad: OnBad | None = None
) -> list[Conversation]:
    """Reads all conversations of a pasted text or a file's bytes.

    Args:
        data: what was pasted or read.
        format: one of `FORMATS`; "auto" looks at the content.
        customer: the customer's name where the person told it: any case, its beginning, or nearly so.
        on_bad: called with the number, from 1, of a line of JSON lines that is skipped, and the reason. Without it,
            skipped lines are noted on the first conversation.

    Returns:
        At least one conversation; plain text is always exactly one.

    Raises:
        KnownError: when the input is empty, not text, too large, in an unknown format, or nothing in it can be used.
    """
    chosen = _named(format)
    refuse_binary(data)
    chosen = chosen or _detect(_peek(data))
    if len(data) > chosen.limit:
        raise KnownError(_too_long(chosen))
    decoded = decode(data, verbatim=chosen.verbatim)
    if not decoded.text.strip():
        raise KnownError("There is nothing to read. Copy the conversation and paste it.")
    return chosen.parse(decoded, customer, on_bad)


def _named(name: str) -> Format | None:
    wanted = name.strip().casefold()
    if wanted == "auto":
        return None
    for known in _REGISTRY:
        if known.name == wanted:
            return known
    close = get_close_matches(wanted, FORMATS, n=1, cutoff=0.5)
    hint = f' Did you mean "{close[0]}"?' if close else ""
    raise KnownError(f"That format is not known; the formats are {', '.join(FORMATS)}.{hint}")


def _detect(peek: str) -> Format:
    return next(known for known in _REGISTRY if known.matches(peek))


def _peek(data: str | bytes) -> str:
    if isinstance(data, str):
        return data[:_PROBE]
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    return data[:_PROBE].decode(encoding, "replace")


def _too_long(chosen: Format) -> str:
    if chosen is _PLAIN:
        limit = MAX_PLAIN // 1_000_000
        return f"This text is longer than {limit} MB. Paste one conversation, or the part of it that matters now."
    return f"These JSON lines are more than {MAX_JSONL // 1_000_000} MB. Read them line by line with --lines."


def _plain(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    del on_bad
    return [parse_plain(decoded.text, customer=customer, notes=decoded.notes)]


def _is_plain(peek: str) -> bool:
    del peek
    return True


def _is_jsonl(peek: str) -> bool:
    """Whether the text begins like JSON that holds turns; a broken first line does not hide the good ones below."""
    start = peek.lstrip("\ufeff \t\r\n")
    if start[:1] not in "{[" or not start:
        return False
    if start[0] == "[":
        return start[1:].lstrip()[:1] == "{"
    rows = [row.strip() for row in start.split("\n", _PROBE_LINES)[:_PROBE_LINES]]
    return any(f'"{field}"' in row for row in rows if row for field in ("turns", "speaker"))


def _jsonl(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    data = decoded.text.encode()
    skipped: list[int] = []

    def tell(number: int, reason: str) -> None:
        skipped.append(number)
        if on_bad is not None:
            on_bad(number, reason)

    found = _conversations(data, tell)
    if not found:
        where = f" (the first problem is in line {skipped[0]})" if skipped else ""
        raise KnownError(
            f'No line holds a conversation that can be read{where}. Each line needs "turns" with "speaker" and "text".'
        )
    if customer is not None:
        found = _tell_customer(found, customer)
    notes = list(decoded.notes)
    if skipped and on_bad is None:
        notes.append(_skipped_note(skipped))
    return [replace(found[0], notes=(*notes, *found[0].notes)), *found[1:]]


def _conversations(data: bytes, tell: OnBad) -> list[Conversation]:
    lines = data.split(b"\n")
    filled = [line for line in lines if line.strip()]
    probe = filled[:_PROBE_LINES]
    if not any(map(jsonl.is_conversation_line, probe)):
        if any(map(jsonl.is_turn_line, probe)):
            one = jsonl.read_turn_lines(lines, tell)
            return [one] if one else []
        whole = _document(data, tell)
        if whole is not None:
            return whole
    return list(jsonl.read_lines(lines, tell))


def _document(data: bytes, tell: OnBad) -> list[Conversation] | None:
    try:
        return jsonl.read_document(data)
    except jsonl.BadLine as reason:
        tell(1, str(reason))
        return []


def _skipped_note(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
    one = len(numbers) == 1
    return f"{'Line' if one else 'Lines'} {shown} could not be read and {'was' if one else 'were'} left out."


def _tell_customer(found: list[Conversation], customer: str) -> list[Conversation]:
    """Makes the named speaker the customer wherever they speak; conversations without them stay as they are."""
    names = {key(t.name): t.name for c in found for t in c.turns if t.name}
    told = match_name(customer, names)

    def recast(conversation: Conversation) -> Conversation:
        if not any(t.name and key(t.name) == told for t in conversation.turns):
            return conversation
        turns = tuple(
            replace(t, speaker=Speaker.CUSTOMER)
            if t.name and key(t.name) == told
            else replace(t, speaker=Speaker.AGENT if t.speaker is Speaker.CUSTOMER else t.speaker)
            for t in conversation.turns
        )
        return replace(conversation, turns=turns, customer=customer_name(turns))

    return [recast(c) for c in found]


_PLAIN = Format("plain", MAX_PLAIN, False, _is_plain, _plain)
# In the order in which they are tried: plain text takes whatever is left.
_REGISTRY: tuple[Format, ...] = (Format("jsonl", MAX_JSONL, True, _is_jsonl, _jsonl), _PLAIN)
FORMATS: tuple[str, ...] = ("auto", *sorted((f.name for f in _REGISTRY), reverse=True))
