"""Every line of a summary is supported by the turns that it names, told by rule, or not there."""

from __future__ import annotations

import time

import pytest
from conversations import DESK, DESK_MOOD, conversation, mood_of

from agent_assist.assist.summary import WANTS, SummaryWriter, summary_branches, summary_by_rule
from agent_assist.assist.summary.fields import COMPLAINS
from agent_assist.assist.summary.support import Support
from agent_assist.records import Conversation, Label, Line, Mood, Speaker, Summary, Turn

MOST_BRANCHES = 7


def written(talk: Conversation, mood: Mood, **lines: str) -> Summary:
    """The summary where the model wrote these lines, and nothing of use in all others."""
    writer = SummaryWriter(talk, mood)
    keys = {"that": "summary.issue", "about": "summary.issue.about", "asks": "summary.issue.asks", "wants": WANTS}
    for name, key in keys.items():
        opening = next(b.opening for b in summary_branches(talk) if b.key == key)
        writer.take(key, opening + lines.get(name, ""))
    return writer.summary()


def texts(summary: Summary) -> list[str]:
    lines = (summary.issue, *summary.tried, summary.feeling, summary.wants, *summary.open)
    return [line.text for line in lines if line is not None]


def test_few_lines_are_asked_for_and_only_of_customers() -> None:
    branches = summary_branches(DESK)
    assert WANTS in {b.key for b in branches} and len(branches) <= MOST_BRANCHES
    assert len({b.task for b in branches}) == 1 and all(b.sentences == 1 and b.grammar for b in branches)
    assert summary_branches(conversation("a: Hello, how can I help?")) == []


def test_the_supported_one_of_several_lines_is_shown() -> None:
    summary = written(
        DESK,
        DESK_MOOD,
        that=" their desk was lost by a courier in Lisbon.",
        about=" a standing desk that is processing.",
    )
    assert summary.issue == Line("The customer is complaining about a standing desk that is processing.", (0,))


def test_who_only_asks_does_not_complain() -> None:
    talk = conversation("c: Hello, can I change the delivery address of my order?", "a: Sure.")
    calm = mood_of(talk, Label.NEUTRAL, 0.05)
    summary = written(talk, calm, asks=" whether they can change the delivery address.", that=" the address is wrong.")
    assert summary.issue is not None and summary.issue.text.startswith("The customer is asking whether")
    talk = conversation("c: Hello, I cannot change the delivery address of my order.", "a: Sure.")
    summary = written(talk, calm, that=" they cannot change the delivery address of their order.")
    assert summary.issue is not None and summary.issue.text.startswith("The customer says that they cannot")


@pytest.mark.parametrize(
    "line",
    [
        " they paid $999 for the desk.",
        " the desk is",
        " the order was refunded last week.",
        " service team was unable to ship the desk.",
        " the agent told them that the desk would ship tomorrow.",
        " the desk is a .",
        " nothing.",
        "",
    ],
)
def test_a_line_that_does_not_hold_gives_way_to_the_customers_own_words(line: str) -> None:
    summary = written(DESK, DESK_MOOD, that=line, about=line, asks=line, wants=line)
    assert summary.issue is not None and summary.issue.text.startswith(
        "The customer said that they ordered a standing desk"
    )
    assert summary.issue.turns == (0,)
    assert summary.wants == Line("The customer wants the agent to cancel it and refund them the $649 today.", (4,))


def test_a_number_that_was_cut_at_a_stop_is_no_number_of_the_conversation() -> None:
    talk = conversation("c: I need the subnet 10.16.220.0/24 on the private network, why is it refused?", "a: I see.")
    summary = written(talk, mood_of(talk, Label.NEUTRAL, 0.1), asks=" about the subnet 10.16.220.")
    assert summary.issue is not None and "10.16.220.0/24" in summary.issue.text


def test_the_other_sides_part_is_cut_off() -> None:
    line = " the order is still processing, and the agent promised a refund."
    summary = written(DESK, DESK_MOOD, that=line)
    assert summary.issue is not None
    assert summary.issue.text == "The customer is complaining that the order is still processing."


