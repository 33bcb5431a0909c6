"""Rows back to records, with the sealer of the conversation that they hang on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TypeVar

import msgspec

from agent_assist.errors import BugError
from agent_assist.history.sealing import Sealer
from agent_assist.history.shapes import (
    AssistText,
    ConversationText,
    ReadingText,
    SpikeText,
    SuggestionText,
    TurnText,
)
from agent_assist.history.tables import (
    AssistRow,
    ChoiceRow,
    ConversationRow,
    CorrectionRow,
    FollowUpRow,
    ReadingRow,
    SpikeRow,
    SuggestionRow,
    TurnRow,
)
from agent_assist.records import (
    Aside,
    Assist,
    Choice,
    Conversation,
    Correction,
    EmotionReading,
    FollowUp,
    HistoryItem,
    Label,
    Mood,
    Outcome,
    Reply,
    Severity,
    Source,
    Speaker,
    Spike,
    Turn,
)

T = TypeVar("T")


def to_text(row: ConversationRow, sealer: Sealer) -> ConversationText:
    """What is sealed of a conversation's own row."""
    return sealer.open("conversation", 0, row.sealed, ConversationText)


def to_item(row: ConversationRow, text: ConversationText) -> HistoryItem:
    """A conversation as a list shows it."""
    return HistoryItem(
        id=row.ref,
        customer=text.customer,
        source=row.source,
        saved_at=datetime.fromisoformat(row.saved_at),
        turns=row.turns,
        peak=row.peak,
        label=Label(row.label) if row.label else None,
        spikes=row.spikes,
        excerpt=text.excerpt,
        tags=text.tags,
        held=row.held,
    )


def to_conversation(row: ConversationRow, text: ConversationText, turns: Iterable[Turn]) -> Conversation:
    """A conversation with its turns, in order."""
    return Conversation(
        id=row.ref,
        source=row.source,
        turns=tuple(turns),
        customer=text.customer,
        origin=row.origin,
        notes=text.notes,
        record=text.record,
        asides=tuple(Aside(aside, after, name, _moment(at)) for aside, after, name, at in text.asides),
    )


def to_turn(row: TurnRow, sealer: Sealer) -> Turn:
    """A message."""
    text = sealer.open("turn", row.i, row.sealed, TurnText)
    return Turn(row.i, Speaker(row.speaker), text.text, text.name, _moment(row.at), row.via)


def to_mood(
    row: ConversationRow, text: ConversationText, readings: Iterable[EmotionReading], spikes: Iterable[Spike]
) -> Mood:
    """Everything that was read from a conversation."""
    return Mood(
        readings=tuple(readings),
        spikes=tuple(spikes),
        shift=row.shift,
        risk=row.risk,
        ms=row.mood_ms,
        unread=text.unread,
        recoveries=text.recoveries,
        vulnerable=text.vulnerable,
    )


def to_reading(row: ReadingRow, sealer: Sealer) -> EmotionReading:
    """What one customer turn was read as."""
    text = sealer.open("reading", row.turn, row.sealed, ReadingText)
    return EmotionReading(
        turn=row.turn,
        label=Label(row.label),
        distress=row.distress,
        valence=row.valence,
        urgency=row.urgency,
        scores=text.scores,
        words=text.words,
        fine=text.fine,
        corrected=row.corrected,
    )


def to_spike(row: SpikeRow, sealer: Sealer) -> Spike:
    """A spike."""
    text = sealer.open("spike", row.n, row.sealed, SpikeText)
    return Spike(
        turn=row.turn,
        kind=Label(row.kind),
        severity=Severity(row.severity),
        distress=row.distress,
        rise=row.rise,
        trigger_turn=row.trigger_turn,
        evidence=text.evidence,
        nudge=text.nudge,
        cause=text.cause,
    )


def to_assist(row: AssistRow, replies: Iterable[Reply], sealer: Sealer) -> Assist:
    """What was proposed."""
    text = sealer.open("assist", 0, row.sealed, AssistText)
    return Assist(
        summary=text.summary,
        next_actions=text.actions,
        replies=tuple(replies),
        context=text.context,
        model=row.model,
        notes=text.notes,
        first_token_ms=row.first_token_ms,
        ms=row.ms,
        tactic=text.tactic,
    )


def to_suggestion_text(row: SuggestionRow, sealer: Sealer) -> SuggestionText:
    """What is sealed of a reply."""
    return sealer.open("suggestion", row.slot, row.sealed, SuggestionText)


def to_reply(row: SuggestionRow, text: SuggestionText) -> Reply:
    """A suggested reply."""
    return Reply(row.strategy, text.text, text.pillars, row.empathy, text.grounding, Source(row.source))


def to_follow_up(row: FollowUpRow, conversation_id: str, sealer: Sealer) -> FollowUp:
    """Something to come back to."""
    text = sealer.open("follow_up", row.id, row.sealed, str)
    return FollowUp(row.id, conversation_id, text, date.fromisoformat(row.due), _moment(row.done_at))


def to_correction(row: CorrectionRow) -> Correction:
    """What an agent said of a turn; its conversation is "" where that was erased or never kept."""
    return Correction(row.ref or "", row.turn, Label(row.label), _parse(row.scores, dict[Label, float]), row.distress)


def to_choice(row: ChoiceRow) -> Choice:
    """What an agent did with a reply."""
    return Choice(row.ref, row.turns, row.slot, _parse(row.features, tuple[str, ...]), Outcome(row.outcome))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _parse(text: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise BugError("a row of the history does not have the shape of its record") from error
