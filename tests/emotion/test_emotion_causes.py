from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import emotion_turns as desk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion import NudgeTable, find_cause, shipped_nudges
from agent_assist.emotion.causes import AGENT_TURNS, Found, answered
from agent_assist.emotion.nudges import Cause
from agent_assist.records import Conversation, Speaker, Turn

START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
PROBLEM = ("customer", "The grinder I bought from you leaks")
ANNOYED = ("customer", "You cannot be serious, what a shop")


def cause_of(*lines: tuple[str, str]) -> str:
    """The cause at the last line."""
    found = find_cause(desk.talk(*lines).turns, len(lines) - 1)
    return found.cause if found is not None else ""


def timed(conversation: Conversation, *minutes: float, zone: bool = True) -> tuple[Turn, ...]:
    start = START if zone else START.replace(tzinfo=None)
    return tuple(replace(t, at=start + timedelta(minutes=m)) for t, m in zip(conversation.turns, minutes, strict=True))


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("We can't do much until the carrier updates us.", "refusal"),
        ("Unfortunately this is not possible.", "refusal"),
        ("I'm afraid we are unable to change the address now.", "refusal"),
        ("I'm sorry, nothing further can be done after a year.", "refusal"),
        ("Sorry, but no.", "refusal"),
        ("That will be another £15.", "charge"),
        ("Clause 4 leaves that out.", "policy"),
        ("Everything looks fine on our side.", "blame"),
        ("We never received your documents.", "bad_news"),
        ("There is nothing on our system.", "bad_news"),
        ("Our policy is that opened items stay with the buyer.", "policy"),
        ("Your order is not eligible for a return.", "policy"),
        ("You will need to contact our billing department.", "transfer"),
        ("I have passed this on to another team.", "transfer"),
        ("You should have cancelled before the first of the month.", "blame"),
        ("It seems you entered the wrong address.", "blame"),
        ("We will look into it and get back to you.", "vague_promise"),
        ("Please be patient, it will be with you shortly.", "vague_promise"),
        ("We apologise for any inconvenience.", "stock_words"),
        ("Sorry for the late reply, which model is it?", "silence"),
        ("There is a cancellation fee of £25.", "charge"),
        ("You will be charged for the repair.", "charge"),
        ("Your delivery was moved to the 28th.", "bad_news"),
    ],
)
def test_what_an_agents_message_sets_off(text: str, cause: str) -> None:
    lines = (PROBLEM, ("agent", text), ANNOYED)
    assert find_cause(desk.talk(*lines).turns, 2) == Found(cause, 1)


@pytest.mark.parametrize(
    "text",
    [
        "We can't wait to see your pictures!",
        "You should have received an e-mail from us.",
        "We will have it fixed and call you within two hours.",
        "Your refund of £25 is on its way, free of charge.",
        "Which model is it?",
        "Hello, this is Tom. How can I help?",
    ],
)
def test_what_an_agents_message_does_not_set_off(text: str) -> None:
    assert cause_of(PROBLEM, ("agent", text), ANNOYED) == ""


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("I am cancelling my account, and my lawyer will call", "threat"),
        ("I'm disputing the charge with my bank", "threat"),
        ("I want to speak to your manager", "wants_manager"),
        ("I am cancelling my account with you", "leaving"),
        ("We are taking our business elsewhere", "leaving"),
        ("From now on I'm shopping elsewhere", "leaving"),
        ("I want to cancel, this is a disgrace", "leaving"),
        ("That's it, off to a rival", "leaving"),
        ("My cousin wants to be a lawyer, even he is baffled", ""),
        ("somebody bought three phones on my card", "unsafe"),
        ("You are not listening", "misread"),
        ("I am talking to a brick wall", "misread"),
        ("did you even look at the photo", "misread"),
        ("Nobody's picking up the phone", "unanswered"),
        ("does anyone work there?", "unanswered"),
        ("Eight people so far.", "repeat_contact"),
        ("Three weeks. Three weeks!", "time_waited"),
        ("It takes three weeks.", ""),
        ("The wedding is on Saturday, where is the dress", "deadline"),
        ("You charged me for something I sent back", "money_gone"),
        ("You said it would be here on Monday", "broken_promise"),
        ("I was promised a call back", "broken_promise"),
        ("As I said, it is the blue one", "asked_again"),
        ("I've already sent you the photos", "asked_again"),
        ("That is not what I asked", "misread"),
        ("Somebody else is using my account!", "unsafe"),
        ("Nobody answers my messages", "unanswered"),
        ("Hello? Is anybody there?", "unanswered"),
        ("This is the third time I write to you", "repeat_contact"),
        ("I need this fixed today, this is the third time I call", "repeat_contact"),
        ("I have called you four times", "repeat_contact"),
        ("my flight leaves in two hours, do something", "deadline"),
        ("I want my money back", "money_gone"),
        ("I have tried everything, nothing works", "tried_already"),
        ("It keeps crashing", "comes_back"),
        ("I have been waiting for three weeks", "time_waited"),
        ("Never had such a bad day", ""),
        ("My daughter is three years old", ""),
    ],
)
def test_what_the_customers_own_turn_shows(text: str, cause: str) -> None:
    found = find_cause([Turn(0, Speaker.CUSTOMER, text)], 0)
    assert found == (Found(cause, 0) if cause else None)


