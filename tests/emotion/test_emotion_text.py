"""What of a turn is the customer's own words now."""

from __future__ import annotations

import time

import emotion_turns as desk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.emotion import text as texts
from agent_assist.records import Label

OWN = "Here is the photo you asked for, see the second page."
RAGE = "This is absolutely ridiculous, I am furious, you useless people."

HEADERS = (
    "On Tue, Jan 6, 2026 at 10:14 AM Support <help@example.org> wrote:",
    "On 6 Jan 2026, at 10:14, Support <help@example.org> wrote:",
    "On Tuesday, 6 January 2026, Very Long Name of the Support Desk <help@example.org>\nwrote:",
    "Am 06.01.2026 um 10:14 schrieb Kundendienst <hilfe@example.org>:",
    "Am Di., 6. Jan. 2026 um 10:14 Uhr schrieb Kundendienst <\nhilfe@example.org>:",
    "Le mar. 6 janv. 2026 à 10:14, Service <aide@example.org> a écrit :",
    "El mar, 6 ene 2026 a las 10:14, Soporte (<ayuda@example.org>) escribió:",
    "Il giorno mar 6 gen 2026 alle ore 10:14 Assistenza <aiuto@example.org> ha scritto:",
    "Em ter., 6 de jan. de 2026 às 10:14, Suporte <ajuda@example.org> escreveu:",
    "Op di 6 jan 2026 om 10:14 schreef Klantenservice <hulp@example.org>:",
    "-----Original Message-----\nFrom: Support\nSent: 6 January 2026 10:14\nTo: Me\nSubject: Case",
    "----- Original Message -----",
    "-----Ursprüngliche Nachricht-----\nVon: Kundendienst",
    "---------- Forwarded message ---------\nFrom: Support <help@example.org>",
    "Begin forwarded message:\n\nFrom: Support",
    "From: Support <help@example.org>\nSent: Tuesday, 6 January 2026 10:14\nTo: Me <me@example.org>\nSubject: Case 7",
    "*From:* Support <help@example.org>\n*Date:* Tuesday, 6 January 2026\n*To:* Me\n*Subject:* Case 7",
    "Von: Kundendienst <hilfe@example.org>\nGesendet: Dienstag, 6. Januar 2026 10:14\nAn: Ich\nBetreff: AW: Fall 7",
    "De : Service <aide@example.org>\nEnvoyé : mardi 6 janvier 2026 10:14\nÀ : Moi\nObjet : RE: dossier 7",
    "________________________________\nFrom: Support <help@example.org>\nSent: 6 January 2026",
)


def own(text: str) -> str:
    return texts.plain(texts.mask(text))


@pytest.mark.parametrize("header", HEADERS)
def test_a_quoted_mail_below_is_not_the_customers_words_now(header: str) -> None:
    assert own(f"{OWN}\n\n{header}\n\n{RAGE}\n{RAGE}") == OWN


@pytest.mark.parametrize("header", HEADERS)
def test_so_it_is_with_other_line_ends(header: str) -> None:
    assert own(f"{OWN}\n\n{header}\n\n{RAGE}".replace("\n", "\r\n")) == OWN


@pytest.mark.parametrize("header", HEADERS[:10])
def test_an_answer_below_quoted_lines_is_the_customers(header: str) -> None:
    assert own(f"{header}\n> {RAGE}\n>> {RAGE}\n\n{OWN}") == OWN


def test_answers_between_quoted_lines_are_the_customers() -> None:
    assert own(f"> Which colour?\nBlue.\n> Which size?\nLarge.\n> {RAGE}") == "Blue. Large."


def test_a_header_above_everything_heads_the_customers_own_words() -> None:
    header = "From: Ann Lee <ann@example.org>\nSent: Tuesday, 6 January 2026 10:14\nTo: Support\nSubject: my parcel"
    assert own(f"{header}\n\n{RAGE}") == RAGE


@pytest.mark.parametrize(
    "line",
    ["Sent from my iPhone", "Sent from my Samsung Galaxy smartphone.", "Get Outlook for iOS", "Sent from Yahoo Mail"],
)
def test_a_phones_signature_is_not_said_by_anybody(line: str) -> None:
    assert own(f"{OWN}\n\n{line}") == OWN


@pytest.mark.parametrize(
    "text",
    [
        'You wrote "we cannot do much until Monday". That is not good enough.',
        "On Tuesday your colleague wrote:\nno refund. That is a joke.",
        "On 5 January Anna wrote:\nwe will call you back. Nobody did.",
        "From: London to Paris, and I want my money back for it.",
        "From: Leeds\nI never got the ticket.",
        "________________________________\nThat is the gap in the form.",
        "> 3 weeks and still nothing",
        ">:( this is awful",
        "Sent from my office on Monday and it still has not arrived, the parcel I mean, so where is it",
        "Get from the depot what I ordered",
        "I sent it from my iPhone and it failed.",
    ],
)
def test_what_only_looks_like_a_quoted_mail_stays(text: str) -> None:
    assert own(text) == " ".join(text.split())


def test_a_quote_below_changes_nothing_of_what_is_felt() -> None:
    alone, *quoted = desk.read(OWN, *[f"{OWN}\n\n{header}\n\n{RAGE}" for header in HEADERS])
    for reading in quoted:
        assert reading.label is alone.label and reading.distress == pytest.approx(alone.distress)


@pytest.mark.parametrize(
    "text", ["🎉", "😡😡", "https://example.org/a/b?c=d", "?!?", "...", "(╯°□°)╯", "👩‍👩‍👧‍👦", "-- __ --"]
)
def test_no_words_say_nothing(text: str) -> None:
    assert not texts.says_something(texts.mask(text))


@pytest.mark.parametrize(
    "text", ["https://example.org/hate/you", "?!", "…", "@someone", "#NAME#", "🧾", "> I hate you"]
)
def test_a_turn_without_own_words_is_neutral_and_calm(text: str) -> None:
    reading = desk.read_one(text)
    assert reading.label is Label.NEUTRAL and reading.distress < 0.1


@given(
    st.lists(st.sampled_from([*HEADERS, OWN, RAGE, "> ", "\n", "\r\n", "From: ", "On 5 ", " wrote:", "ß", "İ", "😡"]))
)
def test_every_position_stays(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    masked = texts.mask(text)
    assert len(masked) == len(text)
    assert all(a == b or b == " " for a, b in zip(text.replace("’", "'"), masked, strict=True))


@given(st.lists(st.sampled_from(HEADERS), min_size=1, max_size=3))
def test_own_words_above_any_quotes_stay(headers: list[str]) -> None:
    assert own("\n\n".join([OWN, *headers, RAGE])) == OWN


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "> ",
        "On 5 ",
        "On 5 x\n",
        "From: a\n",
        "From: a\nTo: b\n",
        "_" * 9 + "\n",
        "- ",
        "wrote:",
        "On a@b <",
        "\n",
        "word ",
    ],
)
def test_ten_thousand_characters_are_masked_at_once(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    start = time.perf_counter()
    masked = texts.mask(text)
    assert time.perf_counter() - start < 0.5
    assert len(masked) == 10_000


def test_of_ten_thousand_characters_the_worst_part_is_shown() -> None:
    filler = "The parcel stood in the hall and the label had my name on it. "
    text = filler * 81 + "This is the third time I ask and your service is absolutely useless. " + filler * 80
    assert len(text) > 10_000
    reading = desk.read_one(text)
    assert reading.distress > 0.6 and "useless" in reading.words
