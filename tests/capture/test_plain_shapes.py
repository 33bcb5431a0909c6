"""Pasted text in the shapes that people really paste."""

from __future__ import annotations

import textwrap
from datetime import UTC, datetime

import pytest

from agent_assist.capture import read
from agent_assist.records import Conversation, Speaker

C, A, B, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.BOT, Speaker.SYSTEM


def _read(text: str) -> Conversation:
    (conversation,) = read(textwrap.dedent(text))
    assert conversation.source == "plain"
    return conversation


def _said(text: str) -> list[tuple[Speaker, str | None, str]]:
    return [(t.speaker, t.name, t.text) for t in _read(text).turns]


def test_roles_inline_with_colons_inside_the_messages() -> None:
    assert _said("""\
        Customer: this is RIDICULOUS!!! third time i write
        Order: 48213-B
        Delivery address: 12 Mill Lane
        http://shop.example/track
        10:30: we waited, nobody came
        Agent: I understand how annoying this is.
        Note: the courier marks it as delivered.
        Customer: well: it is not""") == [
        (
            C,
            "Customer",
            "this is RIDICULOUS!!! third time i write\nOrder: 48213-B\nDelivery address: 12 Mill Lane\n"
            "http://shop.example/track\n10:30: we waited, nobody came",
        ),
        (A, "Agent", "I understand how annoying this is.\nNote: the courier marks it as delivered."),
        (C, "Customer", "well: it is not"),
    ]


def test_a_form_within_a_message_is_no_crowd_of_speakers() -> None:
    text = """\
        Lena: hello i can not log in
        console:the new one
        Gamertag:LenaPlays
        Birthdate: 9 Nov 2003
        User: lena99
        Tom: Thanks for reaching out! Please try again now.
        Lena: works
        Tom: Happy to help."""
    assert [t.name for t in _read(text).turns] == ["Lena", "Tom", "Lena", "Tom"]


def test_stamped_lines_with_a_join_notice() -> None:
    assert _said("""\
        [10:32] Anna: hi, my order 551 is missing
        two weeks now!!
        [10:33] Ben joined the chat
        [10:33] Ben: Hello Anna, how can I help you?
        [10:35] Anna: see above""") == [
        (C, "Anna", "hi, my order 551 is missing\ntwo weeks now!!"),
        (S, None, "Ben joined the chat"),
        (A, "Ben", "Hello Anna, how can I help you?"),
        (C, "Anna", "see above"),
    ]


@pytest.mark.parametrize(
    ("line", "at"),
    [
        ("2026-01-05 10:32 Anna: my order", datetime(2026, 1, 5, 10, 32)),
        ("2026-01-05T10:32:07Z Anna: my order", datetime(2026, 1, 5, 10, 32, 7, tzinfo=UTC)),
        ("[5 January 2026 at 10:32 PM] Anna: my order", datetime(2026, 1, 5, 22, 32)),
        ("[Jan 5, 2026, 12:05 AM] Anna: my order", datetime(2026, 1, 5, 0, 5)),
        ("25/01/2026, 10:32 - Anna: my order", datetime(2026, 1, 25, 10, 32)),
        ("[05.01.26, 10:32:11] Anna: my order", datetime(2026, 1, 5, 10, 32, 11)),
        ("Anna (2026-01-05 10:32):\nmy order", datetime(2026, 1, 5, 10, 32)),
        # What the text leaves open stays open.
        ("10:32 Anna: my order", None),
        ("[10:32 AM] Anna: my order", None),
        ("(10:32:11) Anna: my order", None),
        ("[05/06/2026 10:32] Anna: my order", None),
        ("[2026-01-05] Anna: my order", None),
        ("[29:71] Anna: my order", None),
        ("Anna — Today at 10:32 AM\nmy order", None),
        ("Anna  10:32 AM\nmy order", None),
        ("Anna • Monday 10:32\nmy order", None),
    ],
)
def test_times(line: str, at: datetime | None) -> None:
    (turn,) = _read(line).turns
    assert (turn.name, turn.text, turn.at) == ("Anna", "my order", at)


