"""What a desk's corrections teach: it helps that desk, spares the rest, stays small, and goes away when asked."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import islice, pairwise
from statistics import mean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from simulated_desks import (
    HABITS,
    Desk,
    Said,
    agreement,
    correct,
    correct_at_random,
    correction,
    mild_annoyance_is_neutral,
    no_habit,
    nothing_under_shouting_is_anger,
    turns,
)

from agent_assist.emotion import EmotionReader, read_moods
from agent_assist.emotion.habit import (
    ALIKE,
    MEANINGS,
    OFFSET_LIMIT,
    SHARES,
    SHIFT_LIMIT,
    SHIPPED,
    Habit,
    corrected,
    learn,
    same_turn,
)
from agent_assist.encoder import Encoder
from agent_assist.records import Conversation, Correction, EmotionReading, Label, Speaker, Turn
from models import emotion

DESKS = range(8)
"""Seeds; each is a desk of its own."""
TAUGHT = 30
NEXT = 1500
NOISE = 0.02
"""How far agreement on what a habit is not about may fall at a single desk: what chance does to 1500 turns."""


def shares(values: list[float]) -> dict[Label, float]:
    return {label: value / sum(values) for label, value in zip(Label, values, strict=True)}


score_lists = st.lists(st.floats(0, 1), min_size=7, max_size=7).filter(lambda values: sum(values) > 0.01).map(shares)


@st.composite
def readings(draw: st.DrawFn) -> EmotionReading:
    scores = draw(score_lists)
    leading = max(scores, key=lambda label: scores[label])
    return EmotionReading(draw(st.integers(0, 50)), leading, draw(st.floats(0, 1)), draw(st.floats(-1, 1)), 0.5, scores)


corrections = st.builds(
    Correction, st.just("c"), st.integers(0, 50), st.sampled_from(Label), score_lists, st.floats(0, 1)
)
alike = corrections.flatmap(lambda one: st.integers(1, 40).map(lambda times: [one] * times))
taught = st.lists(corrections, max_size=20) | alike


# --- it helps


def taught_by(desk: Desk, seed: int) -> tuple[Habit, list[Said]]:
    stream = turns(desk, seed)
    habit = learn(correct(stream, TAUGHT))
    return habit, list(islice(stream, NEXT))


def gains(said: list[list[Said]], habits: list[Habit]) -> list[float]:
    return [agreement(some, habit) - agreement(some, SHIPPED) for some, habit in zip(said, habits, strict=True)]


@pytest.mark.parametrize("desk", HABITS, ids=lambda desk: desk.__name__)
def test_thirty_corrections_help_that_desk_and_spare_what_its_habit_is_not_about(desk: Desk) -> None:
    habits, later = zip(*(taught_by(desk, seed) for seed in DESKS), strict=True)
    touched = [[s for s in some if s.touched] for some in later]
    others = [[s for s in some if not s.touched] for some in later]
    assert mean(gains(list(later), list(habits))) >= 0.01
    assert min(gains(list(later), list(habits))) >= 0
    assert mean(gains(touched, list(habits))) >= 0.1
    assert mean(gains(others, list(habits))) >= -0.005
    assert min(gains(others, list(habits))) >= -NOISE


def test_a_desk_that_corrects_only_mistakes_is_not_made_worse() -> None:
    habits, later = zip(*(taught_by(no_habit, seed) for seed in DESKS), strict=True)
    found = gains(list(later), list(habits))
    assert mean(found) >= -0.005
    assert min(found) >= -NOISE


def test_corrections_at_random_hurt_hardly() -> None:
    found = []
    for seed in DESKS:
        stream = turns(no_habit, seed)
        habit = learn(correct_at_random(stream, TAUGHT, seed))
        found += gains([list(islice(stream, NEXT))], [habit])
    assert mean(found) >= -0.005
    assert min(found) >= -NOISE


def test_many_more_corrections_do_not_run_away() -> None:
    """Only what is wrong is corrected: a fit that forgets what was left alone would ask for ever more."""
    stream = turns(mild_annoyance_is_neutral, 1)
    habit = learn(correct(stream, 10 * TAUGHT))
    later = list(islice(stream, NEXT))
    assert gains([later], [habit])[0] >= 0.01
    assert gains([[s for s in later if not s.touched]], [habit])[0] >= -NOISE


def test_a_habit_about_mild_turns_leaves_fierce_ones() -> None:
    habit, later = taught_by(mild_annoyance_is_neutral, 3)
    fierce = [s for s in later if s.reading.label is Label.FRUSTRATION and s.reading.distress > 0.75]
    assert fierce
    assert [habit.apply(s.reading).label for s in fierce] == [s.reading.label for s in fierce]


@pytest.fixture(scope="module")
def read_turns() -> list[tuple[EmotionReading, Label, float]]:
    """The turns that ship with the recipe of the model, as the product reads them, with their labels and distress."""
    conversations, truth = [], []
    for path in sorted((emotion.FOLDER / "data").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::2]:
            tree = json.loads(line)
            said = tuple(Turn(i, Speaker(t["speaker"]), t["text"]) for i, t in enumerate(tree["turns"]))
            conversations.append(Conversation(tree["id"], "jsonl", said))
            truth.append(tree["turns"])
    moods = read_moods(EmotionReader(Encoder(emotion.FOLDER)), conversations)
    return [
        (reading, Label(told[reading.turn]["label"]), told[reading.turn]["distress"])
        for mood, told in zip(moods, truth, strict=True)
        for reading in mood.readings
    ]


def test_the_real_reader_learns_that_nothing_under_shouting_is_anger(
    read_turns: list[tuple[EmotionReading, Label, float]],
) -> None:
    all_of_it, others = [], []
    for seed in DESKS:
        desk = nothing_under_shouting_is_anger
        said = [Said(reading, label, desk(label, distress)) for reading, label, distress in read_turns]
        random.Random(seed).shuffle(said)
        stream = iter(said)
        habit, later = learn(correct(stream, TAUGHT)), list(stream)
        assert len(later) > 300
        all_of_it += gains([later], [habit])
        others += gains([[s for s in later if not s.touched]], [habit])
    assert mean(all_of_it) > 0.005
    assert mean(others) >= -0.005
    assert min(others) >= -NOISE


# --- it stays small


@settings(deadline=None)
@given(taught)
def test_a_habit_is_bounded(said: list[Correction]) -> None:
    habit = learn(said)
    assert habit.count == len(said)
    assert abs(habit.offset) <= OFFSET_LIMIT
    for shift in habit.shifts:
        assert 0 < shift.bias <= SHIFT_LIMIT
        assert shift.said is not shift.given
        assert 0 <= shift.reach[0] <= shift.reach[1] <= 1


@settings(deadline=None)
@given(taught, readings())
def test_a_reading_stays_a_reading(said: list[Correction], reading: EmotionReading) -> None:
    made = learn(said).apply(reading)
    assert sum(made.scores.values()) == pytest.approx(1)
    assert list(made.scores) == list(reading.scores)
    assert made.scores[made.label] == max(made.scores.values())
    assert 0 <= made.distress <= 1
    assert abs(made.distress - reading.distress) <= OFFSET_LIMIT + 1e-9
    assert replace(made, label=reading.label, scores=reading.scores, distress=reading.distress) == reading


@settings(deadline=None)
@given(taught, st.randoms(use_true_random=False))
def test_the_order_of_corrections_does_not_matter(said: list[Correction], chance: random.Random) -> None:
    shuffled = list(said)
    chance.shuffle(shuffled)
    assert learn(shuffled) == learn(said)


@given(readings())
def test_nothing_learnt_changes_nothing(reading: EmotionReading) -> None:
    assert learn([]) == SHIPPED
    assert SHIPPED.apply(reading) is reading


def one_sided(many: int, label: Label = Label.FRUSTRATION, distress: float = 0.4) -> list[Correction]:
    """A desk that calls confusion something else, each time by the same small margin."""
    scores = dict.fromkeys(Label, 0.05) | {Label.CONFUSION: 0.4, label: 0.35}
    return [Correction("c", i, label, scores, distress) for i in range(many)]


def test_a_few_slips_teach_no_label() -> None:
    assert learn(one_sided(ALIKE - 1)).shifts == ()
    (shift,) = learn(one_sided(ALIKE)).shifts
    assert (shift.said, shift.given) == (Label.CONFUSION, Label.FRUSTRATION)


def test_a_turn_that_reads_beyond_doubt_keeps_its_label() -> None:
    habit = learn(one_sided(200))
    plain = EmotionReading(0, Label.CONFUSION, 0.4, 0, 0, dict.fromkeys(Label, 0.01) | {Label.CONFUSION: 0.94})
    assert habit.apply(plain).label is Label.CONFUSION


def test_giving_back_what_was_read_speaks_against_a_shift() -> None:
    learnt = learn(one_sided(6))
    kept = [replace(c, label=Label.CONFUSION) for c in one_sided(20)]
    assert sum(s.bias for s in learn(one_sided(6) + kept).shifts) < sum(s.bias for s in learnt.shifts)


def test_a_shift_reaches_no_further_than_it_was_taught() -> None:
    (shift,) = learn(one_sided(10)).shifts
    assert shift.at(0.4) == shift.bias
    assert 0 < shift.at(0.45) < shift.bias
    assert shift.at(0.6) == shift.at(0.2) == 0


def test_distress_follows_a_desk_that_finds_turns_milder() -> None:
    habit = learn(one_sided(30, Label.NEUTRAL, 0.5))
    assert -OFFSET_LIMIT < habit.offset < 0
    turn = EmotionReading(0, Label.SADNESS, 0.5, 0, 0, dict.fromkeys(Label, 0.1) | {Label.SADNESS: 0.4})
    assert habit.apply(turn) == replace(turn, distress=0.5 + habit.offset)


# --- the agent's word


@given(readings(), st.sampled_from(Label))
def test_what_the_agent_says_leads_and_means_what_it_says(reading: EmotionReading, label: Label) -> None:
    made = corrected(reading, label)
    assert made.corrected and made.sure
    assert made.label is label
    assert made.scores[label] == max(made.scores.values())
    assert sum(made.scores.values()) == pytest.approx(1)
    meaning = MEANINGS[label]
    assert meaning.distress[0] <= made.distress <= meaning.distress[1]
    assert meaning.valence[0] <= made.valence <= meaning.valence[1]
    others = [one for one in Label if one is not label]
    ranked = sorted(others, key=lambda one: reading.scores[one])
    assert all(made.scores[a] <= made.scores[b] for a, b in pairwise(ranked))


@settings(deadline=None)
@given(taught, readings(), st.sampled_from(Label))
def test_no_habit_changes_what_the_agent_said(said: list[Correction], reading: EmotionReading, label: Label) -> None:
    word = corrected(reading, label)
    assert learn(said).apply(word) is word


@given(readings())
def test_a_word_that_agrees_moves_a_turn_only_into_its_meaning(reading: EmotionReading) -> None:
    low, high = MEANINGS[reading.label].distress
    made = corrected(reading, reading.label)
    assert (made.distress == reading.distress) == (low <= reading.distress <= high)


@given(readings(), readings())
def test_another_turn_is_told_by_its_scores(one: EmotionReading, other: EmotionReading) -> None:
    said = correction(one, Label.ANGER)
    assert same_turn(said, one)
    far = max(abs(one.scores[label] - other.scores[label]) for label in Label)
    assert same_turn(said, other) == (far < 1e-6)


def test_every_label_has_a_meaning_and_a_share() -> None:
    assert set(MEANINGS) == set(SHARES) == set(Label)
    assert sum(SHARES.values()) == pytest.approx(1)
    for meaning in MEANINGS.values():
        assert 0 <= meaning.distress[0] < meaning.distress[1] <= 1
        assert -1 <= meaning.valence[0] < meaning.valence[1] <= 1
    assert max(Label, key=lambda label: MEANINGS[label].distress[0]) is Label.ANGER
