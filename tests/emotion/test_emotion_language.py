"""Which turns are not read: those surely in another language, and no English one."""

from __future__ import annotations

import time

import emotion_turns as desk
import pytest
from emotion_languages import ENGLISH, OTHER
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.emotion.language import Verdict, readable, tell, unread_turns
from agent_assist.records import Conversation

SENTENCES = [text for texts in OTHER.values() for text in texts if len(text.split()) > 2]


def talk(*texts: str) -> Conversation:
    """The customer's turns, each answered by the agent in English."""
    return desk.talk(*[line for text in texts for line in (("customer", text), ("agent", "One moment, please."))])


@pytest.mark.parametrize("language", OTHER)
def test_a_turn_in_another_language_is_not_read(language: str) -> None:
    # One letter, such as the Korean for "yes", is too little to tell.
    assert [text for text in OTHER[language] if readable(text) and len(text) > 1] == []


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_read_whatever_stands_in_it(text: str) -> None:
    assert readable(text)


@pytest.mark.parametrize(
    "text",
    [*desk.FURIOUS, *desk.POLITE_FURY, *desk.SARCASM, *desk.CONFUSED, *desk.STRESSED, *desk.SAD, *desk.NEUTRAL],
)
def test_the_turns_of_the_desk_are_english(text: str) -> None:
    assert readable(text) and readable(text.upper()) and readable(text.lower())


@pytest.mark.parametrize(
    "text",
    [
        "I have been waiting three weeks, c'est incroyable, nobody answers me",
        "My mother says 'no me funciona la tarjeta' and I do not know how to help her with it",
        "Please tell your driver that 'bitte nicht stören' means do not ring the bell",
        "Thank you so much, muchas gracias, you saved my holiday",
        "The screen says Запрос отклонён and I can not pay for my order",
        "I am in Ciudad de la Paz, near the Plaza de los Reyes, where is the courier?",
    ],
)
def test_a_foreign_phrase_in_an_english_turn_is_read(text: str) -> None:
    assert readable(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hola, no me funciona el online banking, me sale error 500 y no puedo entrar",
        "Die App crasht immer beim Checkout, könnt ihr das bitte fixen?",
        "我的 iPhone 15 Pro 订单还没有收到, tracking number 是 AB123",
        "J'ai reçu le mail de confirmation mais le tracking ne marche pas",
        "@Support Mera refund kab aayega yaar, 10 din ho gaye https://example.org/x",
    ],
)
def test_english_words_in_a_foreign_turn_do_not_make_it_english(text: str) -> None:
    assert not readable(text)


def test_a_quoted_mail_does_not_tell_the_language_of_the_turn() -> None:
    quote = (
        "Am 06.01.2026 um 10:14 schrieb Kundendienst <hilfe@example.org>:\n> Ihre Bestellung ist leider noch nicht da."
    )
    assert readable(f"Please see below, what does it say?\n\n{quote}")


def test_short_turns_go_with_the_turns_around_them() -> None:
    german = ("Wo ist mein Paket?", "ok", "Ich warte seit drei Wochen auf meine Bestellung.", "A-48213", "super")
    assert unread_turns(talk(*german)) == (0, 2, 4, 6, 8)
    english = ("Where is my parcel?", "ok", "I have been waiting for weeks", "A-48213", "super")
    assert unread_turns(talk(*english)) == ()


def test_a_customer_who_changes_to_english_is_read_from_there() -> None:
    turns = ("Wo ist mein Paket?", "ok", "Sorry, I can write in English: where is my parcel?", "ok", "thanks")
    assert unread_turns(talk(*turns)) == (0,)


def test_a_short_turn_of_usual_english_words_is_read_beside_another_language() -> None:
    assert tell("Sorry, wrong window") is Verdict.ENGLISH


def test_short_turns_alone_are_read() -> None:
    assert unread_turns(talk("gracias", "ok")) == () and unread_turns(talk()) == ()


def test_only_the_customers_turns_are_told() -> None:
    both = desk.talk(("agent", OTHER["german"][1]), ("customer", "I do not understand, sorry"), ("agent", "मदद के लिए"))
    assert unread_turns(both) == ()


@settings(max_examples=60)
@given(
    st.sampled_from(SENTENCES), st.sampled_from(["", "!!!", " 😡😡", " A-48213", " https://example.org/a", " @Support"])
)
def test_signs_and_codes_change_nothing(text: str, beside: str) -> None:
    assert not readable(text + beside)


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from([*desk.FURIOUS, *desk.NEUTRAL, *desk.SAD]), min_size=1, max_size=4),
    st.sampled_from(SENTENCES),
)
def test_unread_turns_are_those_alone(english: list[str], foreign: str) -> None:
    turns = unread_turns(talk(*english, foreign))
    assert turns == (2 * len(english),)


@settings(max_examples=100)
@given(st.text(max_size=200))
def test_any_text_is_told(text: str) -> None:
    assert readable(text) in (True, False)


@pytest.mark.parametrize("piece", ["a", "é", "ein ", "你", "a'", "#", "’", "ﷺ"])
def test_a_turn_of_ten_thousand_characters_is_told_at_once(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    readable("The table is loaded.")
    start = time.perf_counter()
    readable(text)
    assert time.perf_counter() - start < 0.2
