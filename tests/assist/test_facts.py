from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.facts import find_facts
from agent_assist.records import Speaker, Turn


def turns(*texts: str) -> list[Turn]:
    return [Turn(i, Speaker.CUSTOMER if i % 2 == 0 else Speaker.AGENT, text) for i, text in enumerate(texts)]


def found(*texts: str) -> list[tuple[str, str]]:
    return [(f.kind, f.value) for f in find_facts(turns(*texts))]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("My order A-48213 is late", "order_id", "A-48213"),
        ("order number: 73629104", "order_id", "73629104"),
        ("Order # 40256780019 please", "order_id", "40256780019"),
        ("it is 123-4567890-1234567", "order_id", "123-4567890-1234567"),
        ("Booking no. Qm9L8g", "order_id", "Qm9L8g"),
        ("failed with error code #1006.", "reference", "#1006"),
        ("I get error 53 again", "reference", "53"),
        ("see invoice INV-2024-001, thanks", "reference", "INV-2024-001"),
        ("ticket #88123", "reference", "#88123"),
        ("parcel 1Z999AA10123456784", "reference", "1Z999AA10123456784"),
        ("it shows 0x80070057", "reference", "0x80070057"),
        ("policy number is PX4471882", "reference", "PX4471882"),
        ("I paid $649 for it", "amount", "$649"),
        ("I paid 649 USD.", "amount", "649 USD"),
        ("only €12.50!", "amount", "€12.50"),
        ("nur 12,50 € bezahlt", "amount", "12,50 €"),
        ("a loss of £5m", "amount", "£5m"),
        ("about 20 dollars", "amount", "20 dollars"),
        ("15 bucks", "amount", "15 bucks"),
        ("twenty dollars", "amount", "twenty dollars"),
        ("₹1,499 gone", "amount", "₹1,499"),
        ("cost 300 kr", "amount", "300 kr"),
        ("since 2026-01-05.", "date", "2026-01-05"),
        ("on 5 January it broke", "date", "5 January"),
        ("on Jan 5th, 2026 it broke", "date", "Jan 5th, 2026"),
        ("on 05/01/2026", "date", "05/01/2026"),
        ("I called on Tuesday", "date", "Tuesday"),
        ("I called yesterday", "date", "yesterday"),
        ("since last week", "date", "last week"),
        ("until next Monday", "date", "next Monday"),
        ("I need it by Friday", "date", "by Friday"),
        ("I wrote three weeks ago", "date", "three weeks ago"),
        ("it broke two days later", "date", "two days later"),
        ("last Tuesday you said so", "date", "last Tuesday"),
        ("it comes tomorrow morning", "date", "tomorrow morning"),
        ("by the end of the week please", "date", "the end of the week"),
        ("I called the other day", "date", "the other day"),
        ("early last month it worked", "date", "early last month"),
        ("waited three weeks", "duration", "three weeks"),
        ("within 48 hours", "duration", "48 hours"),
        ("2 months old", "duration", "2 months"),
        ("takes 5-7 business days", "duration", "5-7 business days"),
        ("for over a week now", "duration", "a week"),
        ("write to jo.doe+x@mail.example.com.", "email", "jo.doe+x@mail.example.com"),
        ("call 1-800-241-4141", "phone", "1-800-241-4141"),
        ("my mobile is 07700900123", "phone", "07700900123"),
        ("at +44 20 7946 0018 please", "phone", "+44 20 7946 0018"),
        ("see https://a.example/b?c=1).", "link", "https://a.example/b?c=1"),
        ("see t.co/AbC12.", "link", "t.co/AbC12"),
        ("see www.shop.example/x", "link", "www.shop.example/x"),
    ],
)
def test_finds(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "back in 2019 it was fine",
        "at 10:32 I called",
        "my iPhone 14 is broken",
        "open 24/7",
        "I am 100% sure",
        "on iOS 11.0.3",
        "@shop_help 123 please",
        "ask @anna.b about it",
        "this order is a joke",
        "in case of fire",
        "order 2 weeks of nothing"[:7],
        "you may 5 times try",
        "COVID-19 rules",
        "one second please",
        "Black Friday",
        "it costs a lot a month",
        "my account is 100% locked",
        "try 2 cables",
    ],
)
def test_leaves_alone(text: str) -> None:
    assert found(text) == []


