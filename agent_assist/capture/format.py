"""What a format is: how it is recognised, and what reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent_assist.capture.decode import Decoded
from agent_assist.capture.jsonl import OnBad
from agent_assist.records import Conversation


@dataclass(frozen=True, slots=True)
class Format:
    """A format that conversations come in.

    Attributes:
        name: as the person gives it.
        limit: how long one piece of input may be, in bytes, or characters of text.
        too_long: what is said where it is longer: what happened, what to do.
        verbatim: whether control characters and odd line breaks are the parser's own business.
        matches: whether the beginning of a text is in this format.
        parse: reads a whole text into at least one conversation; raises a KnownError where nothing can be used. What
            it recognised, skipped or guessed stands in `Conversation.notes`, one sentence each.
    """

    name: str
    limit: int
    too_long: str
    verbatim: bool
    matches: Callable[[str], bool]
    parse: Callable[[Decoded, str | None, OnBad | None], list[Conversation]]
