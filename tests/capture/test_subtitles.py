"""Transcripts of calls in WebVTT and SRT."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from capture_render import SHAPES, render
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.capture.decode import decode
from agent_assist.capture.formats.subtitle_cues import read_track
from agent_assist.capture.formats.subtitles import FORMAT
from agent_assist.capture.plain import MAX_TURNS
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker

C, A, S = Speaker.CUSTOMER, Speaker.AGENT, Speaker.SYSTEM
_FIXTURES = Path(__file__).parent / "fixtures"
_CALLS = sorted((_FIXTURES / "subtitles").iterdir())


def _parse(data: str | bytes, customer: str | None = None) -> Conversation:
    (conversation,) = FORMAT.parse(decode(data), customer, None)
    return conversation


def _fixture(name: str) -> Conversation:
    return _parse((_FIXTURES / "subtitles" / name).read_bytes())


def _said(conversation: Conversation) -> list[tuple[Speaker, str | None, str]]:
    return [(t.speaker, t.name, t.text) for t in conversation.turns]


def _clock(ms: int, mark: str = ".") -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{mark}{ms % 1000:03}"


def _srt(*cues: tuple[float, float, str]) -> str:
    return "\n\n".join(
        f"{i}\n{_clock(int(start * 1000), ',')} --> {_clock(int(end * 1000), ',')}\n{text}"
        for i, (start, end, text) in enumerate(cues, 1)
    )


def test_voices_of_a_meeting_with_all_kinds_of_blocks() -> None:
    call = _fixture("meeting.vtt")
    tom, maria = "Tom Reed (Support)", "Maria Lopez"
    assert _said(call) == [
        (A, tom, "Thank you for calling Larkfield, how can I help you today?"),
        (C, maria, "My washing machine is leaking & nobody calls me back. It has been three weeks now."),
        (C, maria, "Are you still there?"),
        (A, tom, "I am so sorry to hear that."),
        (C, maria, "Well."),
    ]
    assert (call.source, call.customer) == ("subtitles", maria)
    assert call.turns[0].at == datetime(2026, 1, 25, 10, 32, 0, 480_000, tzinfo=UTC)
    assert call.turns[2].at == datetime(2026, 1, 25, 10, 32, 15, tzinfo=UTC)
    assert call.notes == (
        "This was read as a call transcript in WebVTT.",
        "4 comment or style blocks were left out.",
    )


def test_numbered_speakers_of_a_diarised_call() -> None:
    call = _fixture("diarised.srt")
    assert _said(call) == [
        (A, "SPEAKER_00", "Good afternoon, you're speaking to Jo, how can I help?"),
        (
            C,
            "SPEAKER_01",
            "Hi, my broadband has been down since Monday and I work from home. This is the third time I'm calling!!",
        ),
        (A, "SPEAKER_00", "I'm so sorry about that. Let me check your account."),
    ]
    assert call.customer is None
    assert all(t.at is None for t in call.turns)
    assert "1 cue without words, such as [music], was left out." in call.notes


def test_captions_that_name_a_speaker_once() -> None:
    call = _fixture("captions.vtt")
    assert _said(call) == [
        (S, None, "This call may be recorded."),
        (A, "AGENT", "Thanks for calling Acme Bank. My name is Lee. How can I help you?"),
        (C, "CALLER", "My card was charged twice. Order: 4411, it says."),
    ]
    assert "2 cues without a name were given to whoever spoke before." in call.notes


def test_a_file_with_all_that_is_awkward() -> None:
    call = _fixture("awkward.srt")
    assert _said(call) == [
        (C, "Dana", "the parcel is broken <3 <again>"),
        (A, "Rep", "Sorry to hear that."),
        (C, "Dana", "Sure: you always are I want my money back"),
        (A, "Rep", "I will send a new one."),
    ]
    assert "1 cue stood there more than once and was read once." in call.notes
    assert "The cues were not in order of their times and were sorted." in call.notes


def test_no_names_but_two_people_who_take_turns() -> None:
    call = _fixture("unnamed.srt")
    assert [t.speaker for t in call.turns] == [A, C, A, C]
    assert any("taking turns" in note for note in call.notes)


@pytest.mark.parametrize("text", ["it rains.", "my order is late. I want my money back"])
def test_no_names_and_no_dialogue_is_a_kind_error(text: str) -> None:
    with pytest.raises(KnownError, match="does not say who speaks"):
        _parse(_srt((0, 1, text), (5, 6, text), (9, 11, text)))


@pytest.mark.parametrize("text", ["hello", "WEBVTT", "WEBVTT\n\nNOTE x", "1\n00:00:01,000 --> 00:00:02,000\n\n"])
def test_no_words_is_a_kind_error(text: str) -> None:
    with pytest.raises(KnownError, match="No words"):
        _parse(text)


def test_a_long_silence_begins_a_new_turn_and_a_short_one_does_not() -> None:
    call = _parse(_srt((0, 1, "Anna: one"), (4.9, 6, "Anna: two"), (10.1, 11, "Anna: three"), (11, 12, "Ben: four")))
    assert [t.text for t in call.turns] == ["one two", "three", "four"]


def test_overlapping_cues_are_in_order_of_their_beginning() -> None:
    call = _parse(_srt((0, 9, "Anna: one"), (2, 3, "Ben: mhm"), (8, 12, "Anna: two"), (7, 8, "Ben: no")))
    assert [(t.name, t.text) for t in call.turns] == [("Anna", "one"), ("Ben", "mhm no"), ("Anna", "two")]


def test_captions_that_roll_up_are_taken_once() -> None:
    one, two, three = "Anna: my order is late", "it was promised for Monday", "and nobody calls me"
    call = _parse(_srt((0, 2, one), (2, 4, f"{one}\n{two}"), (4, 6, f"{two}\n{three}"), (9, 10, "Ben: no\nno no")))
    assert [t.text for t in call.turns] == [
        "my order is late it was promised for Monday and nobody calls me",
        "no no no",
    ]


def test_two_files_one_behind_the_other_are_not_mixed() -> None:
    vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>{}</v>\n\n00:05.000 --> 00:06.000\n<v Ben>{}</v>\n\n"
    assert [t.text for t in _parse(vtt.format("a", "b") + vtt.format("c", "d")).turns] == ["a", "b", "c", "d"]
    both = _srt((1, 2, "Anna: a"), (5, 6, "Ben: b")) + "\n\n" + _srt((1, 2, "Anna: c"), (5, 6, "Ben: d"))
    assert [t.text for t in _parse(both).turns] == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("cue", "name", "text"),
    [
        ("Anna: hi", "Anna", "hi"), ("ANNA BERG: hi", "ANNA BERG", "hi"), ("[Anna]: hi", "Anna", "hi"),
        (">> Anna: hi", "Anna", "hi"), ("- Anna: hi", "Anna", "hi"), ("Speaker 2: hi", "Speaker 2", "hi"),
        ("[SPEAKER_02] hi", "SPEAKER_02", "hi"), ("spk_1: hi", "spk_1", "hi"), ("Anna:\nhi", "Anna", "hi"),
        ("Anna：hi", "Anna", "hi"), ("<v Anna>hi", "Anna", "hi"), ("<v.a.b Anna Berg>hi</v>", "Anna Berg", "hi"),
        ("<b>Anna:</b> hi", "Anna", "hi"), ("<v O&#39;Neil>&lt;b&gt;", "O'Neil", "<b>"),
        ("Anna: 1 < 2 &unknown; &#9999999999; <x>", "Anna", "1 < 2 &unknown; &#9999999999; <x>"),
        ("Anna: it is 10:30: late", "Anna", "it is 10:30: late"), ("<v Anna>Note: x</v>", "Anna", "Note: x"),
    ],
)  # fmt: skip
def test_names_and_texts_of_a_cue(cue: str, name: str, text: str) -> None:
    call = _parse(_srt((0, 1, cue), (1, 2, "Customer: my order")))
    assert [(t.name, t.text) for t in call.turns] == [(name, text), ("Customer", "my order")]


def test_two_speakers_in_one_cue() -> None:
    call = _parse(_srt((0, 1, "Anna: hi\nBen: hello\nthere"), (1, 2, "Ben: yes"), (2, 3, "Anna: my order")))
    assert [(t.name, t.text) for t in call.turns] == [("Anna", "hi"), ("Ben", "hello there yes"), ("Anna", "my order")]


def test_a_mark_gives_the_word_to_the_other_one() -> None:
    call = _parse(_srt((0, 1, "Anna: my bill"), (1, 2, "Ben: sorry"), (2, 3, ">> it is wrong"), (3, 4, "again")))
    assert [(t.name, t.text) for t in call.turns][-1] == ("Anna", "it is wrong again")


def test_a_label_that_is_no_name_stays_text() -> None:
    cues = [(i, i + 1.0, f"{('Anna', 'Ben')[i % 2]}: my order {i}") for i in range(6)]
    call = _parse(_srt(*cues, (6, 7, "Honestly: never again"), (7, 8, "Order: 12")))
    assert {t.name for t in call.turns} == {"Anna", "Ben"}
    assert call.turns[-1].text == "my order 5 Honestly: never again Order: 12"


def test_times_beyond_a_day_and_without_hours() -> None:
    text = (
        "WEBVTT\n\nNOTE Date: 2026-01-25 23:00\n\n00:01.000 --> 00:02.000\n<v Anna>a\n\n"
        "26:00:00.000 --> 26:00:01.000\n<v Ben>b\n\n9999:00:00.000 --> 9999:00:01.000\n<v Anna>c"
    )
    assert [t.at for t in _parse(text).turns][:2] == [datetime(2026, 1, 25, 23, 0, 1), datetime(2026, 1, 27, 1, 0)]
    assert all(t.at is None for t in _parse(text.replace("2026", "9999").replace("01-25", "12-31")).turns[1:])


def test_a_word_above_the_timing_is_an_id_in_webvtt_alone() -> None:
    vtt = "WEBVTT\n\nintro\n00:01.000 --> 00:02.000\n<v Anna>a\n\nlast words\n00:03.000 --> 00:04.000\n<v Ben>b"
    assert [t.text for t in _parse(vtt).turns] == ["a", "b"]
    assert [
        c.lines for c in read_track("1\n00:00:01,0 --> 00:00:02,0\nA: a\nmore\n00:00:03,0 --> 00:00:04,0\nb").cues
    ] == [
        ("A: a", "more"),
        ("b",),
    ]


def test_the_customer_may_be_told() -> None:
    data = (_FIXTURES / "subtitles" / "diarised.srt").read_bytes()
    call = _parse(data, "speaker_00")
    assert [t.speaker for t in call.turns] == [C, A, C]
    assert not any("taken to be" in note for note in call.notes)
    with pytest.raises(KnownError, match="The speakers are: SPEAKER_00, SPEAKER_01"):
        _parse(data, "Zebedee")
    with pytest.raises(KnownError, match="does not name its speakers"):
        _parse((_FIXTURES / "subtitles" / "unnamed.srt").read_bytes(), "Zebedee")


def test_too_many_turns_are_a_kind_error() -> None:
    cues = [(i, i + 0.5, f"{('Anna', 'Ben')[i % 2]}: hi") for i in range(MAX_TURNS + 1)]
    with pytest.raises(KnownError, match="5,000 turns"):
        _parse(_srt(*cues))


_OTHERS = [
    *(render(shape, [("Lena", "my order is late"), ("Tom", "Sorry, let me check")]) for shape in SHAPES),
    (_FIXTURES / "whatsapp" / "android_gb.txt").read_text("utf-8"),
    json.dumps({"turns": [{"speaker": "customer", "text": "00:00:01,000 --> 00:00:02,000"}]}),
    "Anna: what is this?\n00:00:01,000 --> 00:00:02,000\nhello", "WEBVTTX\n\n00:00:01.000 --> 00:00:02.000\nhi",
    "WEBVTT is a format of the web\nBen: yes", "1\n2\n3\n4\n5", "", "1\n", "1\n10:00 hi",
]  # fmt: skip


@pytest.mark.parametrize("text", _OTHERS)
def test_other_formats_are_left_to_others(text: str) -> None:
    assert not FORMAT.matches(text)


@pytest.mark.parametrize("path", _CALLS, ids=lambda p: p.name)
def test_every_fixture_is_recognised(path: Path) -> None:
    assert FORMAT.matches(path.read_text("utf-8"))


_PEOPLE = ["Lena Fox", "Tom", "José", "דנה", "Anna (Agent)", "SPEAKER_01", "Guest", "王芳"]
_WORDS = [
    "still",
    "no",
    "refund",
    "12:30",
    "الطلب",
    "我的订单",
    "£20",
    "<b>",
    "a: b",
    "it's",
    "😡",
    "&amp;",
    "<3",
    "->",
    "&",
]
_texts = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(lambda words: "we " + " ".join(words))


@pytest.mark.parametrize("kind", ["voice", "label", "vtt label"])
@settings(max_examples=40, deadline=None)
@given(
    people=st.lists(st.sampled_from(_PEOPLE), min_size=2, max_size=3, unique=True),
    texts=st.lists(st.tuples(_texts, st.integers(0, 50_000_000)), min_size=2, max_size=8),
)
def test_what_is_written_is_read_back(kind: str, people: list[str], texts: list[tuple[str, int]]) -> None:
    at = 0
    lines = [] if kind == "label" else ["WEBVTT", ""]
    written = []
    for i, (text, wait) in enumerate(texts * 2):
        name = people[i % len(people)]
        at += wait
        end = at + 1500
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        mark = "," if kind == "label" else "."
        lines += [str(i + 1), f"{_clock(at, mark)} --> {_clock(end, mark)}"]
        lines += [f"<v {name}>{safe}</v>" if kind == "voice" else f"{name}: {safe}", ""]
        written.append((name, text))
        at = end
    track = "\n".join(lines)
    assert FORMAT.matches(track)
    assert [(t.name, t.text) for t in _parse(track).turns] == written


_SNIPPETS = [
    "WEBVTT", "\n\n", "\n", "00:00:01,000 --> 00:00:02,000\n", "99:99:99.999 --> 0:00.0\n", "-->", "<v Anna>", "</v>",
    "NOTE ", "STYLE\n", "Anna: ", ">> ", "- ", "&#99999;", "&#" + "9" * 5000 + ";", "&#xD800;", "[SPEAKER_00]", "♪",
    "[music]", "{\\an8}", "\\N", "<br>", "<00:00:01.000>", "Date: 9999-12-31 23:59\n", "\x00", "\ud800", "\ufeff",
    "1\n", "9" * 20 + "\n", "：", "&lt;",
]  # fmt: skip


def _check(data: str | bytes, customer: str | None) -> None:
    try:
        FORMAT.matches(data if isinstance(data, str) else data.decode("utf-8", "replace"))
        found = FORMAT.parse(decode(data), customer, None)
    except KnownError as error:
        assert "\n" not in str(error)
        return
    for conversation in found:
        assert conversation.turns
        assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
        assert all(t.text.strip() for t in conversation.turns)
        assert all("\x00" not in t.text for t in conversation.turns)
        "".join(t.text for t in conversation.turns).encode()


@settings(max_examples=250, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(_SNIPPETS), st.text(max_size=8)), max_size=25).map("".join),
    st.sampled_from([None, "Anna", "", "\n"]),
)
def test_no_text_brings_anything_but_a_kind_error(text: str, customer: str | None) -> None:
    _check(text, customer)
    _check("1\n00:00:01,000 --> 00:00:02,000\nAnna: x" + text, customer)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(_CALLS), st.integers(0, 2**32))
def test_no_broken_file_brings_anything_but_a_kind_error(path: Path, seed: int) -> None:
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    start, end = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    mutated = bytes(chance.choice((data[:end], data[start:], data + data, data[start:end] + data, data)))
    _check(mutated, None)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("08:15 --> 09:20 train was cancelled\nCustomer: refund me\nAgent: let me see\nCustomer: now", False),
        ("08:15 --> 09:20\nCustomer: refund me\nAgent: let me see", False),
        ("1\n00:00:01,000 --> 00:00:02,000 is what I see\nCustomer: hi\nAgent: ok", False),
        ("1\n00:00:01,000 --> 00:00:02,000 X1:100 X2:200 Y1:10 Y2:20\nAnna: hi", True),
        ("00:01.000 --> 00:02.000 align:start position:0%\r\nAnna: hi", True),
        ("WEBVTT file?\nCustomer: my player shows 00:01 --> 00:02 only\nAgent: ok", False),
        ("WEBVTT - a call\n\n00:01.000 --> 00:02.000\n<v Anna>hi", True),
    ],
)
def test_times_in_prose_are_no_cues(text: str, is_one: bool) -> None:
    assert FORMAT.matches(text) == is_one
