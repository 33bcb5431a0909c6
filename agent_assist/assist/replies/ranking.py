"""Which of several replies are worth showing, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from agent_assist.assist import guard, pillars
from agent_assist.assist.cite import stems
from agent_assist.assist.replies.bank import Heat, Part, Slot
from agent_assist.assist.replies.compose import Chosen, Composed
from agent_assist.assist.replies.context import Context
from agent_assist.assist.replies.preference import Preference, features
from agent_assist.assist.sentences import PLACEHOLDER
from agent_assist.records import Reply, Source

MOST = 3
"""Replies that are shown."""
_GOOD_ENOUGH = 0.35
_SAME = 0.55
_FULL = (28, 90)
_MOST_BLANKS = 2
_SAYING_NO = 0.4
_SPECIFIC = frozenset(
    (Slot.TROUBLE, Slot.STORY, Slot.TOPIC, Slot.MATTER, Slot.CASE, Slot.THING, Slot.DURATION, Slot.AMOUNT, Slot.SINCE)
)
_WORD = re.compile(r"[\w']+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reply that might be shown.

    Attributes:
        reply: judged by the guard, the pillars and the empathy score.
        made: its sentences.
        score: how good it is, higher is better.
        features: what kind of reply it is.
    """

    reply: Reply
    made: Composed
    score: float
    features: tuple[str, ...]


def judged(made: Composed, context: Context, preference: Preference) -> Candidate | None:
    """A composed reply as a candidate; None where the guard objects to it, or it is not good enough to be shown.

    The score is empathy (0 to 1) + 0.1 * mean fit of the sentences + 0.2 for each thing of the customer's case that it
    names (at most three) + 0.2 for a length that suits the moment - 0.15 for each blank beyond two + 0.4 for a kind
    no where the agent's side has refused + what the desk prefers.
    """
    text = made.text
    grounding = guard.check(text, context.conversation)
    if not grounding.ok:
        return None
    reading = context.moment.reading
    states = pillars.assess(text, reading, context.conversation.turns)
    empathy = pillars.empathy(text, states, reading)
    source = Source.GENERATED if any(c.sentence is None for c in made.chosen) else Source.COMPOSED
    reply = Reply(made.strategy.name, text, states, empathy, grounding, source)
    kind = features(reply)
    words = len(_WORD.findall(PLACEHOLDER.sub(" ", text)))
    suits = _FULL[0] <= words <= _FULL[1] or (context.heat is Heat.CALM and words >= 8)
    named = sum(_named(c, context) for c in made.chosen)
    blanks = len(PLACEHOLDER.findall(text))
    score = empathy + 0.1 * made.fit + 0.2 * min(named, 3) + 0.2 * suits - 0.15 * max(blanks - _MOST_BLANKS, 0)
    # Where we have said no, the reply that says it well and offers another way is among the useful ones.
    score += _SAYING_NO * (Part.DECLINE in made.strategy.parts and "refused" in context.flags)
    score += preference.score(kind)
    return Candidate(reply, made, score, kind) if score >= _GOOD_ENOUGH else None


def _named(chosen: Chosen, context: Context) -> float:
    """How many things of the customer's case a sentence names; two words of theirs count as one."""
    if chosen.sentence is None:
        return len(stems(chosen.text) & context.words) / 2
    return sum(name in _SPECIFIC for name in chosen.sentence.slots)


def best(candidates: Iterable[Candidate], most: int = MOST) -> list[Candidate]:
    """The best candidates of different strategies that do not say the same, best first."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda c: -c.score):
        if len(chosen) == most:
            break
        if all(candidate.reply.strategy != other.reply.strategy for other in chosen) and not is_copy(candidate, chosen):
            chosen.append(candidate)
    return chosen


def is_copy(candidate: Candidate, others: Sequence[Candidate]) -> bool:
    """Whether a candidate says much the same as one of the others."""
    said = stems(candidate.reply.text)
    return any(len(said & (told := stems(o.reply.text))) > _SAME * max(len(said | told), 1) for o in others)
