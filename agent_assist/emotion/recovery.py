"""Recoveries: the moments at which a distressed customer was relieved. A pure function of turns and readings."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.emotion.spikes import gives_data, passed_over
from agent_assist.records import EmotionReading, Label, Recovery, Turn

DISTRESSED = 0.55
"""Distress that there must have been for relief to follow."""
FALL = 0.3
"""By how much it comes down since then, at least."""
AT_EASE = 0.35
"""Distress above which nobody is relieved yet."""
EASE = 0.35
"""Valence from which a turn itself shows ease, where it is not surely satisfaction."""


def find_recoveries(turns: Sequence[Turn], readings: Sequence[EmotionReading]) -> tuple[Recovery, ...]:
    """The recoveries of a conversation, in order.

    Being calm again is not enough: an answer to a question shows little after any storm. The turn has to show ease,
    and to be more than an order number with a thank you. After one, distress must have been up again before the next.

    Args:
        turns: of the conversation, `turns[k].i == k`.
        readings: of its customer turns, in order.
    """
    over = passed_over(turns, readings)
    found = []
    peak: EmotionReading | None = None
    for reading in readings:
        if reading.turn in over:
            continue
        if peak is not None and _is_relief(peak.distress, reading) and not gives_data(turns[reading.turn].text):
            found.append(Recovery(reading.turn, peak.turn, peak.distress - reading.distress))
            peak = None
        elif reading.distress >= DISTRESSED and (peak is None or reading.distress > peak.distress):
            peak = reading
    return tuple(found)


def _is_relief(peak: float, reading: EmotionReading) -> bool:
    eased = (reading.label is Label.SATISFACTION and reading.sure) or reading.valence >= EASE
    return eased and reading.distress <= min(AT_EASE, peak - FALL)
