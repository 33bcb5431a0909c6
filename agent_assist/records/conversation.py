"""What was said: turns and the conversation they make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType


class Speaker(StrEnum):
    """Who wrote a turn."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation.

    Attributes:
        i: position in the conversation, from 0.
        speaker: who wrote it.
        text: plain text, never empty; line breaks are kept.
        name: the name as it stood in the source, if any.
        at: when it was written; aware where the source named a zone, else naive local time.
        via: the way that it came in, as in `records.Way`; None where it came with all others.
    """

    i: int
    speaker: Speaker
    text: str
    name: str | None = None
    at: datetime | None = None
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """What a colleague noted inside the desk's own system: kept apart, never a turn, never read as the customer's.

    Attributes:
        text: plain text, never empty.
        after: index of the turn it stands behind; -1 before the first.
        name: who wrote it, as it stood in the source, if any.
        at: when it was written, as in `Turn.at`.
    """

    text: str
    after: int
    name: str | None = None
    at: datetime | None = None


CustomerTurn = NewType("CustomerTurn", Turn)
"""A turn that the customer wrote. Only `Conversation.customer_turns` makes one, and emotion reads nothing else."""


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """What the site's own system knows of the customer. Data from outside; it may back what a reply states.

    Attributes:
        fields: name and value of each entry ("plan", "Gold"), plain text, in the source's order.
    """

    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it came in.

    Attributes:
        id: stable for the same source text, or as the source gave it.
        source: name of the format it was read from ("plain", "jsonl", ...).
        turns: in order, `turns[k].i == k`.
        customer: the customer's name, where the source shows one.
        origin: "live" for real conversations, "roleplay" for practice.
        notes: what the parser left out or guessed, one sentence each, for the person who pasted it.
        record: what the site knows of the customer, where the source brings it.
        asides: internal notes of the source, which no model is given.
    """

    id: str
    source: str
    turns: tuple[Turn, ...]
    customer: str | None = None
    origin: str = "live"
    notes: tuple[str, ...] = ()
    record: CustomerRecord | None = None
    asides: tuple[Aside, ...] = ()

    @property
    def customer_turns(self) -> tuple[CustomerTurn, ...]:
        """The customer's turns, the only ones whose feeling is ever read."""
        return tuple(CustomerTurn(t) for t in self.turns if t.speaker is Speaker.CUSTOMER)
