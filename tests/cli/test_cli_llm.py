"""The whole contract with real language models."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from cli_runs import CHAT, Cli, child, line_of
from contract_shape import check

from agent_assist.cli import bench
from agent_assist.paths import Places
from models import catalog

SHELF = os.environ.get("AGENT_ASSIST_MODELS")
SMALL, DEFAULT = "smollm2-135m", "qwen2.5-coder-1.5b"
LEAKS = re.compile(r"<\|?\w*\|?>|\[INST|</?s>|\x1b|\bAs an AI\b|[{}]")

pytestmark = pytest.mark.llm


def here(name: str) -> bool:
    """Whether the shelf that `make test` gives holds a model."""
    return SHELF is not None and (Path(SHELF) / catalog.load().get(name).file).is_file()


needs_small = pytest.mark.skipif(not here(SMALL), reason=f"{SMALL} is not in the folder AGENT_ASSIST_MODELS")


@pytest.fixture
def small(home: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    """The smallest real model is the one in the settings."""
    monkeypatch.setenv("AGENT_ASSIST_MODELS", str(SHELF))
    home.create()
    home.settings.write_text(f'[llm]\nmodel = "{SMALL}"\n')


@needs_small
def test_a_chat_is_answered_saved_and_shown_again(cli: Cli, small: None, passphrase: str) -> None:
    made = cli("analyze", "--json", stdin=CHAT)
    assert (made.code, made.err) == (0, "")
    check(made.json, llm=True)
    assert made.json["model"] == SMALL
    shown = cli("history", "show", made.json["conversation"]["id"], "--json").json
    check(shown, llm=True, fine=True)
    for part in ("summary", "next_actions", "replies", "context", "timings"):
        assert shown[part] == made.json[part]
    told = cli("history", "show", made.json["conversation"]["id"]).out
    assert "In short" in told
    assert SMALL in told


@needs_small
def test_lines_are_answered_one_by_one(cli: Cli, small: None) -> None:
    lines = [line_of(f"c{n}", ("customer", f"Where is parcel {n}? It is late."), ("agent", "Sorry.")) for n in range(2)]
    ran = cli("analyze", "--lines", stdin=lines[0] + "nonsense\n" + lines[1])
    assert (ran.code, ran.errors) == (1, ["agent-assist: line 2: it is not valid JSON"])
    assert [found["conversation"]["id"] for found in ran.objects] == ["c0", "c1"]
    for found in ran.objects:
        check(found, llm=True)


@needs_small
def test_every_figure_of_the_bench_is_explained(cli: Cli, small: None) -> None:
    ran = cli("--quiet", "bench", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert list(ran.json) == ["machine", "model", "emotion", "result", "memory_mb", "engine"]
    explained = (bench.__doc__ or "").replace("`", " ")
    for group, figures in ran.json.items():
        assert group in explained
        for name, value in figures.items():
            assert isinstance(value, str) or value >= 0 or name == "worker_beyond_model"
            plain = re.sub(r"^(cold|warm|ready|back|ordinary|best)_|_\d+$", "", name)
            assert plain in explained or f"_{plain}" in explained, name
    assert ran.json["model"]["voice"] is False, "none was made for the small model"
    for name in ("cold_s", "warm_s", "ready_s", "back_s"):
        assert ran.json["result"][name] > 0
    assert 500 < ran.json["result"]["conversation_tokens"] < 700
    engine = ran.json["engine"]
    assert 30 <= engine["turn_tokens"] <= 50
    assert engine["return_saves"] > 0.5, "returning to a conversation costs a copy, not a reading"


@pytest.mark.skipif(not here(DEFAULT), reason=f"{DEFAULT} is not in the folder AGENT_ASSIST_MODELS")
def test_the_default_model_on_the_sample(home: Places) -> None:
    home.create()
    home.settings.write_text(f'[llm]\nmodel = "{DEFAULT}"\n')
    ran = child("analyze", "--sample", "--json", "--no-save", AGENT_ASSIST_MODELS=str(SHELF))
    assert (ran.code, ran.err) == (0, "")
    found = ran.json
    check(found, llm=True)
    assert found["model"] == DEFAULT
    assert found["context"]["left_out"] == []
    summary, turns = found["summary"], found["turns"]
    assert summary["issue"]
    assert summary["wants"]
    for line in (summary["issue"], summary["feeling"], summary["wants"], *summary["tried"], *summary["open"]):
        if line is not None:
            assert line["turns"], "a line that stands on nothing"
    facts = {(fact["kind"], fact["value"], fact["turn"]) for fact in summary["facts"]}
    assert {("order_id", "A-48213", 0), ("amount", "$649", 0)} <= facts
    assert all(fact["value"] in turns[fact["turn"]]["text"] for fact in summary["facts"])
    assert found["next_actions"]
    replies = found["replies"]
    assert replies, "not one reply was good enough to show"
    for reply in replies:
        assert reply["grounding"] == {"ok": True, "unsupported": []}
    assert len({reply["text"] for reply in replies}) == len(replies)
    assert len({reply["strategy"] for reply in replies}) == len(replies)
    for text in (*(r["text"] for r in replies), *(line["text"] for line in (summary["issue"], summary["wants"]))):
        assert not LEAKS.search(text), text
