"""Records to rows. What the database never asks about on its own is kept as JSON of the records."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import msgspec

from agent_assist.records import (
    Analysis,
    Aside,
    Assist,
    Choice,
    Conversation,
    Correction,
    EmotionReading,
    Reply,
    Spike,
)

Row = dict[str, object]
AsideRow = tuple[str, int, str | None, str | None]
"""Text, turn that it stands behind, name, moment. JSON's own moments know no seconds in an offset."""
_EXCERPT_LENGTH = 160


def fold(text: str) -> str:
    """Text as a search compares it: composed and case-folded, so that case and the way of writing accents are alike."""
    composed = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return composed.encode(errors="replace").decode()  # lone surrogates, which no file can hold


def stamp(moment: datetime) -> str:
    """An aware moment as UTC text of fixed width, which sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def conversation_row(analysis: Analysis, saved_at: datetime) -> Row:
    """The conversation's own row."""
    conversation, mood = analysis.conversation, analysis.mood
    worst = max(mood.readings, key=lambda reading: reading.distress, default=None)
    return {
        "ref": conversation.id,
        "source": conversation.source,
        "customer": conversation.customer,
        "origin": conversation.origin,
        "notes": to_json(conversation.notes),
        "saved_at": stamp(saved_at),
        "turns": len(conversation.turns),
        "excerpt": excerpt(analysis),
        "peak": worst.distress if worst else None,
        "label": worst.label.value if worst else None,
        "spikes": len(mood.spikes),
        "shift": mood.shift,
        "risk": mood.risk,
        "mood_ms": mood.ms,
        "unread": to_json(mood.unread),
        "recoveries": to_json(mood.recoveries),
        "vulnerable": to_json(mood.vulnerable),
        "record": to_json(conversation.record),
        "asides": to_json([aside_row(aside) for aside in conversation.asides]),
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
    conversation = analysis.conversation
    parts = [conversation.customer or "", *(turn.text for turn in conversation.turns)]
    parts += [aside.text for aside in conversation.asides]
    if analysis.assist:
        summary = analysis.assist.summary
        lines = (summary.issue, *summary.tried, summary.feeling, summary.wants, *summary.open)
        parts += [line.text for line in lines if line]
    return fold("\n".join(parts))


def aside_row(aside: Aside) -> AsideRow:
    """A note beside the conversation."""
    return aside.text, aside.after, aside.name, aside.at.isoformat() if aside.at else None


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
            "via": turn.via,
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
            "scores": to_json(reading.scores),
            "words": to_json(reading.words),
            "fine": to_json(reading.fine),
            "corrected": reading.corrected,
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
            "evidence": to_json(spike.evidence),
            "nudge": spike.nudge,
            "cause": spike.cause,
        }
        for n, spike in enumerate(spikes)
    ]


def assist_row(owner: int, assist: Assist) -> Row:
    """What was proposed, without the replies."""
    return {
        "conversation": owner,
        "model": assist.model,
        "summary": to_json(assist.summary),
        "actions": to_json(assist.next_actions),
        "context": to_json(assist.context),
        "notes": to_json(assist.notes),
        "tactic": to_json(assist.tactic),
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
            "pillars": to_json(reply.pillars),
            "empathy": reply.empathy,
            "grounding": to_json(reply.grounding),
            "source": reply.source.value,
        }
        for slot, reply in enumerate(replies)
    ]


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
