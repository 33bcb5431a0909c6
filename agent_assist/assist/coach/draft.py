"""A draft in the moment that it answers, and how a remark on it is made."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from agent_assist.assist import guard, pillars
from agent_assist.assist.coach.situation import Situation
from agent_assist.assist.coach.table import Heat, heated, table
from agent_assist.assist.sentences import is_complete
from agent_assist.records import Conversation, EmotionReading, Pillar, Remark, RemarkKind

HOT = 0.5
"""Distress, 0 to 1, from which a customer counts as hot."""
STARTED = 8
"""Words from which a draft has begun: before, nothing can be missing from it."""

WORD = re.compile(r"\w+(?:['-]\w+)*")
_SLOT = re.compile(r"\{(?:words|reason|n)\}")


class Weighed(NamedTuple):
    """A remark and how important it is, 1 to 100."""

    weight: int
    remark: Remark


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft in the moment that it answers.

    Attributes:
        text: as the agent wrote it.
        seen: the same text, of the same length, in plain letters, with its blanks and links as spaces.
        conversation: what it answers.
        situation: what that asks of it.
        moment: what the customer's last turn calls for.
        reading: of that turn.
        missing: the pillars that are missing, beyond doubt.
        typing: the agent may be in the middle of a word.
        allowed: what agents of this site may promise.
    """

    text: str
    seen: str
    conversation: Conversation
    situation: Situation
    moment: pillars.Moment
    reading: EmotionReading | None
    missing: tuple[Pillar, ...]
    typing: bool
    allowed: guard.Allowed | None = None

    @property
    def words(self) -> int:
        """How many it has."""
        return len(WORD.findall(self.seen))

    @property
    def finished(self) -> bool:
        """Whether it ends at the end of a sentence."""
        return not self.typing or is_complete(self.text.rstrip())

    @property
    def heat(self) -> Heat:
        """How the customer is."""
        return heat_of(self.reading, self.moment)

    def at_least(self, heat: Heat) -> bool:
        """Whether the moment is that hot."""
        return heated(self.heat, heat)

    def being_typed(self, end: int) -> bool:
        """Whether something that ends there may still grow with the next key."""
        return self.typing and end >= len(self.text) and self.text[-1:].isalnum()


def heat_of(reading: EmotionReading | None, moment: pillars.Moment) -> Heat:
    """How the customer is."""
    if reading is not None and reading.distress >= HOT:
        return Heat.HOT
    return Heat.UNEASY if moment.distressed or moment.trouble else Heat.ANY


def said(
    name: str,
    kind: RemarkKind,
    draft: Draft,
    span: tuple[int, int] | None,
    words: str = "",
    reason: str = "",
    n: str = "",
) -> Weighed:
    """A remark of the table, with its slots filled.

    Args:
        name: of its row.
        kind: what it is about.
        draft: that it is about.
        span: the words of the draft; None for all of it.
        words: what is quoted; the words of the span where it is empty.
        reason: the guard's.
        n: a count.
    """
    row = table().say[name]
    start, end = span if span is not None else (None, None)
    quoted = words or (draft.text[slice(*span)].strip() if span is not None else "")
    slots = {"{words}": quoted, "{reason}": reason, "{n}": n}
    text, why = (_SLOT.sub(lambda m: slots[m[0]], each) for each in (row.text, row.why))
    return Weighed(row.weight, Remark(kind, text, why, start, end))
