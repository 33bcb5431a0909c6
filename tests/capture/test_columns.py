"""Columns told by hand: written, found in the table, and remembered for the next one."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.capture import ColumnChoice, Tables, parse_columns, read
from agent_assist.capture.sheet import columns
from agent_assist.capture.sheet.choice import PARTS, settle
from agent_assist.capture.sheet.remembered import Remembered
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

ODD = (
    "Ref;Words;Who;Moment;Extra\n"
    "1;my parcel is late again;Maria;2026-01-05 10:00;a\n"
    "1;let me look at it;Tom;2026-01-05 10:01;b\n"
    "2;where is my refund;Eva;2026-01-05 11:00;c\n"
    "2;it went out today;Tom;2026-01-05 11:01;d\n"
)
TOLD = "text=Words,speaker=Who,time=Moment,conversation=Ref"


def _said(found: list[Conversation]) -> list[list[tuple[str, str | None]]]:
    return [[(turn.text, turn.name) for turn in conversation.turns] for conversation in found]


def test_the_columns_told_are_the_columns_read() -> None:
    found = read(ODD, columns=parse_columns(TOLD))
    assert _said(found)[0] == [("my parcel is late again", "Maria"), ("let me look at it", "Tom")]
    assert [c.id for c in found] == ["1", "2"] and found[0].turns[0].at is not None
    assert [t.speaker for t in found[0].turns] == [Speaker.CUSTOMER, Speaker.AGENT]
    assert 'the message from "Words"' in found[0].notes[0]


def test_bytes_and_a_mark_at_their_beginning_are_read_too() -> None:
    assert _said(read(b"\xef\xbb\xbf" + ODD.encode(), columns=parse_columns(TOLD))) == _said(
        read(ODD, columns=parse_columns(TOLD))
    )


@pytest.mark.parametrize(
    "told", ["text=words", "TEXT = WORDS", "text=#2", 'text="Words"', "text=Words,", " text=Words , name=- "]
)
def test_ways_of_writing_it(told: str) -> None:
    assert settle(ODD, parse_columns(told)).text == 1


def test_titles_with_commas_and_titles_that_are_numbers() -> None:
    table = 'No,"Body, plain",#1,Author\n1,hello there friend,x,Maria\n2,what can I do,y,Tom\n'
    settled = settle(table, parse_columns('text="Body, plain",speaker=Author'))
    assert (settled.text, settled.name) == (1, 3)
    assert settle(table, parse_columns("text=#1")).text == 2  # the title as written comes first


def test_a_speaker_column_with_roles_tells_roles() -> None:
    table = "Side,Words\nCustomer,my parcel is late\nAgent,let me look\nCustomer,thanks\n"
    settled = settle(table, parse_columns("text=Words,speaker=Side"))
    assert (settled.role, settled.name) == (0, None)
    settled = settle(ODD, parse_columns("text=Words,speaker=Who"))
    assert (settled.role, settled.name) == (None, 2)


def test_what_is_not_told_stays_guessed_from_the_columns_left() -> None:
    table = "ticket,from,body,date\n1,Maria,my parcel is late,2026-01-05 10:00\n1,Tom,let me look,2026-01-05 10:01\n"
    settled = settle(table, parse_columns("conversation=-"))
    assert (settled.text, settled.name, settled.time, settled.conversation) == (2, 1, 3, None)
    settled = settle(table, parse_columns("time=ticket"))
    assert (settled.time, settled.conversation, settled.text) == (0, None, 2)


def test_titles_below_other_rows_are_found() -> None:
    table = "Export of the desk,,\nmade on Monday,,\nRef,Words,Who\n1,my parcel is late,Maria\n1,let me look,Tom\n"
    settled = settle(table, parse_columns("text=Words,speaker=Who,conversation=Ref"))
    assert (settled.skip, settled.text, settled.name, settled.conversation) == (3, 1, 2, 0)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("txet=Words", 'Did you mean "text"'),
        ("Words", "cannot be understood"),
        ("text=Words,text=Who", "told twice"),
        ("", "No column is told"),
        (" , ,", "No column is told"),
        ('text="Words', "cannot be understood"),
    ],
)
def test_what_is_not_written_right_is_said(told: str, why: str) -> None:
    with pytest.raises(KnownError, match=why):
        parse_columns(told)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("text=Nope", 'no column "Nope". It has "Ref", "Words", "Who", "Moment", "Extra"'),
        ("text=#9", 'no column "#9"'),
        ("text=#0", 'no column "#0"'),
        ("text=-", "No column is left for the message"),
        ("speaker=Words", "No column is left for the message"),
    ],
)
def test_what_the_table_does_not_have_is_said(told: str, why: str) -> None:
    table = ODD if "speaker" not in told else "Words;Who\nmy parcel is late;Maria\nlet me look at it;Tom\n"
    with pytest.raises(KnownError, match=why):
        if "speaker" in told:
            settle(table, parse_columns("speaker=Words,name=-,time=Who"))
        settle(table, parse_columns(told))


def test_columns_are_told_of_tables_only() -> None:
    with pytest.raises(KnownError, match="tables only"):
        read(ODD, format="plain", columns=parse_columns(TOLD))
    with pytest.raises(KnownError, match="no table"):
        read("Hello there.", columns=parse_columns("text=Body"))


@given(st.text(max_size=80))
def test_any_words_are_understood_or_refused(told: str) -> None:
    try:
        choice = parse_columns(told)
    except KnownError:
        return
    assert choice.told and all(part in PARTS for part, _ in choice.told)


@given(
    st.lists(
        st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=12), min_size=1, max_size=6
    ),
    st.lists(st.sampled_from(["#1", "#2", "#7", "-", "Body", "x,y"]), min_size=1, max_size=4),
)
def test_any_table_with_any_choice_is_read_or_refused(titles: list[str], told: list[str]) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows([[f"word {n} of {title}" for title in titles] for n in range(3)])
    choice = ColumnChoice(tuple(zip(PARTS, told, strict=False)))
    with suppress(KnownError):
        assert read(out.getvalue(), columns=choice)


# --- remembered


def _guessed(text: str) -> tuple[str, ...]:
    guessed = columns.guess(text)
    assert guessed is not None
    return guessed.columns.header


def test_a_choice_is_remembered_for_the_same_titles_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "columns.json"
    Tables(path).remember(_guessed(ODD), parse_columns("text=Extra"))
    again = Remembered(path)
    assert again.find(ODD.replace("my parcel", "my sofa")) == parse_columns("text=Extra")
    assert again.find(ODD.replace("Extra", "Other")) is None
    assert again.find("no table at all") is None
    assert b"parcel" not in path.read_bytes() and b"Maria" not in path.read_bytes()
    found = read(ODD, remembered=again)
    assert found[0].turns[0].text == "a"
    assert read(ODD, remembered=again, columns=parse_columns(TOLD))[0].turns[0].text == "my parcel is late again"
    Tables(path).remember(_guessed(ODD), None)
    assert Remembered(path).find(ODD) is None


@pytest.mark.parametrize("content", [b"{", b"[1]", b'[{"titles": ["a"], "told": [["nope", "x"]]}]', b"\xff\xfe", b""])
def test_a_damaged_file_counts_as_empty_and_is_mended(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "columns.json"
    path.write_bytes(content)
    remembered = Remembered(path)
    assert remembered.find(ODD) is None
    remembered.keep(_guessed(ODD), parse_columns("text=Extra"))
    assert Remembered(path).find(ODD) == parse_columns("text=Extra")


def test_only_so_many_are_remembered(tmp_path: Path) -> None:
    remembered = Remembered(tmp_path / "columns.json")
    for n in range(105):
        remembered.keep((f"title {n}", "body"), parse_columns("text=body"))
    assert (tmp_path / "columns.json").read_bytes().count(b'"titles"') == 100


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be remembered"):
        Remembered(tmp_path / "nowhere" / "columns.json").keep(("a", "b"), parse_columns("text=b"))


def test_tables_that_are_surely_some_table_are_told_from_prose() -> None:
    odd = columns.guess("a;b;c\nx y z;2;3\nq w;5;6\ne r;8;9\n")
    assert odd is not None and odd.even and not odd.clear
    prose = columns.guess("Hello, my friend\nI am here, you see, and well\nGoodbye\n")
    assert prose is None or not prose.even
