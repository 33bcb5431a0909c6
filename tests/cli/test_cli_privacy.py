"""Text from outside steers no terminal and reaches no log."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest
from cli_runs import CHAT, Cli, line_of
from hypothesis import given
from hypothesis import strategies as st

from agent_assist import cli as program
from agent_assist.cli.report import bar, printable, report
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    Assist,
    ContextUse,
    Conversation,
    EmotionReading,
    Fact,
    Grounding,
    Label,
    Line,
    Mood,
    NextAction,
    Reply,
    Severity,
    Speaker,
    Spike,
    Summary,
    Turn,
)

EVIL = "\x1b[31mred\x1b]0;title\x07 \x9b2J \x08\x7f\u202ertl\u2066 \r\nover"
STEERING = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SECRETS = ("wombat", "Quillfeather", "ZX-99812", "quill@example.org")
TOLD = (
    f"{SECRETS[1]}: My {SECRETS[0]} statue {SECRETS[2]} broke, write to {SECRETS[3]}. This is outrageous!\n"
    "Agent: I am sorry.\n"
)


def full(text: str) -> Analysis:
    """An analysis with the same text in every place that holds any."""
    reading = EmotionReading(0, Label.ANGER, 0.9, -0.9, 0.5, dict.fromkeys(Label, 1 / 7), (text,))
    spike = Spike(0, Label.ANGER, Severity.HIGH, 0.9, 0.5, None, (text,), text)
    line = Line(text, (0,))
    summary = Summary(line, (line,), line, line, (line,), (Fact("order_id", text, 0),))
    replies = (Reply(text, text, {}, 0.5, Grounding(False, (text,))),)
    assist = Assist(summary, (NextAction(text, text, (0,)),), replies, ContextUse(1, 2), "model", (text,))
    turns = (Turn(0, Speaker.CUSTOMER, text, text), Turn(1, Speaker.AGENT, text, text))
    return Analysis(
        Conversation(text, "plain", turns, text, notes=(text,)), Mood((reading,), (spike,), 0.1, 0.9), assist
    )


def test_the_report_shows_every_part_and_steers_nothing() -> None:
    shown = report(full(EVIL + "word"))
    assert not STEERING.search(shown)
    assert shown.count("word") >= 15


@given(st.text(max_size=60))
def test_nothing_that_steers_is_printable(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    assert not STEERING.search(shown)
    assert "\n" not in shown
    for character in set(shown) - {"\u200c", "\u200d"}:
        assert unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


@given(st.floats(0, 1))
def test_a_bar_is_ten_characters(distress: float) -> None:
    assert re.fullmatch(r"#*-*", bar(distress))
    assert len(bar(distress)) == 10


def test_emoji_and_letters_of_every_script_stay_whole() -> None:
    for text in ("👩‍👩‍👧‍👦 💔", "می‌خواهم", "أين طلبي", "ärgerlich", "怒っている"):
        assert printable(text) == text


def test_a_pasted_escape_never_reaches_the_terminal(cli: Cli, passphrase: str) -> None:
    turns = [{"speaker": "customer", "name": f"Eve{EVIL}", "text": f"I am furious!! {EVIL}"}]
    given = json.dumps({"id": f"id{EVIL}", "turns": turns})
    for command in (("analyze", "--no-llm"), ("history", "list"), ("history", "search", "furious")):
        ran = cli(*command, stdin=given)
        assert ran.code == 0
        assert "furious" in ran.out
        assert not STEERING.search(ran.out), command
    pasted = cli("analyze", "--no-llm", "--no-save", stdin=f"Eve: I am furious!! {EVIL}\nAgent: Sorry.\n")
    assert not STEERING.search(pasted.out)


@pytest.mark.parametrize("options", [(), ("--lines",)])
def test_json_holds_no_raw_control_character(cli: Cli, options: tuple[str, ...]) -> None:
    ran = cli("analyze", "--no-llm", "--no-save", "--json", *options, stdin=line_of("c", ("customer", f"Hello {EVIL}")))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", ran.out)


def test_a_name_on_the_command_line_steers_nothing_either(cli: Cli) -> None:
    ran = cli("analyze", "\x1b[2J none.txt")
    assert ran.code == 1
    assert not STEERING.search(ran.err)


class Failing:
    """Stands for a defect of ours that meets customer text."""

    def __call__(self, _context: object, _arguments: object) -> int:
        raise ValueError(f"cannot handle {TOLD}")


def logged(home: Places) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in home.home.glob("agent-assist.log*"))


def test_no_word_of_a_customer_reaches_the_log(
    cli: Cli, home: Places, passphrase: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"{SECRETS[0]}.jsonl"
    path.write_text('{"turns": 1}\n' + line_of(SECRETS[1], ("customer", TOLD)), encoding="utf-8")
    identity = cli("analyze", "--no-llm", "--json", stdin=TOLD).json["conversation"]["id"]
    for command in (
        ("analyze", "--lines", "--no-llm", "--save", str(path)),
        ("analyze", "--no-save", "--sample"),  # no model: fails
        ("history", "list"),
        ("history", "search", SECRETS[0]),
        ("history", "show", identity),
        ("history", "show", SECRETS[2]),
        ("history", "delete", SECRETS[1]),
        ("doctor", "--offline"),
    ):
        cli(*command)
    home.history.write_bytes(b"damaged" * 1000)
    cli("history", "list")
    monkeypatch.setattr("agent_assist.cli.analyze.run", Failing())
    ran = cli("analyze", stdin=TOLD)
    assert ran.code == program.BUG
    assert len(ran.errors) == 1
    assert "ValueError at test_cli_privacy.py" in ran.err
    log = logged(home)
    assert "ValueError" in log, "the provoked error is not logged at all"
    for word in SECRETS:
        assert word not in log
        assert word not in ran.err


def test_a_log_that_cannot_be_written_disturbs_nothing(cli: Cli, home: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    home.create()
    home.log.mkdir()
    assert cli("analyze", "--no-llm", "--no-save", stdin=CHAT).err == ""
    monkeypatch.setattr("agent_assist.cli.analyze.run", Failing())
    ran = cli("analyze", stdin=CHAT)
    assert (ran.code, len(ran.errors)) == (program.BUG, 1)
