"""Why a turn reads as it does: words are left out one by one, and what remains is read again.

Leave-one-out attribution (Li, Monroe and Jurafsky, 2016, "Understanding neural networks through representation
erasure"), on the sentence that shows the feeling most, so that a long message costs no more than a short one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib import resources

from agent_assist.emotion import text as texts
from agent_assist.emotion.causes import answered, find_cause
from agent_assist.emotion.layer import CALM, MAX_WORDS, Levels
from agent_assist.emotion.nudges import NudgeTable
from agent_assist.emotion.reader import EmotionReader, Part, worst_of
from agent_assist.emotion.spikes import passed_over
from agent_assist.errors import BugError
from agent_assist.records import Conversation, CustomerTurn, EmotionReading, Explanation, Label, Mood

UNITS = 6
"""How many readings an explanation may cost beyond the first; neighbouring words go together where there are more."""
WHOLE = 80
"""Characters up to which a turn is explained as a whole, not by its strongest sentence."""
SENTENCES, SHORT = 6, 20
"""Sentences that are compared at most, but for one, and the characters below which one is joined to the next."""
LEAST = 0.4
"""Log-odds that leaving words out must take, for them to count as showing the feeling."""
HOT = (Label.ANGER, Label.FRUSTRATION)

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*\s*")

Span = tuple[int, int]
Weighted = tuple[int, int, float]


def find_words(reader: EmotionReader, turn: CustomerTurn, label: Label) -> tuple[Weighted, ...]:
    """The words that make a turn read as `label`: start, end and weight (log-odds), strongest first, at most four.

    None for a neutral turn: there is nothing to show.
    """
    if label is Label.NEUTRAL:
        return ()
    parts = texts.split(texts.mask(turn.text))
    read = reader.read_parts([part for _, part in parts])
    worst = worst_of(read)
    start, masked, whole = _strongest_sentence(reader, *parts[worst], label, read[worst])
    units = _units(masked, whole)
    without = reader.read_parts([_left_out(masked, unit) for unit in units])
    full = _shown(whole.levels, label)
    found = [
        (start + begin, start + end, full - _shown(part.levels, label))
        for (begin, end), part in zip(units, without, strict=True)
    ]
    strongest = sorted((w for w in found if w[2] >= LEAST), key=lambda w: -w[2])[:MAX_WORDS]
    return tuple(strongest)


def explain(
    reader: EmotionReader, conversation: Conversation, mood: Mood, turn: int, nudges: NudgeTable | None = None
) -> Explanation:
    """Why a turn of a mood reads as it does: its words, the agent's turn it answers, and what set it off.

    A spike is explained by its kind, any other turn by its label; a turn that was not read has no words.
    """
    reading, spike = mood.of(turn), next((spike for spike in mood.spikes if spike.turn == turn), None)
    own = next((own for own in conversation.customer_turns if own.i == turn), None)
    if own is None:
        raise BugError("asked to explain a turn that is not the customer's")
    words = find_words(reader, own, spike.kind if spike else reading.label) if reading else ()
    if spike is not None:
        return Explanation(turn, words, spike.trigger_turn, spike.cause)
    over = passed_over(conversation.turns, mood.readings)
    before = answered(conversation.turns, turn, over)
    # A calm turn has no cause to look for: what it answers is enough.
    troubled = reading is not None and reading.label not in CALM
    found = find_cause(conversation.turns, turn, nudges, over) if troubled else None
    cause_turn = found.turn if found and found.turn != turn else before[-1].i if before else None
    return Explanation(turn, words, cause_turn, found.cause if found else "")


def with_evidence(reader: EmotionReader, conversation: Conversation, mood: Mood) -> Mood:
    """The mood with the words of each spike found by leaving words out, where that finds any."""
    if not mood.spikes:
        return mood
    turns = {turn.i: turn for turn in conversation.customer_turns}
    spikes, words = [], {}
    for spike in mood.spikes:
        spans = find_words(reader, turns[spike.turn], spike.kind)
        words[spike.turn] = _as_written(turns[spike.turn].text, spans) or spike.evidence
        spikes.append(replace(spike, evidence=words[spike.turn]))
    readings = tuple(_with_words(reading, words) for reading in mood.readings)
    return replace(mood, readings=readings, spikes=tuple(spikes))


def _with_words(reading: EmotionReading, words: dict[int, tuple[str, ...]]) -> EmotionReading:
    return replace(reading, words=words[reading.turn]) if reading.turn in words else reading


def _as_written(text: str, spans: Sequence[Weighted]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[start:end] for start, end, _ in spans))


def _strongest_sentence(
    reader: EmotionReader, start: int, masked: str, label: Label, read: Part
) -> tuple[int, str, Part]:
    """The sentence of a long part that shows the label most, with its position and reading."""
    if len(masked) <= WHOLE:
        return start, masked, read
    found = _sentences(masked)
    parts = reader.read_parts([masked[begin:end] for begin, end in found])
    best = max(range(len(found)), key=lambda k: _shown(parts[k].levels, label), default=None)
    if best is None:
        return start, masked, read
    begin, end = found[best]
    return start + begin, masked[begin:end], parts[best]


def _sentences(masked: str) -> list[Span]:
    """Where sentences stand; short ones go with the ones after them, so that there are never many."""
    least = max(SHORT, len(masked) // SENTENCES)
    found: list[Span] = []
    begin = 0
    for match in _SENTENCE.finditer(masked):
        if match.end() - begin >= least:
            found.append((begin, match.end()))
            begin = match.end()
    if masked[begin:].strip():
        found.append((begin, len(masked)))
    return [(start, end) for start, end in found if texts.says_something(masked[start:end])]


def _shown(levels: Levels, label: Label) -> float:
    """How strongly a reading shows a label, in log-odds; a feeling of distress also by the level."""
    # "Ridiculous" shows frustration even where it would be called anger.
    kin = HOT if label in HOT else (label,)
    shown = _odds(sum(levels.scores[one] for one in kin))
    return shown if label in CALM else shown + _odds(levels.distress)


def _odds(share: float) -> float:
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def _units(masked: str, part: Part) -> list[Span]:
    """What is left out at a time: a cue's phrase, else a word that carries meaning; neighbours where there are many."""
    phrases: list[Span] = []
    for begin, end in sorted(span for hit in part.hits for span in hit.spans):
        if phrases and begin < phrases[-1][1]:
            phrases[-1] = (phrases[-1][0], max(end, phrases[-1][1]))
        else:
            phrases.append((begin, end))
    phrases = [span for span in phrases if _WORD.search(masked[span[0] : span[1]])]
    words = [m.span() for m in _WORD.finditer(masked) if m.group().lower() not in _little_words()]
    alone = [(b, e) for b, e in words if all(e <= begin or b >= end for begin, end in phrases)]
    units = sorted([*phrases, *alone])
    while len(units) > UNITS:
        gaps = [units[k + 1][1] - units[k][0] for k in range(len(units) - 1)]
        k = gaps.index(min(gaps))
        units[k : k + 2] = [(units[k][0], units[k + 1][1])]
    return units


def _left_out(masked: str, unit: Span) -> str:
    return masked[: unit[0]] + " " * (unit[1] - unit[0]) + masked[unit[1] :]


@cache
def _little_words() -> frozenset[str]:
    """Words that only hold a sentence together."""
    return frozenset(resources.files(__package__).joinpath("little_words.txt").read_text(encoding="utf-8").split())
