"""The phrase bank promises nothing, and every strategy can be carried out with it."""

from __future__ import annotations

import pytest
from conversations import conversation
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist import guard
from agent_assist.assist.actions import next_actions, rules
from agent_assist.assist.phrases import Kind, bank, case_of, question_for
from agent_assist.assist.replies import asked_back
from agent_assist.records import Fact, Label, Severity, Spike

TALK = conversation("c: My order A-48213 is late.")
FACTS = (Fact("order_id", "A-48213", 0),)
PHRASES = sorted({(name, phrase) for name, phrases in bank().phrases.items() for phrase in phrases})
SLOTS = {
    "{case}": "order A-48213",
    "{question}": "could you send me the order number?",
    "{wants}": "to cancel the order",
}


def filled(phrase: str) -> str:
    for slot, value in SLOTS.items():
        phrase = phrase.replace(slot, value)
    return phrase


@pytest.mark.parametrize(("name", "phrase"), PHRASES)
def test_every_phrase_passes_the_guard(name: str, phrase: str) -> None:
    text = filled(phrase)
    assert "{" not in text, f"{name} has an unknown slot"
    assert guard.check(text, TALK).unsupported == ()


def test_every_question_passes_the_guard() -> None:
    assert all(guard.check(question.text, TALK).ok for question in bank().question)


@pytest.mark.parametrize("kind", list(Kind))
def test_every_moment_has_three_strategies_with_all_their_phrases(kind: Kind) -> None:
    strategies = bank().strategies(kind)
    assert len({s.name for s in strategies}) == len(strategies) == 3
    for strategy in strategies:
        assert strategy.instead in bank().phrases
        assert all(name in bank().phrases for name in strategy.then)


def test_a_case_without_a_number_is_this() -> None:
    assert case_of(FACTS) == "order A-48213"
    assert case_of(()) == "this"


def test_a_question_asks_for_what_is_missing_only() -> None:
    assert question_for("My parcel is late", ()) == "could you send me the order number?"
    assert question_for("My parcel is late", FACTS) is None
    assert question_for("Keep me connected", ()) is None


@pytest.mark.parametrize(
    ("wants", "asked"),
    [
        ("The customer wants to cancel their order.", "to cancel your order"),
        ("The customer wants a refund for the desk they bought, and soon.", "a refund for the desk you bought"),
        ("The customer wants to have someone call her.", "to have someone call you"),
        ("The customer wants to kill themselves.", None),
        ("The customer wants to sue you.", None),
        ("The customer wants someone who is not an idiot.", None),
        ("The customer wants to get her money back.", "to get your money back"),
        ("The customer wants to know where it is.", None),
        ("The customer is angry.", None),
    ],
)
def test_asking_back(wants: str, asked: str | None) -> None:
    assert asked_back(wants) == asked


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("I'll dispute the charge with my bank", "dispute"),
        ("I am switching to another provider", "leave"),
        ("I want my money back", "refund"),
        ("you charged me twice", "charged"),
        ("my parcel never arrived", "delivery"),
        ("the screen came cracked", "damaged"),
        ("the app keeps crashing with an error", "fault"),
        ("this is the third time I write", "repeat"),
        ("I need this fixed by Friday", "deadline"),
        ("I am locked out of my account", "account"),
    ],
)
def test_a_rule_fires_on_what_it_is_for(text: str, rule: str) -> None:
    assert rule in {r.id for r, pattern in rules() if pattern.search(text)}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("the phone is not charging", "charged"),
        ("you lost 3 rides tonight", "deadline"),
        ("thanks, it arrived", "delivery"),
        ("my tennis court shoes are late", "dispute"),
        ("I live on Court Street", "dispute"),
        ("I will not sue you", "dispute"),
        ("can I pay by card?", "refund"),
    ],
)
def test_a_rule_keeps_still_elsewhere(text: str, rule: str) -> None:
    assert rule not in {r.id for r, pattern in rules() if pattern.search(text)}


def test_where_no_rule_fires_a_spike_says_what_it_needs() -> None:
    talk = conversation("c: Hm.", "a: Yes?", "c: You are impossible.")
    spike = Spike(2, Label.ANGER, Severity.HIGH, 0.8, 0.5, 1, (), "Let the anger stand.")
    assert [a.text for a in next_actions(talk, (), spike)] == ["Let the anger stand"]
    assert next_actions(talk, (), None) == ()


@given(st.text(max_size=300))
def test_actions_are_few_and_cite_turns_that_exist(text: str) -> None:
    talk = conversation("c: " + (text or "x"), "a: yes")
    for action in next_actions(talk, FACTS, None):
        assert action.turns == (0,)
    assert len(next_actions(talk, FACTS, None)) <= 3
