"""What was read from a conversation and proposed for it, with the same placeholders as its turns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from agent_assist.records import Assist, EmotionReading, Fact, Grounding, Line, Mood, NextAction, Reply, Spike, Summary

Redact = Callable[[str], str]


def redact_mood(mood: Mood, before: Sequence[str], after: Sequence[str], redact: Redact) -> Mood:
    """The mood with the words that still stand in their turns; numbers and labels stay as they are.

    Args:
        mood: read from the turns as they were.
        before: the turns' texts as they were.
        after: the same, redacted.
        redact: one text with the conversation's placeholders.
    """

    def still(words: Iterable[str], turn: int) -> tuple[str, ...]:
        if not 0 <= turn < len(after):
            return tuple(word for word in words if redact(word) == word)
        return tuple(w for w in words if w in after[turn] or (w not in before[turn] and redact(w) == w))

    def reading(one: EmotionReading) -> EmotionReading:
        words = still(one.words, one.turn)
        return one if words == one.words else replace(one, words=words)  # there is one for each turn

    def spike(one: Spike) -> Spike:
        evidence, nudge = still(one.evidence, one.turn), redact(one.nudge)
        return one if (evidence, nudge) == (one.evidence, one.nudge) else replace(one, evidence=evidence, nudge=nudge)

    return replace(
        mood,
        readings=tuple(map(reading, mood.readings)),
        spikes=tuple(map(spike, mood.spikes)),
        vulnerable=tuple(replace(v, words=still(v.words, v.turn)) for v in mood.vulnerable),
    )


def redact_assist(assist: Assist, before: Sequence[str], after: Sequence[str], redact: Redact) -> Assist:
    """Summary, actions and replies with the conversation's placeholders; the turns they stand on stay."""

    def action(one: NextAction) -> NextAction:
        return replace(one, text=redact(one.text), why=redact(one.why))

    return replace(
        assist,
        summary=_summary(assist.summary, before, after, redact),
        next_actions=tuple(map(action, assist.next_actions)),
        replies=tuple(_reply(reply, redact) for reply in assist.replies),
        notes=tuple(map(redact, assist.notes)),
        tactic=None if assist.tactic is None else action(assist.tactic),
    )


def _summary(summary: Summary, before: Sequence[str], after: Sequence[str], redact: Redact) -> Summary:
    def line(one: Line) -> Line:
        return replace(one, text=redact(one.text))

    facts = (_fact(fact, before, after, redact) for fact in summary.facts)
    return Summary(
        issue=line(summary.issue) if summary.issue else None,
        tried=tuple(map(line, summary.tried)),
        feeling=line(summary.feeling) if summary.feeling else None,
        wants=line(summary.wants) if summary.wants else None,
        open=tuple(map(line, summary.open)),
        facts=tuple(fact for fact in facts if fact is not None),
    )


def _fact(fact: Fact, before: Sequence[str], after: Sequence[str], redact: Redact) -> Fact | None:
    """A fact whose value still stands in its turn, as it is or as a placeholder; else it is none any more."""
    if not 0 <= fact.turn < len(after):
        return replace(fact, value=redact(fact.value))
    if fact.value in after[fact.turn]:
        return fact
    value = redact(fact.value)
    if value in after[fact.turn] or fact.value not in before[fact.turn]:
        return replace(fact, value=value)
    return None


def _reply(reply: Reply, redact: Redact) -> Reply:
    unsupported = tuple(map(redact, reply.grounding.unsupported))
    return replace(reply, text=redact(reply.text), grounding=Grounding(reply.grounding.ok, unsupported))
