from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import emotion_turns as desk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion.nudges import KINDS, shipped_nudges
from agent_assist.emotion.spikes import (
    CALMER,
    FILLER_DISTRESS,
    HIGH,
    HOT_START,
    LEVEL,
    QUIET_TURNS,
    RISE,
    WORSE,
    find_rises,
    find_spikes,
    passed_over,
)
from agent_assist.records import Label, Severity, Speaker, Spike, Turn

LEVELS = st.lists(st.floats(0, 1), max_size=30)
Filler = tuple[str, float]
FILLERS = st.tuples(
    st.sampled_from(["ok", "A-48213", "yes it is", "Ok.", "my order number is 48213", "anna@example.org"]),
    st.floats(0, FILLER_DISTRESS * 0.99),
)


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
        ((0.66, 0.68, 0.71, 0.7), []),
        ((0.9,), [0]),
        ((0.65,), []),
        ((0.9, 0.1, 0.9), [0, 2]),
        ((0.1, 0.8, 0.6, 0.8, 0.9), [1]),
        ((0.1, 0.8, 0.2, 0.1, 0.8), [1, 4]),
        ((0.6, 0.64, 0.68, 0.72, 0.76), []),
        ((0.3, 0.3, 0.3, 0.72), [3]),
    ],
)
def test_spikes_stand_where_distress_turns_up(distress: tuple[float, ...], expected: list[int]) -> None:
    assert at(*distress) == expected


def test_the_rise_is_measured_from_the_customers_own_baseline() -> None:
    (spike,) = spikes(0.2, 0.4, 0.9)
    assert spike.rise == pytest.approx(0.9 - 0.3)
    assert spike.severity is Severity.HIGH
    (mild,) = spikes(0.1, 0.75)
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


def told(*distress: float) -> list[bool]:
    """For each spike, whether it has a nudge."""
    return [bool(spike.nudge) for spike in spikes(*distress)]


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_cause_the_nudge_answers_the_feeling(kind: Label) -> None:
    (spike,) = find_spikes([Turn(0, Speaker.CUSTOMER, "hm")], [desk.level(0, 0.9, kind)])
    assert spike.kind is kind and spike.cause == ""
    assert spike.nudge == shipped_nudges().kinds[kind]


def test_the_cause_in_an_agents_message_is_the_trigger() -> None:
    conversation = desk.talk(
        ("customer", "My parcel has not come yet"),
        ("agent", "We can't do much until the carrier updates us."),
        ("agent", "Is there anything else?"),
        ("customer", "You must be joking, what a joke of a shop"),
    )
    (spike,) = find_spikes(conversation.turns, [desk.level(0, 0.2), desk.level(3, 0.9)])
    assert (spike.cause, spike.trigger_turn) == ("refusal", 1)
    assert spike.nudge == shipped_nudges().causes["refusal"].say


def test_the_sites_table_is_used() -> None:
    silent = replace(shipped_nudges(), kinds=dict.fromkeys(KINDS, ""))
    (spike,) = find_spikes(*desk.levels(0.1, 0.9), silent)
    assert spike.nudge == ""


@pytest.mark.parametrize(
    ("distress", "given"),
    [
        ((0.1, 0.8, 0.1, 0.8), [True, False]),
        ((0.1, 0.8, 0.1, 0.1, 0.8), [True, False]),
        ((0.1, 0.8, 0.1, 0.1, 0.1, 0.8), [True, True]),
        ((0.1, 0.75, 0.1, 0.75 + WORSE + 0.01), [True, True]),
        ((0.1, 0.75, 0.1, 0.8, 0.1, 0.75), [True, False, True]),
        ((0.1, 0.75, 0.1, 0.9, 0.1, 0.95), [True, True, False]),
    ],
)
def test_a_nudge_does_not_come_again_soon_unless_it_got_worse(distress: tuple[float, ...], given: list[bool]) -> None:
    assert told(*distress) == given


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


@given(LEVELS, st.lists(st.tuples(st.integers(0, 30), FILLERS), max_size=4))
def test_filler_that_says_nothing_changes_nothing(distress: list[float], fillers: list[tuple[int, Filler]]) -> None:
    turns, readings = desk.levels(*distress)
    plain = find_spikes(turns, readings)
    origin = list(range(len(turns)))
    for place, (text, calm) in fillers:
        at = min(place, len(turns))
        turns.insert(at, Turn(at, Speaker.CUSTOMER, text))
        readings.insert(at, desk.level(at, calm, Label.NEUTRAL))
        origin.insert(at, -1)
    turns = [replace(turn, i=i) for i, turn in enumerate(turns)]
    readings = [replace(reading, turn=i) for i, reading in enumerate(readings)]
    assert [replace(spike, turn=origin[spike.turn]) for spike in find_spikes(turns, readings)] == list(plain)


@given(LEVELS, st.data())
def test_more_distress_never_takes_a_turns_own_spike(distress: list[float], data: st.DataObject) -> None:
    for turn in at(*distress):
        more = data.draw(st.floats(distress[turn], 1))
        assert turn in at(*distress[:turn], more, *distress[turn + 1 :])


@given(LEVELS)
def test_severity_follows_the_level(distress: list[float]) -> None:
    for spike in spikes(*distress):
        assert (spike.severity is Severity.HIGH) == (spike.distress >= HIGH)


@given(LEVELS)
def test_nudges_keep_their_distance_unless_it_gets_worse(distress: list[float]) -> None:
    given_one = [spike for spike in spikes(*distress) if spike.nudge]
    for before, after in pairwise(given_one):
        assert after.turn - before.turn > QUIET_TURNS or after.distress >= before.distress + WORSE


@given(LEVELS)
def test_spikes_stand_on_the_rises(distress: list[float]) -> None:
    assert [(spike.turn, spike.rise) for spike in spikes(*distress)] == find_rises(distress)


@pytest.mark.parametrize(
    ("text", "label", "distress", "over"),
    [
        ("ok", Label.NEUTRAL, 0.1, True),
        ("Ok!", Label.SATISFACTION, 0.1, True),
        ("order 4821", Label.NEUTRAL, 0.1, True),
        ("My order number is A-48213.", Label.NEUTRAL, 0.1, True),
        ("@shophelp anna@example.org", Label.NEUTRAL, 0.1, True),
        ("thanks", Label.SATISFACTION, 0.05, False),
        ("where is A-48213?", Label.CONFUSION, 0.2, False),
        ("My order number is A-48213 and it should have come last week", Label.NEUTRAL, 0.1, False),
        ("NO", Label.ANGER, 0.8, False),
    ],
)
def test_what_is_passed_over(text: str, label: Label, distress: float, over: bool) -> None:
    found = passed_over([Turn(0, Speaker.CUSTOMER, text)], [desk.level(0, distress, label)])
    assert (0 in found) is over
