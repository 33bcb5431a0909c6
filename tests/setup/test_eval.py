"""`make eval`: a run that was interrupted goes on, other rows of the table stay, what is missing is said."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

import agent_assist

RECIPE = Path(agent_assist.__file__).parents[1] / "packaging" / "eval.py"


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working in a folder of its own."""
    spec = importlib.util.spec_from_file_location("eval_recipe", RECIPE)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "eval_recipe", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "WORK", tmp_path / "work")
    monkeypatch.setattr(module, "TABLE", tmp_path / "quality.md")
    return module


def rows(recipe: ModuleType) -> list[str]:
    return [line for line in recipe.TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]


def test_only_what_was_measured_is_written_anew(recipe: ModuleType) -> None:
    recipe.write_table(
        {"summary": [recipe.Row("summary: ROUGE-1", ".40", "≥ .43")], "hostile": [recipe.Row("hostile text: x", "1")]}
    )
    recipe.write_table({"replies": [recipe.Row("replies, care: clean", ".99")]})
    recipe.write_table({"summary": [recipe.Row("summary: ROUGE-1", ".44", "≥ .43")]})
    first, second, third = rows(recipe)
    assert first.startswith("| summary: ROUGE-1 | .44 | ≥ .43 |")
    assert second.startswith("| replies, care: clean | .99 |")
    assert third.startswith("| hostile text: x | 1 |")


def test_a_run_goes_on_where_it_was_interrupted(recipe: ModuleType, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    lines = [{"id": f"c{n}", "turns": [{"speaker": "customer", "text": f"My parcel {n} is late!"}]} for n in range(3)]
    gold.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    run = recipe.Run(tmp_path, "any")
    first = run.batch("feelings", gold, "analyze", "--no-llm", "--lines", quick=True)
    whole = first.read_text(encoding="utf-8")
    assert [json.loads(line)["conversation"]["id"] for line in whole.splitlines()] == ["c0", "c1", "c2"]
    store = recipe.WORK / "feelings.jsonl"
    kept = store.read_text(encoding="utf-8").splitlines()
    store.write_text(f"{kept[0]}\n{kept[1][:50]}", encoding="utf-8")
    assert run.batch("feelings", gold, "analyze", "--no-llm", "--lines", quick=True) == first
    assert len(store.read_text(encoding="utf-8").splitlines()) == 3
    assert store.read_text(encoding="utf-8").splitlines()[0] == kept[0], "it was asked again"


def test_what_is_missing_is_one_sentence(
    recipe: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["eval.py", "--shared", str(tmp_path / "nowhere")])
    assert recipe.main() == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "nowhere" in told[0] and "SHARED=" in told[0]
    assert not recipe.TABLE.exists()
