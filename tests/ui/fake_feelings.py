"""A conversation with every kind of reading in it, and what the fake desk learns from corrections."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from agent_assist.records import (
    Conversation,
    EmotionReading,
    Explanation,
    Label,
    Mood,
    Recovery,
    Severity,
    Spike,
    Vulnerability,
)

HARD = """Jo Park: Hello, my parcel 77120 was due on Friday and it is not here.
Sam: Hi Jo, let me look at that for you.
Jo Park: Ok. If you say so.
Sam: We can't do much until the depot answers.
Jo Park: This is the third time I hear that. The suit is for a funeral, my father died on Tuesday!!
Sam: I am so sorry, Jo. I am calling the depot while you are here.
Jo Park: Warum dauert das so lange?"""
RELIEF = """
Sam: I have it: a driver brings it to you tonight before seven.
Jo Park: Oh, thank you. That is a weight off my mind."""
GUIDANCE = "Say in your own words that you are sorry for their loss, and ask for nothing that can wait."
NUDGE = "Say what you can do without the depot, and by when."
TITLES = {"refusal": "they were told no"}
WORDS = {4: ("third time", "died on Tuesday!!"), 8: ("weight off my mind",)}


def reading(turn: int, label: Label, share: float, distress: float, *others: tuple[Label, float]) -> EmotionReading:
    return EmotionReading(
        turn, label, distress, 0.2 - distress, 0.1, {label: share, **dict(others)}, WORDS.get(turn, ())
    )


READINGS = (
    reading(0, Label.NEUTRAL, 0.7, 0.18, (Label.CONFUSION, 0.2), (Label.STRESS, 0.1)),
    reading(2, Label.CONFUSION, 0.34, 0.36, (Label.FRUSTRATION, 0.3), (Label.NEUTRAL, 0.29), (Label.STRESS, 0.07)),
    reading(4, Label.FRUSTRATION, 0.58, 0.86, (Label.ANGER, 0.27), (Label.SADNESS, 0.15)),
    reading(8, Label.SATISFACTION, 0.8, 0.14, (Label.NEUTRAL, 0.15), (Label.SADNESS, 0.05)),
)


def hard_mood(conversation: Conversation) -> Mood:
    """Calm, unclear, turned and vulnerable, not read; relieved where the conversation goes on so far."""
    count = len(conversation.turns)
    spike = Spike(4, Label.FRUSTRATION, Severity.HIGH, 0.86, 0.5, 3, WORDS[4], NUDGE, "refusal")
    over = count > 8
    return Mood(
        tuple(r for r in READINGS if r.turn < count),
        (spike,),
        risk=0.2 if over else 0.62,
        ms=9.0,
        unread=(6,),
        recoveries=(Recovery(8, 4, 0.72),) if over else (),
        vulnerable=(Vulnerability(4, "bereavement", ("my father died",), GUIDANCE),),
    )


class FakeLearning:
    """The part of the desk that explains and learns. A gate that is not set holds its work back."""

    def __init__(self) -> None:
        self.explain_gate, self.correct_gate = threading.Event(), threading.Event()
        self.explain_gate.set()
        self.correct_gate.set()
        self.corrections: dict[tuple[str, int], EmotionReading] = {}
        self.stored: dict[tuple[str, int], EmotionReading] = {}  # what comes with the history when it opens
        self.labels: dict[tuple[str, int], Label] = {}
        self.explained: list[int] = []
        self.titles = dict(TITLES)

    @property
    def habit_count(self) -> int:
        return len(self.corrections)

    def explain(self, conversation: Conversation, mood: Mood, turn: int) -> Explanation:
        self.explained.append(turn)
        self.explain_gate.wait(10)
        self._fail("explain")
        text = conversation.turns[turn].text
        words = WORDS.get(turn, ("ridiculous", "three weeks!!"))
        spans = tuple((text.index(w), text.index(w) + len(w), 1.0 - n / 10) for n, w in enumerate(words) if w in text)
        return Explanation(turn, spans, turn - 1 if turn else None, "refusal" if turn == 4 else "")

    def cause_title(self, name: str) -> str:
        return self.titles.get(name, "")

    def correct(self, conversation: Conversation, mood: Mood, turn: int, label: Label) -> Mood:
        self.correct_gate.wait(10)
        self._fail("correct")
        was = mood.of(turn)
        assert was is not None
        self.corrections.setdefault((conversation.id, turn), was)
        self.labels[conversation.id, turn] = label
        return _labelled(mood, turn, label)

    def as_said(self, conversation: Conversation, mood: Mood) -> Mood:
        for (identity, turn), label in list(self.labels.items()):
            if identity == conversation.id:
                mood = _labelled(mood, turn, label)
        return mood

    def uncorrect(self, conversation: Conversation, mood: Mood, turn: int) -> Mood:
        self._fail("uncorrect")
        was = self.corrections.pop((conversation.id, turn))
        self.labels.pop((conversation.id, turn), None)
        return _with(mood, turn, lambda _r: was)

    def forget_habit(self) -> None:
        self._fail("forget_habit")
        self.corrections.clear()
        self.labels.clear()

    def _fail(self, what: str) -> None:
        raise NotImplementedError


def _labelled(mood: Mood, turn: int, label: Label) -> Mood:
    return _with(mood, turn, lambda r: replace(r, label=label, corrected=True, scores={**r.scores, label: 0.6}))


def _with(mood: Mood, turn: int, change: Callable[[EmotionReading], EmotionReading]) -> Mood:
    return replace(mood, readings=tuple(change(r) if r.turn == turn else r for r in mood.readings))
