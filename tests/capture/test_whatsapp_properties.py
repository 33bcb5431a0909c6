"""What holds for any WhatsApp chat: what is written is read back, and nothing but a kind error comes out."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.capture.decode import decode
from agent_assist.capture.formats.whatsapp import FORMAT
from agent_assist.errors import KnownError

_CHATS = sorted((Path(__file__).parent / "fixtures" / "whatsapp").iterdir())

_PEOPLE = [
    "Lena Fox",
    "Tom",
    "José",
    "דנה",
    "فاطمة",
    "Anna (Agent)",
    "+44 7700 900123",
    "Dr. K: North",
    "😀 Kim",
    "O'Neil",
]
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
    "[x]",
    "25/01/2026",
    "-",
    "&",
]
_line = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6).map(lambda words: "we " + " ".join(words))
_texts = st.lists(_line, min_size=1, max_size=3).map("\n".join)
_STAMPS = {
    "android": lambda at: f"{at:%d/%m/%Y, %H:%M} - ",
    "american": lambda at: f"[{at.month}/{at.day}/{at:%y}, {at.hour % 12 or 12}:{at:%M:%S}\u202f{at:%p}] ",
    "german": lambda at: f"\u200e[{at:%d.%m.%y, %H:%M:%S}] ",
    "swedish": lambda at: f"{at:%Y-%m-%d} {at:%H:%M} - ",
    "copied": lambda at: f"[{at:%H:%M, %d/%m/%Y}] ",
}


@pytest.mark.parametrize("phone", _STAMPS)
@settings(max_examples=30, deadline=None)
@given(
    people=st.lists(st.sampled_from(_PEOPLE), min_size=2, max_size=3, unique=True),
    texts=st.lists(st.tuples(_texts, st.integers(0, 400_000)), min_size=4, max_size=8),
    start=st.datetimes(datetime(2012, 1, 1), datetime(2030, 1, 1)),
)
def test_what_is_written_is_read_back(
    phone: str, people: list[str], texts: list[tuple[str, int]], start: datetime
) -> None:
    at = start.replace(second=0, microsecond=0)
    lines, written = [], []
    for i, (text, minutes) in enumerate(texts * 3):
        name = people[i % len(people)]
        at += timedelta(minutes=minutes)
        lines.append(f"{_STAMPS[phone](at)}{name}: {text}")
        written.append((name, text, at))
    text = "\n".join(lines)
    assert FORMAT.matches(text)
    (chat,) = FORMAT.parse(decode(text), None, None)
    assert [(t.name, t.text, t.at) for t in chat.turns] == written


_SNIPPETS = [
    "25/01/2026, 10:32 - ", "[05.01.26, 10:32:11] ", "\u200e", "Anna: ", "\n", "<attached: ", ">", "image omitted", "<",
    "99/99/9999, 99:99 - ", "[10:32 AM, 1/5/26] ", "٩٩/٩٩/٩٩, ٩:٩٩ - ", "9" * 30, "\u2068", " (file attached)", ":",
    "0000-01-01, 00:00 - x: ", "\ud800", "\x00", "Forwarded\n", "PM", "\u202f", "a.jpg", "https://x.example/?a=1: ",
    '"', "changed", "This message was deleted",
]  # fmt: skip


def _check(data: str | bytes, customer: str | None) -> None:
    try:
        text = data if isinstance(data, str) else data.decode("utf-8", "replace")
        FORMAT.matches(text)
        found = FORMAT.parse(decode(data), customer, None)
    except KnownError as error:
        assert "\n" not in str(error)
        return
    for conversation in found:
        assert conversation.turns
        assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
        assert all(t.text.strip() for t in conversation.turns)
        "".join(t.text for t in conversation.turns).encode()


@settings(max_examples=250, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(_SNIPPETS), st.text(max_size=8)), max_size=25).map("".join),
    st.sampled_from([None, "Anna", "", "\n"]),
)
def test_no_text_brings_anything_but_a_kind_error(text: str, customer: str | None) -> None:
    _check(text, customer)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(_CHATS), st.integers(0, 2**32))
def test_no_broken_export_brings_anything_but_a_kind_error(path: Path, seed: int) -> None:
    data, chance = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(chance.randint(1, 20)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    start, end = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
    mutated = bytes(chance.choice((data[:end], data[start:], data + data, data[start:end] + data, data)))
    _check(mutated, None)
