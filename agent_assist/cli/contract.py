"""The JSON that `analyze` prints, field by field as the command-line contract has it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from agent_assist.records import (
    Analysis,
    Aside,
    Assist,
    Conversation,
    EmotionReading,
    Line,
    Mood,
    NextAction,
    Recovery,
    Reply,
    Spike,
    Summary,
    Turn,
    Vulnerability,
)

Object = dict[str, Any]
"""A JSON object; its values are what json makes of them."""
UNREAD = "unread"
"""Stands for the label of a customer turn in a language that is not read."""


def analysis_object(analysis: Analysis, *, fine: bool = False) -> Object:
    """One conversation as `analyze --json` prints it.

    Args:
        analysis: with or without the language model's part.
        fine: add the classifier's 28 scores to each reading.
    """
    conversation, mood, assist = analysis.conversation, analysis.mood, analysis.assist
    emotions = {turn: _unread(fine) for turn in mood.unread} | {r.turn: _emotion(r, fine) for r in mood.readings}
    made: Object = {
        "conversation": _conversation(conversation),
        "turns": [_turn(t, emotions.get(t.i)) for t in conversation.turns],
    }
    if conversation.asides:
        made["asides"] = [_aside(a) for a in conversation.asides]
    made |= {
        "spikes": [_spike(s) for s in mood.spikes],
        "recoveries": [_recovery(r) for r in mood.recoveries],
        "vulnerable": [_vulnerable(v) for v in mood.vulnerable],
        "sentiment_shift": _round(mood.shift),
        "escalation_risk": _round(mood.risk),
    }
    if assist is not None:
        made |= _assist(assist)
    made["timings"] = _timings(mood, assist)
    return made


def _conversation(conversation: Conversation) -> Object:
    return {
        "id": conversation.id,
        "source": conversation.source,
        "customer": conversation.customer,
        "turns": len(conversation.turns),
        "notes": list(conversation.notes),
    }


def _turn(turn: Turn, emotion: Object | None) -> Object:
    made: Object = {
        "i": turn.i,
        "speaker": turn.speaker.value,
        "name": turn.name,
        "at": _moment(turn.at),
        "text": turn.text,
    }
    if turn.via is not None:
        made["via"] = turn.via
    return made | {"emotion": emotion}


def _aside(aside: Aside) -> Object:
    return {"after": aside.after, "name": aside.name, "at": _moment(aside.at), "text": aside.text}


def _moment(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None


def _emotion(reading: EmotionReading, fine: bool) -> Object:
    made: Object = {
        "label": reading.label.value,
        "distress": _round(reading.distress),
        "valence": _round(reading.valence),
        "urgency": _round(reading.urgency),
        "scores": {label.value: _round(score) for label, score in reading.scores.items()},
    }
    if reading.corrected:
        made["corrected"] = True
    if fine:
        made["fine"] = {name: _round(score, 4) for name, score in reading.fine.items()}
    return made


def _unread(fine: bool) -> Object:
    """In place of the emotion of a customer turn in a language that is not read."""
    made: Object = {"label": UNREAD, "distress": None, "valence": None, "urgency": None, "scores": None}
    return made | {"fine": None} if fine else made


def _spike(spike: Spike) -> Object:
    return {
        "turn": spike.turn,
        "kind": spike.kind.value,
        "severity": spike.severity.value,
        "distress": _round(spike.distress),
        "rise": _round(spike.rise),
        "trigger_turn": spike.trigger_turn,
        "evidence": list(spike.evidence),
        "nudge": spike.nudge,
        "cause": spike.cause,
    }


def _recovery(recovery: Recovery) -> Object:
    return {"turn": recovery.turn, "since": recovery.since, "fall": _round(recovery.fall)}


def _vulnerable(found: Vulnerability) -> Object:
    return {"turn": found.turn, "kind": found.kind, "words": list(found.words), "guidance": found.guidance}


def _assist(assist: Assist) -> Object:
    return {
        "summary": _summary(assist.summary),
        "next_actions": [_action(a) for a in assist.next_actions],
        "tactic": _action(assist.tactic) if assist.tactic is not None else None,
        "replies": [_reply(r) for r in assist.replies],
        "context": {
            "used": assist.context.used,
            "limit": assist.context.limit,
            "left_out": list(assist.context.left_out),
            "sections": assist.context.sections,
        },
        "model": assist.model,
        "notes": list(assist.notes),
    }


def _summary(summary: Summary) -> Object:
    return {
        "issue": _line(summary.issue),
        "tried": _lines(summary.tried),
        "feeling": _line(summary.feeling),
        "wants": _line(summary.wants),
        "open": _lines(summary.open),
        "facts": [{"kind": f.kind, "value": f.value, "turn": f.turn} for f in summary.facts],
    }


def _line(line: Line | None) -> Object | None:
    return {"text": line.text, "turns": list(line.turns)} if line is not None else None


def _lines(lines: Sequence[Line]) -> list[Object | None]:
    return [_line(line) for line in lines]


def _action(action: NextAction) -> Object:
    return {"text": action.text, "why": action.why, "turns": list(action.turns)}


def _reply(reply: Reply) -> Object:
    return {
        "strategy": reply.strategy,
        "source": reply.source.value,
        "text": reply.text,
        "pillars": {pillar.value: state.value for pillar, state in reply.pillars.items()},
        "empathy": _round(reply.empathy),
        "grounding": {"ok": reply.grounding.ok, "unsupported": list(reply.grounding.unsupported)},
    }


def _timings(mood: Mood, assist: Assist | None) -> Object:
    made: Object = {"emotion_ms": _round(mood.ms, 1)}
    if assist is not None:
        made |= {"first_token_ms": _round(assist.first_token_ms, 1), "assist_ms": _round(assist.ms, 1)}
    return made


def _round(value: float | None, digits: int = 3) -> float | None:
    # Adding zero turns -0.0 into 0.0.
    return None if value is None else round(value, digits) + 0.0
