"""What the history keeps and lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent_assist.records.conversation import Conversation
from agent_assist.records.help import Assist
from agent_assist.records.mood import Label, Mood


@dataclass(frozen=True, slots=True)
class Analysis:
    """A conversation with everything that was read from it; `assist` is None where no language model was asked."""

    conversation: Conversation
    mood: Mood
    assist: Assist | None = None


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A saved conversation as a list shows it.

    Attributes:
        saved_at: when it was last saved, aware, UTC.
        turns: how many.
        peak: highest distress of a customer turn, None where nothing was read.
        label: the label of that turn.
        spikes: how many.
        excerpt: the issue line, or the first words of the customer; at most 160 characters.
        tags: what an agent called it.
        held: whether it is under a legal hold and cannot be erased.
    """

    id: str
    customer: str | None
    source: str
    saved_at: datetime
    turns: int
    peak: float | None
    label: Label | None
    spikes: int
    excerpt: str
    tags: tuple[str, ...] = ()
    held: bool = False
