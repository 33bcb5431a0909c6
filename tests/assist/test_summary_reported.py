"""What somebody wrote is told on in the third person, in their own words, or not turned at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.cite import stems
from agent_assist.assist.summary.persons import past, third, to_third_person
from agent_assist.assist.summary.reported import AGENT, CUSTOMER, names_in, report


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Could you send us your order number?", "asked the customer to send them their order number."),
        ("Please restart the router and try again.", "asked the customer to restart the router and try again."),
        ("Hi Anna, can you DM me your e-mail address?", "asked the customer to DM them their e-mail address."),
        ("Have you tried another cable?", "asked whether the customer has tried another cable."),
        ("Do you still see the error?", "asked whether the customer still sees the error."),
        ("Did you get an e-mail from us?", "asked whether the customer got an e-mail from them."),
        ("Is this happening on every device?", "asked whether this is happening on every device."),
        ("What version are you running?", "asked what version the customer is running."),
        ("What happens when you press the button?", "asked what happens when they press the button."),
        ("Can we have your full name and postcode?", "asked for the customer's full name and postcode."),
        ("Please let us know your booking reference.", "asked for the customer's booking reference."),
        ("If you're still offline, please call us.", "asked the customer to call them if they are still offline."),
        ("Please don't send your card number here.", "asked the customer not to send their card number here."),
        (
            "We've passed your report on to the team.",
            "said that they have passed the customer's report on to the team.",
        ),
        ("You'll get a refund in your account.", "said that the customer will get a refund in their account."),
        ("Once you return it, you can choose a new one.", None),
        ("The parcel left our depot on Monday.", "said that the parcel left their depot on Monday."),
        ("You need to sign in first.", "said that the customer needs to sign in first."),
        ("I am looking into your order now.", "said that they are looking into the customer's order now."),
        ("We suggest that you update the app.", "said that they suggest that the customer update the app."),
        ("Have you tried these steps: https://shop.example/a", "asked whether the customer has tried these steps."),
        (
            "Write to us at https://shop.example/a and we'll help.",
            "asked the customer to write to them at (link) and they will help.",
        ),
        ("Yes you can change it online.", "said that the customer can change it online."),
        ("Let's check the settings together in a chat.", "suggested that they check the settings together in a chat."),
        ("If it happens again, follow up with us.", "asked the customer to follow up with them if it happens again."),
        ("Changes can be done in Manage My Booking.", "said that changes can be done in Manage My Booking."),
        ("Please see the steps here: https://shop.example/help", "asked the customer to see the steps."),
    ],
)
def test_an_agents_sentence_is_told(said: str, told: str | None) -> None:
    expected = told or "said that once the customer returns it, they can choose a new one."
    assert report(said, AGENT) == f"The agent {expected}"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I called twice last week!", "said that they called twice last week."),
        ("Can you check my order please?", "asked the agent to check their order please."),
        ("Where are my two parcels now?", None),
        ("You haven't answered my last message.", "said that the company hasn't answered their last message."),
        ("Still waiting for a call from you.", "said that they are still waiting for a call from the company."),
        ("Restarted the box twice already.", "said that they restarted the box twice already."),
        ("How do I change the address?", "asked how they change the address."),
    ],
)
def test_a_customers_sentence_is_told(said: str, told: str | None) -> None:
    assert report(said, CUSTOMER) == (f"The customer {told}" if told else None)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Hi!",
        "Thanks a lot",
        "???",
        "https://shop.example",
        "That is odd, have you tried it?",
        "Black or white?",
        "If you e-mailed us today.",
    ],
)
def test_what_has_no_statement_is_not_turned(said: str) -> None:
    assert report(said, AGENT) is None


@pytest.mark.parametrize(
    "said",
    [
        "Call dropped three times already.",
        "Refund cannot be issued.",
        "Return window has closed.",
        "Update failed again today.",
        "Reset link does not work.",
        "Access to my account was blocked.",
        "If I try again, update has failed.",
        "Could you be any slower with my refund?",
        "Will you people ever fix this?",
        "Can you believe that they lost it?",
    ],
)
def test_what_only_looks_like_a_request_is_not_told_as_one(said: str) -> None:
    told = report(said, CUSTOMER)
    assert told is None or "asked" not in told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Cancel the order placed on Monday.", "cancel the order placed on Monday."),
        ("Send photos of the damaged box.", "send photos of the damaged box."),
        ("Check whether it was delivered.", "check whether it was delivered."),
        ("Refund my order, it was damaged.", "refund their order, it was damaged."),
        ("Please check orders delivered today.", "check orders delivered today."),
        ("Could you urgently escalate my complaint?", "urgently escalate their complaint."),
        ("Could you provide any further details?", "provide any further details."),
    ],
)
def test_an_order_stays_one(said: str, told: str) -> None:
    assert report(said, CUSTOMER) == f"The customer asked the agent to {told}"


def test_names_keep_their_capital_and_other_words_lose_it() -> None:
    names = names_in(["We asked Customs about it."])
    assert (
        report("Customs has released the parcel.", AGENT, names)
        == "The agent said that Customs has released the parcel."
    )
    assert (
        report("Delivery was planned for today.", AGENT, names) == "The agent said that delivery was planned for today."
    )


def test_who_is_who_stays_clear_where_both_sides_are_in_a_sentence() -> None:
    assert to_third_person("We'll write to you when your order is in our shop", "the customer") == (
        "they will write to the customer when the customer's order is in their shop"
    )
    assert to_third_person("a class L, U or T fare", "the customer") == "a class L, U or T fare"


def test_verbs_follow_their_subject() -> None:
    assert [third(v) for v in ("need", "try", "are", "can", "reach", "wanted")] == [
        "needs",
        "tries",
        "is",
        "can",
        "reaches",
        "wanted",
    ]
    assert [past(v) for v in ("get", "receive", "try", "want")] == ["got", "received", "tried", "wanted"]


TALK = "you your I we our please can the order is sent tomorrow if , . ? 42 not could have it 's what A-1 here"
WORDS = st.sampled_from(TALK.split())


@given(st.lists(WORDS, min_size=1, max_size=14).map(" ".join))
def test_nothing_is_added_but_the_report(said: str) -> None:
    told = report(said, AGENT)
    if told is not None:
        ours = stems("The agent asked said told the customer whether they themselves")
        more = [word for word in stems(told) - stems(said) - ours if not any(word.startswith(s) for s in said.split())]
        assert not more


@given(st.text(max_size=120))
def test_any_text_gives_one_line_or_none(said: str) -> None:
    told = report(said, CUSTOMER)
    assert told is None or (told.startswith("The customer ") and told.endswith(".") and "\n" not in told)
