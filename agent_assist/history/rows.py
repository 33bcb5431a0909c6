"""Records to rows and back. What the database never asks about on its own is kept as JSON of the records."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from agent_assist.errors import BugError
from agent_assist.history.tables import (
    AssistRow,
    ConversationRow,
    ReadingRow,
    SpikeRow,
    SuggestionRow,
    TurnRow,
)
from agent_assist.records import (
    Analysis,
    Assist,
    ContextUse,
    Conversation,
    EmotionReading,
    Grounding,
    HistoryItem,
    Label,
    NextAction,
    Pillar,
    PillarState,
    Reply,
    Severity,
    Speaker,
    Spike,
    Summary,
    Turn,
)

Row = dict[str, object]
T = TypeVar("T")
_EXCERPT_LENGTH = 160


def fold(text: str) -> str:
    """Text as a search compares it: composed and case-folded, so that case and the way of writing accents are alike."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return composed.encode(errors="replace").decode()  # lone surrogates, which no file can hold


def stamp(moment: datetime) -> str:
    """An aware moment as UTC text of fixed width, which sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


# --- records to rows


def conversation_row(analysis: Analysis, saved_at: datetime) -> Row:
    """The conversation's own row."""
    conversation, mood = analysis.conversation, analysis.mood
    worst = max(mood.readings, key=lambda reading: reading.distress, default=None)
    return {
        "ref": conversation.id,
        "source": conversation.source,
        "customer": conversation.customer,
        "origin": conversation.origin,
        "notes": _json(conversation.notes),
        "saved_at": stamp(saved_at),
        "turns": len(conversation.turns),
        "excerpt": excerpt(analysis),
        "peak": worst.distress if worst else None,
        "label": worst.label.value if worst else None,
        "spikes": len(mood.spikes),
        "shift": mood.shift,
        "risk": mood.risk,
        "mood_ms": mood.ms,
    }


def excerpt(analysis: Analysis) -> str:
    """The issue line, or the customer's first words, on one line of at most 160 characters."""
    turns = analysis.conversation.customer_turns or analysis.conversation.turns
    text = turns[0].text if turns else ""
    if analysis.assist and analysis.assist.summary.issue:
        text = analysis.assist.summary.issue.text
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT_LENGTH else line[: _EXCERPT_LENGTH - 1].rstrip() + "…"


def search_text(analysis: Analysis) -> str:
    """Everything that a search looks through, folded."""
    parts = [analysis.conversation.customer or "", *(turn.text for turn in analysis.conversation.turns)]
    if analysis.assist:
        summary = analysis.assist.summary
        lines = (summary.issue, *summary.tried, summary.feeling, summary.wants, *summary.open)
        parts += [line.text for line in lines if line]
    return fold("\n".join(parts))


def turn_rows(owner: int, conversation: Conversation) -> list[Row]:
    """One row for each turn."""
    return [
        {
            "conversation": owner,
            "i": turn.i,
            "speaker": turn.speaker.value,
            "name": turn.name,
            "at": turn.at.isoformat() if turn.at else None,
            "text": turn.text,
        }
        for turn in conversation.turns
    ]


def reading_rows(owner: int, readings: tuple[EmotionReading, ...]) -> list[Row]:
    """One row for each customer turn that was read."""
    return [
        {
            "conversation": owner,
            "turn": reading.turn,
            "label": reading.label.value,
            "distress": reading.distress,
            "valence": reading.valence,
            "urgency": reading.urgency,
            "scores": _json(reading.scores),
            "words": _json(reading.words),
            "fine": _json(reading.fine),
        }
        for reading in readings
    ]


def spike_rows(owner: int, spikes: tuple[Spike, ...]) -> list[Row]:
    """One row for each spike."""
    return [
        {
            "conversation": owner,
            "n": n,
            "turn": spike.turn,
            "kind": spike.kind.value,
            "severity": spike.severity.value,
            "distress": spike.distress,
            "rise": spike.rise,
            "trigger_turn": spike.trigger_turn,
            "evidence": _json(spike.evidence),
            "nudge": spike.nudge,
        }
        for n, spike in enumerate(spikes)
    ]


def assist_row(owner: int, assist: Assist) -> Row:
    """What was proposed, without the replies."""
    return {
        "conversation": owner,
        "model": assist.model,
        "summary": _json(assist.summary),
        "actions": _json(assist.next_actions),
        "context": _json(assist.context),
        "notes": _json(assist.notes),
        "first_token_ms": assist.first_token_ms,
        "ms": assist.ms,
    }


def suggestion_rows(owner: int, replies: tuple[Reply, ...]) -> list[Row]:
    """One row for each reply; its slot is its place."""
    return [
        {
            "conversation": owner,
            "slot": slot,
            "strategy": reply.strategy,
            "text": reply.text,
            "pillars": _json(reply.pillars),
            "empathy": reply.empathy,
            "grounding": _json(reply.grounding),
        }
        for slot, reply in enumerate(replies)
    ]


# --- rows to records


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
        turns=tuple(
            Turn(t.i, Speaker(t.speaker), t.text, t.name, datetime.fromisoformat(t.at) if t.at else None) for t in turns
        ),
        customer=row.customer,
        origin=row.origin,
        notes=_parse(row.notes, tuple[str, ...]),
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
            )
            for s in suggestions
        ),
        context=_parse(row.context, ContextUse),
        model=row.model,
        notes=_parse(row.notes, tuple[str, ...]),
        first_token_ms=row.first_token_ms,
        ms=row.ms,
    )


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _parse(text: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise BugError("a row of the history does not have the shape of its record") from error
