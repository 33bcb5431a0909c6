"""Replies without a language model: safe, different, about this customer, and fitting the moment."""

from __future__ import annotations

import pytest
from conversations import DESK, DESK_MOOD, conversation, mood_of
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.assist import guard
from agent_assist.assist.facts import find_facts
from agent_assist.assist.moment import Kind, find_moment
from agent_assist.assist.replies import Preference, compose
from agent_assist.assist.replies.bank import Situation
from agent_assist.assist.replies.compose import Composer, every_strategy, strategies
from agent_assist.assist.replies.context import Context, asks, find_context
from agent_assist.assist.replies.situations import situations
from agent_assist.assist.sentences import PLACEHOLDER, split
from agent_assist.records import Conversation, Label, Mood, Reply, Source


def replies(label: Label, distress: float, *lines: str, id: str = "c-test") -> tuple[Reply, ...]:
    talk = conversation(*lines, id=id)
    return compose(talk, mood_of(talk, label, distress))


def context(label: Label, distress: float, *lines: str) -> Context:
    talk = conversation(*lines)
    return find_context(talk, find_moment(talk, mood_of(talk, label, distress)), find_facts(talk.turns))


def test_they_need_no_model_and_name_the_case() -> None:
    found = compose(DESK, DESK_MOOD)
    assert len(found) == 3 and all(r.source is Source.COMPOSED and r.grounding.ok for r in found)
    assert any("working from your couch" in r.text for r in found) and any("A-48213" in r.text for r in found)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_no_sentence_stands_in_two_replies_and_the_guard_passes_all(n: int) -> None:
    found = compose(Conversation(f"c-{n}", "test", DESK.turns), DESK_MOOD)
    every = [s for r in found for s in split(r.text)]
    assert len(every) == len(set(every))
    assert len({r.strategy for r in found}) == len(found)
    assert all(guard.check(r.text, DESK).ok for r in found)


def test_a_calm_question_gets_its_answers_blank_and_no_apology() -> None:
    found = replies(Label.NEUTRAL, 0.05, "c: Hi, how do I change my delivery address?")
    assert len(found) == 3
    assert all("sorry" not in r.text.lower() for r in found)
    assert any("how to change your delivery address" in r.text and "[confirm:" in r.text for r in found)


def test_an_opening_that_the_agent_has_used_does_not_come_back() -> None:
    first = replies(Label.FRUSTRATION, 0.6, "c: My order never arrived and nobody answers.")[0]
    opening = split(first.text)[0]
    again = replies(
        Label.FRUSTRATION, 0.6, "c: My order never arrived and nobody answers.", f"a: {opening}", "c: And now?"
    )
    assert again and all(not r.text.startswith(opening) for r in again)


def test_steps_that_the_customer_has_tried_are_not_offered() -> None:
    found = [
        r
        for n in range(12)
        for r in replies(
            Label.FRUSTRATION, 0.5, "c: The router won't connect. I restarted it and reinstalled the app.", id=f"c-{n}"
        )
    ]
    assert found
    assert all("restart" not in r.text.lower() and "reinstall" not in r.text.lower() for r in found)


def test_what_the_agent_has_just_asked_is_not_asked_again() -> None:
    strategies_of = {
        r.strategy
        for r in replies(
            Label.FRUSTRATION, 0.5, "c: My internet is down again.", "a: Could you tell me your account number?"
        )
    }
    assert strategies_of and "One question first" not in strategies_of


def test_a_request_can_be_declined_kindly_with_another_way() -> None:
    found = context(Label.NEUTRAL, 0.1, "c: Please refund the change fee on my booking.")
    names = [s.name for s in strategies(found)]
    assert "A kind no, with another way" in names
    made = Composer(found).reply(next(s for s in strategies(found) if s.name == "A kind no, with another way"))
    assert made is not None and made.text.count("[confirm:") >= 2


def test_after_a_refusal_one_reply_says_it_kindly_and_offers_another_way() -> None:
    told = (
        "c: Please refund the ticket, my friend's party was called off.",
        "a: I'm afraid we're unable to refund this fare.",
        "c: That is hard to accept. I want a refund for the ticket.",
    )
    assert "A kind no, with another way" in [r.strategy for r in replies(Label.FRUSTRATION, 0.5, *told)]


