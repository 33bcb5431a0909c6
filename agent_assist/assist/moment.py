"""What kind of moment this is for the agent, from the readings alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from agent_assist.assist.actions import fires
from agent_assist.assist.chat import plain
from agent_assist.records import Conversation, EmotionReading, Label, Mood, Spike, Turn

_HOT = 0.5
_UNEASY = 0.35
_MANY_WORDS = 12
_SETTLED = re.compile(
    r"\b(?:(?:works?|working|worked|fine|good|sorted|fixed|solved|resolved|done|back|arrived) (?:now|again|"
    r"today|out)|"
    r"all good|(?:it|that|this) (?:works|worked|helped|did it|solved it|fixed it)|problem solved|"
    r"(?:is|are|been|got|was) (?:now )?(?:sorted|fixed|solved|resolved)|(?:have|'ve|just) (?:received|got) (?:it|my)|"
    r"great (?:help|service|job)|solved (?:this|it|that)|figured (?:it|this) out|got it (?:working|to work|"
    r"sorted|fixed)|fixed itself|already fixed|perfect|brilliant|awesome|you(?:'ve| have) been (?:so |"
    r"very )?(?:helpful|kind))\b",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\W*(?:(?:ok(?:ay)?|great|perfect|cool|awesome|brilliant|lovely|got it|will do|all good|sorted|yes|alright|"
    r"right)\W+)*(?:many |ok |okay )?"
    r"(?:thanks?|thank (?:you|u)|cheers|thx|ty)\b[^?]*",
    re.IGNORECASE,
)
_NO_THANKS = re.compile(
    r"\b(?:but|however|still|not|never|for nothing|no thanks|would|could|when|tr(?:y|ied|ying)|errors?|issues?|"
    r"problems?|stuck|please|want|need|wish|should)\b|n['’]?t\b",
    re.IGNORECASE,
)
_FRIENDLY = re.compile(
    r"\b(?:thank\w*|thx|cheers|great|good|perfect|love\w*|awesome|nice|best|stars?|appreciate\w*|helpful|"
    r"friendl\w*|well done|amazing|"
    r"brilliant|excellent)\b|[\U0001F44D\U0001F60A\u2764\U0001F64F]",
    re.IGNORECASE,
)
_MOST_THANKS = 40
_ACCUSES = re.compile(
    r"\b(?:liars?|(?:y['’]?all|you(?: guys| people)?|they) (?:\w+ )?(?:lie|lied|are lying|scam\w*)|con artists?|"
    r"scammers|crooks|thieves)\b",
    re.IGNORECASE,
)
# A loss that is told beside the case ("the photos of my deceased mother") still asks for careful words.
_LOSS = re.compile(
    r"\b(?:deceased|late) (?:family|relatives?|mother|father|mum|mom|dad|husband|wife|son|daughter|parents?|"
    r"brother|sister|"
    r"friend|nan|gran\w*)\b(?! (?:night|shift|delivery|fees?))",
    re.IGNORECASE,
)
_RECENT = 2  # customer turns for which a spike still counts


class Kind(StrEnum):
    """Kinds of moments; each has its own strategies."""

    THREAT = "threat"
    FRAUD = "fraud"
    BEREAVED = "bereaved"
    HOT = "hot"
    SAD = "sad"
    CONFUSED = "confused"
    GLAD = "glad"
    CALM = "calm"


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
    if careful is None and any(_LOSS.search(t.text) for t in customer):
        careful = Kind.BEREAVED
    return Moment(careful or _kind(turn, reading, spike), reading, spike)


def _kind(turn: Turn, reading: EmotionReading | None, spike: Spike | None) -> Kind:
    if reading is None:
        return Kind.CALM
    if reading.distress < _UNEASY and _ACCUSES.search(turn.text):
        return Kind.HOT
    if reading.distress < _UNEASY and (_is_thanks(turn.text) or _is_end(turn.text, reading)):
        return Kind.GLAD
    if reading.label is Label.SADNESS and reading.distress >= _UNEASY:
        return Kind.SAD
    if reading.distress >= _HOT or (spike is not None and reading.distress >= _UNEASY):
        return Kind.HOT
    if reading.label is Label.CONFUSION:
        return Kind.CONFUSED
    return Kind.HOT if reading.distress >= _UNEASY else Kind.CALM


def _is_thanks(text: str) -> bool:
    """Whether a turn is thanks and nothing else."""
    return bool(_THANKS.fullmatch(plain(text))) and not _NO_THANKS.search(text) and len(text.split()) <= _MOST_THANKS


def is_solved(text: str) -> bool:
    """Whether a turn says that it is solved."""
    return bool(_SETTLED.search(text))


def _is_end(text: str, reading: EmotionReading) -> bool:
    """Whether a turn is an end: the news that it is solved, or a few friendly words; thanks also begin requests."""
    if "?" in text or _NO_THANKS.search(text):
        return False
    friendly = reading.label is Label.SATISFACTION and bool(_FRIENDLY.search(text)) and len(text.split()) <= _MANY_WORDS
    return is_solved(text) or friendly
