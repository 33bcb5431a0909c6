from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import emotion_turns as desk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion import find_recoveries
from agent_assist.emotion.recovery import AT_EASE, DISTRESSED, EASE, FALL
from agent_assist.records import EmotionReading, Label, Recovery, Speaker, Turn

GLAD = Label.SATISFACTION
TURNS = st.lists(st.tuples(st.floats(0, 1), st.sampled_from(Label), st.floats(-1, 1)), max_size=25)
Shown = tuple[float, Label | None, float]


def recoveries(*shown: Shown, text: str = "one two three four five") -> tuple[Recovery, ...]:
    turns = [Turn(i, Speaker.CUSTOMER, text) for i in range(len(shown))]
    readings = [desk.level(i, distress, label, valence) for i, (distress, label, valence) in enumerate(shown)]
    return find_recoveries(turns, readings)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ([], []),
        ([(0.1, GLAD, 0.9)], []),
        ([(0.4, None, -0.3), (0.05, GLAD, 0.9)], []),
        ([(0.8, None, -0.7), (0.05, GLAD, 0.9)], [(1, 0)]),
        ([(0.8, None, -0.7), (0.1, Label.NEUTRAL, 0.6)], [(1, 0)]),
        ([(0.8, None, -0.7), (0.1, Label.NEUTRAL, 0.0), (0.1, GLAD, 0.8)], [(2, 0)]),
        ([(0.8, None, -0.7), (0.1, Label.NEUTRAL, 0.0)], []),
        ([(0.6, None, -0.7), (0.9, None, -0.9), (0.7, None, -0.4), (0.1, GLAD, 0.8)], [(3, 1)]),
        ([(0.8, None, -0.7), (0.1, GLAD, 0.8), (0.05, GLAD, 0.9)], [(1, 0)]),
        ([(0.8, None, -0.7), (0.1, GLAD, 0.8), (0.7, None, -0.5), (0.1, GLAD, 0.8)], [(1, 0), (3, 2)]),
        ([(0.8, None, -0.7), (0.5, GLAD, 0.8)], []),
    ],
)
def test_recoveries_stand_where_relief_shows(shown: list[Shown], expected: list[tuple[int, int]]) -> None:
    assert [(recovery.turn, recovery.since) for recovery in recoveries(*shown)] == expected


@pytest.mark.parametrize(
    "text", ["order 4821", "Order 4821, thanks", "My order number is A-48213, thank you!", "anna@example.org, thx"]
)
def test_data_between_two_questions_is_no_relief(text: str) -> None:
    assert recoveries((0.9, None, -0.9), (0.02, GLAD, 0.9), text=text) == ()


def test_a_guess_at_satisfaction_is_no_relief() -> None:
    turns, readings = desk.levels(0.9, 0.05)
    unsure = replace(readings[1], label=GLAD, scores=dict.fromkeys(Label, 1 / len(Label)))
    assert find_recoveries(turns, [readings[0], unsure]) == ()
    assert len(find_recoveries(turns, [readings[0], replace(unsure, corrected=True)])) == 1


@given(TURNS)
def test_a_recovery_has_distress_before_it_a_fall_and_ease(shown: list[tuple[float, Label, float]]) -> None:
    for recovery in recoveries(*shown):
        distress, label, valence = shown[recovery.turn]
        peak = shown[recovery.since][0]
        assert recovery.since < recovery.turn and peak >= DISTRESSED
        assert recovery.fall == pytest.approx(peak - distress) and recovery.fall >= FALL - 1e-9
        assert distress <= AT_EASE and (label is GLAD or valence >= EASE)


@given(TURNS)
def test_between_two_recoveries_distress_was_up_again(shown: list[tuple[float, Label, float]]) -> None:
    for before, after in pairwise(recoveries(*shown)):
        assert before.turn < after.since
        assert shown[after.since][0] >= DISTRESSED


@given(TURNS, st.integers(0, 25), st.sampled_from(["ok", "A-48213", "order 4821, thanks"]))
def test_filler_changes_nothing(shown: list[tuple[float, Label, float]], place: int, text: str) -> None:
    at = min(place, len(shown))
    turns = [Turn(i, Speaker.CUSTOMER, "one two three four five") for i in range(len(shown) + 1)]
    turns[at] = replace(turns[at], text=text)
    calm: tuple[float, Label, float] = (0.1, Label.NEUTRAL, 0.0)
    readings = [
        desk.level(i, distress, label, valence)
        for i, (distress, label, valence) in enumerate([*shown[:at], calm, *shown[at:]])
    ]
    found: list[EmotionReading] = readings
    moved = [Recovery(r.turn + (r.turn >= at), r.since + (r.since >= at), r.fall) for r in recoveries(*shown)]
    assert list(find_recoveries(turns, found)) == moved


@given(TURNS, st.data())
def test_what_comes_later_changes_no_earlier_recovery(
    shown: list[tuple[float, Label, float]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(shown)))
    assert recoveries(*shown[:cut]) == tuple(r for r in recoveries(*shown) if r.turn < cut)


def test_real_relief_after_anger() -> None:
    conversation = desk.talk(
        ("customer", desk.FURIOUS[0]),
        ("agent", "Which order is it about?"),
        ("customer", "order 48213"),
        ("agent", "It was stuck, and I have released it."),
        ("customer", "Phew, what a relief. It's all working now, thanks!"),
    )
    readings = desk.reader().read(conversation.customer_turns)
    (recovery,) = find_recoveries(conversation.turns, readings)
    assert (recovery.turn, recovery.since) == (4, 0)