def test_a_customers_claim_of_what_was_granted_is_never_a_fact() -> None:
    talk = conversation(
        "c: You approved a full refund of my order, I was promised it!", "a: Let me check that for you."
    )
    summary = written(talk, mood_of(talk, Label.ANGER, 0.6), that=" they have received a refund that was approved.")
    assert summary.issue is not None and summary.issue.text.startswith("The customer said that the company approved")


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("I never received a refund for the desk.", " they received a refund for the desk."),
        ("The app does not work on my phone.", " the app works on their phone."),
        ("I am not cancelling the contract, relax.", " they are cancelling the contract."),
        ("I ordered the desk on Monday. It has not arrived.", " the desk ordered on Monday arrived."),
        ("The app doesnt crash on my phone.", " the app crashes on their phone."),
        ("My desk arrived on Monday.", " their desk has not arrived on Monday."),
    ],
)
def test_a_line_that_says_the_contrary_is_not_shown(said: str, line: str) -> None:
    talk = conversation(f"c: {said}", "a: Thanks, we received your message.")
    summary = written(talk, mood_of(talk, Label.ANGER, 0.6), that=line)
    assert summary.issue is None or line not in summary.issue.text


@pytest.mark.parametrize(
    ("said", "line", "shown"),
    [
        ("I can't install the game on my console.", " to install the game on their console.", True),
        ("I have not received the refund for the desk.", " the refund for the desk.", True),
        ("I am not cancelling the contract, the router is slow.", " cancelling the contract.", False),
        ("I don't want to cancel the contract.", " to cancel the contract.", False),
    ],
)
def test_a_wish_is_for_what_does_not_work_but_not_for_what_is_not_wanted(said: str, line: str, shown: bool) -> None:
    opening = "The customer wants"
    found = Support(conversation(f"c: {said}", "a: Let me see.")).check(opening + line, opening)
    assert (found is not None) is shown


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("My desk has still not arrived.", " their desk has not arrived."),
        ("The app does not work on my phone.", " the app has problems on their phone."),
        ("I cannot log in to my account.", " they are unable to log in to their account."),
        ("It is not fair that my desk arrived damaged.", " their desk arrived damaged."),
        ("I ordered a desk, but the courier never called. I paid $20 for delivery.", " they paid $20 for delivery."),
    ],
)
def test_a_line_may_deny_in_other_words(said: str, line: str) -> None:
    talk = conversation(f"c: {said}", "a: Let me see.")
    summary = written(talk, mood_of(talk, Label.ANGER, 0.6), that=line)
    assert summary.issue is not None and summary.issue.text.endswith(f"complaining that{line}")


def test_what_the_agent_answered_is_told_by_rule() -> None:
    tried = [line for line in written(DESK, DESK_MOOD).tried if line.text.startswith("The agent")]
    told = "The agent said that the system shows a stock delay, so they can't do much until the warehouse confirms."
    assert tried == [Line(told, (3,))]


def test_what_the_customer_tried_is_told_by_rule() -> None:
    assert written(DESK, DESK_MOOD).tried[0] == Line(
        "The customer said that they called twice last week and both times they were told it would ship tomorrow.", (2,)
    )


def test_a_message_in_parts_is_one_and_cites_both() -> None:
    talk = conversation(
        "c: My console does not start any more.",
        "a: Please unplug the console and  1 ^AB",
        "a: wait for a minute. 2 ^AB",
    )
    told = [line for line in written(talk, mood_of(talk, Label.NEUTRAL, 0.1)).tried if "unplug" in line.text]
    assert told == [Line("The agent asked the customer to unplug the console and wait for a minute.", (1, 2))]


def test_a_bot_is_called_one() -> None:
    talk = conversation("c: My console does not start.", "b: Have you tried to restart the console twice?", "c: Yes!")
    tried = written(talk, mood_of(talk, Label.NEUTRAL, 0.1)).tried
    assert tried == (Line("The bot asked whether the customer has tried to restart the console twice.", (1,)),)


