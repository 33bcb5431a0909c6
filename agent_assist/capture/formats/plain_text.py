"""Pasted text in every shape that people paste; it takes whatever no other format does."""

from __future__ import annotations

from agent_assist.capture.decode import Decoded
from agent_assist.capture.format import Format
from agent_assist.capture.jsonl import OnBad
from agent_assist.capture.plain import parse_plain
from agent_assist.records import Conversation

MAX_PLAIN = 2_000_000


def _plain(decoded: Decoded, customer: str | None, on_bad: OnBad | None) -> list[Conversation]:
    del on_bad
    return [parse_plain(decoded.text, customer=customer, notes=decoded.notes)]


def _is_plain(peek: str) -> bool:
    del peek
    return True


FORMAT = Format(
    name="plain",
    limit=MAX_PLAIN,
    too_long=f"This text is longer than {MAX_PLAIN // 1_000_000} MB. Paste one conversation, or the part of it that "
    "matters now.",
    verbatim=False,
    matches=_is_plain,
    parse=_plain,
)
