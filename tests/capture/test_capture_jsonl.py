"""JSON lines: conversations or turns, one a line; bad lines are told and skipped."""

from __future__ import annotations

import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from agent_assist.capture import bounded_lines, read, read_lines
from agent_assist.errors import KnownError
from agent_assist.records import Speaker

_GOOD = {
    "id": "t-1",
    "turns": [{"speaker": "Customer", "text": "where is it"}, {"speaker": "AGENT", "text": "let me see"}],
}


def _lines(*values: object) -> list[bytes]:
    return [v if isinstance(v, bytes) else json.dumps(v).encode() for v in values]


def _told(*values: object) -> tuple[list[str], list[tuple[int, str]]]:
    told: list[tuple[int, str]] = []
    found = list(read_lines(_lines(*values), lambda number, reason: told.append((number, reason))))
    return [c.id for c in found], told


def test_fields_are_read_and_others_ignored() -> None:
    turn = {"speaker": "customer", "text": " hi\r\nthere ", "name": "Anna", "at": "2026-01-05T10:00:00Z", "gold": [1]}
    (conversation,) = read_lines(_lines({"id": 7, "turns": [turn, {"speaker": "bot", "text": "x"}], "z": {}}), print)
    assert (conversation.id, conversation.source, conversation.customer) == ("7", "jsonl", "Anna")
    first, second = conversation.turns
    assert (first.text, first.name, first.at) == ("hi\nthere", "Anna", datetime(2026, 1, 5, 10, tzinfo=UTC))
    assert (second.speaker, second.at, second.name) == (Speaker.BOT, None, None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"turns": [', "it is not valid JSON"),
        (b"hello", "it is not valid JSON"),
        (b"\xff\xfe\x00", "it is not valid JSON"),
        (b'{"a": ' + b"[" * 200_000, "it is not valid JSON"),
        ({"turns": "secret"}, 'it is not a conversation: "turns" with "speaker" and "text" is needed'),
        ({"text": "secret"}, 'it is not a conversation: "turns" with "speaker" and "text" is needed'),
        (
            {"turns": [{"speaker": 4, "text": "x"}]},
            'it is not a conversation: "turns" with "speaker" and "text" is needed',
        ),
        (
            {"turns": [{"speaker": "agent", "text": "x"}, {"speaker": "secret", "text": "x"}]},
            "turn 2 has an unknown speaker; customer, agent, bot and system are known",
        ),
        ({"turns": []}, "no turn has any text"),
        ({"turns": [{"speaker": "agent", "text": " \u200e\n"}]}, "no turn has any text"),
        ({"turns": [{"speaker": "agent", "text": "x"}] * 5001}, "there are more than 5,000 turns"),
        (b'{"turns": [{"speaker":"agent","text":"' + b"x" * 4_000_000 + b'"}]}', "the line is longer than 4 MB"),
    ],
)
def test_a_bad_line_is_told_by_number_without_its_text_and_the_rest_goes_on(line: object, reason: str) -> None:
    ids, told = _told(_GOOD, b"", line, _GOOD)
    assert ids == ["t-1", "t-1"]
    assert told == [(3, reason)]


def test_empty_texts_odd_times_and_controls_are_noted() -> None:
    turns = [
        {"speaker": "customer", "text": "a\x00b", "at": "yesterday"},
        {"speaker": "agent", "text": ""},
        {"speaker": "agent", "text": None},
        {"speaker": "agent", "text": "ok", "at": 1767607200},
    ]
    (conversation,) = read_lines(_lines({"turns": turns}), print)
    assert [(t.i, t.text, t.at) for t in conversation.turns] == [(0, "ab", None), (1, "ok", None)]
    assert conversation.notes == (
        "2 turns without text left out.",
        "1 control character that cannot be shown left out.",
        '2 times not in ISO 8601 form ("at") left out.',
    )


def test_lone_surrogates_do_not_get_through() -> None:
    data = b'{"turns": [{"speaker":"customer","text":"a\\ud800b"}]}'
    for conversation in read_lines([data], lambda number, reason: None):
        conversation.turns[0].text.encode()


def test_a_missing_id_is_made_from_what_was_said() -> None:
    turns = _GOOD["turns"]
    first, second, other = read_lines(_lines({"turns": turns}, {"turns": turns, "x": 1}, {"turns": turns[:1]}), print)
    assert first.id == second.id != other.id
    assert first.id.startswith("j-")


def test_reading_streams() -> None:
    def endless() -> Iterator[bytes]:
        while True:
            yield _lines(_GOOD)[0]

    lines = read_lines(endless(), print)
    assert [next(lines).id for _ in range(3)] == ["t-1"] * 3


