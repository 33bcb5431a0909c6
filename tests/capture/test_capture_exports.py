"""What help desks export: titles, headers of two lines, asides in headers, notes among colleagues."""

from __future__ import annotations

from datetime import datetime

import pytest

from agent_assist.capture import read
from agent_assist.errors import KnownError
from agent_assist.records import Speaker

C, A, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.SYSTEM


def _said(text: str) -> list[tuple[Speaker, str | None, str]]:
    return [(t.speaker, t.name, t.text) for t in read(text)[0].turns]


@pytest.mark.parametrize("title", ["Broken washing machine - ticket 4411", "Washing machine leaks"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_title_above_headers_of_name_and_date(title: str, gap: str) -> None:
    blocks = (
        title,
        "Maria Lopez\nTue, 12 Mar 2024, 09:14\nMy machine leaks and nobody calls back!",
        "Tom Reed\nTue, 12 Mar 2024, 09:31\nI am sorry to hear that.",
        "Maria Lopez\nTue, 12 Mar 2024, 10:02\nWhen will somebody come?",
    )
    assert [(t.speaker, t.name, t.text, t.at) for t in read(gap.join(blocks))[0].turns] == [
        (S, None, title, None),
        (C, "Maria Lopez", "My machine leaks and nobody calls back!", datetime(2024, 3, 12, 9, 14)),
        (A, "Tom Reed", "I am sorry to hear that.", datetime(2024, 3, 12, 9, 31)),
        (C, "Maria Lopez", "When will somebody come?", datetime(2024, 3, 12, 10, 2)),
    ]


def test_one_block_of_name_and_date() -> None:
    (turn,) = read("Maria Lopez\n12 March 2024 at 9:14 AM\n\nMy machine leaks.")[0].turns
    assert (turn.name, turn.text, turn.at) == ("Maria Lopez", "My machine leaks.", datetime(2024, 3, 12, 9, 14))


@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_time_below_the_name_is_no_text(gap: str) -> None:
    text = gap.join(("Anna\n10:32\nmy order is late", "Ben\n10:33 AM\nHello, how can I help?", "Anna\n10:35\n10:30"))
    assert _said(text) == [
        (C, "Anna", "my order is late"),
        (A, "Ben", "Hello, how can I help?"),
        (C, "Anna", "10:30"),
    ]
    assert all(t.at is None for t in read(text)[0].turns)


@pytest.mark.parametrize(
    "text",
    [
        "Anna: when do you come?\nBen: At what time would you like?\nAnna:\n10:30\nBen: done",
        "Anna\nmy lamp broke\n\nSupport\nWhen shall we call?\n\nAnna\n10:30\n\nSupport\nDone\n\nAnna\nthanks a lot",
        "Anna\nmy lamp broke\n\nSupport\nWhen shall we call?\n\nAnna\n10:30\nplease\n\nSupport\nDone",
    ],
)
def test_an_answer_that_is_a_time_stays_an_answer(text: str) -> None:
    assert any(t.name == "Anna" and t.text.startswith("10:30") for t in read(text)[0].turns)


def test_times_below_the_messages_are_no_headers() -> None:
    text = "Anna\nHello there\n10:32\nBen\nGood Morning\n10:33\nAnna\nMy Lamp\n10:34"
    assert not {"Hello there", "Good Morning"} & {t.name for t in read(text)[0].turns}


_FIRST = "Maria Lopez   Mar 12, 2024 9:14 AM\nMy machine leaks.\n\n"
_LAST = "\n\nTom Reed   Mar 12, 2024 9:40 AM   (via e-mail)\nSorry to hear that."


@pytest.mark.parametrize(
    "header",
    [
        "Tom Reed   Mar 12, 2024 9:31 AM   (Internal note)",
        "Tom Reed   Mar 12, 2024 9:31 AM   (private note)",
        "Tom Reed   Mar 12, 2024 9:31 AM   Internal note",
        "Tom Reed   Mar 12, 2024 9:31 AM\nInternal note",
        "Tom Reed (Internal note)   Mar 12, 2024 9:31 AM",
    ],
)
def test_a_note_among_colleagues_is_left_out_and_counted(header: str) -> None:
    (conversation,) = read(f"{_FIRST}{header}\nDifficult woman.\n\nBen joined the chat\nBe careful.{_LAST}")
    assert [(t.speaker, t.name, t.text) for t in conversation.turns] == [
        (C, "Maria Lopez", "My machine leaks."),
        (A, "Tom Reed", "Sorry to hear that."),
    ]
    assert [t.at for t in conversation.turns] == [datetime(2024, 3, 12, 9, 14), datetime(2024, 3, 12, 9, 40)]
    assert conversation.notes[0] == "1 internal note was left out."
    assert not any("without any text" in note for note in conversation.notes)


@pytest.mark.parametrize(
    "text",
    [
        "Late Order\n\nAnna 12 Mar 2024 9:14\nmy order\n\nBen 12 Mar 2024 9:15 (Internal note)\ndifficult\n\n"
        "Ben 12 Mar 2024 9:16\nhello\n\nAnna 12 Mar 2024 9:17\nwell",
        "Late Order\n\nAnna\n12 Mar 2024 9:14\nmy order\n\nBen\n12 Mar 2024 9:15 (Internal note)\ndifficult\n\n"
        "Ben\n12 Mar 2024 9:16 (via e-mail)\nhello\n\nAnna\n12 Mar 2024 9:17\nwell",
        "Anna: my order\nBen (Internal note): difficult\nBen: hello\nAnna: well",
        "[10:32] Anna: my order\n[10:33] Ben (private note): difficult\n[10:34] Ben: hello\n[10:35] Anna: well",
        "Anna\n10:32\nmy order\n\nBen (Internal note)\n10:33\ndifficult\n\nBen\n10:34\nhello\n\nAnna\n10:35\nwell",
        "Anna\n10:32\nmy order\n\nBen\n10:33\nInternal note\ndifficult\n\nBen\n10:34\nhello\n\nAnna\n10:35\nwell",
    ],
)
def test_a_note_is_left_out_of_other_shapes(text: str) -> None:
    (conversation,) = read(text)
    said = [(t.name, t.text) for t in conversation.turns if t.speaker is not S]
    assert said == [("Anna", "my order"), ("Ben", "hello"), ("Anna", "well")]
    assert "1 internal note was left out." in conversation.notes


def test_a_title_above_two_messages_one_of_them_a_note() -> None:
    assert _said(
        "Washing machine leaks\n\n" + _FIRST + "Tom Reed  Mar 12, 2024 9:31 AM  (Internal note)\nDifficult."
    ) == [
        (S, None, "Washing machine leaks"),
        (C, "Maria Lopez", "My machine leaks."),
    ]


def test_several_notes_are_counted() -> None:
    note = "Tom Reed   Mar 12, 2024 9:31 AM   (Internal note)\nDifficult.\n\n"
    assert read(_FIRST + note + note + _LAST)[0].notes[0] == "2 internal notes were left out."


def test_notes_alone_are_no_conversation() -> None:
    with pytest.raises(KnownError, match="no message"):
        read("Tom Reed   Mar 12, 2024 9:31 AM   (Internal note)\nDifficult.")


def test_a_message_that_only_says_internal_note_is_kept() -> None:
    assert _said("Anna (10:32 AM):\nWhat does it say there?\n\nSupport (10:33 AM):\nInternal note")[1] == (
        A,
        "Support",
        "Internal note",
    )


def test_other_words_behind_the_time_are_dropped() -> None:
    assert _said(_FIRST + _LAST)[1] == (A, "Tom Reed", "Sorry to hear that.")
