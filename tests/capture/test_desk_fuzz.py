"""JSON of desks: what is written comes back, and whatever comes in, nothing but a KnownError comes out."""

from __future__ import annotations

import contextlib
import json
from functools import cache
from pathlib import Path

import pytest
from desk_writers import DESKS, NOTED, Said, at, desk_format, name_of, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent_assist.capture.decode import decode
from agent_assist.errors import KnownError
from agent_assist.records import Speaker

_FIXTURES = Path(__file__).parent / "fixtures"
_FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
_WORDS = st.text(
    st.one_of(
        st.characters(min_codepoint=33, max_codepoint=126),
        st.sampled_from("äß漢😀€ "),
        st.sampled_from("<>&\"'\\{}[],:"),
    ),
    min_size=1,
    max_size=30,
).map(lambda text: "x" + " ".join(text.split()))
_LINES = st.lists(_WORDS, min_size=1, max_size=3).map("\n".join)
_NASTY = tuple(b'{}[],:"\\\x00\xff\n<&0')
_HUGE = ("9" * 400, "1e999", "-1", "null", "true", '""', "[]", "{}", '"\\ud800"', "[" * 90, '{"a":' * 90)


def _said(desk: str) -> st.SearchStrategy[list[Said]]:
    speakers = [Speaker.CUSTOMER, Speaker.AGENT]
    public = st.builds(Said, st.sampled_from(speakers if desk == "freshdesk" else [*speakers, Speaker.BOT]), _LINES)
    private = st.builds(Said, st.just(Speaker.AGENT), _LINES, st.just(desk in NOTED))
    return st.lists(st.one_of(public, public, private), min_size=1, max_size=12)


@cache
def _fixtures(desk: str) -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted((_FIXTURES / desk).iterdir()))


def _swallow(desk: str, data: str | bytes, customer: str | None = None) -> None:
    """Reads anything; every turn must be fit to be shown and stored."""
    found = desk_format(desk)
    peek = data if isinstance(data, str) else data.decode("utf-8", "replace")
    assert found.matches(peek[:200_000]) in (True, False)
    with contextlib.suppress(KnownError):
        for conversation in found.parse(decode(data, verbatim=True), customer, lambda number, reason: None):
            assert conversation.turns
            shown = [(t.text, t.name) for t in conversation.turns] + [(a.text, a.name) for a in conversation.asides]
            for text, name in shown:
                assert text.encode().strip()
                assert name is None or name.encode().strip()
            assert conversation.id.encode()


@pytest.mark.parametrize("desk", DESKS)
@_FEW
@given(data=st.data())
def test_what_is_written_comes_back(desk: str, data: st.DataObject) -> None:
    said = data.draw(_said(desk))
    text = write(desk, said)
    public = [(i, m) for i, m in enumerate(said) if not m.private]
    if not public:
        with pytest.raises(KnownError):
            desk_format(desk).parse(decode(text, verbatim=True), None, None)
        return
    (found,) = desk_format(desk).parse(decode(text.encode(), verbatim=True), None, None)
    assert [(t.speaker, t.text, t.at) for t in found.turns] == [(m.speaker, m.text, at(i)) for i, m in public]
    assert [a.text for a in found.asides] == [m.text for m in said if m.private]
    assert all(t.name == name_of(t.speaker) for t in found.turns if t.speaker is Speaker.CUSTOMER)
    assert desk_format(desk).matches(text)


@pytest.mark.parametrize("desk", DESKS)
@_FEW
@given(data=st.data())
def test_order_and_doubles_in_the_file_do_not_matter(desk: str, data: st.DataObject) -> None:
    said = [Said(Speaker.CUSTOMER, "first"), *data.draw(_said(desk))]
    rows = json.loads(write(desk, said))
    doubled = data.draw(st.permutations(rows * 2)) if isinstance(rows, list) else [rows, rows]
    once = desk_format(desk).parse(decode(json.dumps(rows), verbatim=True), None, None)
    twice = desk_format(desk).parse(decode(json.dumps(doubled), verbatim=True), None, None)
    assert [(c.turns, c.asides) for c in once] == [(c.turns, c.asides) for c in twice]


@pytest.mark.parametrize("desk", DESKS)
@_FEW
@given(data=st.data())
def test_broken_fixtures_raise_nothing_but_known_errors(desk: str, data: st.DataObject) -> None:
    source = bytearray(data.draw(st.sampled_from(_fixtures(desk))))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, max(0, len(source) - 1)))
        length = data.draw(st.integers(0, 200))
        what = data.draw(st.sampled_from(("cut", "double", "flip", "huge", "drop")))
        if what == "cut":
            del source[place:]
        elif what == "double":
            source[place:place] = source[place : place + length]
        elif what == "drop":
            del source[place : place + length % 9]
        elif what == "flip" and source:
            source[min(place, len(source) - 1)] = data.draw(st.sampled_from(_NASTY))
        else:
            source[place : place + length % 9] = data.draw(st.sampled_from(_HUGE)).encode()
    _swallow(desk, bytes(source), data.draw(st.sampled_from((None, "Anna"))))


def _leaves() -> st.SearchStrategy[object]:
    huge = st.sampled_from((10**40, -(10**40), 1e300, 0, 1, 2, 3, -1, 1767607200, 1767607200000))
    return st.one_of(
        st.none(), st.booleans(), huge, _LINES, st.just(""), st.just("2026-01-05T10:00:00Z"), st.just("agent")
    )


def _swapped(value: object, data: st.DataObject, depth: int = 0) -> object:
    """The value with some of its leaves and branches exchanged for others."""
    if data.draw(st.integers(0, 14)) == 0:
        other = _leaves()
        return data.draw(st.one_of(other, st.lists(other, max_size=2), st.dictionaries(st.just("type"), other)))
    if isinstance(value, dict) and depth < 8:
        return {key: _swapped(inner, data, depth + 1) for key, inner in value.items()}
    if isinstance(value, list) and depth < 8:
        return [_swapped(inner, data, depth + 1) for inner in value[:4]]
    return value


@pytest.mark.parametrize("desk", DESKS)
@settings(_FEW, max_examples=15)
@given(data=st.data())
def test_fields_of_other_types_raise_nothing_but_known_errors(desk: str, data: st.DataObject) -> None:
    said = [Said(Speaker.CUSTOMER, "a <b>"), Said(Speaker.AGENT, "b", desk in NOTED), Said(Speaker.AGENT, "c")]
    _swallow(desk, json.dumps(_swapped(json.loads(write(desk, said)), data)))


@pytest.mark.parametrize("desk", DESKS)
@_FEW
@given(text=st.one_of(st.text(max_size=200), st.text('{}[],:"\\ ntrue01\n', max_size=200)))
def test_any_text_raises_nothing_but_known_errors(desk: str, text: str) -> None:
    _swallow(desk, text)


@pytest.mark.parametrize("desk", DESKS)
@pytest.mark.parametrize(
    "hostile",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        '{"' + '\\"' * 100_000,
        "]" * 1000,
        '{"a":1}' * 5000 + "[",
        '["' + '","' * 30_000,
    ],
    ids=["deep lists", "deep objects", "an open text", "closed too often", "many", "an open list"],
)
def test_hostile_nesting_is_refused(desk: str, hostile: str) -> None:
    _swallow(desk, hostile)
