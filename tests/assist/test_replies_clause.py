"""What the model says happened is used only where one turn of the customer says the same."""

from __future__ import annotations

import pytest
from conversations import DESK, conversation

from agent_assist.assist.replies.clause import ClauseJudge

FRAME = "The problem is that"


def taken(line: str, *said: str, frame: str = "") -> str | None:
    found = ClauseJudge(conversation(*said)).take(line, frame)
    return None if found is None else found.text


@pytest.mark.parametrize(
    ("said", "line", "clause"),
    [
        (
            "my zoom installer stuck at 3% and said the connection failed with error code #1006",
            "Your Zoom installer is stuck at 3% and says the connection failed with error code 1006.",
            "your Zoom installer is stuck at 3% and says the connection failed with error code 1006",
        ),
        (
            "I am locked out of my Gmail account",
            "You are locked out of your Gmail account.",
            "you are locked out of your Gmail account",
        ),
        (
            "I havent received any email from the team",
            "You haven't received any email from the team.",
            "you haven't received any email from the team",
        ),
        (
            "the app is killing my battery",
            "You've told us that the app is killing your battery.",
            "the app is killing your battery",
        ),
    ],
)
def test_what_the_customer_says_can_be_said_back(said: str, line: str, clause: str) -> None:
    assert taken(line, f"c: {said}") == clause


@pytest.mark.parametrize(
    ("said", "line"),
    [
        # The other thing, the other subject, the other verb.
        ("the zip of my jacket has gone", "Your jacket has gone."),
        ("it would not take my password", "Your account has been locked due to wrong passwords."),
        ("they didn't board us on the plane", "The staff did not board the plane."),
        # Not said, only wished or asked.
        (
            "the first bank to suspend mortgage payments gets our business",
            "Your mortgage payments have been suspended.",
        ),
        ("please cancel my order", "Your order was cancelled."),
        ("Are the servers down for my console?", "The servers are down for your console."),
        ("I got the boarding pass but they didn't board us on the plane", "The staff did not board the plane."),
        # Turned round.
        ("my refund has not arrived in my account", "Your refund has arrived in your account."),
        ("my order arrived on time", "Your order has not arrived on time."),
        ("the shop forgot to put my sauce in my bag", "Your sauce was forgotten in your bag."),
        # Another sentence's or turn's words put together.
        ("I was moved seats. I was on the aisle.", "You were moved to the aisle seats."),
        ("my order is late", "Your order is late and the driver was rude."),
        # Ours or a third person's to say.
        ("my router keeps failing", "Your router keeps failing and you will get a new router."),
        ("your driver is a thief who stole my parcel", "The driver stole your parcel."),
    ],
)
def test_what_nobody_said_is_not_used(said: str, line: str) -> None:
    assert taken(line, f"c: {said}") is None


def test_the_words_of_two_turns_make_no_story() -> None:
    assert taken("Your lamp was lost.", "c: I bought a lamp from you.", "a: Thanks.", "c: My parcel was lost.") is None


def test_the_frame_and_what_follows_the_clause_are_cut_off() -> None:
    line = "The problem is that my order is stuck in customs and I will get back to you."
    assert taken(line, "c: my order is stuck in customs", frame=FRAME) == "your order is stuck in customs"


def test_a_report_on_the_customer_is_turned_to_them() -> None:
    assert taken(
        "The problem is that the customer's router keeps failing.", "c: my router keeps failing", frame=FRAME
    ) == ("your router keeps failing")


def test_a_line_that_was_cut_off_is_used_up_to_its_last_joint() -> None:
    said = "c: my order is late and the driver never called me"
    assert taken("Your order is late and the driver never called you, but we", said) == (
        "your order is late and the driver never called you"
    )
    assert taken("Your order is", said) is None


def test_a_clause_knows_its_turn() -> None:
    found = ClauseJudge(DESK).take("You called twice last week.", "")
    assert found is not None and found.turn == 2


def test_words_of_the_agent_are_no_evidence() -> None:
    assert (
        taken("Your account was closed in March.", "c: What happened?", "a: Your account was closed in March.") is None
    )
