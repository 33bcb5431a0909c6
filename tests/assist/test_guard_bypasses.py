"""Ways past the guard that were open once, and the good sentences next to each of them."""

from __future__ import annotations

import time

import pytest
from conversations import conversation
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.assist.guard import check, findings, first_finding, mend

LATE = conversation("c: I'm Maria. My order #A1234567 is late. I want a refund!", "a: Let me check.")
TOLD = conversation("c: I was told it was refunded, but nothing came. The parcel is on its way, you said.")
LEAD = "I'm sorry that your order is so late. "

EXCUSED = [
    "I'm sorry that your parcel is late, your refund is on its way to your bank.",
    "I hear you: your refund has been processed.",
    "I'm glad that your refund has been approved.",
    "Sorry about your wait, the refund is approved now.",
    "I understand that you waited and your refund has been processed.",
    "I'm sorry that your order was refunded.",
    "I hope this helps; your refund has been approved.",
    "After checking your account the refund is approved.",
]
BINDING = [
    "We'd refund this for you.",
    "I would refund this for you.",
    "You're getting your money back.",
    "A refund has gone out to you.",
    "Your money is coming.",
    "Your parcel arrives soon.",
    "It ships out today.",
    "You get a voucher.",
    "I checked it, and you get a voucher.",
    "You should know that you can't dispute the charge.",
    "You may not withhold the payment.",
    "You have no right to it.",
]
HIDDEN = [
    "Im going to refund you.",
    "Ill refund you right away.",
    "Ive refunded you.",
    "We'll get this to you, youll receive your refund.",
    "Id refund you.",
    "Well refund you.",
    "I\u02bcll refund you.",
    "I\uff07ll refund you.",
    "I\u2032ll refund you.",
    "I`ll refund you.",
    "I'll re\u200bfund you.",
    "I'll re\u00adfund you.",
    "I'll re\u2060fund you.",
    "I'll re\u200dfund you.",
    "I\ufeff'll refund you.",
    "I'll\u2003refund you.",
    "\uff29'll \uff52\uff45\uff46\uff55\uff4e\uff44 you.",
    "\U0001d408'll refund you.",
    "I'll re\u2011send it.",
    "I'll re\u2010send it.",
    "It costs \uff14\uff12 in all.",
    "I\u200bm refunding you.",
]


@pytest.mark.parametrize("text", [*EXCUSED, *BINDING, *HIDDEN])
def test_what_passed_once_is_found_and_mended(text: str) -> None:
    assert not check(text, LATE).ok
    mended = mend(LEAD + text, LATE)
    assert mended.text is not None and mended.changes
    assert mended.text.startswith(LEAD.strip())
    assert check(mended.text, LATE).ok
    assert mend(mended.text, LATE).text == mended.text


@pytest.mark.parametrize(
    "text",
    [
        "Please tell me when it arrives.",
        "Let me know once your refund has been processed.",
        "I want to check whether the order was shipped.",
        "I hope that your issue is resolved.",
        "I want to make sure that the issue is fixed.",
        "Please keep the box until your order is delivered.",
        "It can take a while after your order is shipped.",
        "Would you like to get a voucher?",
        "If you get a voucher, tell me.",
        "I would like to help you.",
        "I'd recommend reading it first.",
        "Feeling ill today is no fun.",
        "As well as that, it is late.",
        "You were wed to the idea.",
        "Thank you \U0001f469\u200d\U0001f4bb for your patience.",
        "Is the room big enough in m\u00b2?",
        "This is Amazon's page.",
        "My name is Maria.",
        "I'm sorry and I want to help.",
        "You can judge it when you have seen it.",
    ],
)
def test_good_sentences_still_pass(text: str) -> None:
    assert findings(LEAD + text, LATE) == []


@pytest.mark.parametrize(
    "text",
    [
        "I understand that you were told your order was refunded.",
        "I'm sorry that your order was refunded but has not arrived.",
        "I understand that it is on its way.",
    ],
)
def test_an_echo_passes_only_where_a_turn_said_so(text: str) -> None:
    assert check(text, TOLD).ok
    assert not check(text, LATE).ok


@pytest.mark.parametrize("said", ["Was it refunded?", "It was never refunded.", "Tell me when it is refunded."])
def test_asking_or_denying_says_nothing(said: str) -> None:
    assert not check("I'm glad that your order was refunded.", conversation("c: " + said)).ok


def test_what_is_fixed_is_resolved() -> None:
    assert check("I'm glad that the issue is resolved.", conversation("c: Thanks, you fixed it.")).ok
    assert not check("I'm glad that the issue is resolved.", LATE).ok


def test_order_numbers_with_a_letter_are_no_hashtags() -> None:
    good = LEAD + "I'm checking order #A1234567 now."
    assert mend(good, LATE).text == good
    assert mend(LEAD + "I'm checking order #B7654321 now.", LATE).text == (
        LEAD + "I'm checking order #[confirm: number] now."
    )
    named = conversation("c: My ticket is #QWERTY and this is a #fail")
    assert check("I'm checking ticket #QWERTY now.", named).ok
    assert not check("I'm checking this #fail now.", named).ok


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("My name is Peter and I'm here to help.", "My name is [confirm: agent's name] and I'm here to help."),
        ("This is Sandra from Amazon support.", "This is [confirm: agent's name] from Amazon support."),
        ("I'm Peter from the support team.", "I'm [confirm: agent's name] from the support team."),
    ],
)
def test_an_agent_s_name_that_nobody_gave_is_a_blank(text: str, mended: str) -> None:
    assert not check(text, LATE).ok
    assert mend(LEAD + text, LATE).text == LEAD + mended
    known = conversation("c: Who is this?", "a: Peter, and Sandra is here too.")
    assert check(text, known).ok


def test_places_are_those_of_the_text_as_it_came() -> None:
    text = "So\u200brry. Ill re\u00adfund you."
    found = next(f for f in findings(text, LATE) if f.rule == "will-refund")
    assert text[found.start : found.end] == found.text == "Ill re\u00adfund"


def test_the_rest_of_a_clause_is_not_left_hanging() -> None:
    text = mend(LEAD + "I can confirm to you that your refund has been processed.", LATE).text
    assert text == LEAD + "I'm checking where this stands [confirm: status]."


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*EXCUSED, *BINDING, *HIDDEN, "I", "\u200b", "\u200d", "m", "ll", "#A1"]), max_size=5))
def test_mending_holds_and_the_first_finding_is_the_first(parts: list[str]) -> None:
    text = LEAD + " ".join(parts)
    found = findings(text, LATE)
    assert first_finding(text, LATE) == (found[0].start if found else None)
    mended = mend(text, LATE).text
    assert mended is None or (check(mended, LATE).ok and mend(mended, LATE).text == mended)


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet=st.sampled_from("Iil'`mlv e\u200b\u200d\u00ad\U0001f469\uff29dyouW"), max_size=40))
def test_hidden_characters_settle_at_once(text: str) -> None:
    mended = mend(LEAD + text, LATE).text
    assert mended is None or (check(mended, LATE).ok and mend(mended, LATE).text == mended)
    for found in findings(text, LATE):
        assert 0 <= found.start <= found.end <= len(text)


def test_the_first_finding_is_quick_enough_for_every_word() -> None:
    text = (LEAD + "I am checking order #A1234567 now and want to get to the bottom of it with you. ") * 3
    first_finding(text, LATE)
    start = time.perf_counter()
    for _ in range(10):
        assert first_finding(text, LATE) is None
    # A few times what it takes, so that a busy machine does not fail it.
    assert (time.perf_counter() - start) / 10 < 0.03
