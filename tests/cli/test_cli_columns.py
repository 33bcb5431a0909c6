"""`analyze --columns`: which column of a table holds what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_runs import Cli

ODD = "Ref;Words;Who;Extra\n1;my parcel is late again;Maria;a\n1;let me look at it;Tom;b\n2;where is my refund;Eva;c\n"
ANALYZE = ("analyze", "--no-llm", "--no-save", "--json")


def test_the_columns_told_are_read(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(ODD)
    done = cli(*ANALYZE, "--columns", "text=Words,speaker=Who,conversation=Ref", str(path))
    assert done.code == 0
    first = json.JSONDecoder().raw_decode(done.out)[0]
    assert first["conversation"]["customer"] == "Maria"
    assert [turn["text"] for turn in first["turns"]] == ["my parcel is late again", "let me look at it"]


def test_from_a_pipe_with_the_customer_told(cli: Cli) -> None:
    done = cli(*ANALYZE, "--columns", "text=Words,speaker=Who,conversation=-", "--customer", "Tom", stdin=ODD)
    assert done.code == 0
    told = json.loads(done.out)
    assert [t["speaker"] for t in told["turns"] if t["name"] == "Tom"] == ["customer"]


def test_a_column_that_is_not_there_is_said_in_one_line(cli: Cli) -> None:
    done = cli(*ANALYZE, "--columns", "text=Nope", stdin=ODD)
    assert done.code == 1 and done.out == ""
    assert done.err.strip() == 'agent-assist: The table has no column "Nope". It has "Ref", "Words", "Who", "Extra".'


@pytest.mark.parametrize(
    "options",
    [
        ("--columns", "txt=Words"),
        ("--columns", "Words"),
        ("--columns", ""),
        ("--columns", "text=Words", "--lines"),
        ("--columns", "text=Words", "--sample"),
        ("--columns", "text=Words", "--format", "plain"),
    ],
)
def test_misuse_is_said_before_anything_is_read(cli: Cli, options: tuple[str, ...]) -> None:
    assert cli("analyze", "--no-llm", "--no-save", *options, stdin=ODD).code == 2
