from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import emotion_turns as desk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion.spikes import (
    CALMER,
    FILLER_DISTRESS,
    HOT_START,
    LEVEL,
    RISE,
    find_spikes,
    nudges,
)
from agent_assist.records import EmotionReading, Label, Severity, Speaker, Spike, Turn

LEVELS = st.lists(st.floats(0, 1), max_size=30)


def spikes(*distress: float) -> tuple[Spike, ...]:
    return find_spikes(*desk.levels(*distress))


def at(*distress: float) -> list[int]:
    return [spike.turn for spike in spikes(*distress)]


@pytest.mark.parametrize(
    ("distress", "expected"),
    [
        ((), []),
        ((0.1, 0.1, 0.8), [2]),
        ((0.1, 0.4, 0.1), []),
        ((0.6, 0.65, 0.7, 0.66), []),
        ((0.9,), [0]),
        ((0.65,), []),
        ((0.9, 0.1, 0.9), [0, 2]),
        ((0.1, 0.8, 0.6, 0.8, 0.9), [1]),
        ((0.1, 0.8, 0.2, 0.1, 0.8), [1, 4]),
        ((0.5, 0.55, 0.6, 0.65, 0.7), []),
        ((0.3, 0.3, 0.3, 0.6), [3]),
    ],
)
def test_spikes_stand_where_distress_turns_up(distress: tuple[float, ...], expected: list[int]) -> None:
    assert at(*distress) == expected


def test_the_rise_is_measured_from_the_customers_own_baseline() -> None:
    (spike,) = spikes(0.2, 0.4, 0.9)
    assert spike.rise == pytest.approx(0.9 - 0.3)
    assert spike.severity is Severity.HIGH
    (mild,) = spikes(0.1, 0.6)
    assert mild.severity is Severity.LOW


def test_the_trigger_is_the_last_turn_of_the_other_side() -> None:
    conversation = desk.talk(*desk.ANGRY_CONVERSATION)
    readings = desk.reader().read(conversation.customer_turns)
    (spike,) = find_spikes(conversation.turns, readings)
    assert spike.trigger_turn == 3 and spike.turn == 4
    assert "disappointing" in spike.evidence
    assert spike.kind is Label.FRUSTRATION


def test_a_trigger_is_looked_for_past_system_notes_and_own_turns() -> None:
    speakers = [Speaker.CUSTOMER, Speaker.BOT, Speaker.SYSTEM, Speaker.CUSTOMER, Speaker.CUSTOMER]
    turns = [Turn(i, speaker, "one two three four") for i, speaker in enumerate(speakers)]
    (spike,) = find_spikes(turns, [desk.level(0, 0.1), desk.level(3, 0.1), desk.level(4, 0.9)])
    assert spike.trigger_turn == 1
    (first,) = find_spikes(turns[:1], [desk.level(0, 0.9)])
    assert first.trigger_turn is None


def test_kind_is_the_strongest_feeling_even_where_neutral_leads() -> None:
    turns, readings = desk.levels(0.1, 0.9)
    scores = dict.fromkeys(Label, 0.1) | {Label.STRESS: 0.2, Label.NEUTRAL: 0.3}
    readings[1] = replace(readings[1], label=Label.NEUTRAL, scores=scores)
    assert find_spikes(turns, readings)[0].kind is Label.STRESS


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("I told you twice already, this is the third time", "repeat_contact"),
        ("I need this fixed today, this is the third time", "repeat_contact"),
        ("my flight leaves in two hours, do something", "deadline"),
        ("I am cancelling my account with you", "leaving"),
        ("I am cancelling my account, and my lawyer will call", "threat"),
        ("I have been waiting for three weeks", "time_waited"),
    ],
)
def test_the_nudge_answers_what_the_turn_says(text: str, key: str) -> None:
    (spike,) = find_spikes([Turn(0, Speaker.CUSTOMER, text)], [desk.level(0, 0.9)])
    assert spike.nudge == nudges()["cues"][key]


@pytest.mark.parametrize("kind", [Label.ANGER, Label.FRUSTRATION, Label.CONFUSION, Label.STRESS, Label.SADNESS])
def test_without_a_cue_the_nudge_answers_the_feeling(kind: Label) -> None:
    (spike,) = find_spikes([Turn(0, Speaker.CUSTOMER, "hm")], [desk.level(0, 0.9, kind)])
    assert spike.kind is kind and spike.nudge == nudges()["kinds"][kind]


def test_every_nudge_is_one_sentence() -> None:
    for section in nudges().values():
        for sentence in section.values():
            assert sentence.endswith(".") and sentence.count(".") == 1 and len(sentence) < 140


@given(LEVELS)
def test_a_spike_has_level_and_rise_and_a_place(distress: list[float]) -> None:
    for spike in spikes(*distress):
        assert spike.distress == distress[spike.turn] >= LEVEL
        assert spike.rise >= RISE
        assert 0 <= spike.rise <= 1


@given(LEVELS)
def test_between_two_spikes_the_customer_came_down(distress: list[float]) -> None:
    found = at(*distress)
    for before, after in pairwise(found):
        assert min(distress[before:after]) <= CALMER


@given(st.floats(0, 1 - RISE), st.data())
def test_noise_around_a_level_is_no_spike(floor: float, data: st.DataObject) -> None:
    band = data.draw(st.lists(st.floats(floor, floor + RISE * 0.99), min_size=1, max_size=30))
    assert all(turn == 0 and band[0] >= HOT_START for turn in at(*band))


@given(st.lists(st.floats(0, 1), max_size=15).map(sorted))
def test_one_rise_gives_at_most_one_spike(climb: list[float]) -> None:
    assert len(at(*climb)) <= 1


@given(LEVELS, st.data())
def test_what_comes_later_changes_no_earlier_spike(distress: list[float], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(distress)))
    assert spikes(*distress[:cut]) == tuple(spike for spike in spikes(*distress) if spike.turn < cut)


@given(LEVELS, st.data())
def test_filler_that_says_nothing_changes_nothing(distress: list[float], data: st.DataObject) -> None:
    turns, readings = desk.levels(*distress)
    plain = find_spikes(turns, readings)
    position = data.draw(st.integers(0, len(turns)))
    calm = data.draw(st.floats(0, FILLER_DISTRESS * 0.99))
    filler: tuple[Turn, EmotionReading] = (
        Turn(position, Speaker.CUSTOMER, data.draw(st.sampled_from(["ok", "A-48213", "yes it is"]))),
        desk.level(position, calm, Label.NEUTRAL),
    )
    later = range(position, len(turns))
    turns = [*turns[:position], filler[0], *(replace(turns[k], i=k + 1) for k in later)]
    readings = [*readings[:position], filler[1], *(replace(readings[k], turn=k + 1) for k in later)]
    moved = [spike.turn + (spike.turn >= position) for spike in plain]
    found = find_spikes(turns, readings)
    assert [spike.turn for spike in found] == moved
    assert [spike.rise for spike in found] == [spike.rise for spike in plain]
