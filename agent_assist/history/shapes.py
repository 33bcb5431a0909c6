"""What the sealed part of each row holds. A new field needs a default, for rows that were sealed before it."""

from __future__ import annotations

import msgspec

from agent_assist.records import (
    ContextUse,
    CustomerRecord,
    Grounding,
    Label,
    NextAction,
    Pillar,
    PillarState,
    Recovery,
    Summary,
    Vulnerability,
)

AsideText = tuple[str, int, str | None, str | None]
"""Text, turn that it stands behind, name, moment as ISO 8601."""


class ConversationText(msgspec.Struct, frozen=True):
    """Of a conversation's own row; `originals` is what was blacked out in it, by what stands for it."""

    customer: str | None
    excerpt: str
    notes: tuple[str, ...] = ()
    unread: tuple[int, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    vulnerable: tuple[Vulnerability, ...] = ()
    record: CustomerRecord | None = None
    asides: tuple[AsideText, ...] = ()
    tags: tuple[str, ...] = ()
    originals: dict[str, str] = {}


class TurnText(msgspec.Struct, frozen=True):
    """Of a message."""

    text: str
    name: str | None = None


class ReadingText(msgspec.Struct, frozen=True):
    """Of what a turn was read as."""

    scores: dict[Label, float]
    words: tuple[str, ...] = ()
    fine: dict[str, float] = {}


class SpikeText(msgspec.Struct, frozen=True):
    """Of a spike."""

    evidence: tuple[str, ...]
    nudge: str
    cause: str = ""


class AssistText(msgspec.Struct, frozen=True):
    """Of what the language model proposed."""

    summary: Summary
    actions: tuple[NextAction, ...]
    context: ContextUse
    notes: tuple[str, ...] = ()
    tactic: NextAction | None = None


class SuggestionText(msgspec.Struct, frozen=True):
    """Of a reply; `outcome_text` is what it became, where the agent edited it."""

    text: str
    pillars: dict[Pillar, PillarState]
    grounding: Grounding
    outcome_text: str | None = None
