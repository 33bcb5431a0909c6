"""Spikes: the moments at which a customer's distress turned up. A pure function of the turns and their readings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from agent_assist.emotion.causes import answered, find_cause
from agent_assist.emotion.nudges import KINDS, NudgeTable, shipped_nudges
from agent_assist.emotion.text import mask
from agent_assist.records import EmotionReading, Label, Severity, Spike, Turn

LEVEL = 0.7
"""Distress below which nothing is a spike."""
RISE = 0.15
"""How far a spike stands over the customer's own baseline, at least."""
CALMER = 0.42
"""Once a spike was raised, distress must come down to this before the next."""
HOT_START = 0.72
"""A first turn has no baseline: from here on it counts all the same."""
RESTING = 0.25
"""Baseline that the rise of a hot start is measured from."""
HIGH = 0.8
"""Distress from which a spike is of high severity."""
FORGET = 0.5
"""Share of the baseline that each turn replaces."""
FILLER_WORDS, DATA_WORDS = 3, 8
"""Words of the longest turn that says nothing: without data in it, and with."""
FILLER_DISTRESS = 0.3
"""Distress from which no turn is passed over, however short."""
QUIET_TURNS = 3
"""After a nudge so many customer turns pass without another ..."""
WORSE = 0.1
"""... unless distress stands so far above that of the spike which had one."""

_DATA = re.compile(r"\d[\d -]{2,}\d|\b[A-Z]{1,6}-?\d{2,}|\S@\S|https?://")
_ASSENT = re.compile(
    r"(?:ok(?:ay)?|k|yes|yep|yeah|no|nope|sure|alright|right|done|sent|hi|hello|hey|here|one moment)\W*"
)


def find_spikes(
    turns: Sequence[Turn], readings: Sequence[EmotionReading], nudges: NudgeTable | None = None
) -> tuple[Spike, ...]:
    """The spikes of a conversation, in order.

    A spike needs a level and a rise over the running baseline of this customer; after one, distress must come down
    before there is another. A turn that says nothing is passed over: it neither calms nor moves the baseline, and does
    not count between two nudges.

    Args:
        turns: of the conversation, `turns[k].i == k`.
        readings: of its customer turns, in order.
        nudges: the table of causes and sentences; None takes the shipped one.
    """
    over = passed_over(turns, readings)
    said = [reading for reading in readings if reading.turn not in over]
    found = find_rises([reading.distress for reading in said])
    made = [(place, _spike(turns, said[place], rise, over, nudges or shipped_nudges())) for place, rise in found]
    return tuple(_hushed(made))


def find_rises(levels: Sequence[float]) -> list[tuple[int, float]]:
    """Places of the spikes in a row of distress levels, each with its rise over the running baseline, 0 to 1."""
    found = []
    baseline: float | None = None
    ready = True
    for place, level in enumerate(levels):
        if ready and _is_spike(level, baseline):
            found.append((place, max(0.0, level - (RESTING if baseline is None else baseline))))
            ready = False
        elif level <= CALMER:
            ready = True
        baseline = level if baseline is None else (1 - FORGET) * baseline + FORGET * level
    return found


def _is_spike(level: float, baseline: float | None) -> bool:
    if baseline is None:
        return level >= HOT_START
    return level >= LEVEL and level - baseline >= RISE


def passed_over(turns: Sequence[Turn], readings: Sequence[EmotionReading]) -> frozenset[int]:
    """Indices of the customer turns that say nothing of a feeling: "ok", an order number."""
    return frozenset(reading.turn for reading in readings if _is_filler(turns[reading.turn].text, reading))


def _is_filler(text: str, reading: EmotionReading) -> bool:
    if reading.distress >= FILLER_DISTRESS:
        return False
    own = mask(text).strip()
    if _ASSENT.fullmatch(own.lower()):
        return True
    return reading.label is Label.NEUTRAL and (len(own.split()) <= FILLER_WORDS or gives_data(text))


def gives_data(text: str) -> bool:
    """Whether a turn is an order number, an address or the like, and hardly more."""
    return len(text.split()) <= DATA_WORDS and "?" not in text and _DATA.search(text) is not None


def _spike(
    turns: Sequence[Turn], reading: EmotionReading, rise: float, over: frozenset[int], nudges: NudgeTable
) -> Spike:
    kind = max(KINDS, key=lambda label: reading.scores[label])
    found = find_cause(turns, reading.turn, nudges, over)
    cause = found.cause if found is not None else ""
    before = answered(turns, reading.turn, over)
    trigger = before[-1].i if before else None
    if found is not None and found.turn != reading.turn:
        trigger = found.turn
    return Spike(
        turn=reading.turn,
        kind=kind,
        severity=Severity.HIGH if reading.distress >= HIGH else Severity.LOW,
        distress=reading.distress,
        rise=rise,
        trigger_turn=trigger,
        evidence=reading.words,
        nudge=nudges.sentence(cause, kind),
        cause=cause,
    )


def _hushed(spikes: Sequence[tuple[int, Spike]]) -> Iterator[Spike]:
    """The spikes without the nudges that come too soon after another; each with its place among what was said."""
    last: tuple[int, float] | None = None
    for place, spike in spikes:
        if last is not None and place - last[0] <= QUIET_TURNS and spike.distress < last[1] + WORSE:
            yield replace(spike, nudge="")
        else:
            yield spike
            if spike.nudge:
                last = place, spike.distress