def test_the_same_words_mean_nothing_where_an_agent_says_them() -> None:
    assert (
        cause_of(PROBLEM, ("agent", "My lawyer says I am cancelling my account, I want my money back"), ANNOYED) == ""
    )


def test_advice_that_failed_needs_the_advice() -> None:
    still = ("customer", "Still not working")
    assert cause_of(PROBLEM, ("agent", "Please try to restart it."), still) == "advice_failed"
    assert cause_of(PROBLEM, ("agent", "When did you buy it?"), still) == ""


def test_an_earlier_promise_makes_bad_news_a_broken_one() -> None:
    delay = ("agent", "There is a delay at the depot.")
    assert cause_of(PROBLEM, ("agent", "Hello, one look please."), ("customer", "Go on"), delay, ANNOYED) == "bad_news"
    promised = ("agent", "It will be delivered on Monday.")
    assert cause_of(PROBLEM, promised, ("customer", "Good"), delay, ANNOYED) == "broken_promise"


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("It is order A-48213, and it leaks", "Could you tell me your order number?"),
        ("You can reach me at anna@example.org", "What is the e-mail address of the account?"),
        ("My number is 07700 900123", "Please confirm your phone number."),
        ("I live at SW1A 1AA", "May I have your postcode?"),
    ],
)
def test_asking_for_what_was_given(given: str, asked: str) -> None:
    assert cause_of(("customer", given), ("agent", asked), ANNOYED) == "asked_again"
    assert cause_of(PROBLEM, ("agent", asked), ANNOYED) == ""


def test_asking_twice() -> None:
    which = ("agent", "Which device is it?")
    assert cause_of(PROBLEM, which, ("customer", "The small one"), which, ANNOYED) == "asked_again"
    assert cause_of(PROBLEM, which, which, ANNOYED) == ""


def test_the_same_message_again() -> None:
    message = ("agent", "Thanks for writing, our colleagues have a look at the matter.")
    assert cause_of(PROBLEM, message, ("customer", "And now?"), message, ANNOYED) == "stock_words"
    assert cause_of(PROBLEM, message, ANNOYED) == ""


@pytest.mark.parametrize(
    ("minutes", "cause"),
    [
        ((0, 60, 61), ""),
        ((0, 60 * 25, 60 * 25 + 1), "silence"),
    ],
)
def test_a_reply_after_a_day_is_a_long_silence(minutes: tuple[float, ...], cause: str) -> None:
    turns = timed(desk.talk(PROBLEM, ("agent", "When did you buy it?"), ANNOYED), *minutes)
    found = find_cause(turns, 2)
    assert found == (Found(cause, 1) if cause else None)


def test_in_a_chat_a_quarter_of_an_hour_is_long() -> None:
    lines = (PROBLEM, ("agent", "Hello."), ("customer", "So what now"), ("agent", "When did you buy it?"), ANNOYED)
    quick, slow = timed(desk.talk(*lines), 0, 1, 2, 3, 4), timed(desk.talk(*lines), 0, 1, 2, 17, 18)
    assert find_cause(quick, 4) is None
    assert find_cause(slow, 4) == Found("silence", 3)