def test_a_date_line_dates_the_times_below_it_until_they_run_backwards() -> None:
    turns = _read("""\
        Monday, 5 January 2026
        [23:58] Anna: my card was charged twice
        [23:59] Ben: let me check that
        [00:04] Anna: hello??

        --- 7 January 2026 ---
        [09:00] Anna: still nothing
        Thursday
        [09:01] Ben: We apologise""").turns
    assert [t.at for t in turns] == [
        datetime(2026, 1, 5, 23, 58),
        datetime(2026, 1, 5, 23, 59),
        None,
        datetime(2026, 1, 7, 9, 0),
        None,
    ]


def test_an_answer_that_is_a_date_stays_an_answer() -> None:
    assert [
        t.text
        for t in _read("""\
        [10:31] Ben: When did you order it?
        [10:32] Anna:
        5 January 2026
        [10:33] Ben: Thank you for letting us know""").turns
    ] == [
        "When did you order it?",
        "5 January 2026",
        "Thank you for letting us know",
    ]


def test_name_and_time_above_the_message() -> None:
    assert _said("""\
        Anna Berg (10:32 AM):
        hello my internet is dead

        since yesterday!!

        Support (10:34 AM):
        Sorry to hear that.

        Anna Berg (10:35 AM):
        ok""") == [
        (C, "Anna Berg", "hello my internet is dead\n\nsince yesterday!!"),
        (A, "Support", "Sorry to hear that."),
        (C, "Anna Berg", "ok"),
    ]


def test_team_chat_headers() -> None:
    assert _said("""\
        Priya  10:32 AM
        invoice 77 is wrong, i paid already
        HelpBot APP  10:32 AM
        Thanks! A colleague will be with you.
        Jo (Support)  10:40 AM
        Let me check this for you.""") == [
        (C, "Priya", "invoice 77 is wrong, i paid already"),
        (B, "HelpBot APP", "Thanks! A colleague will be with you."),
        (A, "Jo (Support)", "Let me check this for you."),
    ]


def test_names_on_lines_of_their_own() -> None:
    assert _said("""\
        Anna
        my lamp arrived broken 😢

        Support
        Oh no, I'm sorry to hear that!
        Could you send us a photo?

        Anna
        Hope
        this works""") == [
        (C, "Anna", "my lamp arrived broken 😢"),
        (A, "Support", "Oh no, I'm sorry to hear that!\nCould you send us a photo?"),
        (C, "Anna", "Hope\nthis works"),
    ]


def test_two_blocks_under_two_names() -> None:
    assert _said("Anna Berg\nmy lamp broke\n\nit really did\n\nJo Reed\nWe apologise.") == [
        (C, "Anna Berg", "my lamp broke\n\nit really did"),
        (A, "Jo Reed", "We apologise."),
    ]


def test_a_message_below_its_name_may_begin_like_a_label() -> None:
    assert _said("anna:\nHaddington: shop closed again\n\nSupport:\nSorry!") == [
        (C, "anna", "Haddington: shop closed again"),
        (A, "Support", "Sorry!"),
    ]


def test_a_lower_case_name_may_begin() -> None:
    assert _said("tom: hello?\n\nthis is bad\n\nreally\nCustomer Service: We apologise.") == [
        (C, "tom", "hello?\n\nthis is bad\n\nreally"),
        (A, "Customer Service", "We apologise."),
    ]


def test_a_card_of_who_is_who_is_no_message() -> None:
    turns = _read("Agent: Ben\nChannel: web\n\nAnna: my order\nBen: let me check\nAnna: ok\nBen: done").turns
    assert [t.name for t in turns] == [None, "Anna", "Ben", "Anna", "Ben"]


def test_chat_with_a_bot_and_a_transfer() -> None:
    conversation = _read("""\
        Chat started on 5 January 2026
        Virtual Assistant: Hi! What can I do for you?
        Guest: agent
        Chat transferred to Maria
        Maria: Hello, thank you for waiting
        Guest: finally""")
    assert [t.speaker for t in conversation.turns] == [S, B, C, S, A, C]
    assert conversation.customer is None


def test_a_timed_line_without_a_name_is_kept_and_noted() -> None:
    conversation = _read("[10:32] Anna: my order\n[10:33] <picture not shown>\n[10:34] Support: hello")
    assert (conversation.turns[1].speaker, conversation.turns[1].text) == (S, "<picture not shown>")
    assert conversation.notes == ("Lines with a time but no name were kept as system lines.",)


