from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.pillars import WEIGHTS, assess, empathy
from agent_assist.records import EmotionReading, Label, Pillar, PillarState, Speaker, Turn

GIVEN, MISSING, NOT_NEEDED = PillarState.GIVEN, PillarState.MISSING, PillarState.NOT_NEEDED


def reading(label: Label, distress: float) -> EmotionReading:
    scores = {x: 1.0 if x is label else 0.0 for x in Label}
    return EmotionReading(turn=0, label=label, distress=distress, valence=0.0, urgency=0.0, scores=scores)


FURIOUS = reading(Label.ANGER, 0.8)
CALM = reading(Label.NEUTRAL, 0.05)
HAPPY = reading(Label.SATISFACTION, 0.02)
LATE = [Turn(0, Speaker.CUSTOMER, "My desk is three weeks late and nobody answers. This is ridiculous!")]
QUESTION = [Turn(0, Speaker.CUSTOMER, "Do you deliver to Norway, and what if a table arrives in the wrong colour?")]
THANKS = [Turn(0, Speaker.CUSTOMER, "Perfect, thank you so much!")]

GOOD = (
    "You're right to be upset that your desk is three weeks late and that nobody answered. I'm sorry we let you down. "
    "I'll look into where it is now. Could you tell me your order number? I'll stay with this until we have an answer."
)


def test_a_full_reply_to_a_furious_customer_carries_all_four() -> None:
    states = assess(GOOD, FURIOUS, LATE)
    assert list(states) == list(Pillar)
    assert set(states.values()) == {GIVEN}
    assert empathy(GOOD, states, FURIOUS) > 0.9


@pytest.mark.parametrize(
    ("text", "pillar", "state"),
    [
        ("I understand your frustration.", Pillar.LISTEN, MISSING),
        ("I understand how frustrating it is to have no desk after three weeks.", Pillar.LISTEN, GIVEN),
        ("The desk is in the system.", Pillar.LISTEN, MISSING),
        ("I'm sorry about this.", Pillar.OWN, GIVEN),
        ("This should not have happened.", Pillar.OWN, GIVEN),
        ("Sorry, but that is how it works.", Pillar.OWN, MISSING),
        ("I'm sorry you feel that way.", Pillar.OWN, MISSING),
        ("Which address did you give?", Pillar.RESOLVE, GIVEN),
        ("Let me check the tracking with you.", Pillar.RESOLVE, GIVEN),
        ("Please try signing in again.", Pillar.RESOLVE, GIVEN),
        ("Is there anything else I can do?", Pillar.RESOLVE, MISSING),
        ("We value you.", Pillar.RESOLVE, MISSING),
        ("I'll follow up as soon as I know more.", Pillar.FOLLOW_UP, GIVEN),
        ("Let me know how it goes.", Pillar.FOLLOW_UP, GIVEN),
        ("The desk is grey.", Pillar.FOLLOW_UP, MISSING),
    ],
)
def test_each_pillar_when_something_went_wrong(text: str, pillar: Pillar, state: PillarState) -> None:
    assert assess(text, FURIOUS, LATE)[pillar] is state
    assert assess(text, None, LATE)[pillar] is state


def test_a_calm_question_needs_an_answer_and_no_apology() -> None:
    states = assess("Yes, you can choose Norway at the last step.", CALM, QUESTION)
    assert states[Pillar.LISTEN] is NOT_NEEDED
    assert states[Pillar.OWN] is NOT_NEEDED
    assert states[Pillar.RESOLVE] is GIVEN
    assert states[Pillar.FOLLOW_UP] is NOT_NEEDED


def test_a_plain_answer_resolves_a_calm_question_only() -> None:
    answer = "There is a train at noon."
    assert assess(answer, CALM, QUESTION)[Pillar.RESOLVE] is GIVEN
    assert assess(answer, FURIOUS, LATE)[Pillar.RESOLVE] is MISSING


@pytest.mark.parametrize(
    "trouble", ["It still doesn't play.", "No one contacted me.", "I can't log in.", "It won't open", "My bag is lost"]
)
def test_trouble_is_seen_without_a_reading(trouble: str) -> None:
    assert assess("Hello.", None, [Turn(0, Speaker.CUSTOMER, trouble)])[Pillar.OWN] is MISSING


