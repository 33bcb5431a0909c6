"""Conversations for the tests of the assist room, written for this project."""

from __future__ import annotations

from agent_assist.records import Conversation, EmotionReading, Label, Mood, Severity, Speaker, Spike, Turn

_SPEAKERS = {"c": Speaker.CUSTOMER, "a": Speaker.AGENT, "b": Speaker.BOT, "s": Speaker.SYSTEM}


def conversation(*lines: str, id: str = "c-test") -> Conversation:
    """ "c: Where is it?" is a turn of the customer; a, b and s are agent, bot and system."""
    turns = tuple(Turn(i, _SPEAKERS[line[0]], line[2:].strip()) for i, line in enumerate(lines))
    return Conversation(id, "test", turns)


DESK = conversation(
    'c: Hi, I ordered a standing desk on 5 January, order A-48213, and it still says "processing".',
    "a: Let me check the order for you.",
    "c: I called twice last week and both times I was told it would ship tomorrow.",
    "a: The system shows a stock delay, so we can't do much until the warehouse confirms.",
    "c: This is ridiculous. I've been working from my couch for three weeks!! "
    "Just cancel it and refund me the $649 today.",
)


def reading(turn: int, label: Label, distress: float, words: tuple[str, ...] = ()) -> EmotionReading:
    scores = {each: float(each is label) for each in Label}
    return EmotionReading(turn, label, distress, -distress, 0.2, scores, words)


DESK_MOOD = Mood(
    (
        reading(0, Label.NEUTRAL, 0.2),
        reading(2, Label.FRUSTRATION, 0.4, ("twice",)),
        reading(4, Label.ANGER, 0.9, ("ridiculous", "three weeks!!")),
    ),
    (Spike(4, Label.ANGER, Severity.HIGH, 0.9, 0.5, 3, ("ridiculous",), "Own it before explaining."),),
)


def mood_of(conversation: Conversation, label: Label, distress: float) -> Mood:
    """The same reading for every customer turn."""
    return Mood(tuple(reading(t.i, label, distress) for t in conversation.customer_turns))