def test_times_that_cannot_be_compared_say_nothing() -> None:
    aware = timed(desk.talk(PROBLEM, ("agent", "When did you buy it?"), ANNOYED), 0, 60 * 25, 60 * 25)
    naive = timed(desk.talk(PROBLEM, ("agent", "When did you buy it?"), ANNOYED), 0, 60 * 25, 60 * 25, zone=False)
    assert find_cause((aware[0], naive[1], aware[2]), 2) is None


def test_writing_again_after_an_hour_is_being_left_waiting() -> None:
    conversation = desk.talk(PROBLEM, ANNOYED)
    assert find_cause(timed(conversation, 0, 90), 1) == Found("unanswered", 1)
    assert find_cause(timed(conversation, 0, 2), 1) is None


def test_the_order_of_the_table_is_the_precedence() -> None:
    lines = (PROBLEM, ("agent", "Unfortunately this is not possible, there is a fee of £5."), ANNOYED)
    table = shipped_nudges()
    assert cause_of(*lines) == "charge"
    names = ["refusal", *(name for name in table.causes if name != "refusal")]
    other = NudgeTable(table.kinds, {name: table.causes[name] for name in names}, table.things)
    assert find_cause(desk.talk(*lines).turns, 2, other) == Found("refusal", 1)


def test_only_the_last_messages_count() -> None:
    block = [("agent", "You will be charged for the repair."), *[("agent", "One more thing.")] * AGENT_TURNS]
    assert cause_of(PROBLEM, *block, ANNOYED) == ""
    assert cause_of(PROBLEM, *block[:-1], ANNOYED) == "charge"


def test_a_message_is_looked_for_past_own_turns_but_not_past_what_was_answered() -> None:
    refusal = ("agent", "Unfortunately this is not possible.")
    assert cause_of(PROBLEM, refusal, ("customer", "I see it now"), ANNOYED) == "refusal"
    assert cause_of(PROBLEM, refusal, ("customer", "I see it now"), ("agent", "Fine."), ANNOYED) == ""


@given(st.integers(1, 5), st.sampled_from(["ok", "A-48213"]))
def test_filler_hides_no_cause(place: int, text: str) -> None:
    lines = [
        PROBLEM,
        ("agent", "Hello, let me see."),
        ("agent", "Sorry, this is not possible."),
        ("agent", "Well."),
        ANNOYED,
    ]
    lines.insert(min(place, 4), ("customer", text))
    turns = desk.talk(*lines).turns
    over = {t.i for t in turns if t.text == text}
    found = find_cause(turns, 5, None, over)
    assert found is not None and found.cause == "refusal"
    assert [t.text for t in answered(turns, 5, over)] == [line[1] for line in lines if line[0] == "agent"]


@given(st.lists(st.tuples(st.sampled_from(Speaker), st.text(min_size=1, max_size=80)), min_size=1, max_size=8))
def test_any_conversation_is_searched(lines: list[tuple[Speaker, str]]) -> None:
    turns = [Turn(i, speaker, text) for i, (speaker, text) in enumerate(lines)]
    found = find_cause(turns, len(turns) - 1)
    assert found is None or (found.cause in shipped_nudges().causes and 0 <= found.turn < len(turns))


def test_a_very_long_turn_is_searched_quickly() -> None:
    for piece in ("a", "called you ", "we cannot ", "1 ", "(", "been waiting for ", "over the past "):
        turns = [Turn(0, Speaker.AGENT, piece * 4000), Turn(1, Speaker.CUSTOMER, piece * 4000)]
        start = datetime.now(tz=UTC)
        find_cause(turns, 1)
        assert datetime.now(tz=UTC) - start < timedelta(seconds=3)


def test_a_cause_without_any_way_to_find_it_is_never_found() -> None:
    table = replace(shipped_nudges(), causes={"nothing": Cause(say="Wait.")})
    assert find_cause([Turn(0, Speaker.CUSTOMER, "anything")], 0, table) is None
