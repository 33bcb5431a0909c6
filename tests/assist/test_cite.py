"""Citations point at the turns that carry a line, or at none."""

from __future__ import annotations

import pytest
from conversations import DESK
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.chat import chat_of, plain
from agent_assist.assist.cite import Citer, agrees, stems
from agent_assist.records import Conversation, Speaker, Turn


def test_a_line_cites_the_turn_that_says_it() -> None:
    citer = Citer(DESK)
    assert citer.cite("The system shows a stock delay.") == (3,)
    assert citer.cite("They called twice last week.") == (2,)
    assert citer.cite("A stock delay", (Speaker.CUSTOMER,)) == ()


def test_a_line_that_nobody_said_cites_nothing() -> None:
    assert Citer(DESK).cite("The aeroplane landed in Lisbon with lost luggage.") == ()
    assert Citer(DESK).cite("") == ()


def test_coverage_tells_whose_words_a_line_has() -> None:
    citer = Citer(DESK)
    line = "called twice last week, told it would ship tomorrow"
    assert citer.coverage(line, (Speaker.CUSTOMER,)) > 0.8
    assert citer.coverage(line, (Speaker.AGENT,)) < 0.3


@pytest.mark.parametrize(
    ("agent", "unsaid"),
    [
        ("We received your message.", True),
        ("We received your message. A refund takes five days.", True),
        ("You have not received a refund.", True),
        ("Have you received a refund?", True),
        ("You received a refund on Monday.", False),
        ("The desk did not ship, but you received a refund.", False),
    ],
)
def test_a_grant_stands_in_one_clause_of_an_agents(agent: str, unsaid: bool) -> None:
    turns = (Turn(0, Speaker.CUSTOMER, "I received a refund."), Turn(1, Speaker.AGENT, agent))
    assert Citer(Conversation("c", "test", turns)).grants_unsaid("they received a refund") is unsaid


@pytest.mark.parametrize(
    ("customer", "unsaid"),
    [
        ("You promised next day. It has been a week.", False),
        ("Next day was never promised.", True),
        ("Was next day promised?", True),
        ("You promised a call. Next day it rained.", True),
    ],
)
def test_a_promise_may_stand_in_a_complaint_on_the_customers_word(customer: str, unsaid: bool) -> None:
    citer = Citer(Conversation("c", "test", (Turn(0, Speaker.CUSTOMER, customer), Turn(1, Speaker.AGENT, "I see."))))
    assert citer.grants_unsaid("next day was promised", complaint=True) is unsaid
    assert citer.grants_unsaid("next day was promised")


def test_forms_of_a_word_meet() -> None:
    citer = Citer(Conversation("c", "test", (Turn(0, Speaker.CUSTOMER, "I paid the bill and applied for relief."),)))
    assert citer.coverage("pay the bills, apply for relief", (Speaker.CUSTOMER,)) == 1.0
    assert citer.cite("they pay the bills and apply") == (0,)


@pytest.mark.parametrize(
    ("line", "text", "agreed"),
    [
        ("the parcel came", "The parcel came.", True),
        ("the parcel came", "The parcel never came.", False),
        ("the parcel never came", "The parcel came on Monday.", False),
        ("the parcel came and the lamp was not broken", "My parcel came. The lamp was broken.", False),
        ("the parcel came and the lamp was broken", "My parcel came. The lamp was broken. I don't like the box.", True),
        ("they asked whether the parcel came", "The parcel never came.", True),
        ("a parcel they can't open", "I can't open the parcel.", True),
        ("the parcel did not come", "The parcel is delayed.", True),
    ],
)
def test_each_part_of_a_line_denies_where_its_own_clause_does(line: str, text: str, agreed: bool) -> None:
    assert agrees(line, stems(line), [text]) is agreed


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)


@given(st.lists(texts, max_size=6), texts)
def test_citations_always_exist(turns: list[str], line: str) -> None:
    talk = Conversation("c", "test", tuple(Turn(i, Speaker.CUSTOMER, t) for i, t in enumerate(turns)))
    cited = Citer(talk).cite(line)
    assert list(cited) == sorted(set(cited)) and len(cited) <= 2
    assert all(0 <= i < len(turns) for i in cited)


@given(texts)
def test_a_turn_is_covered_by_itself(text: str) -> None:
    talk = Conversation("c", "test", (Turn(0, Speaker.CUSTOMER, text),))
    if stems(plain(text)):
        assert Citer(talk).coverage(plain(text), (Speaker.CUSTOMER,)) == 1.0


def test_the_chat_leaves_the_channels_dress_behind() -> None:
    assert plain("@Shop_Help @other: where is it &amp; why?") == "where is it & why?"
    assert plain("We're on it. ^AB", signed=True) == "We're on it."
    assert plain("Plan ^AB", signed=False) == "Plan ^AB"


def test_parts_and_signatures_go_where_there_may_be_some() -> None:
    assert plain("Please restart the  1 ^AB", signed=True) == "Please restart the"
    assert plain("2/3 Then call us. /KL https://a.example", signed=True) == "Then call us. https://a.example"
    assert plain("(2/2)We have sent it.", signed=True) == "We have sent it."
    assert plain("We have sent it. Kind regards, Tom", signed=True) == "We have sent it."
    assert plain("The price is 1/2 of it - OK") == "The price is 1/2 of it - OK"


@pytest.mark.parametrize(
    "below",
    [
        "\n\nOn Tue, 3 Mar 2026 at 10:02, Shop Support <help@shop.example> wrote:\n> We have shipped it.\n> Tom",
        "\n> We have shipped it.\n> Tom",
        "\n----- Original Message -----\nWe have shipped it.",
        "\nFrom: Shop Support\nSent: Tuesday\nWe have shipped it.",
        "\n\nKind regards,\nMaya Reyes\nHead of Sales\n+44 20 7946 0018",
        "\n--\nMaya Reyes\nmaya@firm.example",
    ],
)
def test_quoted_mail_and_signatures_go(below: str) -> None:
    assert plain(f"Where is my desk?\nI need it.{below}") == "Where is my desk?\nI need it."


def test_what_only_looks_like_a_signature_stays() -> None:
    for text in ("Thanks\nmy order is still late", "> We have shipped it.", "On Monday I wrote: where is it?"):
        assert plain(text) == text


def test_system_turns_are_not_part_of_the_chat_and_indices_still_fit() -> None:
    turns = (
        Turn(0, Speaker.SYSTEM, "Anna joined"),
        Turn(1, Speaker.CUSTOMER, "Hello"),
        Turn(2, Speaker.BOT, "Hi"),
        Turn(3, Speaker.AGENT, "^AB"),
        Turn(4, Speaker.AGENT, "Good day"),
    )
    chat = chat_of(Conversation("c", "test", turns))
    assert chat.turns == (1, 2, 4)
    assert chat.turns_of((0, 1, 3)) == (1, 4)
