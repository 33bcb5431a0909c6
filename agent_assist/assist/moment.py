"""What kind of moment this is for the agent, from the readings alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agent_assist.assist.actions import fires
from agent_assist.assist.phrases import Kind
from agent_assist.records import Conversation, EmotionReading, Label, Mood, Spike, Turn

_HOT = 0.5
_UNEASY = 0.35
_MANY_WORDS = 12
_SETTLED = re.compile(
    r"\b(?:(?:works?|working|worked|fine|good|sorted|fixed|solved|resolved|done|back|arrived) (?:now|again|today|out)|"
    r"all good|(?:it|that|this) (?:works|worked|helped|did it|solved it|fixed it)|problem solved|"
    r"(?:is|are|been|got|was) (?:now )?(?:sorted|fixed|solved|resolved)|(?:have|'ve|just) (?:received|got) (?:it|my)|"
    r"great (?:help|service|job)|perfect|brilliant|awesome|you(?:'ve| have) been (?:so |very )?(?:helpful|kind))\b",
    re.IGNORECASE,
)
_RECENT = 2  # customer turns for which a spike still counts


# Moments in which only our own words are good enough, whatever the reading says; the rules are those of the actions.
_CAREFUL = (("threat_person", Kind.THREAT), ("fraud", Kind.FRAUD), ("bereavement", Kind.BEREAVED))


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment that a reply answers.

    Attributes:
        kind: what it asks for.
        reading: of the customer's latest turn, None where there is none.
        spike: the latest spike, where it is recent.
    """

    kind: Kind
    reading: EmotionReading | None
    spike: Spike | None


def find_moment(conversation: Conversation, mood: Mood) -> Moment:
    """The moment at the end of the conversation."""
    customer = conversation.customer_turns
    if not customer:
        return Moment(Kind.CALM, None, None)
    turn = customer[-1]
    reading = mood.of(turn.i)
    recent = {t.i for t in customer[-_RECENT:]}
    spike = next((s for s in reversed(mood.spikes) if s.turn in recent), None)
    careful = next((kind for rule, kind in _CAREFUL if fires(rule, conversation)), None)
    return Moment(careful or _kind(turn, reading, spike), reading, spike)


def _kind(turn: Turn, reading: EmotionReading | None, spike: Spike | None) -> Kind:
    if reading is None:
        return Kind.CALM
    if reading.label is Label.SATISFACTION and reading.distress < _UNEASY and _is_settled(turn.text):
        return Kind.GLAD
    if reading.label is Label.SADNESS and reading.distress >= _UNEASY:
        return Kind.SAD
    if reading.distress >= _HOT or (spike is not None and reading.distress >= _UNEASY):
        return Kind.HOT
    if reading.label in (Label.ANGER, Label.FRUSTRATION, Label.STRESS) and reading.distress >= _UNEASY:
        return Kind.HOT
    if reading.label is Label.CONFUSION:
        return Kind.CONFUSED
    return Kind.CALM


def _is_settled(text: str) -> bool:
    """Whether a friendly turn is an end, thanks alone or the news that it is solved: thanks also begin requests."""
    if "?" in text:
        return False
    return bool(_SETTLED.search(text)) or len(text.split()) <= _MANY_WORDS
