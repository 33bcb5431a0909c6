"""Records to rows: what the database asks about in clear, every text sealed."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from agent_assist.history.sealing import Sealer
from agent_assist.history.shapes import (
    AsideText,
    AssistText,
    ConversationText,
    ReadingText,
    SpikeText,
    SuggestionText,
    TurnText,
)
from agent_assist.records import (
    Analysis,
    Aside,
    Assist,
    Choice,
    Correction,
    EmotionReading,
    Reply,
    Speaker,
    Spike,
    Turn,
)

Row = dict[str, object]
"""Columns with their values."""

_EXCERPT_LENGTH = 160


class Became(NamedTuple):
    """What the agent did with a reply, as its row says it; nothing yet.

    Attributes:
        text: what it became, where the agent edited it.
        at: when, as text.
    """

    outcome: str | None = None
    text: str | None = None
    at: str | None = None


def fold(text: str) -> str:
    """Text as a search compares it: composed and case-folded, so that case and the way of writing accents are alike."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return composed.encode(errors="replace").decode()  # lone surrogates, which no file can hold


def stamp(moment: datetime) -> str:
    """An aware moment as UTC text of fixed width, which sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def conversation_row(analysis: Analysis, saved_at: datetime) -> Row:
    """What stands in clear of a conversation's own row, without what only the file knows."""
    conversation, mood = analysis.conversation, analysis.mood
    worst = max(mood.readings, key=lambda reading: reading.distress, default=None)
    ways = sorted({turn.via for turn in conversation.turns if turn.via})
    return {
        "ref": conversation.id,
        "source": conversation.source,
        "origin": conversation.origin,
        "channels": "".join(f" {way}" for way in ways) + " " * (ways != []),
        "saved_at": stamp(saved_at),
        "turns": len(conversation.turns),
        "peak": worst.distress if worst else None,
        "label": worst.label.value if worst else None,
        "spikes": len(mood.spikes),
        "shift": mood.shift,
        "risk": mood.risk,
        "mood_ms": mood.ms,
    }


def conversation_text(
    analysis: Analysis, tags: tuple[str, ...] = (), originals: Mapping[str, str] | None = None
) -> ConversationText:
    """What is sealed of it."""
    conversation, mood = analysis.conversation, analysis.mood
    return ConversationText(
        customer=conversation.customer,
        excerpt=excerpt(analysis),
        notes=conversation.notes,
        unread=mood.unread,
        recoveries=mood.recoveries,
        vulnerable=mood.vulnerable,
        record=conversation.record,
        asides=tuple(aside_text(aside) for aside in conversation.asides),
        tags=tags,
        originals=dict(originals or {}),
    )


def with_tags(text: ConversationText, tags: tuple[str, ...]) -> ConversationText:
    """The same with other tags."""
    return msgspec.structs.replace(text, tags=tags)


def excerpt(analysis: Analysis) -> str:
    """The issue line, or the customer's first words, on one line of at most 160 characters."""
    turns = analysis.conversation.turns
    first = next((turn for turn in turns if turn.speaker is Speaker.CUSTOMER), turns[0] if turns else None)
    text = first.text if first else ""
    if analysis.assist and analysis.assist.summary.issue:
        text = analysis.assist.summary.issue.text
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_LENGTH else line[: _EXCERPT_LENGTH - 1].rstrip() + "…"


def aside_text(aside: Aside) -> AsideText:
    """A note beside the conversation."""
    return aside.text, aside.after, aside.name, aside.at.isoformat() if aside.at else None


def turn_row(owner: int, sealer: Sealer, turn: Turn) -> Row:
    """A message."""
    return {
        "conversation_id": owner,
        "i": turn.i,
        "speaker": turn.speaker.value,
        "at": turn.at.isoformat() if turn.at else None,
        "via": turn.via,
        "sealed": sealer.seal("turn", turn.i, TurnText(turn.text, turn.name)),
    }


def reading_row(owner: int, sealer: Sealer, reading: EmotionReading) -> Row:
    """What a customer turn was read as."""
    text = ReadingText(reading.scores, reading.words, reading.fine)
    return {
        "conversation_id": owner,
        "turn": reading.turn,
        "label": reading.label.value,
        "distress": reading.distress,
        "valence": reading.valence,
        "urgency": reading.urgency,
        "corrected": reading.corrected,
        "sealed": sealer.seal("reading", reading.turn, text),
    }


def spike_row(owner: int, sealer: Sealer, n: int, spike: Spike) -> Row:
    """The `n`th spike."""
    return {
        "conversation_id": owner,
        "n": n,
        "turn": spike.turn,
        "kind": spike.kind.value,
        "severity": spike.severity.value,
        "distress": spike.distress,
        "rise": spike.rise,
        "trigger_turn": spike.trigger_turn,
        "sealed": sealer.seal("spike", n, SpikeText(spike.evidence, spike.nudge, spike.cause)),
    }


def assist_row(owner: int, sealer: Sealer, assist: Assist) -> Row:
    """What was proposed, without the replies."""
    text = AssistText(assist.summary, assist.next_actions, assist.context, assist.notes, assist.tactic)
    return {
        "conversation_id": owner,
        "model": assist.model,
        "first_token_ms": assist.first_token_ms,
        "ms": assist.ms,
        "sealed": sealer.seal("assist", 0, text),
    }


def suggestion_row(owner: int, sealer: Sealer, slot: int, reply: Reply, became: Became) -> Row:
    """The reply in a slot and what became of it."""
    return {
        "conversation_id": owner,
        "slot": slot,
        "strategy": reply.strategy,
        "empathy": reply.empathy,
        "source": reply.source.value,
        "outcome": became.outcome,
        "outcome_at": became.at,
        "sealed": sealer.seal(
            "suggestion", slot, SuggestionText(reply.text, reply.pillars, reply.grounding, became.text)
        ),
    }


def correction_row(correction: Correction, at: datetime) -> Row:
    """What an agent said of a turn."""
    return {
        "ref": correction.conversation,
        "turn": correction.turn,
        "label": correction.label.value,
        "scores": to_json(correction.scores),
        "distress": correction.distress,
        "at": stamp(at),
    }


def choice_row(choice: Choice, at: datetime) -> Row:
    """What an agent did with a reply."""
    return {
        "ref": choice.conversation,
        "turns": choice.turns,
        "slot": choice.slot,
        "features": to_json(choice.features),
        "outcome": choice.outcome.value,
        "at": stamp(at),
    }


def to_json(value: object) -> str:
    """A record, or a collection of them, as JSON text."""
    return msgspec.json.encode(value).decode()
