"""What the customer said passes in the model's words, the contrary of it and what nobody said do not."""

from __future__ import annotations

import time

import pytest
from conversations import conversation

from agent_assist.assist.summary.fields import ABOUT, ASKS, COMPLAINS, OURS, WISH
from agent_assist.assist.summary.support import Support
from agent_assist.records import Conversation, Speaker, Turn

THAT, OF, ASKING, WANTS = COMPLAINS.text, ABOUT.text, ASKS.text, WISH.text
LETTER = "c: I've had the third letter now addressed to a Mr Gallow saying bailiffs and I'm not Mr Gallow."
PLUMBER = "c: The plumber was meant to come 8-12 and no one came. I took a day off work."
HOTEL = "c: We're at the Hotel Miramonte now. They have no room for us. Confirmation MM-6620, paid in full."
FEE = "c: You want to charge me a fee of 750. The crash was not my fault."


def shown(talk: Conversation, opening: str, line: str) -> bool:
    """Whether a line of the customer's may be shown."""
    return Support(talk).check(f"{opening} {line}", opening) is not None


@pytest.mark.parametrize(
    ("said", "opening", "line"),
    [
        ("c: Where is my freezer?", WANTS, "to know where the freezer is."),
        (
            "c: £212 for lift maintenance at Minster Row. We have no lift.",
            OF,
            "£212 for lift maintenance at Minster Row.",
        ),
        ("c: A review form? Forty pages, I cannot hold a pen.", OF, "a review form of forty pages."),
        ("c: Front door lock is broken, I can't lock it.", OF, "a front door lock that is broken."),
        ("c: Is it working or not?", ASKING, "whether it is working."),
        (LETTER, THAT, "they've had the third letter now addressed to a Mr Gallow."),
        (LETTER, THAT, "they've had the third letter addressed to a Mr Gallow and they are not Mr Gallow."),
        (PLUMBER, THAT, "the plumber was meant to come 8-12 and no one came."),
        (PLUMBER, THAT, "no one came, and they took a day off work."),
        (HOTEL, THAT, "Hotel Miramonte has no room for them with confirmation MM-6620, paid in full."),
        (
            "c: My claim came in on 3 October. Nobody has written since.",
            THAT,
            "nobody has written on their claim since.",
        ),
        ("c: You paid me twice. I applied for one payment.", THAT, "they apply for one payment and got pay twice."),
        ("c: wich number? but i dont have it", THAT, "they don't have the number."),
        ("c: Two bills lie here and I can't pay the £310.", OF, "a £310 bill that they can't pay."),
        ("c: Please tell me whom I give the keys to.", ASKING, "whom to give the keys to."),
        ("c: The flat that my letter was sent to is empty.", THAT, "their flat is empty that the letter was sent to."),
        ("c: Could you send me the October invoice again?", WANTS, "the agent to send them the October invoice again."),
        ("c: I don't want to do it wrong. I want to change the address.", WANTS, "to change the address."),
        (FEE, WANTS, "not to pay the fee of 750, as it was not their fault."),
        ("c: 5G everywhere? I am in my own garden, zero bars.", WANTS, "5G in their own garden and not zero bars."),
    ],
)
def test_a_true_line_is_shown(said: str, opening: str, line: str) -> None:
    assert shown(conversation(said, "a: Let me look at that."), opening, line)


@pytest.mark.parametrize(
    ("said", "opening", "line"),
    [
        (LETTER, THAT, "they have not had the third letter addressed to a Mr Gallow."),
        (LETTER, THAT, "they've had the third letter addressed to a Mr Gallow and they are Mr Gallow."),
        (PLUMBER, THAT, "the plumber was not meant to come 8-12."),
        (HOTEL, THAT, "Hotel Miramonte has no room for them and the confirmation MM-6620 was not paid in full."),
        ("c: The desk has not come. I paid on Monday.", THAT, "the desk has come and they paid on Monday."),
        ("c: The desk has not come. I paid on Monday.", THAT, "the desk has not come and they never paid on Monday."),
        ("c: I can't pay the £310. I am on sick pay.", THAT, "they can pay the £310 on sick pay."),
        ("c: you gave me 1.50 and nothing changed", THAT, "they were given 1.50 and that changed it."),
        ("c: I want the agent to send the October invoice.", WANTS, "not to send the October invoice."),
        ("c: I don't want to change the address.", WANTS, "to change the address."),
        ("c: I want to send the form off today.", THAT, "they want to send the form to."),
    ],
)
def test_the_contrary_is_not(said: str, opening: str, line: str) -> None:
    assert not shown(conversation(said, "a: Let me look at that."), opening, line)


def test_a_promise_is_the_complaint_itself_where_the_customer_tells_of_it() -> None:
    talk = conversation("c: You promised next day. It has been a week.", "a: Let me look at that.")
    assert shown(talk, THAT, "next day was promised.")
    assert not shown(talk, THAT, "a full refund was promised.")
    assert not shown(talk, WANTS, "the next day that was promised.")
    asked = conversation("c: Was next day promised or not?", "a: Let me look at that.")
    assert not shown(asked, THAT, "next day was promised.")


def test_what_was_refunded_is_never_told_on_the_customers_word() -> None:
    talk = conversation("c: You refunded and approved my order, I was promised it.", "a: Let me look at that.")
    assert not shown(talk, THAT, "their order was refunded.")
    assert not shown(talk, OF, "an order that was approved.")


def test_what_the_agent_said_is_not_the_customers_complaint() -> None:
    talk = conversation(
        "c: My boiler makes a noise, the part is old.", "a: The part for the boiler is on order until Friday."
    )
    assert not shown(talk, THAT, "the part for the boiler is on order until Friday.")
    assert Support(talk).check_ours("The agent said that the part for the boiler is on order.", OURS.text) is not None
    assert shown(talk, THAT, "their boiler makes a noise.")


def test_another_conversations_line_is_not_shown() -> None:
    talk = conversation(PLUMBER, "a: Let me look at that.")
    assert not shown(talk, THAT, "they've had the third letter now addressed to a Mr Gallow.")


@pytest.mark.parametrize(
    "piece", ["not ", "n't ", "it ", "and no ", "with a ", "asks if ", "the, ", "promised, ", "to "]
)
def test_time_grows_with_length_only(piece: str) -> None:
    text = (piece * 20_000)[:20_000] + " desk."
    talk = Conversation("c", "test", (Turn(0, Speaker.CUSTOMER, text), Turn(1, Speaker.AGENT, text)))
    support = Support(talk)
    start = time.process_time()
    support.check(f"{THAT} the desk was not promised, and {piece}the desk is here.", THAT)
    assert time.process_time() - start < 2.0


def test_a_complaint_s_verb_has_to_agree_too() -> None:
    talk = conversation("c: The engineer came on Monday but could not fix the boiler.")
    support = Support(talk)
    begun = "The customer is complaining that"
    assert support.check(f"{begun} the engineer fixed the boiler on Monday.", begun) is None
    assert support.check(f"{begun} the engineer could not fix the boiler on Monday.", begun) is not None