def test_an_endless_line_of_a_file_is_bounded() -> None:
    good = _lines(_GOOD)[0]
    stream = io.BytesIO(good + b"\n" + b"x" * 30_000_000 + b"\n" + good)
    told: list[int] = []
    tracemalloc.start()
    found = list(read_lines(bounded_lines(stream), lambda number, reason: told.append(number)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (len(found), told) == (2, [2])
    assert peak < 20_000_000


def test_read_notes_skipped_lines_or_tells_them() -> None:
    data = b"\n".join(_lines(_GOOD, b"{broken", _GOOD))
    found = read(data)
    assert len(found) == 2
    assert found[0].notes == ("Line 2 could not be read and was left out.",)
    told: list[int] = []
    assert read(data, on_bad=lambda number, reason: told.append(number))[0].notes == ()
    assert told == [2]


def test_a_broken_first_line_does_not_hide_the_format() -> None:
    assert [c.id for c in read(b'{"turns": [oops\n' + _lines(_GOOD)[0])] == ["t-1"]


def test_all_lines_bad() -> None:
    with pytest.raises(KnownError, match=r"No line holds a conversation.*line 1"):
        read(b'{"turns": [oops\n{"turns": 1}')


def test_one_turn_a_line_is_one_conversation() -> None:
    rows = [*_GOOD["turns"], {"speaker": "robot", "text": "x"}, {"speaker": "customer", "text": "ok", "name": "Kim"}]
    (conversation,) = read(b"\n".join(_lines(*rows)))
    assert [t.text for t in conversation.turns] == ["where is it", "let me see", "ok"]
    assert conversation.notes == ("Line 3 could not be read and was left out.",)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_whole_json_document_is_read_too(indent: int | None) -> None:
    assert [c.id for c in read(json.dumps(_GOOD, indent=indent))] == ["t-1"]
    assert [c.id for c in read(json.dumps([_GOOD, _GOOD], indent=indent))] == ["t-1", "t-1"]
    (conversation,) = read(json.dumps(_GOOD["turns"], indent=indent))
    assert len(conversation.turns) == 2


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks(encoding: str) -> None:
    assert [c.id for c in read(json.dumps(_GOOD).encode(encoding))] == ["t-1"]


def test_the_customer_can_be_told_by_name() -> None:
    turns = [
        {"speaker": "agent", "text": "my bill", "name": "Kim"},
        {"speaker": "customer", "text": "hello", "name": "Jo"},
    ]
    (conversation,) = read(json.dumps({"turns": turns}), customer="kim")
    assert [t.speaker for t in conversation.turns] == [Speaker.CUSTOMER, Speaker.AGENT]
    assert conversation.customer == "Kim"


def test_line_breaks_of_other_kinds_within_a_text_do_not_break_the_line() -> None:
    data = json.dumps({"turns": [{"speaker": "customer", "text": "one\u2028two\u0085three"}]}, ensure_ascii=False)
    (conversation,) = read(data)
    assert conversation.turns[0].text == "one\ntwo\nthree"
    assert conversation.notes == ()


def test_the_customer_s_record_comes_along_as_names_and_plain_values() -> None:
    record = {"plan": " Gold\r\nplus ", "since": 2019, "vip": True, "empty": "", "none": None, "orders": [{"id": 1}]}
    turns = [{"speaker": "customer", "text": "hi"}]
    (conversation,) = read_lines(_lines({"turns": turns, "record": record}), print)
    assert conversation.record is not None
    assert conversation.record.fields == (("plan", "Gold plus"), ("since", "2019"), ("vip", "yes"))
    assert conversation.notes == ("1 field of the customer's record left out.",)


@pytest.mark.parametrize("record", ["Gold", [1, 2], 7, True])
def test_a_record_of_another_shape_is_left_out_and_said(record: object) -> None:
    turns = [{"speaker": "customer", "text": "hi"}]
    (conversation,) = read_lines(_lines({"turns": turns, "record": record}), print)
    assert conversation.record is None
    assert conversation.notes == ("The customer's record is no list of names with their values: left out.",)


def test_a_record_beyond_all_measure_is_cut_and_said() -> None:
    record = {f"name {i}": "x" * 5_000 for i in range(150)}
    turns = [{"speaker": "customer", "text": "hi"}]
    (conversation,) = read_lines(_lines({"turns": turns, "record": record}), print)
    assert conversation.record is not None
    assert len(conversation.record.fields) == 100
    assert {len(value) for _, value in conversation.record.fields} == {1_000}
    assert conversation.notes == ("50 fields of the customer's record left out.",)
