"""What fills the bank's sentences is what the customer said, and nothing is filled that is not sure."""

from __future__ import annotations

import pytest
from conversations import DESK, conversation

from agent_assist.assist.facts import find_facts
from agent_assist.assist.phrases import case_of, question_for
from agent_assist.assist.replies.slots import Slots, find_slots
from agent_assist.records import Conversation, Fact


def slots(*lines: str) -> Slots:
    talk = conversation(*lines)
    return find_slots(talk, find_facts(talk.turns))


def test_the_desk() -> None:
    found = find_slots(DESK, find_facts(DESK.turns)).fixed
    assert found["case"] == "order A-48213" and found["thing"] == "your standing desk"
    assert found["amount"] == "$649" and found["duration"] == "three weeks"


@pytest.mark.parametrize(
    ("said", "thing"),
    [
        ("My boarding pass won't load", "your boarding pass"),
        ("the app keeps crashing", "the app"),
        ("I ordered a coffee machine and it is late", "your coffee machine"),
        ("It's not my router, I checked", None),
        ("my wife is angry", None),
        ("my beautiful new zorbifier broke", None),
    ],
)
def test_the_thing_is_called_what_the_customer_calls_it(said: str, thing: str | None) -> None:
    assert slots(f"c: {said}").fixed.get("thing") == thing


@pytest.mark.parametrize(
    ("said", "duration"),
    [
        ("I've been waiting for 3 weeks without a word", "3 weeks"),
        ("I've been a customer for 3 weeks", None),
        ("It said delivery within 5 days", None),
        ("I cancelled in less than 24 hours", None),
        ("on hold for 45mins now", "45 minutes"),
    ],
)
def test_only_time_that_trouble_has_lasted_counts(said: str, duration: str | None) -> None:
    assert slots(f"c: {said}").fixed.get("duration") == duration


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("How do I cancel my booking?", "how to cancel your booking"),
        ("Hi, can I change my seat online?", "whether you can change your seat online"),
        ("When will my order arrive?", "when your order will arrive"),
        ("How is this even possible?", None),
        ("Why do you people lie?", None),
        ("I need help.", None),
    ],
)
def test_what_is_asked_stands_after_about(said: str, topic: str | None) -> None:
    assert slots(f"c: {said}").fixed.get("topic") == topic


def test_two_amounts_are_none() -> None:
    assert "amount" not in slots("c: I paid $20 and was charged $40").fixed


def test_what_an_agent_has_asked_is_not_asked_again() -> None:
    said = "c: my order never came"
    assert slots(said).fixed["question"] == "could you send me the order number?"
    assert "question" not in slots(said, "a: Could you give me your order number?", "c: one moment").fixed


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("My order A-48213 is late", "order A-48213"),
        ("My booking is GX-48213, please help", "booking GX-48213"),
        ("Your ticket 4471902 was closed", "ticket 4471902"),
        ("It shows error WS-37368-7", "this"),
        ("My number is 00447900248601", "this"),
        ("Nothing works", "this"),
    ],
)
def test_a_case_is_called_what_the_conversation_calls_it(said: str, case: str) -> None:
    turns = conversation(f"c: {said}").turns
    assert case_of(find_facts(turns), turns) == case


def test_without_its_turn_only_an_order_is_named() -> None:
    assert case_of((Fact("order_id", "A-1", 0),)) == "order A-1"
    assert case_of((Fact("reference", "RX2201", 0),)) == "this"


def test_the_newest_order_counts() -> None:
    assert case_of((Fact("order_id", "A-1", 0), Fact("order_id", "A-2", 2))) == "order A-2"


def test_a_question_is_asked_where_something_is_missing() -> None:
    assert question_for("The app crashes all the time", ()) == "what exactly do you see on the screen when it happens?"
    assert question_for("The app crashes with error 504", ()) is None
    assert question_for("Good morning", ()) is None


def test_a_first_name_is_used_only_where_it_looks_like_one() -> None:
    turns = conversation("c: hello there").turns
    names = {
        name: find_slots(Conversation("x", "t", turns, name), ()).fixed.get("name")
        for name in ("Maria Lopez", "user_77", "Customer 4")
    }
    assert names == {"Maria Lopez": "Maria", "user_77": None, "Customer 4": None}
