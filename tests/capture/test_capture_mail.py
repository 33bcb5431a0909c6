"""Quoted e-mail: the deepest quote is the earliest message."""

from __future__ import annotations

from datetime import datetime

from agent_assist.capture import read
from agent_assist.records import Speaker

C, A = Speaker.CUSTOMER, Speaker.AGENT

_THREAD = """\
Hello Anna,
we are sorry to hear that. Could you please confirm your order number?

-- 
Ben Ode
Acme Ltd

On Mon, 5 Jan 2026 at 10:32, Anna Smith <anna@mail.example> wrote:

> My parcel has not come.
> Where is it?
>
> On Sun, 4 Jan 2026 at 09:00, Acme Support
> <help@acme.example> wrote:
>
>> Thank you for your order 551.
"""


def test_levels_are_messages_deepest_first() -> None:
    (conversation,) = read(_THREAD)
    assert [(t.speaker, t.name, t.at, t.text) for t in conversation.turns] == [
        (A, "Acme Support", datetime(2026, 1, 4, 9, 0), "Thank you for your order 551."),
        (C, "Anna Smith", datetime(2026, 1, 5, 10, 32), "My parcel has not come.\nWhere is it?"),
        (A, None, None, "Hello Anna,\nwe are sorry to hear that. Could you please confirm your order number?"),
    ]
    assert conversation.customer == "Anna Smith"


def test_what_is_left_out_is_noted() -> None:
    notes = read(_THREAD)[0].notes
    assert "The signature of 1 message was left out." in notes
    assert "E-mail header lines (from, to, date) were left out." in notes


def test_outlook_blocks_without_quote_marks() -> None:
    (conversation,) = read(
        "From: Ben <ben@acme.example>\nSent: Monday, January 5, 2026 10:40 AM\nTo: Anna\nSubject: RE: Broken lamp\n\n"
        "Dear Anna, we apologise for this.\n\n-----Original Message-----\n"
        "From: Anna <anna@mail.example>\nSent: Monday, January 5, 2026 9:40 AM\nTo: Acme\nSubject: Broken lamp\n\n"
        "my lamp arrived in pieces"
    )
    assert [(t.speaker, t.name, t.at, t.text) for t in conversation.turns] == [
        (C, "Anna", datetime(2026, 1, 5, 9, 40), "Broken lamp\n\nmy lamp arrived in pieces"),
        (A, "Ben", datetime(2026, 1, 5, 10, 40), "RE: Broken lamp\n\nDear Anna, we apologise for this."),
    ]


def test_bare_quote_marks() -> None:
    (conversation,) = read("> my lamp broke\n\nPlease send us a photo.")
    assert [(t.speaker, t.text) for t in conversation.turns] == [(C, "my lamp broke"), (A, "Please send us a photo.")]


def test_answers_between_quotes_are_put_together_and_noted() -> None:
    (conversation,) = read("> where is my order?\n\nOn its way.\n\n> and my refund?\n\nPlease send us the receipt.")
    assert [t.text for t in conversation.turns] == [
        "where is my order?\nand my refund?",
        "On its way.\n\nPlease send us the receipt.",
    ]
    assert any("between quoted lines" in note for note in conversation.notes)


def test_other_languages_wrote() -> None:
    (conversation,) = read(
        "Guten Tag, wie kann ich Ihnen helfen?\n\nAm 05.01.2026 um 10:32 schrieb Eva Lang:\n> Wo ist mein Paket?"
    )
    assert [(t.speaker, t.name) for t in conversation.turns] == [(C, "Eva Lang"), (A, None)]


def test_a_quote_within_a_chat_stays_in_its_message() -> None:
    (conversation,) = read("[10:32] Anna: you wrote\n> we will call\nnobody called me\n[10:33] Ben: We apologise.")
    assert conversation.turns[0].text == "you wrote\n> we will call\nnobody called me"
