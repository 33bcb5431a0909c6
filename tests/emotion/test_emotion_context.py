from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion.context import in_context
from agent_assist.records import EmotionReading, Label

levels = st.floats(min_value=0.01, max_value=0.99)


def row(*distress: float) -> list[EmotionReading]:
    scores = {label: 1 / len(Label) for label in Label}
    return [EmotionReading(i, Label.NEUTRAL, level, 0.0, 0.0, scores) for i, level in enumerate(distress)]


def distress_in(*levels: float, before: float = 0.3, resting: float = -1.0) -> list[float]:
    return [reading.distress for reading in in_context(row(*levels), before, resting)]


def test_an_order_number_after_fury_is_not_quite_calm() -> None:
    alone, after_fury, after_calm = distress_in(0.15)[0], distress_in(0.9, 0.15)[1], distress_in(0.1, 0.15)[1]
    assert after_fury > after_calm == pytest.approx(alone)
    assert after_fury < 0.5


def test_it_does_not_build_up() -> None:
    """Ten furious turns in a row carry over no more than one."""
    assert distress_in(*[0.9] * 10)[-1] == pytest.approx(distress_in(0.9, 0.9)[1])


@given(st.lists(levels, min_size=1, max_size=8))
def test_the_past_only_adds_and_never_passes_one(some: list[float]) -> None:
    for alone, placed in zip(some, distress_in(*some), strict=True):
        assert alone - 1e-9 <= placed < 1


@given(levels, levels, levels)
def test_a_worse_past_never_makes_a_turn_calmer(first: float, second: float, now: float) -> None:
    low, high = sorted((first, second))
    assert distress_in(low, now)[1] <= distress_in(high, now)[1] + 1e-12


@given(st.lists(levels, max_size=5))
def test_with_nothing_carried_over_readings_stay_as_they_are(some: list[float]) -> None:
    assert in_context(row(*some), 0.0, -1.0) == tuple(row(*some))


def test_a_distress_of_exactly_one_or_none_is_let_be() -> None:
    assert distress_in(1.0, 0.0) == [1.0, 0.0]
    assert all(math.isfinite(level) for level in distress_in(1.0, 0.5, 0.0, 0.5))
