"""JSON lines of our own: a conversation or a turn a line, or one document."""

from __future__ import annotations

from dataclasses import replace

from agent_assist.capture import jsonl
from agent_assist.capture.decode import Decoded
from agent_assist.capture.format import Format
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.told import tell_customer
from agent_assist.errors import KnownError
from agent_assist.records import Conversation

MAX_JSONL = 200_000_000
_PROBE_LINES = 20


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
        found = tell_customer(found, customer)
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


FORMAT = Format(
    name="jsonl",
    limit=MAX_JSONL,
    too_long=f"These JSON lines are more than {MAX_JSONL // 1_000_000} MB. Read them line by line with --lines.",
    verbatim=True,
    matches=_is_jsonl,
    parse=_jsonl,
)
