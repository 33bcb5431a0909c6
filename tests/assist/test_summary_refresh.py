"""A summary that is made anew does not flicker, and is not made for an "ok"."""

from __future__ import annotations

import pytest
from conversations import DESK, conversation
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.summary import settle, worth_refreshing
from agent_assist.assist.summary.refresh import nearly_same
from agent_assist.records import Conversation, Line, Summary

OLD = Summary(
    issue=Line("The customer is complaining that the standing desk is still processing.", (0,)),
    tried=(Line("The customer said that they called twice last week.", (2,)),),
    feeling=Line("Angry (“ridiculous”).", (4,)),
    wants=Line("The customer wants a refund of $649 today.", (4,)),
)


def test_the_old_words_stay_where_the_new_ones_say_the_same() -> None:
    new = Summary(
        issue=Line("The customer is complaining about the standing desk still processing.", (0,)),
        tried=(Line("The agent said that the desk ships on Friday.", (5,)), Line("They called twice last week.", (2,))),
        feeling=Line("Angry (“joke”).", (6,)),
        wants=Line("The customer wants a refund of $649 by today.", (6,)),
    )
    settled = settle(OLD, new)
    assert settled.issue == OLD.issue and settled.wants == OLD.wants and settled.feeling == OLD.feeling
    assert settled.tried == (new.tried[0], OLD.tried[0])


def test_what_has_changed_is_shown() -> None:
    new = Summary(
        issue=Line("The customer is complaining that the standing desk is not processing.", (0,)),
        feeling=Line("Angry (“ridiculous”), calm now.", (4, 6)),
        wants=Line("The customer wants a refund of $749 today.", (6,)),
    )
    assert settle(OLD, new) == new
    assert settle(None, new) == new


lines = st.builds(Line, st.text("abc not 12.", min_size=1, max_size=30), st.just((0,)))
summaries = st.builds(
    Summary,
    st.none() | lines,
    st.lists(lines, max_size=3).map(tuple),
    st.none() | lines,
    st.none() | lines,
    st.lists(lines, max_size=3).map(tuple),
)


@given(summaries, summaries)
def test_settling_keeps_the_shape_and_settles(old: Summary, new: Summary) -> None:
    settled = settle(old, new)
    assert (settled.issue is None, len(settled.tried), len(settled.open)) == (
        new.issue is None,
        len(new.tried),
        len(new.open),
    )
    assert settle(new, new) == new
    assert settle(settled, new) == settled


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_goes_both_ways(one: str, other: str) -> None:
    assert nearly_same(one, one)
    assert nearly_same(one, other) == nearly_same(other, one)


def grown(*more: str) -> Conversation:
    turns = conversation(*(["c: -"] * len(DESK.turns)), *more).turns[len(DESK.turns) :]
    return Conversation(DESK.id, DESK.source, DESK.turns + turns)


def test_only_what_says_something_is_worth_a_new_summary() -> None:
    assert worth_refreshing(None, DESK)
    assert not worth_refreshing(None, Conversation("c", "test", ()))
    assert not worth_refreshing(DESK, DESK)
    assert not worth_refreshing(DESK, grown("a: Thank you for your patience.", "c: ok", "c: Thanks!"))
    assert worth_refreshing(DESK, grown("c: ok", "c: My bank has refused the card payment again."))
    assert worth_refreshing(DESK, grown("a: The warehouse has confirmed your refund of $649."))


@pytest.mark.parametrize("answer", ["Yes please cancel it.", "A-48213", "Still not working", "no", "Where is it?"])
def test_an_answer_of_the_customer_is_never_too_short(answer: str) -> None:
    assert worth_refreshing(DESK, grown("a: Shall I cancel it?", f"c: {answer}"))


@pytest.mark.parametrize("courtesy", ["ok", "Thanks!", "OK, thank you so much :)", "Hi", "Great, have a nice day!"])
def test_a_courtesy_is_not_worth_it(courtesy: str) -> None:
    assert not worth_refreshing(DESK, grown(f"c: {courtesy}"))


def test_a_conversation_that_was_corrected_is_summed_up_again() -> None:
    assert worth_refreshing(grown("c: ok"), DESK)
