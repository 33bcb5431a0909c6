"""E-mail files: threads, order, roles, charsets, and what is folded away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from capture_render import SHAPES, render

from agent_assist.capture import mail_talk
from agent_assist.capture.decode import decode
from agent_assist.capture.formats import email
from agent_assist.capture.formats.email import FORMAT
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

C, A, B, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.BOT, Speaker.SYSTEM
_HERE = Path(__file__).parent / "fixtures" / "email"
_FILES = sorted(p.name for p in _HERE.iterdir())
_DESK = "Acme Support <support@acme.example>"
_ANNA = "Anna Smith <anna@mail.example>"


def _read(data: bytes | str, customer: str | None = None) -> list[Conversation]:
    return FORMAT.parse(decode(data, verbatim=True), customer, None)


def _file(name: str, customer: str | None = None) -> list[Conversation]:
    return _read((_HERE / name).read_bytes(), customer)


def _mail(
    text: str, *fields: str, sender: str = _ANNA, to: str = _DESK, subject: str = "My order", at: str = "10:00"
) -> str:
    date = f"Mon, 5 Jan 2026 {at}:00 +0100"
    return "\n".join((f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {date}", *fields, "", text, ""))


def _mbox(*mails: str) -> str:
    return "\n".join(f"From - Mon Jan 05 10:00:00 2026\n{mail}" for mail in mails)


def _said(conversation: Conversation) -> list[tuple[Speaker, str]]:
    return [(t.speaker, t.text) for t in conversation.turns]


@pytest.mark.parametrize("name", _FILES)
def test_fixtures_are_recognised(name: str) -> None:
    assert FORMAT.matches((_HERE / name).read_bytes().decode("utf-8", "replace"))


@pytest.mark.parametrize(
    "text",
    [
        "Anna: hello\nBen (Agent): hi",
        "Hello Anna,\nthanks\n\nOn Mon, 5 Jan 2026 at 10:32, Anna Smith <anna@mail.example> wrote:\n> hi",
        "From: Ben <ben@acme.example>\nSent: Monday, January 5, 2026 10:40 AM\nTo: Anna\nSubject: Lamp\n\nDear Anna",
        "From: Anna\nTo: Ben\n\nHello",
        "From London to Paris at 10:30 on Mon 5 Jan 2026\nSubject: none",
        '{"turns": [{"speaker": "customer", "text": "From: a@b.example"}]}',
        "[05/01/2026, 10:00:00] Anna: From: x",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>hello",
        "Subject: hello\nDate: today\n\ntext",
        "",
        "\n\n",
        ":",
    ],
)
def test_other_text_is_left_to_other_formats(text: str) -> None:
    assert not FORMAT.matches(text)


def test_mailbox_gives_conversations_in_order() -> None:
    lamp, pedido = _file("shop.mbox")
    assert [(t.speaker, t.name, t.at.isoformat() if t.at else None) for t in lamp.turns] == [
        (C, "Lena Fox", "2026-01-05T10:15:07+01:00"),
        (S, "Bright Lamp", "2026-01-05T09:15:31+00:00"),
        (A, "Ben Ode", "2026-01-05T10:39:45+00:00"),
        (C, "Lena Fox", "2026-01-06T09:30:00+01:00"),
    ]
    assert lamp.customer == "Lena Fox"
    assert "I paid €89 for it and it was a present.\nFrom the outside the box" in lamp.turns[0].text
    assert "5550" not in lamp.turns[0].text
    assert lamp.turns[2].text.endswith("Kind regards,\nBen Ode")
    assert lamp.turns[3].text == "Thank you, Ben! That is a relief."
    assert pedido.turns[0].text == "¿Dónde está mi pedido?\n\nHola, ¿dónde está mi pedido 311?"
    assert (pedido.source, pedido.customer) == ("email", "Tomás Vega")


def test_mail_among_colleagues_is_an_aside() -> None:
    lamp = _file("shop.mbox")[0]
    assert [(a.name, a.after, a.text[:17]) for a in lamp.asides] == [("Ben Ode", 1, "Third broken one ")]


def test_what_is_left_out_is_noted() -> None:
    notes = _file("shop.mbox")[0].notes
    assert "1 e-mail that came twice was read once." in notes
    assert "3 signatures were left out." in notes
    assert "1 automatic reply was kept as a system line." in notes
    notes = _file("gmail_reply.eml")[0].notes
    assert "Attachments were not opened: platform.jpg." in notes
    assert "1 calendar invitation was left out." in notes


def test_mail_that_is_only_quoted_is_a_turn() -> None:
    (conversation,) = _file("gmail_reply.eml")
    assert [(t.speaker, t.name) for t in conversation.turns] == [(A, "Northrail Help"), (C, "Siobhán O'Brien")]
    assert conversation.turns[0].at == datetime(2026, 1, 14, 17, 5, tzinfo=UTC)
    assert "below thirty minutes." in conversation.turns[0].text


def test_outlook_html() -> None:
    (conversation,) = _file("outlook_html.eml")
    sorry = "I’m sorry about the double charge. The second one goes back to you."
    assert _said(conversation) == [
        (C, "Invoice 5512 charged twice\n\nYou took $240 twice! I want it back today."),
        (A, f"Hi Anna,\n\n{sorry}\nBest regards,\nCarla Ruiz"),
    ]
    assert conversation.turns[0].at == datetime(2026, 1, 9, 13, 12, tzinfo=timezone(timedelta(hours=-5)))


def test_awkward_mail() -> None:
    (conversation,) = _file("awkward.eml")
    assert [(t.speaker, t.name) for t in conversation.turns] == [(A, "Acme Energie"), (C, "Jürgen Weiß")]
    assert "Strom weg und über die Hotline erreiche ich niemanden." in conversation.turns[1].text
    assert conversation.turns[1].at == datetime(2026, 2, 3, 7, 0, tzinfo=UTC)  # Date cannot be read, Received can


def test_web_form_is_the_customers() -> None:
    (conversation,) = _file("web_form.eml")
    assert [(t.speaker, t.name) for t in conversation.turns] == [(C, "Priya Nair")]


def test_customer_told_by_name_or_address() -> None:
    for told in ("carla", "Carla.Ruiz@acme.example"):
        (conversation,) = _file("outlook_html.eml", told)
        assert [t.speaker for t in conversation.turns] == [A, C]
    for told in ("Nobody", "nobody@mail.example"):
        with pytest.raises(KnownError):
            _file("outlook_html.eml", told)


def test_order_is_that_of_time_with_zones() -> None:
    mails = _mbox(
        _mail("second", "Message-ID: <2@x>", "In-Reply-To: <1@x>", at="10:30"),
        _mail("first", "Message-ID: <1@x>").replace("10:00:00 +0100", "04:00:00 -0500"),
        _mail("third", "Message-ID: <3@x>", "In-Reply-To: <2@x>").replace("10:00:00 +0100", "10:00:00 -0000"),
    )
    (conversation,) = _read(mails)
    assert [t.text.split()[-1] for t in conversation.turns] == ["first", "second", "third"]
    assert conversation.turns[2].at == datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def test_threads_by_subject_and_people() -> None:
    other = "Tom Bell <tom@mail.example>"
    found = _read(
        _mbox(
            _mail("one"),
            _mail("two", sender=_DESK, to=_ANNA, subject="Re: AW: My order", at="10:05"),
            _mail("three", sender=other, at="10:06"),
        )
    )
    assert [[t.text.split()[-1] for t in c.turns] for c in found] == [["one", "two"], ["three"]]
    assert len({c.id for c in found}) == 2


def test_answers_of_many_to_one_mail_are_many_conversations() -> None:
    many = _mail(
        "We close at noon.", "Message-ID: <all@x>", sender=_DESK, to="undisclosed-recipients:;", subject="Hours"
    )
    answers = [
        _mail(
            f"answer {n}", "In-Reply-To: <all@x>", sender=f"C{n} <c{n}@mail.example>", subject="Re: Hours", at="10:10"
        )
        for n in range(5)
    ]
    found = _read(_mbox(many, *answers))
    assert len(found) == 5
    assert len({c.id for c in found}) == 5


def test_id_stays_when_the_thread_grows() -> None:
    first = _mail("one", "Message-ID: <1@x>")
    second = _mail("two", "Message-ID: <2@x>", "References: <1@x>", sender=_DESK, to=_ANNA, at="10:05")
    assert _read(first)[0].id == _read(_mbox(first, second))[0].id == _read(second)[0].id


def test_colleagues_who_ask_the_desk_are_customers() -> None:
    asked = _mail("printer is broken", sender="Ann <ann@acme.example>", to="helpdesk@acme.example")
    answer = _mail(
        "on it", sender="IT <helpdesk@acme.example>", to="ann@acme.example", subject="Re: My order", at="10:05"
    )
    assert [t.speaker for t in _read(_mbox(asked, answer))[0].turns] == [C, A]


def test_first_writer_is_the_customer_where_no_address_tells() -> None:
    asked = _mail("hello", sender="Ann <ann@one.example>", to="Ben <ben@two.example>")
    answer = _mail(
        "yes", sender="Ben <ben@two.example>", to="Ann <ann@one.example>", subject="Re: My order", at="10:05"
    )
    (conversation,) = _read(_mbox(asked, answer))
    assert [t.speaker for t in conversation.turns] == [C, A]
    assert any("Ann was taken to be the customer" in note for note in conversation.notes)


@pytest.mark.parametrize("turned", [False, True])
def test_a_company_may_be_the_customer(turned: bool) -> None:
    people = ["info@bakery.example", "support@acme.example"]
    one, two = reversed(people) if turned else people
    asked = _mail("hello", sender=one, to=two)
    answer = _mail("yes", sender=two, to=one, subject="Re: My order", at="10:05")
    assert [t.speaker for t in _read(_mbox(asked, answer))[0].turns] == ([A, C] if turned else [C, A])


def test_mails_that_begin_alike_are_not_the_same() -> None:
    greeting = "Dear Anna, thank you for contacting Acme Support. We are sorry about the trouble you have had"
    quote = f"On Mon, 5 Jan 2026 at 09:12, {_DESK} wrote:\n\n> {greeting} with the lamp."
    mails = _mbox(
        _mail(f"{greeting} with the second lamp.", sender=_DESK, to=_ANNA),
        _mail(f"No.\n\n{quote}", subject="Re: My order", at="10:05"),
    )
    assert [t.speaker for t in _read(mails)[0].turns] == [A, A, C]


def test_programs_of_the_desk() -> None:
    order = _mail("Thanks for your order.", sender="Acme <noreply@acme.example>", to=_ANNA)
    asked = _mail("where is it?", subject="Re: My order", at="10:05")
    assert [t.speaker for t in _read(_mbox(order, asked))[0].turns] == [B, C]


def test_machines_alone_are_no_conversation() -> None:
    with pytest.raises(KnownError, match="no message from a person"):
        _read(_mail("I am away", "Auto-Submitted: auto-replied"))


def test_out_of_office_is_the_systems() -> None:
    away = _mail("back on Monday", subject="Automatic reply: My order", at="10:05")
    assert [t.speaker for t in _read(_mbox(_mail("hello"), away))[0].turns] == [C, S]


@pytest.mark.parametrize(
    ("charset", "data", "text"),
    [
        ("utf-8", "Größe €".encode(), "Größe €"),
        ("iso-8859-1", "Größe €".encode("cp1252"), "Größe €"),
        ("us-ascii", "Größe".encode(), "Größe"),
        ("utf-8", "Größe".encode("cp1252"), "Größe"),
        ("klingon", "Größe".encode(), "Größe"),
        ("rot13", b"plain", "plain"),
        ("shift_jis", "注文".encode("shift_jis"), "注文"),
        ("koi8-r", "Привет".encode("koi8-r"), "Привет"),
        ("punycode", b"abc-", "abc-"),
    ],
)
def test_charsets(charset: str, data: bytes, text: str) -> None:
    raw = _mail("@@", f"Content-Type: text/plain; charset={charset}").encode().replace(b"@@", data)
    assert _read(raw)[0].turns[0].text.endswith(f"\n\n{text}")


def test_pasted_source_is_text_already() -> None:
    source = _mail("Größe", "Content-Type: text/plain; charset=koi8-r", "Content-Transfer-Encoding: 8bit")
    assert _read(source)[0].turns[0].text.endswith("Größe")


def test_deep_nesting_is_bounded() -> None:
    inner = _mail("innermost")
    for n in range(40):
        inner = _mail(inner, f'Content-Type: multipart/mixed; boundary="b{n}"').replace(
            inner,
            f"--b{n}\nContent-Type: message/rfc822\n\n{inner}\n--b{n}\nContent-Type: text/plain\n\nlevel {n}\n--b{n}--",
        )
    (conversation,) = _read(inner)
    assert "level 39" in "".join(t.text for t in conversation.turns)


def test_text_that_looks_like_a_signature_stays() -> None:
    text = "It is broken.\n\nBest regards,\nAnna\n\nP.S. my order number is 4821 3312 90"
    assert _read(_mail(text))[0].turns[0].text == f"My order\n\n{text}"


def test_inline_answers_are_kept() -> None:
    head = f"On Mon, 5 Jan 2026 at 09:00, {_DESK} wrote:"
    text = f"{head}\n> Which colour?\nRed.\n> Which size?\nXL."
    turns = _read(_mail(text))[0].turns
    assert [t.speaker for t in turns] == [A, C]
    assert "Red." in turns[1].text
    assert "XL." in turns[1].text


@pytest.mark.parametrize(
    "head",
    [
        "On Mon, Jan 5, 2026 at 10:32 AM Anna Smith <anna@mail.example>\nwrote:",
        "On Mon, Jan 5, 2026 at 10:32 AM <anna@mail.example> wrote:",
        "On Monday, January 5, 2026 at 10:32:00 AM GMT+1, Anna Smith <anna@mail.example> wrote:",
        "On 05/01/2026 10:32, Anna Smith wrote:",
        "Am Mo., 5. Jan. 2026 um 10:32 Uhr schrieb Anna Smith <\nanna@mail.example>:",
        "Anna Smith <anna@mail.example> schrieb am Mo., 5. Jan. 2026, 10:32:",
        "Le lun. 5 janv. 2026 à 10:32, Anna Smith <anna@mail.example> a écrit :",
        "El lun, 5 ene 2026 a las 10:32, Anna Smith (<anna@mail.example>) escribió:",
        "Il giorno lun 5 gen 2026 alle ore 10:32 Anna Smith <anna@mail.example> ha scritto:",
        "Op ma 5 jan. 2026 om 10:32 schreef Anna Smith <anna@mail.example>:",
        "Em seg., 5 de jan. de 2026 às 10:32, Anna Smith <anna@mail.example> escreveu:",
        "-----Original Message-----\nFrom: Anna Smith <anna@mail.example>\nSent: Monday, January 5, 2026 10:32 AM",
        "____________\nVon: Anna Smith <anna@mail.example>\nGesendet: Montag, 5. Januar 2026 10:32\nBetreff: My order",
        "De : Anna Smith <anna@mail.example>\nEnvoyé : lundi 5 janvier 2026 10:32\nÀ : Acme\nObjet : My order",
        "De: Anna Smith <anna@mail.example>\nEnviado el: lunes, 5 de enero de 2026 10:32\nAsunto: My order",
    ],
)
def test_who_and_when_of_quoted_mail(head: str) -> None:
    quotes = "" if head.startswith(("-", "_", "De")) else "> "
    mail = _mail(f"We look into it.\n\n{head}\n\n{quotes}Where is it?", sender=_DESK, to=_ANNA, at="12:00")
    (conversation,) = _read(mail)
    assert _said(conversation) == [(C, "My order\n\nWhere is it?"), (A, "We look into it.")]
    assert conversation.turns[0].name == "Anna Smith"
    assert conversation.turns[0].at == datetime(2026, 1, 5, 10, 32, tzinfo=timezone(timedelta(hours=1)))


def test_quoted_text_of_nobody_is_dropped_with_a_note() -> None:
    (conversation,) = _read(_mail("I told you.\n\n> something earlier\n> and more"))
    assert _said(conversation) == [(C, "My order\n\nI told you.")]
    assert "1 quoted e-mail whose writer or time is not told was left out." in conversation.notes


def test_lines_that_only_look_like_a_header_stay() -> None:
    text = "My route:\nFrom: Berlin\nTo: Munich\nDate: 5 Jan\nNo seats left. Why?"
    assert _read(_mail(text))[0].turns[0].text == f"My order\n\n{text}"


def test_too_many_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    mails = _mbox(*(_mail(f"mail {n}", f"Message-ID: <{n}@x>", at=f"10:{n:02d}") for n in range(6)))
    monkeypatch.setattr(mail_talk, "MAX_TURNS", 4)
    (conversation,) = _read(mails)
    assert [t.text.split()[-1] for t in conversation.turns] == ["2", "3", "4", "5"]
    assert "2 e-mails at the beginning were left out, being too many." in conversation.notes
    monkeypatch.setattr(email, "MAX_LETTERS", 4)
    with pytest.raises(KnownError, match="more than 4 e-mails"):
        _read(mails)


@pytest.mark.parametrize("path", sorted(p for p in _HERE.parent.glob("*/*") if p.parent != _HERE), ids=lambda p: p.name)
def test_fixtures_of_other_formats_are_left_to_them(path: Path) -> None:
    assert not FORMAT.matches(path.read_bytes().decode("utf-8", "replace"))


@pytest.mark.parametrize("shape", SHAPES)
def test_pasted_shapes_are_left_to_plain_text(shape: str) -> None:
    assert not FORMAT.matches(render(shape, [("From", "to: b@mail.example"), ("Date", "Subject: x")]))


@pytest.mark.parametrize(
    ("below", "is_one"),
    [
        ("Customer: it did not\nAgent: sorry", False),
        ("Customer: it did not\n\nFrom: anna@mail.example", False),
        ("X-Status: R\nmessage-id: <1@x>\n\nhi", True),
        ("From: anna@mail.example\n\nhi", True),
    ],
)
def test_a_sentence_that_begins_as_an_mbox_does(below: str, is_one: bool) -> None:
    assert FORMAT.matches(f"From what I was told on Mon, 5 Jan at 10:02 it would come.\n{below}") == is_one
