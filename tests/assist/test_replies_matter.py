"""What it is about, in a noun phrase of the model's that a customer's turn carries."""

from __future__ import annotations

import pytest
from conversations import conversation

from agent_assist.assist.replies.matter import find_matter

SAID = conversation(
    "c: My PS3 keeps getting stuck when I connect the cable. I lost a Bose case on the flight from MSY to MDW.",
    "a: Have you tried another cable?",
)
LEAD = "The customer is complaining about "


@pytest.mark.parametrize(
    ("line", "matter"),
    [
        ("their PS3 getting stuck.", "your PS3 getting stuck"),
        ("a lost Bose case on the flight from MSY to MDW.", "a lost Bose case on the flight from MSY to MDW"),
        ("The lost case on his flight.", "the lost case on your flight"),
        ("PS3 getting stuck with the cable. They are angry.", "PS3 getting stuck with the cable"),
    ],
)
def test_it_is_turned_to_the_customer(line: str, matter: str) -> None:
    assert find_matter(SAID, LEAD + line) == matter


@pytest.mark.parametrize(
    "line",
    [
        "their Xbox getting stuck on the stairs.",  # nobody said so
        "being stuck on the flight.",  # a deed needs a person
        "how the PS3 keeps getting stuck.",
        "the PS3 that they lost on the flight.",  # whoever they are
        "the agent's cable getting stuck.",
        "the PS3 getting stuck",  # not complete
        "the cable another.",  # said by two sides
        "PS3.",
        "<b>the PS3</b> getting stuck.",
        "",
    ],
)
def test_what_is_not_sure_is_left_out(line: str) -> None:
    assert find_matter(SAID, LEAD + line) is None


@pytest.mark.parametrize(
    ("said", "line", "matter"),
    [
        ("I did not cancel my subscription in May.", "their cancelled subscription in May.", None),
        ("I never had my subscription cancelled in May.", "their cancelled subscription in May.", None),
        ("My subscription was cancelled in May.", "their subscription not cancelled in May.", None),
        ("You cancelled my subscription in May.", "their cancelled subscription in May.", "subscription in May"),
        ("My router is not working.", "their router not working.", "your router not working"),
        ("Nobody called. You cancelled my lamp.", "their cancelled lamp.", "your cancelled lamp"),
    ],
)
def test_it_denies_where_the_customer_does(said: str, line: str, matter: str | None) -> None:
    found = find_matter(conversation(f"c: {said}", "a: I see."), LEAD + line)
    assert (found or "").endswith(matter) if matter else found is None


def test_a_line_that_begins_otherwise_is_none() -> None:
    assert find_matter(SAID, "The customer wants the PS3 getting stuck.") is None
