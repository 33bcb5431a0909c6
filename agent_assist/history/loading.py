"""Rows back to records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from agent_assist.errors import BugError
from agent_assist.history import rows
from agent_assist.history.tables import (
    AssistRow,
    ChoiceRow,
    ConversationRow,
    CorrectionRow,
    ReadingRow,
    SpikeRow,
    SuggestionRow,
    TurnRow,
)
from agent_assist.records import (
    Aside,
    Assist,
    Choice,
    ContextUse,
    Conversation,
    Correction,
    CustomerRecord,
    EmotionReading,
    Grounding,
    HistoryItem,
    Label,
    Mood,
    NextAction,
    Outcome,
    Pillar,
    PillarState,
    Recovery,
    Reply,
    Severity,
    Source,
    Speaker,
    Spike,
    Summary,
    Turn,
    Vulnerability,
)

T = TypeVar("T")


def to_item(row: ConversationRow) -> HistoryItem:
    """A conversation as a list shows it."""
    return HistoryItem(
        id=row.ref,
        customer=row.customer,
        source=row.source,
        saved_at=datetime.fromisoformat(row.saved_at),
        turns=row.turns,
        peak=row.peak,
        label=Label(row.label) if row.label else None,
        spikes=row.spikes,
        excerpt=row.excerpt,
    )


def to_conversation(row: ConversationRow, turns: list[TurnRow]) -> Conversation:
    """A conversation with its turns, in order."""
    return Conversation(
        id=row.ref,
        source=row.source,
        turns=tuple(to_turns(turns)),
        customer=row.customer,
        origin=row.origin,
        notes=_parse(row.notes, tuple[str, ...]),
        record=_parse_optional(row.record, CustomerRecord),
        asides=tuple(
            Aside(text, after, name, _moment(at))
            for text, after, name, at in _parse(row.asides, tuple[rows.AsideRow, ...])
        ),
    )


def to_turns(turns: Iterable[TurnRow]) -> list[Turn]:
    """Turns, in the order of their rows."""
    return [Turn(t.i, Speaker(t.speaker), t.text, t.name, _moment(t.at), t.via) for t in turns]


def to_mood(row: ConversationRow, readings: list[ReadingRow], spikes: list[SpikeRow]) -> Mood:
    """Everything that was read from a conversation."""
    return Mood(
        readings=tuple(to_reading(reading) for reading in readings),
        spikes=tuple(to_spike(spike) for spike in spikes),
        shift=row.shift,
        risk=row.risk,
        ms=row.mood_ms,
        unread=_parse(row.unread, tuple[int, ...]),
        recoveries=_parse(row.recoveries, tuple[Recovery, ...]),
        vulnerable=_parse(row.vulnerable, tuple[Vulnerability, ...]),
    )


def to_reading(row: ReadingRow) -> EmotionReading:
    """What one customer turn was read as."""
    return EmotionReading(
        turn=row.turn,
        label=Label(row.label),
        distress=row.distress,
        valence=row.valence,
        urgency=row.urgency,
        scores=_parse(row.scores, dict[Label, float]),
        words=_parse(row.words, tuple[str, ...]),
        fine=_parse(row.fine, dict[str, float]),
        corrected=row.corrected,
    )


def to_spike(row: SpikeRow) -> Spike:
    """A spike."""
    return Spike(
        turn=row.turn,
        kind=Label(row.kind),
        severity=Severity(row.severity),
        distress=row.distress,
        rise=row.rise,
        trigger_turn=row.trigger_turn,
        evidence=_parse(row.evidence, tuple[str, ...]),
        nudge=row.nudge,
        cause=row.cause,
    )


def to_assist(row: AssistRow, suggestions: list[SuggestionRow]) -> Assist:
    """What was proposed, with the replies in the order of their slots."""
    return Assist(
        summary=_parse(row.summary, Summary),
        next_actions=_parse(row.actions, tuple[NextAction, ...]),
        replies=tuple(
            Reply(
                strategy=s.strategy,
                text=s.text,
                pillars=_parse(s.pillars, dict[Pillar, PillarState]),
                empathy=s.empathy,
                grounding=_parse(s.grounding, Grounding),
                source=Source(s.source),
            )
            for s in suggestions
        ),
        context=_parse(row.context, ContextUse),
        model=row.model,
        notes=_parse(row.notes, tuple[str, ...]),
        first_token_ms=row.first_token_ms,
        ms=row.ms,
        tactic=_parse_optional(row.tactic, NextAction),
    )


def to_correction(row: CorrectionRow) -> Correction:
    """What an agent said of a turn; its conversation is "" where that was erased or never kept."""
    return Correction(row.ref or "", row.turn, Label(row.label), _parse(row.scores, dict[Label, float]), row.distress)


def to_choice(row: ChoiceRow) -> Choice:
    """What an agent did with a reply."""
    return Choice(row.ref, row.turns, row.slot, _parse(row.features, tuple[str, ...]), Outcome(row.outcome))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _parse_optional(text: str, kind: type[T]) -> T | None:
    return None if text == "null" else _parse(text, kind)


def _parse(text: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise BugError("a row of the history does not have the shape of its record") from error
