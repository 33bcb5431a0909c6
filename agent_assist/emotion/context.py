"""A turn in its place: distress does not vanish because the customer answers a question in between."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from agent_assist.emotion.layer import sigmoid
from agent_assist.records import EmotionReading


def in_context(readings: Sequence[EmotionReading], before: float, resting: float) -> tuple[EmotionReading, ...]:
    """Readings of one conversation, each with a share of the former turn's distress.

    In log-odds, `distress += before * max(0, former - resting)`, where `former` is the former turn's own, so that what
    is carried over does not build up.

    Args:
        readings: of one customer, in order, each made from its turn alone.
        before: share that stays, 0 for none.
        resting: log-odds of distress up to which the former turn adds nothing.
    """
    result = []
    former: float | None = None
    for reading in readings:
        lean = math.log(reading.distress / (1 - reading.distress)) if 0 < reading.distress < 1 else None
        carried = before * max(0.0, former - resting) if former is not None else 0.0
        result.append(reading if lean is None or not carried else replace(reading, distress=sigmoid(lean + carried)))
        former = lean if lean is not None else former
    return tuple(result)
