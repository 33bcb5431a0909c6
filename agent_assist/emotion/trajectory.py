"""Where a conversation is heading: the shift of sentiment and the risk of escalation, from its readings alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from agent_assist.emotion.spikes import find_rises
from agent_assist.records import EmotionReading

MIN_TURNS = 3
"""Customer turns below which a shift says nothing."""
AT_LEVEL = 0.5
"""Distress from which a turn counts as one of distress."""


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


class RiskWeights(NamedTuple):
    """What each feature adds to the log-odds of escalation; the order is that of `risk_features`.

    Attributes:
        last: distress of the last turn, 0 to 1.
        mean: running mean of distress that forgets half at each turn, 0 to 1.
        rise: what the last turn added to the one before, 0 where it did not.
        share: share of the turns so far with a distress of `AT_LEVEL` or more.
        length: natural logarithm of the number of customer turns so far.
        spike: 1 where the last turn would be a spike if every turn counted, also those that say nothing, else 0.
        start: the log-odds where all of these are 0.
    """

    last: float
    mean: float
    rise: float
    share: float
    length: float
    spike: float
    start: float


RISK = RiskWeights(last=1.33, mean=0.61, rise=0.29, share=0.33, length=-0.04, spike=0.33, start=-1.86)
"""Fitted by `models.emotion.fit_risk` on the written conversations: a calm one stands near 0.15, and one that is
furious throughout near 0.6, since even then many a next turn is an answer to a question and shows little."""


def risk_features(readings: Sequence[EmotionReading]) -> tuple[float, ...]:
    """What the risk is computed from, in the order of `RiskWeights` without its start.

    Raises:
        ValueError: there are no readings.
    """
    if not readings:
        raise ValueError("no risk without readings")
    levels = [reading.distress for reading in readings]
    mean = levels[0]
    for level in levels[1:]:
        mean = 0.5 * mean + 0.5 * level
    rises = find_rises(levels)
    return (
        levels[-1],
        mean,
        max(0.0, levels[-1] - levels[-2]) if len(levels) > 1 else 0.0,
        sum(level >= AT_LEVEL for level in levels) / len(levels),
        math.log(len(levels)),
        float(bool(rises) and rises[-1][0] == len(levels) - 1),
    )


def escalation_risk(readings: Sequence[EmotionReading]) -> float | None:
    """The chance that the next customer turn shows high distress, 0 to 1; None without readings.

    `1 / (1 + exp(-(start + weights * features)))`, with the weights of `RISK` and the features of `risk_features`.
    """
    if not readings:
        return None
    *weights, start = RISK
    logit = start + sum(weight * value for weight, value in zip(weights, risk_features(readings), strict=True))
    return 1.0 / (1.0 + math.exp(-logit))
