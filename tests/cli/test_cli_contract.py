from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cli_runs import CHAT, Cli, line_of
from contract_shape import LABELS, check
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.cli.contract import analysis_object
from agent_assist.records import Analysis, Conversation, EmotionReading, Label, Mood, Speaker, Turn

QUIET = ("--quiet", "analyze", "--no-llm", "--no-save")


@pytest.fixture
def chat(tmp_path: Path) -> str:
    path = tmp_path / "chat.txt"
    path.write_text(CHAT, encoding="utf-8")
    return str(path)


def test_a_pasted_chat_gives_the_contract(cli: Cli, chat: str) -> None:
    ran = cli(*QUIET, "--json", chat)
    assert (ran.code, ran.err) == (0, "")
    check(ran.json)
    assert [t["speaker"] for t in ran.json["turns"]] == ["customer", "agent", "customer"]
    assert ran.json["conversation"]["source"] == "plain"
    assert ran.json["turns"][2]["text"] == "It is K-77120. This is the third time, I am furious!"


def test_the_sample_has_its_spike_and_its_shift(cli: Cli) -> None:
    found = cli(*QUIET, "--json", "--sample").json
    check(found)
    assert found["conversation"]["turns"] == 8
    assert found["conversation"]["customer"] == "Maya Reyes"
    first = found["spikes"][0]
    assert (first["turn"], first["severity"], first["trigger_turn"]) == (4, "high", 3)
    assert "ridiculous" in first["evidence"]
    assert found["sentiment_shift"] < 0


def test_fine_adds_the_classifiers_scores_and_changes_nothing_else(cli: Cli, chat: str) -> None:
    plain, fine = cli(*QUIET, "--json", chat).json, cli(*QUIET, "--json", "--fine", chat).json
    check(fine, fine=True)
    for turn in fine["turns"]:
        if turn["emotion"]:
            assert turn["emotion"].pop("fine")
    assert fine["turns"] == plain["turns"]


def test_standard_input_is_read_without_a_file_and_with_a_dash(cli: Cli, chat: str) -> None:
    from_file = cli(*QUIET, "--json", chat).json
    for arguments in ((), ("-",)):
        found = cli(*QUIET, "--json", *arguments, stdin=CHAT).json
        assert found["turns"] == from_file["turns"]
        assert found["conversation"] == from_file["conversation"]


def test_the_customer_can_be_told(cli: Cli) -> None:
    text = "Anna: The parcel is on its way.\nBert: Good, it left on Monday.\nAnna: Thank you.\n"
    for name, other in (("Anna", "Bert"), ("Bert", "Anna")):
        found = cli(*QUIET, "--json", "--customer", name, stdin=text).json
        check(found)
        assert found["conversation"]["customer"] == name
        assert {t["name"] for t in found["turns"] if t["speaker"] == "customer"} == {name}
        assert all(t["emotion"] is None for t in found["turns"] if t["name"] == other)


def test_the_format_can_be_told(cli: Cli) -> None:
    line = line_of("c1", ("customer", "Where is my order?"))
    assert cli(*QUIET, "--json", stdin=line).json["conversation"]["source"] == "jsonl"
    as_text = cli(*QUIET, "--json", "--format", "plain", stdin=line).json
    assert as_text["conversation"]["source"] == "plain"
    check(as_text)


def test_bots_and_system_messages_are_never_read_for_feelings(cli: Cli) -> None:
    turns = [("bot", "I am furious and sad!"), ("system", "Terrible."), ("agent", "I hate this."), ("customer", "Ok.")]
    found = cli(*QUIET, "--json", stdin=line_of("c1", *turns)).json
    check(found)
    assert [t["emotion"] is None for t in found["turns"]] == [True, True, True, False]
    assert found["spikes"] == []


def test_times_and_names_come_through(cli: Cli) -> None:
    turn = {"speaker": "customer", "text": "Hello there", "name": "Zoë", "at": "2026-01-05T11:00:00+01:00", "x": 1}
    other = {"speaker": "agent", "text": "Hello", "at": "2026-01-05T10:01:00Z"}
    found = cli(*QUIET, "--json", stdin=json.dumps({"id": 7, "turns": [turn, other]})).json
    check(found)
    assert found["conversation"]["id"] == "7"
    assert [t["at"] for t in found["turns"]] == ["2026-01-05T11:00:00+01:00", "2026-01-05T10:01:00Z"]
    assert found["turns"][0]["name"] == "Zoë"
    assert "x" not in found["turns"][0]


def test_several_files_give_one_object_each_and_a_bad_one_is_named(cli: Cli, chat: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    ran = cli(*QUIET, "--json", chat, str(empty), chat, str(tmp_path / "none.txt"))
    assert ran.code == 1
    assert [str(empty) in ran.errors[0], "none.txt" in ran.errors[1], len(ran.errors)] == [True, True, 2]
    decoder, rest, found = json.JSONDecoder(), ran.out, []
    while rest:
        one, end = decoder.raw_decode(rest)
        found.append(one)
        rest = rest[end:].lstrip()
    assert len(found) == 2
    for one in found:
        check(one)


def test_the_report_for_a_person_shows_turns_feelings_and_where_it_rose(cli: Cli) -> None:
    ran = cli(*QUIET, "--sample")
    assert ran.code == 0
    assert "  5 Maya Reyes  [frustration #########-]" in ran.out
    assert "! frustration rose at turn 5 (high), after turn 4" in ran.out
    assert "“ridiculous”" in ran.out
    assert "Daniel (Northwind Support) (agent)\n" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("columns", ["1", "7", "30", "400"])
def test_the_report_fits_any_terminal(cli: Cli, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = cli(*QUIET, "--sample")
    assert ran.code == 0
    assert "ridiculous" in ran.out


@given(st.floats(-1, 1), st.floats(0, 1), st.lists(st.floats(0.01, 1), min_size=7, max_size=7))
def test_numbers_stay_in_their_ranges_when_they_are_rounded(valence: float, share: float, raw: list[float]) -> None:
    scores = {label: value / sum(raw) for label, value in zip(Label, raw, strict=True)}
    label = max(scores, key=lambda one: scores[one])
    conversation = Conversation("c", "plain", (Turn(0, Speaker.CUSTOMER, "Hello"),))
    mood = Mood((EmotionReading(0, label, share, valence, share, scores),), risk=share)
    found: dict[str, Any] = json.loads(json.dumps(analysis_object(Analysis(conversation, mood))))
    check(found)
    assert not re.search(r"-0\.0\b", json.dumps(found)), "minus nothing"
    assert list(found["turns"][0]["emotion"]["scores"]) == LABELS