def test_greetings_signatures_and_regrets_do_not_reach_the_summary() -> None:
    talk = conversation(
        "c: @shop Good morning! My parcel never arrived.",
        "a: Hi Anna, so sorry to hear that! The parcel is held at the depot. Kind regards, Tom",
        "a: Thanks for your patience. ^TM",
    )
    found = " ".join(texts(written(talk, mood_of(talk, Label.NEUTRAL, 0.1))))
    assert "held at the depot" in found
    assert not any(word in found for word in ("sorry", "regards", "Tom", "Good morning", "@shop", "patience", "^"))


def test_wants_is_left_out_where_the_issue_says_it_and_still_known() -> None:
    talk = conversation("c: I want to cancel my subscription, I am so annoyed!", "a: I see.")
    writer = SummaryWriter(talk, mood_of(talk, Label.FRUSTRATION, 0.6))
    for key, line in (("", "complaining that they want"), (".about", "complaining about"), (".asks", "asking")):
        writer.take(f"summary.issue{key}", f"The customer is {line} to cancel their subscription.")
    writer.take(WANTS, "What the customer asks for now: The customer wants to cancel their subscription.")
    assert writer.summary().wants is None
    assert writer.wants is not None and writer.wants.text == "The customer wants to cancel their subscription."


def test_an_open_request_is_not_told_twice() -> None:
    summary = written(DESK, DESK_MOOD, wants=" to cancel it and get a refund of the $649 today.")
    assert summary.open == (Line("The last request is not answered yet.", (4,)),)
    talk = conversation("c: My desk is late.", "a: I see.", "c: And which colours are there?")
    open_ = written(talk, mood_of(talk, Label.NEUTRAL, 0.1)).open
    assert open_ == (Line("No answer yet to “And which colours are there?”.", (2,)),)


def test_a_summary_without_a_model_is_one_too() -> None:
    summary = summary_by_rule(DESK, DESK_MOOD)
    assert all(texts(summary)) and summary.issue is not None and summary.wants is not None and len(summary.tried) == 2
    assert summary_by_rule(Conversation("c", "test", ()), Mood(())) == Summary()


HOSTILE = [
    " ",
    ". ",
    "\n",
    "a",
    "you ",
    "please ",
    "if you, ",
    "why ",
    "- ",
    "@a ",
    "1/2 ",
    "http://a ",
    "www.",
    "not ",
    "Anna, ",
    "\u202e",
    "^A ",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_time_grows_with_length_only(piece: str) -> None:
    text = (piece * 20_000)[:20_000] + "?"
    talk = Conversation("c", "test", (Turn(0, Speaker.CUSTOMER, text), Turn(1, Speaker.AGENT, text)))
    start = time.process_time()
    summary = summary_by_rule(talk, Mood(()))
    assert time.process_time() - start < 2.0
    assert all(len(line) < 2500 for line in texts(summary))


def test_what_nobody_sees_does_not_reach_the_summary() -> None:
    talk = conversation("c: My order\u202e is\u200b <|im_end|> late since Monday!", "a: I see.")
    found = " ".join(texts(summary_by_rule(talk, Mood(()))))
    assert "order is late since Monday" in found


def test_the_issue_comes_when_all_its_lines_are_there_and_then_stays() -> None:
    writer = SummaryWriter(DESK, DESK_MOOD)
    assert writer.summary().issue is None and writer.summary().feeling is not None
    writer.take("summary.issue", "The customer is complaining that they were eaten by a whale.")
    writer.take("summary.issue.about", "The customer is complaining about a standing desk that is still processing.")
    assert writer.summary().issue is None
    writer.take("summary.issue.asks", "The customer is asking")
    issue = writer.summary().issue
    writer.take(WANTS, "What the customer asks for now: The customer wants a refund of the $649.")
    assert issue is not None and writer.summary().issue == issue


def test_a_wish_for_a_refund_does_not_say_that_one_was_given() -> None:
    talk = conversation(
        "c: You took a fee of £35 for nothing. I want to have the £35 fee refunded.", "a: Let me look at the fee."
    )
    support = Support(talk)
    assert support.check("The customer wants to have the £35 fee refunded.", "The customer wants") is not None
    assert support.check("The customer wants the £35 fee that was refunded.", "The customer wants") is None
    assert support.check("The customer is complaining that the £35 fee was refunded.", COMPLAINS.text) is None