def test_text_above_the_first_speaker_is_kept_and_noted() -> None:
    conversation = _read("""\
        Ticket: 4411
        Channel: web

        Customer: hi
        Agent: hello""")
    first = conversation.turns[0]
    assert (first.speaker, first.text) == (S, "Ticket: 4411\nChannel: web")
    assert any("system line" in note for note in conversation.notes)


def test_a_message_without_text_is_left_out_and_noted() -> None:
    conversation = _read("Customer:\nAgent: hello?\nCustomer: here")
    assert [t.name for t in conversation.turns] == ["Agent", "Customer"]
    assert conversation.notes == ("1 message without any text left out.",)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("العميل: أين طلبي؟ 😡\nالدعم: نعتذر عن التأخير", [(C, "أين طلبي؟ 😡"), (A, "نعتذر عن التأخير")]),
        ("\u200f[10:32] דנה: איפה ההזמנה שלי?\n\u200f[10:33] יוסי: איך אפשר לעזור?", None),
        ("客户：我的订单在哪里？\n客服：您好", [(C, "我的订单在哪里？"), (A, "您好")]),
        ("Kunde: Wo ist mein Paket?\nMitarbeiterin: Guten Tag!", [(C, "Wo ist mein Paket?"), (A, "Guten Tag!")]),
        ("Cliente: no funciona nada\nAgente: Lo siento", [(C, "no funciona nada"), (A, "Lo siento")]),
        ("Клиент: где мой заказ\nОператор: Здравствуйте", [(C, "где мой заказ"), (A, "Здравствуйте")]),
    ],
)
def test_other_languages(text: str, said: list[tuple[Speaker, str]] | None) -> None:
    expected = said or [(C, "איפה ההזמנה שלי?"), (A, "איך אפשר לעזור?")]
    assert [(t.speaker, t.text) for t in _read(text).turns] == expected


def test_marks_that_nobody_sees_do_not_hide_a_speaker() -> None:
    text = "\ufeff[10:32\u202fAM]\u00a0\u200eAnna\u200b: hi my order\u200f\r\n[10:33\u202fAM]\tBen: “let me check”\r"
    assert _said(text) == [(C, "Anna", "hi my order"), (A, "Ben", "“let me check”")]


def test_emoji_sequences_survive() -> None:
    assert _read("Customer: 👩‍👩‍👧 waited ❤️\u200d🔥\nAgent: hi").turns[0].text == "👩‍👩‍👧 waited ❤️\u200d🔥"


def test_nuls_and_control_characters_are_left_out_and_counted() -> None:
    conversation = _read("Customer: my\x00 order\x1b is late\x07\nAgent: hello there, how can I help")
    assert conversation.turns[0].text == "my order is late"
    assert conversation.notes[0] == "Control characters that cannot be shown were left out: 3."


def test_text_without_speakers_is_one_customer_message() -> None:
    letter = "Dear team,\n\nmy order: never came. Refund: please!\n\nRegards,\nAnna"
    conversation = _read(letter)
    assert [(t.speaker, t.text) for t in conversation.turns] == [(C, letter)]
    assert "one message of the customer" in conversation.notes[0]


def test_paragraphs_that_sound_like_a_dialogue_take_turns() -> None:
    conversation = _read("""\
        my order never came and nobody answers

        I'm so sorry to hear that! Could you please share your order number?

        it is 12345

        Thank you, let me check that for you.""")
    assert [t.speaker for t in conversation.turns] == [C, A, C, A]
    assert "taking turns" in conversation.notes[0]


def test_a_dialogue_that_the_agent_begins() -> None:
    conversation = _read(
        "Thank you for contacting us, how can I help?\n\nmy order never came\n\nI apologise, let me check."
    )
    assert [t.speaker for t in conversation.turns] == [A, C, A]


def test_the_id_is_stable_and_follows_the_text() -> None:
    one, same, other = (read(t)[0].id for t in ("Customer: a b\n", "Customer: a b  \r\n\r\n", "Customer: a c"))
    assert one == same != other
    assert one.startswith("c-") and len(one) == 14
