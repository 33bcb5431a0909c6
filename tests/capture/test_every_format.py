"""What holds for every format that is registered: kind errors only, sound conversations, fixtures found by content.

A new format takes part by being in the registry, a new fixture by lying in a folder of `fixtures`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from capture_render import SHAPES, render
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_assist.capture import read
from agent_assist.capture.decode import decode
from agent_assist.capture.format import Format
from agent_assist.capture.formats import REGISTRY
from agent_assist.capture.reader import _peek
from agent_assist.errors import KnownError
from agent_assist.records import Conversation

_FOLDER = Path(__file__).parent / "fixtures"
_FILES = sorted(path for path in _FOLDER.rglob("*") if path.is_file()) if _FOLDER.is_dir() else []
_LONGEST = 12_000  # bytes of a fixture that are mutated, so that hundreds of cases stay quick
_SAID = [("Customer", "my order 551 is late, again"), ("Support", "I am sorry.\nLet me see"), ("Customer", "thanks")]
_OWN = [
    *(render(shape, _SAID).encode() for shape in SHAPES),
    b'{"id": "a", "turns": [{"speaker": "customer", "text": "hi", "at": "2026-01-05T10:00:00Z"}]}\n',
    b'{"speaker": "customer", "text": "hi"}\n{"speaker": "agent", "text": "hello"}\n',
]


def _format_of(path: Path) -> str:
    """The format whose folder a fixture lies in."""
    return path.relative_to(_FOLDER).parts[0].replace("_", "-")


_SEEDS = [*(path.read_bytes()[:_LONGEST] for path in _FILES), *_OWN]
_FORMATS = pytest.mark.parametrize("chosen", REGISTRY, ids=lambda known: known.name)
_CASES = 80
_BOUNDED = settings(max_examples=_CASES, deadline=None, suppress_health_check=[HealthCheck.too_slow])

_HOSTILE = [
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\r", b"\n\n", b"\xe2\x80\xa8", b"\xe2\x80\xaf",
    b'"', b"'", b"\\", b"{" * 300, b"[" * 300, b"}" * 9, b'{"a":' * 200, b"<div>" * 200, b"<!--", b"<script>",
    b"&#99999999;", b"&#xD800;", b"9" * 400, b"-1", b"1e999", b"NaN", b"null", b"true", b"[]", b"{}", b'""',
    b"99:99:99", b"00:00:00.000 --> ", b"31/31/2026", b"0000-00-00T00:00:00Z", b"9999-12-31T23:59:59-23:59",
    b"0001-01-01T00:00:00+23:59", b"+99:99", b"253402300800000", b"From ", b"\nFrom: ", b"--boundary", b"> " * 60,
    b"=?utf-8?q?=FF?=", b"=?x?b?!?=", b"Content-Type: multipart/mixed; boundary=", b"charset=nope",
    b"Content-Transfer-Encoding: base64\n\n", b"WEBVTT", b",", b";" * 50, b"\t", b"|", b": ", b"<v ", b"</v>",
    b" - ", b"\xd8\xa7\xd9\x84", b"\xf0\x9f\x98\xa1",
]  # fmt: skip


@st.composite
def _mutated(draw: st.DrawFn, chosen: Format) -> bytes:
    """A fixture, mostly the format's own, that is cut, doubled, mixed up, flipped, and holds what nobody expects."""
    own = [path.read_bytes()[:_LONGEST] for path in _FILES if _format_of(path) == chosen.name]
    data = draw(st.sampled_from(own or _SEEDS) if draw(st.integers(0, 3)) else st.sampled_from(_SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        at, other = sorted((draw(st.integers(0, len(data))), draw(st.integers(0, len(data)))))
        change = draw(st.sampled_from(["cut", "head", "tail", "double", "swap", "flip", "put", "instead", "mix"]))
        if change == "put":
            data = data[:at] + draw(st.sampled_from(_HOSTILE)) + data[at:]
        elif change == "instead":
            data = data[:at] + draw(st.sampled_from(_HOSTILE)) + data[min(other, at + 20) :]
        elif change == "flip":
            data = data[:at] + bytes(byte ^ draw(st.integers(1, 255)) for byte in data[at : at + 3]) + data[at + 3 :]
        elif change == "mix":
            data = data[:at] + draw(st.sampled_from(_SEEDS))[other:]
        else:
            data = {
                "cut": data[:at] + data[other:],
                "head": data[:other],
                "tail": data[at:],
                "double": data[:other] + data[at:],
                "swap": data[other:] + data[at:other] + data[:at],
            }[change]
        data = data[: 2 * _LONGEST]
    return data


_SNIPPETS = st.sampled_from([piece.decode("utf-8", "replace") for piece in _HOSTILE] + ["\ud800", "\u202e", "\x85"])
_ANY_TEXT = st.lists(st.one_of(_SNIPPETS, st.text(max_size=12)), max_size=20).map("".join)


def _check(chosen: Format, data: str | bytes, customer: str | None) -> None:
    """Nothing but a kind error, of one line that tells nothing of the text; and if it is read, sound records."""
    chosen.matches(_peek(data))
    try:
        found = chosen.parse(decode(data, verbatim=chosen.verbatim), customer, None)
    except KnownError as error:
        assert "\n" not in str(error)
        assert str(error).endswith((".", "?"))
        return
    assert found
    for conversation in found:
        _check_conversation(conversation)


def _check_conversation(conversation: Conversation) -> None:
    assert conversation.id.strip()
    assert conversation.turns
    assert [t.i for t in conversation.turns] == list(range(len(conversation.turns)))
    assert all(t.text.strip() for t in conversation.turns)
    assert all(a.text.strip() and -1 <= a.after < len(conversation.turns) for a in conversation.asides)
    assert all(note.endswith((".", "?")) for note in conversation.notes)
    words = [conversation.id, conversation.customer or "", *conversation.notes]
    words += [word for turn in conversation.turns for word in (turn.text, turn.name or "")]
    words += [word for aside in conversation.asides for word in (aside.text, aside.name or "")]
    "".join(words).encode()
    assert not any(control in word for word in words for control in ("\x00", "\x1b", "\x7f"))


@_FORMATS
@_BOUNDED
@given(drawn=st.data(), customer=st.sampled_from([None, None, "Anna", "Customer"]))
def test_a_mutated_fixture_of_any_format(chosen: Format, drawn: st.DataObject, customer: str | None) -> None:
    _check(chosen, drawn.draw(_mutated(chosen)), customer)


@_FORMATS
@_BOUNDED
@given(data=st.one_of(_ANY_TEXT, st.binary(max_size=200)), customer=st.one_of(st.none(), st.text(max_size=4)))
def test_any_text_and_any_bytes(chosen: Format, data: str | bytes, customer: str | None) -> None:
    _check(chosen, data, customer)


@_FORMATS
def test_every_fixture_under_every_format(chosen: Format) -> None:
    for seed in _SEEDS:
        _check(chosen, seed, None)


_NAMES = {known.name for known in REGISTRY}


@pytest.mark.parametrize("path", [p for p in _FILES if _format_of(p) in _NAMES], ids=lambda path: path.name)
def test_a_fixture_is_found_by_its_content(path: Path) -> None:
    try:
        found = read(path.read_bytes())
    except KnownError:
        return
    assert {conversation.source for conversation in found} == {_format_of(path)}
