"""What the coach says of a draft while it is typed: rules alone, in milliseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from agent_assist.assist import guard, pillars
from agent_assist.assist.coach.draft import Draft, Weighed
from agent_assist.assist.coach.remarks import remarks
from agent_assist.assist.coach.situation import situation
from agent_assist.assist.coach.wording import readable
from agent_assist.assist.guard import Allowed
from agent_assist.records import (
    Coaching,
    Conversation,
    EmotionReading,
    Mood,
    Pillar,
    PillarState,
    Remark,
    Speaker,
    Turn,
    TurnScore,
)

LONGEST = 20_000
"""Characters of a draft that are looked at; nobody sends more, and a mistaken paste must not hold the window up."""
SHOWN = 5
"""Remarks that a window should show; more at once are not read."""


_A_FEW_WORDS = 48  # characters


class Scorer(Protocol):
    """The shipped model of empathy, as the coach uses it."""

    def reply(self, conversation: Conversation, draft: str) -> tuple[float, dict[Pillar, PillarState]] | None:
        """Empathy, 0 to 1, and the pillars of a reply to the end of a conversation; None where it cannot be read."""

    def whole(self, conversation: Conversation) -> float | None:
        """Empathy of all turns of the agents together, 0 to 1; None where there is nothing to read."""


def review(
    draft: str,
    conversation: Conversation,
    mood: Mood,
    scorer: Scorer | None = None,
    *,
    typing: bool = True,
    allowed: Allowed | None = None,
) -> Coaching:
    """What the coach says of a draft.

    In a language that is not read it says nothing. Neither does it of an empty draft, but works out what depends on
    the conversation alone, so that the next call is fast.

    Args:
        draft: the agent's words so far; the first `LONGEST` characters of them are looked at.
        conversation: what they answer.
        mood: as read from it.
        scorer: the model of empathy; without one pillars are judged by rules and there is no score.
        typing: the agent is still writing: the word at the end may grow, and what may still come is not missed.
        allowed: what agents of this site may promise; None for the shipped list.

    Returns:
        All remarks, the most important first; `SHOWN` of them are enough to show.
    """
    draft = draft[:LONGEST]
    if not draft.strip():
        situation(conversation)
        guard.findings("", conversation, allowed)
        return Coaching(dict.fromkeys(Pillar, PillarState.NOT_NEEDED))
    if unread(conversation, mood):
        return Coaching(dict.fromkeys(Pillar, PillarState.NOT_NEEDED))
    reading = last_reading(conversation, mood)
    ruled = pillars.assess(draft, reading, conversation.turns)
    scored = scorer.reply(conversation, draft) if scorer is not None else None
    empathy, states = scored if scored is not None else (None, ruled)
    # The chips show what the model reads; a reproach needs the rules to agree with it.
    missing = tuple(p for p in Pillar if states[p] is ruled[p] is PillarState.MISSING)
    seen = Draft(
        text=draft,
        seen=readable(draft),
        conversation=conversation,
        situation=situation(conversation),
        moment=pillars.moment(reading, conversation.turns),
        reading=reading,
        missing=missing,
        typing=typing,
        allowed=allowed,
    )
    return Coaching(states, tuple(_ordered(remarks(seen))), empathy)


def score_turns(
    conversation: Conversation, mood: Mood, scorer: Scorer | None = None
) -> tuple[float | None, tuple[TurnScore, ...]]:
    """How the agents' turns of a conversation read, each by what was said before it.

    Args:
        conversation: whole.
        mood: as read from it.
        scorer: the model of empathy; without one the rules of `pillars.empathy` stand in for it.

    Returns:
        The empathy of the conversation, 0 to 1, None where there is none to read, and each agent turn's score.
    """
    scores = []
    for turn in conversation.turns:
        if turn.speaker is Speaker.AGENT:
            made = _score(_until(conversation, turn), turn, mood, scorer)
            if made is not None:
                scores.append(made)
    if scorer is not None:
        return scorer.whole(conversation), tuple(scores)
    return (sum(s.empathy for s in scores) / len(scores) if scores else None), tuple(scores)


def _score(before: Conversation, turn: Turn, mood: Mood, scorer: Scorer | None) -> TurnScore | None:
    if scorer is not None:
        scored = scorer.reply(before, turn.text)
        return TurnScore(turn.i, *scored) if scored is not None else None
    reading = last_reading(before, mood)
    states = pillars.assess(turn.text, reading, before.turns)
    return TurnScore(turn.i, pillars.empathy(turn.text, states, reading), states)


def _until(conversation: Conversation, turn: Turn) -> Conversation:
    return Conversation(
        conversation.id, conversation.source, conversation.turns[: turn.i], conversation.customer, conversation.origin
    )


def last_reading(conversation: Conversation, mood: Mood) -> EmotionReading | None:
    """The reading of the customer's last turn; None where it could not be read."""
    turns = conversation.customer_turns
    return mood.of(turns[-1].i) if turns else None


def unread(conversation: Conversation, mood: Mood) -> bool:
    """Whether the customer's last turn is in a language that is not read: a reply to it would look all wrong."""
    turns = conversation.customer_turns
    return bool(turns) and turns[-1].i in mood.unread


def _ordered(found: Iterable[Weighed]) -> list[Remark]:
    """The most important first, and of two about the same words only that one."""
    kept: list[Remark] = []
    for _, remark in sorted(found, key=lambda w: (-w.weight, w.remark.start or 0)):
        if not any(_same_words(remark, other) for other in kept) and remark not in kept:
            kept.append(remark)
    return kept


def _same_words(one: Remark, other: Remark) -> bool:
    """Whether two remarks are about the same few words; one about a whole sentence is about more than its words."""
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    common = min(one.end, other.end) - max(one.start, other.start)
    shorter, longer = sorted((one.end - one.start, other.end - other.start))
    return common > 0 and (one.kind is other.kind or (longer < _A_FEW_WORDS and 2 * common > shorter))