def test_every_moment_has_strategies() -> None:
    careful = {Kind.THREAT, Kind.FRAUD, Kind.BEREAVED}
    assert {kind for s in every_strategy() for kind in s.kinds} == set(Kind) - careful


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("The parcel says delivered but it never arrived", Situation.MISSING),
        ("I was charged twice for one month", Situation.CHARGE),
        ("I can't log in, it wants a verification code", Situation.ACCESS),
        ("The internet is down again in my street", Situation.OUTAGE),
        ("I've called three times already", Situation.AGAIN),
        ("The app keeps crashing on start", Situation.FAULT),
        ("I got the wrong size, I ordered a large", Situation.WRONG),
        ("Your driver was rude to my mother", Situation.STAFF),
    ],
)
def test_what_it_is_about_is_told_by_the_customers_words(said: str, about: Situation) -> None:
    assert situations(conversation(f"c: {said}"))[0] is about


@pytest.mark.parametrize(
    ("text", "wants_answer"),
    [
        ("Where is my parcel?", True),
        ("Are you kidding me?", False),
        ("How is this acceptable?", False),
        ("My parcel is late.", False),
    ],
)
def test_only_a_question_that_wants_an_answer_is_one(text: str, wants_answer: bool) -> None:
    assert asks(text) is wants_answer


@pytest.mark.parametrize(
    ("label", "distress", "said", "kind"),
    [
        (Label.NEUTRAL, 0.1, "Ok thanks.", Kind.GLAD),
        (Label.NEUTRAL, 0.1, "It's sorted now, a reboot did it", Kind.GLAD),
        (Label.NEUTRAL, 0.1, "Thanks, but it still does not work", Kind.CALM),
        (Label.NEUTRAL, 0.1, "Y'all lie", Kind.HOT),
        (Label.FRUSTRATION, 0.4, "Still nothing", Kind.HOT),
        (Label.CONFUSION, 0.4, "Which of the two is it", Kind.CONFUSED),
        (Label.NEUTRAL, 0.1, "Where do I find the invoice", Kind.CALM),
        (Label.ANGER, 0.7, "Your update deleted the photos of my deceased mother", Kind.BEREAVED),
    ],
)
def test_the_kind_of_moment(label: Label, distress: float, said: str, kind: Kind) -> None:
    talk = conversation("a: Hello", f"c: {said}")
    assert find_moment(talk, mood_of(talk, label, distress)).kind is kind


def test_what_is_preferred_moves_up() -> None:
    talk = conversation("c: My order never arrived and nobody answers my emails about it.", id="c-9")
    mood = mood_of(talk, Label.FRUSTRATION, 0.6)
    plain = compose(talk, mood)
    last = plain[-1].strategy
    liked = compose(talk, mood, Preference(((f"strategy:{last}", 0.5),)))
    assert [r.strategy for r in liked].index(last) <= [r.strategy for r in plain].index(last)


def test_without_a_customer_there_is_nothing_to_answer() -> None:
    assert compose(conversation("a: Hello"), Mood(())) == ()


@pytest.mark.parametrize(
    ("label", "distress", "said"),
    [
        (Label.CONFUSION, 0.4, "It makes no sense and nobody explains it."),
        (Label.CONFUSION, 0.1, "Why can nobody explain this to me?"),
        (Label.NEUTRAL, 0.05, "Where do I find the button?"),
        (Label.NEUTRAL, 0.05, "ok"),
        (Label.SATISFACTION, 0.0, "Thanks, that worked!"),
        (Label.ANGER, 0.8, "This is ridiculous, fix it."),
        (Label.SADNESS, 0.6, "My mother died last week and I can't find her papers."),
    ],
)
def test_no_customer_is_brushed_off_or_given_a_letter(label: Label, distress: float, said: str) -> None:
    found = replies(label, distress, f"c: {said}", "a: There is a button in the bottom right corner of the app.")
    assert found
    assert [r.text for r in found if not 30 <= len(PLACEHOLDER.sub(" ", r.text).split()) <= 90] == []
