"""`agent-assist coach`: one draft for a person, scores of many turns for an evaluation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import CHAT, Cli, line_of, said_kindly

from agent_assist.paths import Places

DRAFT = "Calm down. As per our policy I will refund you the money tomorrow."
PILLARS = {"listen", "own", "resolve", "follow_up"}
STATES = {"given", "missing", "not_needed"}
TALKS = [
    line_of(
        f"c{n}",
        ("customer", f"My parcel {n} arrived broken and I am furious!"),
        ("agent", "I'm sorry that your parcel arrived broken. Let me check what I can do. I'll keep you posted."),
        ("customer", "Still nothing."),
        ("agent", "Calm down."),
    )
    for n in range(10)
]


@pytest.fixture
def chat(tmp_path: Path) -> str:
    file = tmp_path / "chat.txt"
    file.write_text(CHAT, encoding="utf-8")
    return str(file)


def test_a_draft_is_coached_in_the_shape_of_the_contract(cli: Cli, chat: str) -> None:
    ran = cli("coach", "--conversation", chat, "--draft", DRAFT, "--json")
    assert (ran.code, ran.err) == (0, "")
    found = ran.json
    assert set(found) == {"empathy", "pillars", "remarks"}
    assert set(found["pillars"]) == PILLARS and set(found["pillars"].values()) <= STATES
    assert {"tone", "promise", "missing"} <= {remark["kind"] for remark in found["remarks"]}
    for remark in found["remarks"]:
        assert set(remark) == {"kind", "text", "why", "start", "end", "pillar"}
    words = [DRAFT[r["start"] : r["end"]] for r in found["remarks"] if r["start"] is not None]
    assert "Calm down" in words


def test_a_person_reads_the_most_important_remarks(cli: Cli, chat: str) -> None:
    out = cli("coach", "--conversation", chat, "--draft", DRAFT).out
    assert out.startswith("Pillars: listen missing")
    assert 'Take out "Calm down"' in out
    assert out.count("\n- ") <= 5


def test_a_private_draft_comes_through_standard_input(cli: Cli, chat: str) -> None:
    arguments = ("coach", "--conversation", chat, "--json")
    assert cli(*arguments, "--draft", "-", stdin=DRAFT + "\n").json == cli(*arguments, "--draft", DRAFT).json
    assert "standard input" in cli("coach", "--help").out


def test_each_line_gives_the_scores_of_the_agents_turns(cli: Cli) -> None:
    ran = cli("coach", "--lines", stdin="".join(TALKS))
    assert (ran.code, ran.err) == (0, "")
    assert [found["id"] for found in ran.objects] == [f"c{n}" for n in range(10)]
    for found in ran.objects:
        assert set(found) == {"id", "empathy", "agent_turns"}
        assert 0 <= found["empathy"] <= 1
        good, bad = found["agent_turns"]
        assert (good["i"], bad["i"]) == (1, 3)
        assert set(good["pillars"]) == PILLARS and set(good["pillars"].values()) <= STATES
        assert good["empathy"] > bad["empathy"]


def test_lines_come_from_a_file_too(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text("".join(TALKS), encoding="utf-8")
    assert cli("coach", "--lines", str(file)).out == cli("coach", "--lines", stdin="".join(TALKS)).out


def test_a_conversation_without_an_agent_has_no_score(cli: Cli) -> None:
    ran = cli("coach", "--lines", stdin=line_of("c", ("customer", "Where is my parcel?")))
    assert ran.objects == [{"id": "c", "empathy": None, "agent_turns": []}]


def test_bad_lines_are_told_by_number_and_the_rest_is_scored(cli: Cli) -> None:
    ran = cli("coach", "--lines", stdin=TALKS[0] + "{secret words\n" + TALKS[1])
    assert ran.code == 1
    assert [found["id"] for found in ran.objects] == ["c0", "c1"]
    assert len(ran.errors) == 1 and "line 2" in ran.errors[0]
    assert "secret" not in ran.err


MISUSED: list[tuple[str, ...]] = [
    (),
    ("--draft", "Hello."),
    ("--conversation", "chat.txt"),
    ("chat.txt",),
    ("--lines", "--draft", "Hello."),
    ("--conversation", "-", "--draft", "-"),
    ("--conversation", "chat.txt", "--draft", "Hello.", "--rewrite", "own"),
    ("--conversation", "chat.txt", "--draft", "Hello.", "--rewrite", "shorter", "--instruction", "be brief"),
    ("--conversation", "chat.txt", "--draft", "Hello.", "--rewrite", "louder"),
]


@pytest.mark.parametrize("arguments", MISUSED, ids=" ".join)
def test_options_that_do_not_go_together_are_bad_usage(cli: Cli, arguments: tuple[str, ...]) -> None:
    ran = cli("coach", *arguments)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_what_cannot_be_read_is_said_kindly(cli: Cli, chat: str, tmp_path: Path) -> None:
    said_kindly(cli("coach", "--conversation", str(tmp_path / "none"), "--draft", "Hello."), "none")
    said_kindly(cli("coach", "--conversation", chat, "--draft", "  "), "empty")
    said_kindly(cli("coach", "--lines", stdin=""), "nothing to read")
    two = tmp_path / "two.jsonl"
    two.write_text("".join(TALKS[:2]), encoding="utf-8")
    said_kindly(cli("coach", "--conversation", str(two), "--draft", "Hello."), "2 conversations")


def test_neither_draft_nor_score_is_kept(cli: Cli, chat: str, home: Places) -> None:
    cli("coach", "--conversation", chat, "--draft", "A quite unusual porcupine sentence.", "--json")
    cli("coach", "--lines", stdin=TALKS[0])
    assert not home.history.exists()
    kept = [file for file in home.home.rglob("*") if file.is_file()]
    assert not any(b"porcupine" in file.read_bytes() or b"furious" in file.read_bytes() for file in kept)


def test_every_answer_is_json_that_can_be_read_again(cli: Cli, chat: str) -> None:
    text = cli("coach", "--conversation", chat, "--draft", DRAFT, "--json").out
    assert json.loads(text)["remarks"]
