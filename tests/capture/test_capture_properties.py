"""What holds for any input: round trips, no lost words, no error but the kind one, no slow input."""

from __future__ import annotations

import json
import re
import time
from collections import Counter

import pytest
from capture_render import SHAPES, Said, render
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.capture import FORMATS, read, read_lines
from agent_assist.errors import KnownError
from agent_assist.records import Speaker

_PEOPLE = ["Lena Fox", "Tom", "Siobhán O’Brien", "José", "דנה", "فاطمة", "Customer", "Support", "Guest", "Anna (Agent)"]
_WORDS = [
    "still",
    "no",
    "parcel",
    "😡",
    "my",
    "refund",
    "the",
    "order",
    "48213",
    "please",
    "check",
    "it",
    "was",
    "promised",
    "why",
    "12:30",
    "was",
    "late",
    "ok",
    "thanks",
    "sorry",
    "where",
    "is",
    "l'été",
    "طلبي",
    "ההזמנה",
    "我的订单",
    "£20",
    "50%",
    "(again)",
    "http://shop.example/a?b=1",
    '"quoted"',
    "--",
    "&",
    "<b>",
    "it's",
    "don’t",
]

_sentence = st.lists(st.sampled_from(_WORDS), min_size=2, max_size=9).map(lambda words: "we " + " ".join(words))
_text = st.lists(_sentence, min_size=1, max_size=3).map("\n".join)


@st.composite
def _dialogues(draw: st.DrawFn) -> list[Said]:
    people = draw(st.lists(st.sampled_from(_PEOPLE), min_size=2, max_size=3, unique=True))
    rounds = draw(st.integers(2, 5))
    return [(name, draw(_text)) for _ in range(rounds) for name in people]


@pytest.mark.parametrize("shape", SHAPES)
@settings(max_examples=25, deadline=None)
@given(turns=_dialogues())
def test_every_shape_reads_back_to_the_same_speakers_and_texts(shape: str, turns: list[Said]) -> None:
    (conversation,) = read(render(shape, turns))
    assert [(t.name, t.text) for t in conversation.turns] == turns
    assert [t.i for t in conversation.turns] == list(range(len(turns)))
    by_name = {t.name: {u.speaker for u in conversation.turns if u.name == t.name} for t in conversation.turns}
    assert all(len(roles) == 1 for roles in by_name.values())


_TOKEN = st.integers(0, 10**6).map(lambda n: f"w{n:07}w")
_LEADS = [
    "", "Anna: ", "Ben:", "[10:32] Anna: ", "[10:32] ", "10:33 Ben: ", "(10:34:11) Ben: ", "> ", ">> ", "Order: ", "**",
    "Customer: ", "System: ", "Chat started ", "Anna joined the chat ", "Anna (10:32 AM): ", "Anna", "Support\t", "- ",
]  # fmt: skip
_LINE = st.builds(lambda lead, tokens: lead + " ".join(tokens), st.sampled_from(_LEADS), st.lists(_TOKEN, max_size=4))


@settings(max_examples=250, deadline=None)
@given(lines=st.lists(_LINE, min_size=1, max_size=14))
def test_no_word_of_a_message_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        (conversation,) = read(text)
    except KnownError:
        assert not re.search(r"w\d{7}w", text)
        return
    kept = " ".join(f"{t.name or ''} {t.text}" for t in conversation.turns)
    # A name with such a word may stand at several turns, so that more is no fault.
    assert not Counter(re.findall(r"w\d{7}w", text)) - Counter(re.findall(r"w\d{7}w", kept))
    assert all(t.text.strip() for t in conversation.turns)


_SNIPPETS = [
    "Anna: ", "[10:32] ", "\n", "\n\n", "> ", "On 1 Jan 2026, A wrote:", "From: a\nTo: b\n", '{"turns":', "：", "\r",
    '[{"speaker":"x"', "\x00", "\ufeff", "\u202e", "\ud800", "-- \n", "99:99", "31/31/2026", "2026-02-31 25:61",
    "+99:99",
]  # fmt: skip
_ANY_TEXT = st.lists(st.one_of(st.sampled_from(_SNIPPETS), st.text(max_size=12)), max_size=20).map("".join)


@settings(max_examples=300, deadline=None)
@given(
    data=st.one_of(_ANY_TEXT, st.binary(max_size=200), _ANY_TEXT.map(lambda t: t.encode("utf-16", "replace"))),
    format_name=st.sampled_from(FORMATS),
    customer=st.one_of(st.none(), st.text(max_size=5), st.just("Anna")),
)
def test_nothing_but_a_kind_error_ever_comes_out(data: str | bytes, format_name: str, customer: str | None) -> None:
    try:
        found = read(data, format=format_name, customer=customer)
    except KnownError as error:
        assert "\n" not in str(error)
        assert str(error).endswith((".", "?"))
        return
    assert found
    for conversation in found:
        assert conversation.turns
        assert all("\x00" not in t.text for t in conversation.turns)
        "".join(t.text for t in conversation.turns).encode()


_JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["turns", "speaker", "text", "name", "at", "id"]), inner, max_size=4),
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=60), _JSON.map(lambda v: json.dumps(v).encode())), max_size=6))
def test_reading_lines_never_raises_and_tells_each_bad_line_once(lines: list[bytes]) -> None:
    told: list[int] = []
    found = list(read_lines(lines, lambda number, reason: told.append(number)))
    filled = [i for i, line in enumerate(lines, 1) if line.removeprefix(b"\xef\xbb\xbf" if i == 1 else b"").strip()]
    assert len(told) == len(set(told))
    assert set(told) <= set(filled)
    assert len(found) == len(filled) - len(told)


_HOSTILE = {
    "brackets": "[" * 100_000,
    "short names": "a:" * 50_000,
    "name lines": "a:\n" * 39_000,
    "quote marks": "> " * 50_000,
    "quote lines": "\n".join(">" * (i % 50) + "x" for i in range(4000)),
    "a long line": "word " * 300_000,
    "spaces": " " * 1_000_000 + "x",
    "times": "10:32 " * 20_000,
    "time lines": "[10:32] \n" * 20_000,
    "attributions": "On 1\n" * 20_000,
    "headers": "From: a\n" * 20_000,
    "carets": "^" * 100_000,
    "days": "Monday " * 20_000,
    "apologies": "sorry " * 50_000,
    "invisible": "\u200e" * 500_000 + "x",
    "dashes": "- - - - -\n" * 20_000,
    "open wrote": "On 1 " + "x " * 50_000 + "wrote:",
}


@pytest.mark.parametrize("name", _HOSTILE)
def test_hostile_text_is_read_in_time(name: str) -> None:
    started = time.perf_counter()
    assert read(_HOSTILE[name])[0].turns
    assert time.perf_counter() - started < 3


def test_two_thousand_turns_are_quick() -> None:
    text = "\n".join(
        f"{('Lena', 'Tom')[i % 2]}: my order {i} is late, please check it for me today" for i in range(2000)
    )
    started = time.perf_counter()
    (conversation,) = read(text)
    assert time.perf_counter() - started < 2
    assert len(conversation.turns) == 2000
    assert {t.speaker for t in conversation.turns} == {Speaker.CUSTOMER, Speaker.AGENT}
