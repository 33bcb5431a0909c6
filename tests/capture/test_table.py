"""Tables of messages: columns guessed and told, several conversations, what is kept apart and what is put right."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from capture_render import SHAPES, render

from agent_assist.capture.decode import decode
from agent_assist.capture.formats.table import FORMAT, Columns, guess, read_table
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

C, A, B, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.BOT, Speaker.SYSTEM
_FIXTURES = Path(__file__).parent / "fixtures" / "csv"
_ALL = sorted(path.name for path in _FIXTURES.iterdir())


def _parse(data: str | bytes, customer: str | None = None) -> list[Conversation]:
    return FORMAT.parse(decode(data, verbatim=True), customer, None)


def _fixture(name: str) -> list[Conversation]:
    return _parse((_FIXTURES / name).read_bytes())


def _said(conversation: Conversation) -> list[tuple[Speaker, str | None, str]]:
    return [(t.speaker, t.name, t.text) for t in conversation.turns]


@pytest.mark.parametrize("name", _ALL)
def test_every_fixture_is_recognised_and_in_order(name: str) -> None:
    assert FORMAT.matches(decode((_FIXTURES / name).read_bytes(), verbatim=True).text[:200_000])
    for conversation in _fixture(name):
        assert conversation.source == "csv"
        assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
    assert _fixture(name)[0].notes[0].startswith(("Columns of the table:", "The text was not in UTF-8"))


def test_an_export_of_two_tickets_with_a_note_an_edit_a_double_and_a_bot() -> None:
    first, second = _fixture("desk-export.csv")
    assert (first.id, first.customer, second.id, second.customer) == ("48213", "Lena Fox", "48214", "Omar Haddad")
    assert _said(first) == [
        (C, "Lena Fox", "My washing machine, bought in November, leaks.\n\nI called twice and nobody rang back!"),
        (B, "Help Bot", "Thanks for your message. A colleague will be with you soon."),
        (A, "Tom Reed", "Hello Lena,\nI am sorry about the leak.\n\nWhich model is it?"),
        (C, "Lena Fox", "It is the WX 220, sorry"),
    ]
    (aside,) = first.asides
    assert (aside.text, aside.after, aside.name) == ("Second leak this week, same model.", 2, "Tom Reed")
    assert aside.at == datetime(2026, 1, 12, 9, 41, 50, tzinfo=UTC)
    assert first.turns[3].at == datetime(2026, 1, 12, 9, 45, tzinfo=UTC)
    assert [t.speaker for t in second.turns] == [C, A, S]
    assert "1 message that stood twice was read once." in first.notes
    assert "1 message that was edited later was read as last written." in first.notes
    assert "The rows were put in order of time." in first.notes
    assert "1 internal note was kept apart." in first.notes
    assert '"Created At (UTC)"' in first.notes[0]


def test_german_with_semicolons_and_a_byte_order_mark() -> None:
    (conversation,) = _fixture("chat-verlauf.csv")
    assert _said(conversation)[:2] == [
        (
            C,
            "Miriam Köhler",
            'Guten Tag, mein Paket ist seit Montag "zugestellt";\nich habe aber nichts bekommen.',
        ),
        (A, "Kundenservice", "Das tut mir leid, Frau Köhler. Ich prüfe das gleich."),
    ]
    assert [t.at for t in conversation.turns][:2] == [datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 5, 10, 35)]


def test_spanish_in_windows_1252_with_months_in_words() -> None:
    first, second = _fixture("conversacion.csv")
    assert [t.speaker for t in first.turns] == [C, A, C]
    assert first.turns[0].at == datetime(2026, 1, 5, 10, 32)
    assert second.turns[0].at == datetime(2026, 1, 6, 8, 5)
    assert second.turns[0].text == "¿Dónde está mi reembolso?"


def test_french_with_tabs_in_utf_16() -> None:
    (conversation,) = _fixture("echanges.tsv")
    assert [(t.speaker, t.at) for t in conversation.turns] == [
        (C, datetime(2026, 8, 12, 9, 5)),
        (A, datetime(2026, 8, 12, 9, 12)),
        (C, datetime(2026, 8, 12, 9, 15)),
    ]
    assert [a.text for a in conversation.asides] == ["Panne connue dans le quartier"]


def test_an_awkward_export_loses_no_word() -> None:
    first, second = _fixture("awkward.csv")
    assert (first.id, second.id) == ("A-1", "A-2")
    assert [(t.speaker, t.name) for t in first.turns] == [(C, "Anna Schulz"), (A, "Ben Ortiz"), (C, "Anna Schulz")]
    assert first.turns[2].text == "where is it; I waited all day; again"
    assert first.turns[0].at == datetime(2026, 1, 12, 8, 50, tzinfo=UTC)
    assert "2 rows above the titles were left out." in first.notes
    assert any("more cells than the titles" in note for note in first.notes)
    assert [t.speaker for t in second.turns] == [C, A]


def test_newest_first_is_turned_round_within_a_minute_too() -> None:
    (conversation,) = _fixture("newest-first.csv")
    assert [t.text for t in conversation.turns][-2:] == ["It is refunded now.", "thank you"]
    assert [t.speaker for t in conversation.turns] == [C, A, A, C]
    assert conversation.turns[0].at == datetime(2026, 1, 24, 9, 1)


def test_without_titles_the_content_tells() -> None:
    first, second = _fixture("no-titles.csv")
    assert (first.id, second.id) == ("1", "2")
    assert [t.speaker for t in first.turns] == [C, A, C]
    assert first.turns[0].at == datetime(2026, 1, 5, 10, 32, tzinfo=timezone(timedelta(hours=1)))


@pytest.mark.parametrize(
    ("title", "values"),
    [
        ("Role", "customer agent"),
        ("author_type", "end_user admin"),
        ("Direction", "Inbound Outbound"),
        ("direction", "in out"),
        ("inbound", "True False"),
        ("is_agent", "0 1"),
        ("isAgent", "no yes"),
        ("From", "Visitor Operator"),
        ("Richtung", "eingehend ausgehend"),
        ("Rolle", "Kundin Mitarbeiter"),
        ("eingehend", "ja nein"),
        ("Rol", "cliente agente"),
        ("Dirección", "recibido enviado"),
        ("Sens", "reçu envoyé"),
        ("auteur", "utilisateur conseiller"),
        ("kind of thing", "customer support"),
    ],
)
def test_roles_by_words_of_four_languages(title: str, values: str) -> None:
    theirs, ours = values.split()
    text = f"{title},text\n{theirs},my order is late\n{ours},let me see\n"
    assert FORMAT.matches(text)
    assert [t.speaker for t in _parse(text)[0].turns] == [C, A]


def test_a_cross_or_nothing() -> None:
    text = "from customer,public,text\nx,x,my order is late\n,x,let me see\n,,she is right\n"
    (conversation,) = _parse(text)
    assert [(t.speaker, t.text) for t in conversation.turns] == [(C, "my order is late"), (A, "let me see")]
    assert [a.text for a in conversation.asides] == ["she is right"]


def test_a_number_that_two_speakers_share_is_no_edit() -> None:
    text = "message id,role,text\n1,customer,my order is late\n1,agent,let me see\n1,agent,let me see\n"
    assert [t.speaker for t in _parse(text)[0].turns] == [C, A]


def test_bots_systems_and_notes_in_the_column_of_roles() -> None:
    text = (
        "type,name,message\nbot,Helper,hi\nsystem,,Chat started\nuser,Anna,my order\nnote,Ben,rude\nagent,Ben,hello\n"
    )
    (conversation,) = _parse(text)
    assert [(t.speaker, t.name) for t in conversation.turns] == [(B, "Helper"), (S, None), (C, "Anna"), (A, "Ben")]
    assert [(a.text, a.after, a.name) for a in conversation.asides] == [("rude", 2, "Ben")]


@pytest.mark.parametrize(
    ("title", "cell", "private"),
    [
        ("private", "true", True),
        ("private", "false", False),
        ("is_public", "0", True),
        ("is_public", "1", False),
        ("Visibility", "internal note", True),
        ("Visibility", "public", False),
        ("Intern", "ja", True),
        ("Público", "no", True),
        ("Public", "", True),
        ("private", "", False),
    ],
)
def test_what_is_internal(title: str, cell: str, private: bool) -> None:
    other = "public" if title == "Visibility" else cell if title == "Intern" and not private else ""
    yes = {"private": "false", "is_public": "1", "Visibility": "public", "Intern": "nein", "Público": "sí"}
    text = f"name,{title},text\nAnna,{yes.get(title, 'true') or other},my order is late\nBen,{cell},let me see\n"
    (conversation,) = _parse(text)
    assert [a.text for a in conversation.asides] == (["let me see"] if private else [])


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2026-01-05T10:32:07Z", datetime(2026, 1, 5, 10, 32, 7, tzinfo=UTC)),
        ("2026-01-05 10:32:07 +0100", datetime(2026, 1, 5, 10, 32, 7, tzinfo=timezone(timedelta(hours=1)))),
        ("2026-01-05 10:32:07.250 UTC", datetime(2026, 1, 5, 10, 32, 7, 250_000, tzinfo=UTC)),
        ("2026-01-05 10:32", datetime(2026, 1, 5, 10, 32)),
        ("1767609127", datetime(2026, 1, 5, 10, 32, 7, tzinfo=UTC)),
        ("1767609127000", datetime(2026, 1, 5, 10, 32, 7, tzinfo=UTC)),
        ("Mon Jan 05 10:32:07 +0000 2026", datetime(2026, 1, 5, 10, 32, 7, tzinfo=UTC)),
        ("25/01/2026 10:32", datetime(2026, 1, 25, 10, 32)),
        ("01/25/2026 10:32 PM", datetime(2026, 1, 25, 22, 32)),
        ("5. Januar 2026 10:32", datetime(2026, 1, 5, 10, 32)),
        ("5 février 2026 10h32", datetime(2026, 2, 5, 10, 32)),
        # What the table leaves open stays open.
        ("05/06/2026 10:32", None),
        ("2026-01-05", None),
        ("10:32", None),
        ("99999999999999", None),
        ("soon", None),
        ("2026-02-31 10:32", None),
    ],
)
def test_times(cell: str, at: datetime | None) -> None:
    (conversation,) = _parse(f'name,time,text\nAnna,"{cell}",my order is late\n')
    assert conversation.turns[0].at == at
    assert any("no time that is clear" in note for note in conversation.notes) is (at is None)


def test_one_date_shows_how_the_others_are_written() -> None:
    text = "name,time,text\nAnna,05/06/2026 10:32,my order\nBen,25/06/2026 10:33,hello\n"
    assert [t.at for t in _parse(text)[0].turns] == [datetime(2026, 6, 5, 10, 32), datetime(2026, 6, 25, 10, 33)]


def test_the_order_of_the_table_decides_nothing_where_times_do() -> None:
    text = (
        "name,time,text\nBen,2026-01-05T12:00:00Z,b\nAnna,2026-01-05T12:30:00+01:00,a\nBen,,c\nAnna,2026-01-05T13:00Z,d"
    )
    assert [t.text for t in _parse(text)[0].turns] == ["a", "c", "b", "d"]


def test_a_told_customer_overrides_what_was_guessed() -> None:
    text = "name,text\nAnna,How can I help you?\nBen,my order is late\n"
    assert [t.speaker for t in _parse(text)[0].turns] == [A, C]
    (conversation,) = _parse(text, "anna")
    assert [t.speaker for t in conversation.turns] == [C, A]
    assert conversation.customer == "Anna"
    assert not any("to be the customer" in note for note in conversation.notes)
    with pytest.raises(KnownError, match="No speaker goes by"):
        _parse(text, "Zoe")


def test_who_speaks_in_several_conversations_is_no_customer() -> None:
    rows = [f"{n},{who},ok then {n}\n" for n in (1, 2, 3) for who in ("Tom Reed", f"Guestina{'abc'[n - 1]} Fox")]
    for conversation in _parse("ticket,author,text\n" + "".join(rows)):
        assert [t.speaker for t in conversation.turns] == [A, C]
        assert "being in no other conversation" in conversation.notes[-1]


def test_nobody_is_named() -> None:
    (conversation,) = _parse("time,text\n2026-01-05 10:00,my order is late\n2026-01-05 10:01,please check it\n")
    assert [t.speaker for t in conversation.turns] == [C, C]
    assert "No column tells who wrote which message; all were taken for one writer's." in conversation.notes


def test_a_person_puts_the_columns_right() -> None:
    decoded = decode("a,b,c\n7,my order is late,Anna\n7,let me see please,Support\n8,hi,Cid\n", verbatim=True)
    columns = guess(decoded)
    assert columns is not None
    assert columns.header == ("a", "b", "c")
    assert columns.sample[0] == ("7", "my order is late", "Anna")
    assert (columns.text, columns.name, columns.conversation) == (1, None, None)
    assert not FORMAT.matches(decoded.text)
    first, second = read_table(decoded, replace(columns, name=2, conversation=0), None)
    assert _said(first) == [(C, "Anna", "my order is late"), (A, "Support", "let me see please")]
    assert (first.id, second.id) == ("7", "8")
    with pytest.raises(KnownError, match="No row of this table has a message"):
        read_table(decoded, Columns(text=9), None)


def test_the_id_is_stable_and_the_texts_own() -> None:
    text = "name,text\nAnna,my order\nBen,hello\n"
    assert _parse(text)[0].id == _parse(text.replace("\n", "\r\n"))[0].id
    assert _parse(text)[0].id != _parse(text.replace("order", "parcel"))[0].id


def test_quotation_marks_between_tabs_need_not_be_closed() -> None:
    text = 'name\ttext\nAnna\t"Express" delivery, you say\nBen\t"sorry, I see\nAnna\tok\nBen\t5" screen\n'
    assert [t.text for t in _parse(text)[0].turns] == [
        '"Express" delivery, you say',
        '"sorry, I see',
        "ok",
        '5" screen',
    ]


def test_quotation_marks_behind_a_backslash() -> None:
    text = 'name,text\nAnna,"you said \\"today\\", and now?"\nBen,"sorry"\n'
    assert [t.text for t in _parse(text)[0].turns] == ['you said "today", and now?', "sorry"]


def test_cells_are_made_safe() -> None:
    text = 'name,text\nAnna,"<div>a &amp; b<script>alert(1)</script><br>c</div>"\nBen,"5 < 6 & \x00\x1b[0m\u2028x"\n'
    assert [t.text for t in _parse(text)[0].turns] == ["a & b\nc", "5 < 6 & [0m\nx"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("just a line of text", "This is no table"),
        ("name,text\nAnna,\nBen, \n", "No row of this table has a message"),
        ("name,private,text\nAnna,true,psst\nBen,true,psst\n", "internal notes only"),
        ("name,text\n" + "Anna,hello\n" * 5001, "more than 5,000 messages in one conversation"),
        ("name,text\nAnna,hi\n" + 'Ben,"' + "never closed " * 20_000, "never closed"),
    ],
)
def test_one_kind_sentence_for_each_table_that_cannot_be_read(text: str, message: str) -> None:
    with pytest.raises(KnownError, match=message) as caught:
        _parse(text)
    assert "hello" not in str(caught.value)


def test_a_conversation_that_is_too_long_does_not_hide_the_others() -> None:
    (conversation,) = _parse("ticket,name,text\n" + "1,Anna,hello\n" * 5001 + "2,Anna,my order is late\n")
    assert conversation.id == "2"
    assert "1 conversation of more than 5,000 messages was left out." in conversation.notes


_PROSE = [
    "",
    "Hello, I have a question, and no answer.\nPlease, call me, today.",
    "Dear team,\nthe text, the message, and the time are wrong.\nRegards,\nAnna",
    "Anna, 10:32: my order is late\nBen, 10:33: let me see, please",
    "Customer, 10:32: my order is late\nAgent, 10:33: let me see",
    "12/01/2026, 10:32 - Anna: well, where is it\n12/01/2026, 10:33 - Ben: hello, Anna",
    "[12.01.26, 10:32:11] Anna: well, where is it\n[12.01.26, 10:33:11] Ben: hello, Anna",
    "Customer: I, too, am late\nAgent: well, so am I",
    "From: a@example.com\nTo: b@example.com; c@example.com\nSubject: text, message\n\nHello, you; there",
    "1\n00:00:01,000 --> 00:00:02,000\n<v Anna>hello\n\n2\n00:00:02,000 --> 00:00:03,000\n<v Ben>hi",
    '{"speaker": "customer", "text": "hi"}\n{"speaker": "agent", "text": "hello"}',
    '[{"speaker": "customer", "text": "hi"}]',
    "message\nhello\nthere",
    "name,text",
]


@pytest.mark.parametrize("text", _PROSE)
def test_prose_and_pastes_are_no_tables(text: str) -> None:
    assert not FORMAT.matches(text)


@pytest.mark.parametrize("shape", SHAPES)
def test_no_pasted_shape_is_a_table(shape: str) -> None:
    turns = [("Customer", "we wait, still, for it"), ("Support", "sorry; text, time"), ("Customer", "name, text\na, b")]
    assert not FORMAT.matches(render(shape, turns))


_COMMAS = "Customer, hello, my desk is late.\nAgent, sorry, let me look.\nCustomer, thanks, waiting."


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (_COMMAS, False),
        (_COMMAS.replace(",", ";"), False),
        (_COMMAS.replace(", ", "\t"), False),
        ("I waited\tthree weeks\nCustomer\tangry\nAgent\tnot helping", False),
        ("Customer\topen\tI am late\nAgent\topen\tSorry for that", True),
        ("Customer\t48213-a\tI am late\nAgent\t48213-b\tSorry for that", True),
        ("Customer\tI waited three weeks\nAgent\tnot helping", True),
    ],
)
def test_no_cell_of_prose_is_lost(text: str, is_one: bool) -> None:
    assert FORMAT.matches(text) == is_one