def test_an_identifier_that_answers_a_question_takes_its_kind_from_there() -> None:
    assert found("Hello", "What is your order number?", "A-48213") == [("order_id", "A-48213")]
    assert found("Hello", "And the case number?", "A-48213") == [("reference", "A-48213")]


@pytest.mark.parametrize(
    ("texts", "products"),
    [
        (("My PrintPro 200 is broken", "What does the PrintPro 200 show?"), ["PrintPro 200"]),
        (("my new Lumio keeps freezing", "Is the Lumio charged?"), ["Lumio"]),
        (("iOS 11.1 drains the battery", "Since iOS 11.1?"), ["iOS 11.1"]),
        (("I have a Galaxo S8", "The galaxo s8 is fine"), ["Galaxo S8"]),
        (("My PrintPro 200 is broken", "Which printer?"), []),
        (("My Status is wrong", "What status does it show? Your Status page"), []),
        (("Please help, Please help", "Please wait"), []),
        (("my Account and my Order", "your Account"), []),
        (("order A-48213 and A-48213", "A-48213"), []),
        (("I called Monday and on Monday", "Monday"), []),
        (("see https://shop.example/AirBox AirBox", "no"), ["AirBox"]),
    ],
)
def test_products_are_names_that_are_said_twice(texts: tuple[str, ...], products: list[str]) -> None:
    assert [value for kind, value in found(*texts) if kind == "product"] == products


def test_a_person_is_no_product() -> None:
    talk = [
        Turn(0, Speaker.CUSTOMER, "This is for my Marla, Marla wants it", "Marla Beck"),
        Turn(1, Speaker.AGENT, "Dear Marla, your Marla can call", "Tom"),
    ]
    assert [f.value for f in find_facts(talk) if f.kind == "product"] == []


def test_each_value_once_in_order_of_turn_and_place() -> None:
    facts = find_facts(turns("I paid $649 for order A-48213", "So a-48213 for $649, by Friday?", "yes, by friday"))
    assert [(f.value, f.turn) for f in facts] == [("$649", 0), ("A-48213", 0), ("by Friday", 1)]


def test_the_longest_wins_where_kinds_overlap() -> None:
    assert found("https://shop.example/order/48213?date=2026-01-05") == [
        ("link", "https://shop.example/order/48213?date=2026-01-05")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "1" * 100_000,
        "1," * 50_000,
        "a." * 50_000,
        "@" * 100_000,
        "1-" * 50_000,
        "a@a." * 25_000,
        "three " * 16_000,
        "Aaa Bbb " * 12_000,
        "iPa " * 25_000,
        " ".join(f"my Lum{chr(97 + n % 26)}{chr(97 + n // 26)}o" for n in range(600)),
    ],
)
def test_time_grows_with_length_only(text: str) -> None:
    start = time.perf_counter()
    find_facts(turns(text))
    assert time.perf_counter() - start < 2.0


@given(st.lists(st.text(alphabet=st.sampled_from("aA1290 -#$€.@:/,jan wek"), max_size=60), max_size=4))
def test_values_stand_in_their_turns(texts: list[str]) -> None:
    for fact in find_facts(turns(*texts)):
        assert fact.value in texts[fact.turn]
        assert fact.value == fact.value.strip() != ""


def test_a_date_at_the_end_of_a_sentence_is_the_same_date() -> None:
    turn = Turn(0, Speaker.CUSTOMER, "It came on 3 March. I asked again on 3 March and nobody came.")
    assert [f.value for f in find_facts([turn]) if f.kind == "date"] == ["3 March"]
