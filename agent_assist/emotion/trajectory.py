"""Where a conversation is heading: the shift of sentiment and the risk of escalation, from its readings alone."""

from __future__ import annotations

import math
from collections.abc import Sequence

from agent_assist.records import EmotionReading

MIN_TURNS = 3
"""Customer turns below which a shift says nothing."""


def sentiment_shift(readings: Sequence[EmotionReading]) -> float | None:
    """How far the customer's valence moved from the first third to the last, -1 to 1; None below three readings.

    Half the difference of the two means; in the last third later turns weigh more (1, 2, 3, ...), since how a
    conversation ends is what the customer takes away from it.
    """
    if len(readings) < MIN_TURNS:
        return None
    size = len(readings) // 3
    first = [reading.valence for reading in readings[:size]]
    last = [reading.valence for reading in readings[-size:]]
    weights = range(1, size + 1)
    end = sum(w * v for w, v in zip(weights, last, strict=True)) / sum(weights)
    return max(-1.0, min(1.0, (end - sum(first) / size) / 2))


def escalation_risk(readings: Sequence[EmotionReading]) -> float | None:
    """The chance that the next customer turn shows high distress, 0 to 1; None without readings.

    `1 / (1 + exp(-(-2.4 + 1.6 last + 1.4 recent + 0.8 rise)))`: `last` is the distress of the last turn, `recent` the
    running mean that forgets half at each turn, `rise` what the last turn added to the one before, if it did. Set by
    hand so that a calm conversation stands below 0.1 and one that is furious throughout near 0.6: even then every
    other next turn is an answer to a question and shows little.
    """
    if not readings:
        return None
    recent = readings[0].distress
    for reading in readings[1:]:
        recent = 0.5 * recent + 0.5 * reading.distress
    last = readings[-1].distress
    rise = max(0.0, last - readings[-2].distress) if len(readings) > 1 else 0.0
    return 1.0 / (1.0 + math.exp(2.4 - 1.6 * last - 1.4 * recent - 0.8 * rise))
