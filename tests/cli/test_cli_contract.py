from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cli_runs import CHAT, Cli, line_of
from contract_shape import LABELS, check
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.cli.contract import analysis_object
from agent_assist.cli.report import report
from agent_assist.paths import Places
from agent_assist.pipeline import Desk
from agent_assist.records import (
    Analysis,
    Aside,
    Conversation,
    EmotionReading,
    Label,
    Mood,
    Recovery,
    Severity,
    Speaker,
    Spike,
    Turn,
    Vulnerability,
)
from agent_assist.settings import Settings

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


SPANISH = "¿Dónde está mi paquete? Llevo tres semanas esperando y nadie me contesta."


def test_a_turn_in_another_language_is_told_as_not_read(cli: Cli) -> None:
    turns = [("customer", "Hello, where is my parcel?"), ("agent", "One moment."), ("customer", SPANISH)]
    for fine in ((), ("--fine",)):
        found = cli(*QUIET, "--json", *fine, stdin=line_of("c1", *turns)).json
        check(found, fine=bool(fine))
        told = found["turns"][2]["emotion"]
        assert told["label"] == "unread"
        assert all(told[name] is None for name in told if name != "label")
    assert "  3 customer  [not read]\n" in cli(*QUIET, stdin=line_of("c1", *turns)).out
    only = cli(*QUIET, "--json", stdin=line_of("c1", ("customer", SPANISH))).json
    check(only)
    assert (only["spikes"], only["sentiment_shift"], only["escalation_risk"]) == ([], None, None)


def everything() -> Analysis:
    """An analysis with something in all that a mood may hold."""
    texts = ("This is the worst!", "No.", "My father died.", "Bueno.", "Oh, thank you!", "Hm.", "Vale.")
    turns = tuple(Turn(i, Speaker.CUSTOMER if i != 1 else Speaker.AGENT, text) for i, text in enumerate(texts))
    even = dict.fromkeys(Label, 1 / 7)
    sure = dict.fromkeys(Label, 0.05) | {Label.ANGER: 0.7}
    glad = dict.fromkeys(Label, 0.05) | {Label.SATISFACTION: 0.7}
    readings = (
        EmotionReading(0, Label.ANGER, 0.9, -0.9, 0.5, sure),
        EmotionReading(2, Label.ANGER, 0.8, -0.9, 0.5, sure, corrected=True),
        EmotionReading(4, Label.SATISFACTION, 0.1, 0.9, 0.5, glad),
        EmotionReading(5, Label.ANGER, 0.4, -0.1, 0.5, even),
    )
    spike = Spike(2, Label.ANGER, Severity.HIGH, 0.8, 0.4, 1, ("died",), "", "refusal")
    hard_life = Vulnerability(2, "self_harm", ("died",), "Listen first.")
    mood = Mood(readings, (spike,), 0.1, 0.2, 1.0, (3, 6), (Recovery(4, 0, 0.8),), (hard_life,))
    return Analysis(Conversation("c1", "plain", turns), mood)


def test_everything_that_a_mood_holds_is_in_the_contract() -> None:
    found = json.loads(json.dumps(analysis_object(everything())))
    check(found)
    assert found["recoveries"] == [{"turn": 4, "since": 0, "fall": 0.8}]
    assert found["vulnerable"] == [{"turn": 2, "kind": "self_harm", "words": ["died"], "guidance": "Listen first."}]
    assert (found["spikes"][0]["cause"], found["spikes"][0]["nudge"]) == ("refusal", "")
    assert [turn["emotion"] and turn["emotion"].get("corrected") for turn in found["turns"]] == [
        *(None, None, True, None, None, None, None)
    ]
    assert [turn["emotion"] and turn["emotion"]["label"] for turn in found["turns"]] == [
        *("anger", None, "anger", "unread", "satisfaction", "anger", "unread")
    ]


