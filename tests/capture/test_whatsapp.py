"""WhatsApp's exports from iPhones and Android, and messages copied out of its windows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from capture_render import SHAPES, render

from agent_assist.capture.decode import decode
from agent_assist.capture.formats.whatsapp import FORMAT
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

C, A, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.SYSTEM
_FIXTURES = Path(__file__).parent / "fixtures"
_CHATS = sorted((_FIXTURES / "whatsapp").iterdir())


def _parse(data: str | bytes, customer: str | None = None) -> Conversation:
    (conversation,) = FORMAT.parse(decode(data), customer, None)
    return conversation


def _fixture(name: str) -> Conversation:
    return _parse((_FIXTURES / "whatsapp" / name).read_bytes())


def _said(conversation: Conversation) -> list[tuple[Speaker, str | None, str]]:
    return [(t.speaker, t.name, t.text) for t in conversation.turns]


def test_an_export_from_android() -> None:
    chat = _fixture("android_gb.txt")
    shop = "Larkfield Prams"
    assert _said(chat) == [
        (C, "Priya Nair", "Hello, I ordered a pushchair two weeks ago (order 48213) and it still hasn't come"),
        (C, "Priya Nair", "(image)\nThis is what the tracking page says"),
        (
            A,
            shop,
            "Hi Priya, thanks for getting in touch. Let me check that for you.\n\nCould you confirm:\n- your postcode\n"
            "- the name on the order",
        ),
        (C, "Priya Nair", "LS6 2AB\nPriya Nair, same as here"),
        (A, shop, "Thank you. The parcel is still at the depot in Leeds, I am sorry about that."),
        (C, "Priya Nair", "that's what you told me last week!! The baby is due on 05/02/2026"),
        (A, shop, "Good morning Priya, it is on the van today, before 1 pm."),
        (C, "Priya Nair", "(attachment)"),
        (C, "Priya Nair", "it's here, thank you"),
    ]
    assert [t.i for t in chat.turns] == list(range(9))
    assert chat.turns[0].at == datetime(2026, 1, 23, 18, 2)
    assert chat.turns[-1].at == datetime(2026, 1, 24, 13, 31)
    assert (chat.source, chat.customer) == ("whatsapp", "Priya Nair")
    assert chat.notes == (
        "This was read as a WhatsApp chat exported from Android.",
        "1 system message, 1 call notice and 1 deleted message were left out.",
        "2 files were sent; short marks stand for them, such as (image).",
        "1 message was edited after sending.",
        "Priya Nair was taken to be the customer, judging by what was said; swap the roles if that is wrong.",
    )


def test_an_export_from_an_american_iphone() -> None:
    chat = _fixture("iphone_us.txt")
    assert [(t.name, t.text) for t in chat.turns] == [
        ("Marcus", "The furnace you installed is dead and it's 12 degrees outside"),
        ("Marcus", "(image)"),
        ("Delta Heating", "I'm sorry to hear that, Marcus. Let me look up the install for you."),
        ("Marcus", "(voice message)"),
        ("Marcus", "(document: Warranty_Delta.pdf)"),
        ("Delta Heating", "A technician can be there today between 2 and 4 PM.\nWould that work for you?"),
        ("Marcus", "yes. somebody is home all day"),
        ("Marcus", "thanks, runs like new"),
    ]
    assert [t.at for t in chat.turns[5:]] == [
        datetime(2026, 1, 5, 12, 15),
        datetime(2026, 1, 5, 12, 20, 3),
        datetime(2026, 1, 13, 8, 6, 20),
    ]
    assert {t.name: t.speaker for t in chat.turns} == {"Marcus": C, "Delta Heating": A}
    assert "1 system message, 1 call notice and 1 deleted message were left out." in chat.notes


def test_a_german_iphone_and_a_spanish_android() -> None:
    german, spanish = _fixture("iphone_de.txt"), _fixture("android_es.txt")
    assert [t.text for t in german.turns][1:3] == ["(image)", "Guten Tag! Es tut uns leid. Wie kann ich Ihnen helfen?"]
    assert {t.name: t.speaker for t in german.turns} == {"+49 1575 0001234": C, "Kundenservice Nordlicht": A}
    assert german.turns[-1].at == datetime(2026, 1, 6, 8, 0, 1)
    assert german.customer is None
    assert [t.at for t in spanish.turns][1:3] == [datetime(2026, 1, 6, 12, 10), datetime(2026, 1, 7, 13, 15)]
    assert [t.speaker for t in spanish.turns] == [C, A, C, C]


def test_arabic_numbers_and_marks() -> None:
    assert [(t.at, t.speaker) for t in _fixture("arabic.txt").turns] == [
        (datetime(2026, 1, 25, 10, 32), C),
        (datetime(2026, 1, 25, 13, 5), A),
    ]


def test_a_group_with_all_that_is_awkward() -> None:
    chat = _fixture("awkward_group.txt")
    phone, desk = "+44 7700 900123", "Hearth: Claims"
    assert _said(chat) == [
        (C, phone, "Dear customer, your claim was closed."),
        (C, phone, "what is this supposed to mean??"),
        (A, desk, "Hi, I am sorry about this. Let me check with our team."),
        (A, desk, "Could you send us the letter: all pages please?"),
        (
            C,
            phone,
            "here is what I sent before:\n[05/12/2025, 10:00:00] Me: the roof leaks\n25/12/2025, 10:32 - Me: it leaks "
            "still\nnobody answered",
        ),
        (A, desk, "Note: the roof is covered."),
        (A, "Sam O'Neil", "@Dana שלום: is the roofer booked?"),
        (C, phone, "(document: policy.pdf)"),
    ]
    assert "4 system messages and 1 empty message were left out." in chat.notes
    assert "1 message was forwarded from somebody else." in chat.notes


@pytest.mark.parametrize(
    ("stamps", "moments"),
    [
        (("1/5/26, 10:32 AM", "1/7/26, 9:05 PM"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 7, 21, 5))),
        (("5/1/26, 10:32 AM", "1/2/26, 9:05 PM"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 2, 1, 21, 5))),
        (("1/13/26, 10:32", "1/2/26, 10:33"), (datetime(2026, 1, 13, 10, 32), datetime(2026, 1, 2, 10, 33))),
        (("05/01/2026, 10:32", "05/02/2026, 10:32"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 2, 5, 10, 32))),
        (("5/1/26, 10:32", "6/1/26, 10:32"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 6, 10, 32))),
        (("1/5/26, 10:32", "1/6/26, 10:32"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 6, 10, 32))),
        (("9/1/26, 10:32", "3/2/26, 10:32", "4/1/27, 1:00"),
         (datetime(2026, 1, 9, 10, 32), datetime(2026, 2, 3, 10, 32))),
        (("5/1/26, 10:32", "5/1/26, 10:33"), (None, None)),
        (("5/1/26, 10:32", "5/5/26, 10:33"), (datetime(2026, 5, 1, 10, 32), datetime(2026, 5, 5, 10, 33))),
        (("5/5/26, 10:32", "5/5/26, 10:33"), (datetime(2026, 5, 5, 10, 32), datetime(2026, 5, 5, 10, 33))),
        (("2026/1/5 下午3:21", "2026/1/5 上午12:22"), (datetime(2026, 1, 5, 15, 21), datetime(2026, 1, 5, 0, 22))),
        (("05.01.2026 10.32", "31.01.26 10.33"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 31, 10, 33))),
        (("2026. 03. 05. 10:32", "2026. 03. 06. 10:32"), (datetime(2026, 3, 5, 10, 32), datetime(2026, 3, 6, 10, 32))),
        (("05/01/2026 à 10:32", "06/01/2026 à 23:59"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 6, 23, 59))),
        (("05-01-26 10:32", "06-01-26 10:32"), (datetime(2026, 1, 5, 10, 32), datetime(2026, 1, 6, 10, 32))),
        (("25/1/2569 10:32", "26/1/2569 10:32"), (datetime(2026, 1, 25, 10, 32), datetime(2026, 1, 26, 10, 32))),
        (("25/1/26, 12:00\u00a0p.\u202fm.", "25/1/26, 12:01 a. m."),
         (datetime(2026, 1, 25, 12), datetime(2026, 1, 25, 0, 1))),
        (("31/2/2026, 10:32", "1/2/2026, 10:32"), (None, datetime(2026, 2, 1, 10, 32))),
    ],
)  # fmt: skip
def test_dates_are_settled_over_the_whole_chat(stamps: tuple[str, ...], moments: tuple[datetime | None, ...]) -> None:
    text = "\n".join(f"{stamp} - Anna: my order {i}" for i, stamp in enumerate(stamps))
    assert FORMAT.matches(text)
    assert tuple(t.at for t in _parse(text).turns)[:2] == moments


def test_a_date_that_is_open_and_one_that_is_guessed_are_noted() -> None:
    assert any("no time" in n for n in _parse("5/1/26, 10:32 - Anna: hi\n5/1/26, 10:33 - Ben: hi").notes)
    assert any("month first" in n for n in _parse("5/1/26, 1:02 PM - Anna: hi\n5/1/26, 1:03 PM - Ben: hi").notes)
    assert not any("dates" in n for n in _parse("25/1/26, 10:32 - Anna: hi\n5/1/26, 10:33 - Ben: hi").notes)


def test_an_afternoon_without_am_or_pm_and_an_hour_that_is_none() -> None:
    chat = _parse("25/1/26, 13:32 - Anna: hi\n25/1/26, 25:00 - not a message\n25/1/26, 14:00 - Ben: ho")
    assert [t.text for t in chat.turns] == ["hi\n25/1/26, 25:00 - not a message", "ho"]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("\u200eimage omitted", "(image)"), ("\u200evideo omitted", "(video)"), ("\u200eGIF omitted", "(GIF)"),
        ("\u200esticker omitted", "(sticker)"), ("\u200eContact card omitted", "(contact card)"),
        ("look at that \u200eimage omitted", "look at that\n(image)"), ("image omitted", "(image)"),
        ("\u200e<attached: 00000003-PHOTO-2026-01-05-10-32-11.jpg>", "(image)"),
        ("the crack \u200e<attached: 00000003-PHOTO-2026-01-05.jpg>", "the crack (image)"),
        ("\u200e<attached: bill 4411.pdf>", "(document: bill 4411.pdf)"), ("<Media omitted>", "(attachment)"),
        ("<Medien ausgeschlossen>", "(attachment)"), ("<Multimedia omitido>", "(attachment)"),
        ("PTT-20260105-WA0001.opus (file attached)", "(voice message)"), ("VID-1.mp4 (archivo adjunto)", "(video)"),
        ("Anna.vcf (file attached)", "(contact card)"), ("STK-1.webp (Datei angehängt)", "(sticker)"),
        ("the image omitted my name", "the image omitted my name"), ("he omitted", "he omitted"),
        ("a < b and <b>", "a < b and <b>"), ("so <sad>", "so <sad>"), ("x.pdf is broken", "x.pdf is broken"),
        ("I left the group", "I left the group"), ("Forwarded", "Forwarded"),
        ("you added this charge", "you added this charge"),
        ("Missed the delivery", "Missed the delivery"), ("@\u2068Ben\u2069 where is it", "@Ben where is it"),
        ("it was end-to-end encrypted", "it was end-to-end encrypted"), ("Voice call me", "Voice call me"),
    ],
)  # fmt: skip
def test_files_become_short_marks_and_words_stay(body: str, text: str) -> None:
    chat = _parse(f"[25/01/2026, 10:32:11] Anna: {body}\n[25/01/2026, 10:33:11] Ben: hello")
    assert [t.text for t in chat.turns] == [text, "hello"]


@pytest.mark.parametrize(
    "line",
    [
        "Anna: \u200eMessages and calls are end-to-end encrypted. No one outside of this chat can read them.",
        "Anna: \u200eThis message was deleted.", "Anna: You deleted this message", "Anna: \u200eMissed video call",
        "Anna: \u200eVoice call, \u200e5 min", "Anna: Missed voice call", "Ben: \u200eAnna added you",
        "Anna: \u200eWaiting for this message. This may take a while.", "Anna: null", "Anna: ", "Anna:", "Anna: \u200e",
        "Anna: \u200eDu hast Ben hinzugefügt", "Your security code with Anna changed. Tap to learn more.",
        "Anna left", 'Anna changed the subject from "a: b" to "c"', "Anna: \u200eCe message a été supprimé",
    ],
)  # fmt: skip
def test_what_the_app_wrote_is_left_out_and_counted(line: str) -> None:
    chat = _parse(f"[25/01/2026, 10:32:11] Ben: hello\n\u200e[25/01/2026, 10:33:11] {line}")
    assert [t.text for t in chat.turns] == ["hello"]
    assert any(note.startswith("1 ") and note.endswith(" was left out.") for note in chat.notes)


def test_what_the_app_wrote_in_words_not_known_is_a_system_line() -> None:
    chat = _parse("[25/01/2026, 10:32:11] Anna: \u200eNäköjään jotain\n[25/01/2026, 10:33:11] Anna: hello")
    assert _said(chat)[0] == (S, "Anna", "Näköjään jotain")


def test_what_a_person_pasted_is_theirs_whatever_mark_it_begins_with() -> None:
    text = "[25/01/2026, 10:32:11] Anna: \u200e+44 7700 900123\n[25/01/2026, 10:33:11] Ben: hello"
    assert _parse(text).turns[0].name == "Anna"
    android = "25/01/2026, 10:32 - Anna: \u200ewhere is it\n25/01/2026, 10:33 - Ben: hello"
    assert _said(_parse(android))[0] == (C, "Anna", "where is it")


def test_a_quote_in_a_name_makes_no_notice() -> None:
    chat = _parse('25/01/2026, 10:32 - Ann "Annie" Lee: you changed it\n25/01/2026, 10:33 - Ben: hello')
    assert _said(chat)[0] == (C, 'Ann "Annie" Lee', "you changed it")


def test_words_before_a_colon_are_no_part_of_the_name() -> None:
    lines = [f"25/01/2026, 10:3{i} - Anna: ok: {i}\n25/01/2026, 10:3{i} - Ben: Order: {i}" for i in range(4)]
    assert {t.name for t in _parse("\n".join(lines)).turns} == {"Anna", "Ben"}


def test_a_business_account_is_the_agent() -> None:
    text = (
        "[25/01/2026, 10:32:11] Fern & Co: \u200eThis chat is with a business account. Tap to learn more.\n"
        "[25/01/2026, 10:32:12] Fern & Co: yes\n[25/01/2026, 10:32:13] Kim: no"
    )
    assert [t.speaker for t in _parse(text).turns] == [A, C]


def test_the_customer_may_be_told() -> None:
    text = (_FIXTURES / "whatsapp" / "android_gb.txt").read_bytes()
    chat = _parse(text, "larkfield")
    assert {t.name: t.speaker for t in chat.turns} == {"Priya Nair": A, "Larkfield Prams": C}
    assert chat.customer == "Larkfield Prams"
    assert not any("taken to be" in note for note in chat.notes)
    with pytest.raises(KnownError, match="The speakers are: Priya Nair, Larkfield Prams"):
        _parse(text, "Zebedee")


def test_messages_copied_out_of_the_window() -> None:
    text = "[10:32, 25/01/2026] Anna: my bill\nis wrong\n[11:03, 25/01/2026] +44 7700 900123: How can I help?"
    assert FORMAT.matches(text)
    chat = _parse(text)
    assert [(t.text, t.at) for t in chat.turns] == [
        ("my bill\nis wrong", datetime(2026, 1, 25, 10, 32)),
        ("How can I help?", datetime(2026, 1, 25, 11, 3)),
    ]
    assert chat.notes[0] == "This was read as messages copied out of WhatsApp."


def test_of_a_very_long_chat_the_latest_messages_are_read() -> None:
    start = datetime(2026, 1, 13)
    lines = [f"{start + timedelta(minutes=i):%d/%m/%Y, %H:%M} - Anna: my order {i}" for i in range(MAX_TURNS + 3)]
    chat = _parse("\n".join(lines))
    assert (len(chat.turns), chat.turns[0].i, chat.turns[0].text) == (MAX_TURNS, 0, "my order 3")
    assert "The latest 5,000 messages were read; 3 earlier ones were left out." in chat.notes


def test_the_same_text_has_the_same_id() -> None:
    text = "25/01/2026, 10:32 - Anna: hi\n25/01/2026, 10:33 - Ben: ho"
    assert _parse(text).id == _parse(text + "\n").id != _parse(text + "!").id


@pytest.mark.parametrize("text", ["hello", "25/01/2026, 10:32 - Anna left", "25/01/2026, 10:32 - Anna: \u200e"])
def test_nothing_said_is_a_kind_error(text: str) -> None:
    with pytest.raises(KnownError, match="no message"):
        _parse(text)


_OTHERS = [
    *(render(shape, [("Lena Fox", "my order is late"), ("Tom", "Sorry, let me check")])
      for shape in SHAPES if shape != "phone"),
    *((_FIXTURES / "subtitles" / name).read_text("utf-8") for name in ("meeting.vtt", "diarised.srt")),
    json.dumps({"turns": [{"speaker": "customer", "text": "[25/01/2026, 10:32:11] Anna: hi"}]}),
    "[2026-01-05 10:32:11] INFO: started\n[2026-01-05 10:32:12] INFO: stopped",
    "2026-01-05 10:32:11 - INFO: started\n2026-01-05 10:32:12 - INFO: stopped",
    "From: a@b.example\nDate: 25/01/2026\n\n25/01/2026, 10:32 - Anna: hi\n25/01/2026, 10:33 - Ben: ho",
    "25/01/2026, 10:32 - Anna: my order is late",
    "date,name,text\n25/01/2026,Anna,hi", "[25/01/2026] Anna: hi\n[25/01/2026] Ben: ho", "", "\n", "[",
    "9", "25/01/2026, 10:32 - ",
]  # fmt: skip


@pytest.mark.parametrize("text", _OTHERS)
def test_other_formats_are_left_to_others(text: str) -> None:
    assert not FORMAT.matches(text)


@pytest.mark.parametrize("path", _CHATS, ids=lambda p: p.name)
def test_every_fixture_is_recognised(path: Path) -> None:
    assert FORMAT.matches(path.read_text("utf-8"))


_BARE = "[05/01/2024 10:02:11] Anna: my order is late\n[05/01/2024 10:03:11] Ben: sorry, let me look"


@pytest.mark.parametrize(
    "text",
    [
        "05/01/2024, 10:00 - 12:00: engineer slot\n06/01/2024, 10:00 - 12:00: second slot\nNobody came. Please help.",
        "05/01/24 10:02 - 10:30 - Anna: hi\n05/01/24 10:31 - 10:40 - Ben: hello",
        "2024-01-05 10:02 - INFO: start\n2024-01-05 10:03 - ERROR: fail",
    ],
)
def test_plans_and_logs_are_no_chats(text: str) -> None:
    assert not FORMAT.matches(text)
    chat = _parse(f"05/01/24, 10:00 - Anna: it says\n05/01/24, 10:01 - Ben: what?\n{text}")
    assert [t.name for t in chat.turns] == ["Anna", "Ben"]


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        (_BARE, "This looks like a"),
        (f"{_BARE}\n[05/01/2024 10:04:11] Anna: image omitted", "This was read as a"),
        (f"{_BARE}\n[05/01/2024 10:04:11] Anna: \u200ehm", "This was read as a"),
        (_BARE.replace("2024 ", "2024, "), "This was read as a"),
    ],
)
def test_the_note_is_as_sure_as_the_text(text: str, begins: str) -> None:
    assert _parse(text).notes[0] == f"{begins} WhatsApp chat exported from an iPhone."
