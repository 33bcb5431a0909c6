from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import Cli, line_of, said_kindly
from contract_shape import check

from agent_assist.paths import Places

LINES = ("analyze", "--lines", "--no-llm")
GOOD = [line_of(f"c{n}", ("customer", f"Where is parcel {n}?"), ("agent", "I will look.")) for n in range(20)]


def test_each_line_gives_one_line_in_the_same_order(cli: Cli) -> None:
    ran = cli(*LINES, stdin="".join(GOOD))
    assert (ran.code, ran.err) == (0, "")
    assert [found["conversation"]["id"] for found in ran.objects] == [f"c{n}" for n in range(20)]
    for found in ran.objects:
        check(found)


def test_fine_scores_come_in_lines_too(cli: Cli) -> None:
    for found in cli(*LINES, "--fine", stdin=GOOD[0]).objects:
        check(found, fine=True)


def test_a_conversation_reads_alike_alone_and_among_others(cli: Cli) -> None:
    alone = cli("analyze", "--no-llm", "--no-save", "--json", stdin=GOOD[7]).json
    among = cli(*LINES, stdin="".join(GOOD)).objects[7]
    for found in (alone, among):
        del found["timings"]
    assert alone == among


def test_bad_lines_are_told_by_number_and_the_rest_is_processed(cli: Cli) -> None:
    bad = {
        2: "{not json",
        4: '{"id": "x"}',
        5: "[]",
        7: '{"id": "x", "turns": []}',
        8: '{"turns": [{"speaker": "martian", "text": "secret words"}]}',
        9: '{"turns": [{"speaker": "customer", "text": "   "}]}',
        10: "\x00\x00",
    }
    lines = [bad[n] + "\n" if n in bad else GOOD[n] for n in range(1, 12)]
    ran = cli(*LINES, stdin="".join(lines))
    assert ran.code == 1
    assert [found["conversation"]["id"] for found in ran.objects] == ["c1", "c3", "c6", "c11"]
    assert [line.split(":")[1].strip() for line in ran.errors] == [f"line {n}" for n in bad]
    assert "secret" not in ran.err


def test_blank_lines_and_a_byte_order_mark_are_no_errors(cli: Cli) -> None:
    ran = cli(*LINES, stdin="\ufeff" + GOOD[0] + "\n  \n" + GOOD[1].rstrip("\n"))
    assert (ran.code, ran.err, len(ran.objects)) == (0, "", 2)


def test_with_several_files_a_bad_line_names_its_file(cli: Cli, tmp_path: Path) -> None:
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    first.write_text(GOOD[0])
    second.write_text("nonsense\n" + GOOD[1])
    ran = cli(*LINES, str(first), str(second))
    assert (ran.code, len(ran.objects)) == (1, 2)
    assert ran.errors == [f"agent-assist: {second}, line 1: it is not valid JSON"]


def test_a_line_too_long_is_skipped_and_the_next_is_read(cli: Cli) -> None:
    ran = cli(*LINES, stdin=line_of("long", ("customer", "word " * 1_000_000)) + GOOD[0])
    assert (ran.code, len(ran.objects)) == (1, 1)
    assert ran.errors == ["agent-assist: line 1: the line is longer than 4 MB"]


@pytest.mark.parametrize("nothing", ["", "\n\n  \n"])
def test_nothing_to_read_is_said(cli: Cli, nothing: str) -> None:
    said_kindly(cli(*LINES, stdin=nothing), "nothing to read")


def test_only_bad_lines_are_a_failure(cli: Cli) -> None:
    ran = cli(*LINES, stdin="nonsense\n")
    assert (ran.code, ran.out, len(ran.errors)) == (1, "", 1)


@pytest.mark.parametrize(
    "options", [("--customer", "Anna"), ("--format", "plain"), ("--sample",), ("--save", "--no-save")]
)
def test_options_that_do_not_go_with_lines_are_bad_usage(cli: Cli, options: tuple[str, ...]) -> None:
    ran = cli(*LINES, *options, stdin=GOOD[0])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: ")


def test_lines_are_not_saved_unless_asked(cli: Cli, passphrase: str, home: Places) -> None:
    assert cli(*LINES, stdin="".join(GOOD)).code == 0
    assert not home.history.exists()
    assert cli(*LINES, "--save", stdin="".join(GOOD)).code == 0
    assert {item["id"] for item in cli("history", "list", "--json").json} == {f"c{n}" for n in range(20)}


def test_lines_that_cannot_be_saved_are_not_even_begun(cli: Cli) -> None:
    ran = cli(*LINES, "--save", stdin=GOOD[0])
    said_kindly(ran, "AGENT_ASSIST_PASSPHRASE")
    assert ran.out == ""


def test_an_answer_is_one_line_whatever_the_text(cli: Cli) -> None:
    text = "one\ntwo\u2028three\u0085four\r\nfive \u202e rtl \U0001f469\u200d\U0001f4bb"
    ran = cli(*LINES, stdin=line_of("c", ("customer", text)))
    assert ran.out.count("\n") == 1
    assert (
        json.loads(ran.out)["turns"][0]["text"] == "one\ntwo\nthree\nfour\nfive \u202e rtl \U0001f469\u200d\U0001f4bb"
    )
