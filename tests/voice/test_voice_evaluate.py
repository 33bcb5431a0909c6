"""How the voice is measured: what counts as a valid blank, a loop, a met citation, a preferred reply."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from test_voice_examples import GOOD

from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import OnEvent, Request, Result
from models.voice import evaluate, generate, odd, table
from models.voice.generate import Written


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("We close at [closing time].", True),
        ("No blank at all.", True),
        ("It costs [amount] until [date], or [amount] after.", False),
        ("It is [confirm", False),
        ("Dear [Customer Name], hello.", False),
    ],
)
def test_blanks(text: str, valid: bool) -> None:
    assert evaluate._slots_are_valid(text) is valid


def test_loops() -> None:
    assert evaluate._loops("I am looking into this " * 3)
    assert not evaluate._loops("I am looking into this now and will tell you what I find in the records of the day.")


def test_a_citation_counts_where_it_meets_the_written_one() -> None:
    texts = {
        "summary.issue": "The customer is complaining that the desk ordered on 2 October still isn't here.",
        "summary.agent": "The agent said that the desk was lost at sea.",
    }
    assert list(evaluate._cited(Written("x", texts, 1, 1.0), GOOD)) == [True]


def test_a_reader_s_verdicts_are_counted_for_the_hidden_side(tmp_path: Path) -> None:
    said, key = tmp_path / "said", tmp_path / "key"
    key.write_text("1 base\n2 voice\n3 voice\n4 base\n")
    said.write_text("1 B\n2 A\n3 B\n4 equal\n")
    figure = evaluate.verdicts(said, key)
    assert (figure.base, figure.voice) == ("25%", "50%")


class Echo:
    """An engine that answers each branch with its key."""

    name, voice, sandbox = "echo", False, None

    def __init__(self) -> None:
        self.asked = 0

    def load(self, on_event: OnEvent, token: CancelToken) -> None:
        pass

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        self.asked += 1
        return Result({b.key: b.opening + " " + b.key for b in request.branches})

    def close(self) -> None:
        pass


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    store, engine = tmp_path / "store.jsonl", Echo()
    talks = odd.conversations()[:3]
    generate.generate(engine, talks[:2], [generate.reply_tasks], store, lambda _line: None)
    with store.open("a") as file:
        file.write(json.dumps({"id": talks[2].id})[:9])
    found = generate.generate(engine, talks, [generate.reply_tasks], store, lambda _line: None)
    generate.generate(engine, talks, [generate.reply_tasks], store, lambda _line: None)
    assert engine.asked == 3 and [w.id for w in found] == [t.id for t in talks]
    assert [len(w.replies()) for w in found] == [3, 3, 3]


def test_the_table_keeps_what_stands_before_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "TABLE", tmp_path / "quality.md")
    (tmp_path / "quality.md").write_text("# Quality\n\n| a | b |\n")
    table.write(["| old | 1 | 2 | |"])
    table.write(["| new | 1 | 2 | |"])
    text = (tmp_path / "quality.md").read_text()
    assert text.startswith("# Quality\n\n| a | b |\n") and "| new |" in text and "| old |" not in text