@pytest.mark.parametrize(
    ("text", "pillar", "state"),
    [
        ("You waited three weeks for the desk, and nobody answered.", Pillar.LISTEN, GIVEN),
        ("I understand your frustration about the desk.", Pillar.LISTEN, MISSING),
        ("Sorry about the desk.", Pillar.LISTEN, MISSING),
        ("It's really maddening to be left waiting like that.", Pillar.LISTEN, GIVEN),
        ("We regret the delay.", Pillar.OWN, GIVEN),
        ("I'm asking the depot where it is.", Pillar.RESOLVE, GIVEN),
        ("Tap Orders, then Track.", Pillar.RESOLVE, GIVEN),
        ("I'll ask the depot and tell you what they say.", Pillar.FOLLOW_UP, GIVEN),
        ("You'll have an answer from me today.", Pillar.FOLLOW_UP, GIVEN),
        ("I won't close this chat until you have one.", Pillar.FOLLOW_UP, GIVEN),
    ],
)
def test_each_pillar_said_in_other_ways(text: str, pillar: Pillar, state: PillarState) -> None:
    assert assess(text, FURIOUS, LATE)[pillar] is state


@pytest.mark.parametrize("told", ["I feel so lonely since she left.", "My father died on Monday and I can't sleep."])
def test_whoever_tells_of_their_own_life_wants_to_be_heard_and_no_apology(told: str) -> None:
    turns = [Turn(0, Speaker.CUSTOMER, told)]
    states = assess("Click Forgot password.", None, turns)
    assert states[Pillar.LISTEN] is MISSING
    assert states[Pillar.OWN] is NOT_NEEDED
    asked = assess("It must be so hard to lie awake with that. What is it like at home now?", None, turns)
    assert asked[Pillar.LISTEN] is GIVEN
    assert asked[Pillar.RESOLVE] is NOT_NEEDED


@pytest.mark.parametrize(
    "trouble",
    ["You sent the wrong one AGAIN", "The driver left a hole in the wall.", "I'm scared: you blocked my card."],
)
def test_trouble_with_us_is_no_story_of_ones_own_life(trouble: str) -> None:
    assert assess("Hello.", None, [Turn(0, Speaker.CUSTOMER, trouble)])[Pillar.OWN] is MISSING


def test_a_reflex_apology_earns_nothing() -> None:
    plain = "Yes, you can choose Norway at the last step."
    sorry = "Sorry! " + plain
    states = assess(sorry, CALM, QUESTION)
    assert states[Pillar.OWN] is NOT_NEEDED
    two = "Yes. " + plain
    assert empathy(sorry, states, CALM) < empathy(two, assess(two, CALM, QUESTION), CALM)


def test_a_content_customer_needs_nothing_owned() -> None:
    states = assess("Glad it works. Let me know if anything else comes up.", HAPPY, THANKS)
    assert states[Pillar.OWN] is NOT_NEEDED
    assert states[Pillar.RESOLVE] is not MISSING
    assert states[Pillar.FOLLOW_UP] is GIVEN
    assert MISSING not in states.values()


def test_thanks_with_a_but_is_no_closing() -> None:
    turns = [Turn(0, Speaker.CUSTOMER, "Thanks but it is still not working")]
    assert assess("Glad to hear it.", None, turns)[Pillar.OWN] is MISSING


def test_cold_phrases_and_cheer_cost() -> None:
    states = assess(GOOD, FURIOUS, LATE)
    assert empathy(GOOD + " Unfortunately that is our policy.", states, FURIOUS) < empathy(GOOD, states, FURIOUS)
    assert empathy(GOOD + " Awesome", states, FURIOUS) < empathy(GOOD, states, FURIOUS)


def test_what_the_agent_said_before_is_no_story_of_the_customer() -> None:
    turns = [Turn(0, Speaker.CUSTOMER, "It broke."), Turn(1, Speaker.AGENT, "The carburettor is broken.")]
    assert assess("I understand, the carburettor.", None, turns)[Pillar.LISTEN] is MISSING


def test_weights_sum_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


@given(
    st.text(max_size=200), st.sampled_from([FURIOUS, CALM, HAPPY, None]), st.sampled_from([LATE, QUESTION, THANKS, []])
)
def test_any_text_has_four_states_and_a_score_between_zero_and_one(
    text: str, mood: EmotionReading | None, turns: list[Turn]
) -> None:
    states = assess(text, mood, turns)
    assert set(states) == set(Pillar)
    assert 0.0 <= empathy(text, states, mood) <= 1.0