def test_the_report_says_everything_in_a_line_each() -> None:
    shown = report(everything())
    for line in (
        "  1 customer  [anger #########-]",
        "  3 customer  [anger ########--, corrected]",
        "  4 customer  [not read]",
        "  6 customer  [not clear ####------]",
        "  why: they were told no",
        "+ calmer at turn 5 than at turn 1",
        "Take care, turn 3: self-harm",
        "  Listen first.",
        "Turns 4 and 7 are not in English, so their feelings were not read.",
    ):
        assert line in shown.splitlines()


INTERCOM = {
    "type": "conversation",
    "id": "9001",
    "source": {"body": "<p>Where is my kettle?</p>", "author": {"type": "user", "name": "Ada"}},
    "conversation_parts": {
        "conversation_parts": [
            {"part_type": "note", "body": "<p>Third time.\x1b[2J</p>", "author": {"type": "admin", "name": "Kim\x07"}},
            {"part_type": "comment", "body": "<p>On its way.</p>", "author": {"type": "admin", "name": "Ben"}},
        ]
    },
}


def test_internal_notes_are_told_apart_from_the_turns_and_only_where_there_are_any(cli: Cli, passphrase: str) -> None:
    text = json.dumps(INTERCOM)
    found = cli("--quiet", "analyze", "--no-llm", "--json", stdin=text).json
    check(found)
    assert [turn["text"] for turn in found["turns"]] == ["Where is my kettle?", "On its way."]
    (aside,) = found["asides"]
    assert (aside["after"], aside["at"]) == (0, None)
    assert "Third time." in aside["text"]
    shown = cli("history", "show", found["conversation"]["id"], "--json").json
    check(shown, fine=True)
    assert shown["asides"] == found["asides"]
    report_lines = cli(*QUIET, stdin=text).out.splitlines()
    at = next(i for i, line in enumerate(report_lines) if line.startswith("  | internal note, Kim"))
    assert report_lines[at + 1].startswith("  | Third time.")
    assert not [line for line in report_lines if "\x1b" in line or "\x07" in line]
    assert "asides" not in cli(*QUIET, "--json", stdin=CHAT).json


def test_a_turn_tells_its_way_only_where_it_has_one() -> None:
    plain = everything()
    turns = tuple(replace(turn, via="browser" if turn.i else None) for turn in plain.conversation.turns)
    notes = (Aside("before it all", -1), Aside("behind it", 6, "Kim"))
    told = replace(plain, conversation=replace(plain.conversation, turns=turns, asides=notes))
    found = json.loads(json.dumps(analysis_object(told)))
    check(found)
    assert [turn.get("via") for turn in found["turns"]] == [None, *["browser"] * 6]
    assert "via" not in found["turns"][0]
    lines = report(told).splitlines()
    assert lines[:2] == ["  | internal note", "  | before it all"]
    assert lines[lines.index("  | internal note, Kim") - 1] == "    Vale."


def test_pasted_text_and_files_have_no_way_of_their_own(cli: Cli, chat: str) -> None:
    for found in (cli(*QUIET, "--json", chat).json, cli(*QUIET, "--json", stdin=CHAT).json):
        assert not [turn for turn in found["turns"] if "via" in turn]


def test_what_agents_taught_changes_nothing_that_a_command_prints(cli: Cli, passphrase: str, home: Places) -> None:
    line = line_of("c1", *(("customer", text) for text in ("A bit annoying.", "Slightly annoying.", "Hm, a nuisance.")))
    before = cli("--quiet", "analyze", "--no-llm", "--lines", stdin=line).json
    desk = Desk(home, Settings(home.settings))
    desk.open_history(passphrase)
    (conversation,) = desk.capture(line)
    mood = desk.read(conversation)
    for reading in mood.readings:
        mood = desk.correct(conversation, mood, reading.turn, Label.SADNESS)
    desk.close()
    for save in ((), ("--save",)):
        after = cli("--quiet", "analyze", "--no-llm", "--lines", *save, stdin=line).json
        assert after["turns"] == before["turns"]
    assert cli("--quiet", "analyze", "--no-llm", "--json", stdin=line).json["turns"] == before["turns"]


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
