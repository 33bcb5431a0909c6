from __future__ import annotations

import math

import emotion_turns as desk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion import escalation_risk, risk_features, sentiment_shift
from agent_assist.emotion.trajectory import RISK, RiskWeights
from agent_assist.records import EmotionReading

UNIT = st.floats(0, 1)
VALENCES = st.lists(st.floats(-1, 1), min_size=3, max_size=30)


def valences(values: list[float]) -> list[EmotionReading]:
    return [desk.level(i, 0.3, valence=value) for i, value in enumerate(values)]


def risk(*distress: float) -> float:
    found = escalation_risk([desk.level(i, value) for i, value in enumerate(distress)])
    assert found is not None
    return found


def test_no_shift_below_three_turns() -> None:
    assert sentiment_shift([]) is None
    assert sentiment_shift(valences([-1.0, 1.0])) is None


@pytest.mark.parametrize(
    ("values", "shift"),
    [
        ([0.0, 0.9, 0.0], 0.0),
        ([-1.0, 0.0, 1.0], 1.0),
        ([1.0, 0.0, -1.0], -1.0),
        ([0.0, 0.0, 0.0, 0.0, -0.9, 0.9], 0.15),
    ],
)
def test_shift_is_half_the_difference_of_the_thirds(values: list[float], shift: float) -> None:
    assert sentiment_shift(valences(values)) == pytest.approx(shift)


@given(VALENCES)
def test_shift_stays_in_range_and_turns_its_sign_with_the_valence(values: list[float]) -> None:
    shift = sentiment_shift(valences(values))
    mirrored = sentiment_shift(valences([-value for value in values]))
    assert shift is not None and mirrored is not None
    assert -1 <= shift <= 1
    assert mirrored == pytest.approx(-shift)


@given(VALENCES, st.floats(0, 1))
def test_a_better_end_never_lowers_the_shift(values: list[float], better: float) -> None:
    raised = [*values[:-1], max(values[-1], better)]
    before, after = sentiment_shift(valences(values)), sentiment_shift(valences(raised))
    assert before is not None and after is not None and after >= before


def test_no_risk_without_readings() -> None:
    assert escalation_risk([]) is None


def test_risk_of_calm_and_of_fury() -> None:
    assert risk(0.05, 0.05, 0.05) < 0.2
    assert 0.45 < risk(0.9, 0.9, 0.95) < 0.7
    assert risk(0.9, 0.5, 0.1) < risk(0.1, 0.5, 0.9)
    assert risk(0.5, 0.5) < risk(0.3, 0.7)


@given(st.lists(UNIT, min_size=1, max_size=20), st.floats(0, 1))
def test_risk_stays_in_range_and_grows_with_the_last_turn(distress: list[float], more: float) -> None:
    worse = [*distress[:-1], max(distress[-1], more)]
    assert 0 <= risk(*distress) <= risk(*worse) <= 1


UP = st.lists(UNIT, min_size=1, max_size=20)


def features(*distress: float) -> tuple[float, ...]:
    return risk_features([desk.level(i, value) for i, value in enumerate(distress)])


def test_the_features_by_hand() -> None:
    assert features(0.2) == pytest.approx((0.2, 0.2, 0.0, 0.0, 0.0, 0.0))
    assert features(0.9) == pytest.approx((0.9, 0.9, 0.0, 1.0, 0.0, 1.0))
    assert features(0.1, 0.1, 0.9) == pytest.approx((0.9, 0.5, 0.8, 1 / 3, math.log(3), 1.0))
    assert features(0.1, 0.9, 0.5) == pytest.approx((0.5, 0.5, 0.0, 2 / 3, math.log(3), 0.0))


def test_no_features_without_readings() -> None:
    with pytest.raises(ValueError, match="without readings"):
        risk_features([])


@given(UP)
def test_the_risk_is_the_formula_of_the_table(distress: list[float]) -> None:
    values = dict(zip(RiskWeights._fields, features(*distress), strict=False))
    logit = RISK.start + sum(getattr(RISK, name) * value for name, value in values.items())
    assert len(values) == len(RISK) - 1
    assert risk(*distress) == pytest.approx(1 / (1 + math.exp(-logit)))


@given(UP)
def test_features_stay_in_range(distress: list[float]) -> None:
    last, mean, rise, share, length, spike = features(*distress)
    assert last == distress[-1]
    assert min(distress) <= mean + 1e-9 and mean <= max(distress) + 1e-9
    assert 0 <= rise <= last and 0 <= share <= 1 and length >= 0 and spike in (0.0, 1.0)


@given(VALENCES, st.integers(0, 29), st.floats(-1, 1))
def test_the_middle_third_does_not_move_the_shift(values: list[float], place: int, other: float) -> None:
    size = len(values) // 3
    middle = range(size, len(values) - size)
    at = middle[place % len(middle)]
    assert sentiment_shift(valences(values)) == sentiment_shift(valences([*values[:at], other, *values[at + 1 :]]))
