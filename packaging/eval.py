"""Runs every scorer on public data through the product's own command line, and writes docs/quality.md.

    python packaging/eval.py [--shared DIR] [--only summary,replies] [--model NAME]

`make eval` runs it. What the command line printed is kept in build/eval by input line and version of the code, so that
a run that was interrupted goes on where it stopped. With --only, only the rows of those measures are written anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as Xml
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build" / "eval"
TABLE = ROOT / "docs" / "quality.md"
CODE = (
    "agent_assist/**/*.py",
    "agent_assist/**/*.t*",
    "models/*.toml",
    "models/**/*.onnx",
    "models/**/*.gguf",
    "models/**/*.json",
)
FIRST_OF_CARE = 100
HEAD = """# Quality, measured

Written by `make eval`, which runs the scorers of issue 4 on public data that nothing here was trained on, through the
command line as it ships. A figure in brackets is the 95% interval. "Asked" is what the issue wants; an empty cell asks
for nothing.

| measure | figure | asked | date | commit | model | machine |
| --- | --- | --- | --- | --- | --- | --- |
"""

Object = dict[str, Any]
"""A JSON object; its values are what json makes of them."""


class Missing(Exception):
    """Something that a measure needs is not there: one sentence."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what was measured, the figure, what is asked, and which model it was."""

    measure: str
    figure: str
    asked: str = ""
    model: str = ""


class Run:
    """Where things are, and the batch runs of the command line."""

    def __init__(self, shared: Path, model: str) -> None:
        self.data, self.scorers, self.model = shared / "data", shared / "eval", model
        self._version = _code_version()
        WORK.mkdir(parents=True, exist_ok=True)

    def gold(self, name: str) -> Path:
        """A file of the data folder.

        Raises:
            Missing: it is not there.
        """
        path = self.data / name
        if not path.is_file():
            raise Missing(f"The data file {path} is missing. Name the folder that holds data and eval with SHARED=...")
        return path

    def batch(self, name: str, gold: Path, *command: str, quick: bool = False) -> Path:
        """What the command line prints for each line of `gold`, from the store where this code has printed it before.

        Raises:
            Missing: some line got no answer.
        """
        lines = [line for line in gold.read_text(encoding="utf-8").splitlines() if line.strip()]
        ids = {self._key(line, command): str(json.loads(line)["id"]) for line in lines}
        store = WORK / f"{name}.jsonl"
        done = _kept(store, ids)
        todo = [line for line in lines if self._key(line, command) not in done]
        tell(f"{name}: {len(done)} of {len(lines)} are there")
        if todo:
            keys = {identity: key for key, identity in ids.items()}
            with store.open("a", encoding="utf-8") as file:
                for n, found in enumerate(self._answers(name, todo, command), 1):
                    key = keys[_id(found)]
                    done[key] = found
                    file.write(json.dumps({"key": key, "found": found}) + "\n")
                    file.flush()
                    if not quick or n % 100 == 0:
                        tell(f"{name}: {len(done)} of {len(lines)}")
        if missing := [identity for key, identity in ids.items() if key not in done]:
            raise Missing(f"{name}: {len(missing)} conversations got no answer, the first is {missing[0]}.")
        predicted = WORK / f"{name}.predicted.jsonl"
        _write_lines(predicted, (done[key] for key in ids))
        return predicted

    def score(self, scorer: str, *arguments: str | Path) -> Object:
        """What a scorer prints.

        Raises:
            Missing: the scorer is not there, or fails.
        """
        path = self.scorers / scorer
        if not path.is_file():
            raise Missing(f"The scorer {path} is missing. Name the folder that holds data and eval with SHARED=...")
        done = subprocess.run([sys.executable, path, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Missing(f"The scorer {scorer} failed: {done.stderr.strip().splitlines()[-1]}")
        scored: Object = json.loads(done.stdout)
        return scored

    def _key(self, line: str, command: tuple[str, ...]) -> str:
        told = "\n".join((self._version, self.model, *command, line))
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    def _answers(self, name: str, lines: list[str], command: tuple[str, ...]) -> Iterator[Object]:
        todo, home = WORK / f"{name}.todo.jsonl", WORK / "home"
        todo.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        home.mkdir(exist_ok=True)
        (home / "settings.toml").write_text(f'[llm]\nmodel = "{self.model}"\n', encoding="utf-8")
        start = [sys.executable, str(ROOT / "main.py"), "--data-dir", str(home), "--quiet", *command, str(todo)]
        with subprocess.Popen(start, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
            assert process.stdout is not None
            for line in process.stdout:
                yield json.loads(line)
        todo.unlink()


def _kept(store: Path, wanted: Iterable[str]) -> dict[str, Object]:
    """The answers of earlier runs of this code; a line that was cut off by an interruption counts as none."""
    found: dict[str, Object] = {}
    asked = set(wanted)
    if store.is_file():
        for line in store.read_text(encoding="utf-8").splitlines():
            if line.endswith("}}") and (one := json.loads(line))["key"] in asked:
                found[one["key"]] = one["found"]
    _write_lines(store, ({"key": key, "found": one} for key, one in found.items()))
    return found


def summary(run: Run) -> list[Row]:
    """Summaries against people's."""
    gold = run.gold("tweetsumm/dialogues.jsonl")
    scored = run.score("score_summary.py", gold, run.batch("summary", gold, "analyze", "--lines"))
    asked = {"rouge1": "≥ .43", "rougeL": "≥ .345", "faithful": "1.0", "cited_lines": "≥ .98", "rouge2": ""}
    names = {
        "rouge1": "ROUGE-1",
        "rouge2": "ROUGE-2",
        "rougeL": "ROUGE-L",
        "faithful": "faithful",
        "cited_lines": "cited",
    }
    return [
        Row(f"summary: {names[k]}, {scored['dialogues']} dialogues", f"{scored[k]}", asked[k], run.model) for k in names
    ]


def replies(run: Run) -> list[Row]:
    """Replies on conversations of 25 companies, and on angry ones."""
    care = run.gold("twitter_care/conversations.jsonl").read_text(encoding="utf-8").splitlines()[:FIRST_OF_CARE]
    first = WORK / "care.gold.jsonl"
    first.write_text("\n".join(care) + "\n", encoding="utf-8")
    rows: list[Row] = []
    for name, gold in (("care", first), ("frustration", run.gold("twcs_frustration/dialogues.jsonl"))):
        scored = run.score("score_replies.py", gold, run.batch(f"replies-{name}", gold, "analyze", "--lines"))
        cases = sum(1 for _ in gold.open(encoding="utf-8"))
        where = f"replies, {name} ({cases} conversations)"
        rows.append(Row(f"{where}: clean", f"{scored['clean']} of {scored['replies']}", "≥ .99", run.model))
        share = scored["none_offered"]["count"] / cases
        rows.append(Row(f"{where}: none offered", f"{share:.1%}", "≤ 5%", run.model))
        for kind in ("unsupported", "voice_slip", "overreach", "leak", "near_copy", "too_long", "empty"):
            asked = "" if kind in ("too_long", "empty") else "0"
            rows.append(Row(f"{where}: {kind.replace('_', ' ')}", str(scored[kind]["count"]), asked, run.model))
    return rows


def empathy(run: Run) -> list[Row]:
    """The coach's score of whole conversations against three experts."""
    gold = run.gold("lend_an_ear/conversations.jsonl")
    scored = run.score("score_empathy.py", gold, run.batch("empathy", gold, "coach", "--lines", quick=True))
    experts = ", ".join(map(str, scored["experts_among_themselves"]))
    return [
        Row(
            f"empathy: Spearman with experts, {scored['conversations']} conversations",
            _with_interval(scored),
            "≥ .55",
            _SHIPPED,
        ),
        Row("empathy: experts among themselves", experts),
    ]


def emotion(run: Run) -> list[Row]:
    """Feelings of customer turns against raters."""
    rows: list[Row] = []
    for kind, name in (
        ("frustration", "twcs_frustration/dialogues.jsonl"),
        ("maia", "maia_emotion/pt_br_client_04.jsonl"),
    ):
        gold = run.gold(name)
        predicted = run.batch(f"emotion-{kind}", gold, "analyze", "--no-llm", "--lines", quick=True)
        told, unread = _readable(kind, gold, predicted)
        scored = run.score("score_emotion.py", kind, told, predicted)
        what = (
            f"emotion, {kind} ({scored['turns']} turns{f', {unread} in another language left out' if unread else ''})"
        )
        if kind == "maia":
            rows.append(Row(f"{what}: macro-F1", str(scored["macro_f1"]), model=_SHIPPED))
            continue
        rows.append(Row(f"{what}: Spearman", _with_interval(scored), model=_SHIPPED))
        rows.append(Row(f"{what}: AUROC", str(scored["auroc"]), model=_SHIPPED))
        rows.append(
            Row(f"{what}: spikes on turns that raters call high", str(scored["spikes_on_high"]), model=_SHIPPED)
        )
    return rows


def pillars(run: Run) -> list[Row]:
    """The four pillars on the held-out fifth of our own replies."""
    options = ["--data", str(run.data), "--scorers", str(run.scorers)]
    command = [sys.executable, "-m", "models.empathy.evaluate", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    found = dict(re.findall(r"(?m)^\s*pillar F1, (\w+): (.+)$", done.stdout))
    if done.returncode or "given" not in found:
        raise Missing("python -m models.empathy.evaluate printed no F1 of the pillars: run it alone to see why.")
    asked = {"given": "≥ .80"}
    return [
        Row(f"pillars: F1 of “{state}”, held-out fifth of our own replies", figure, asked.get(state, ""), _SHIPPED)
        for state, figure in found.items()
    ]


def hostile(run: Run) -> list[Row]:
    """The whole suite of hostile text, with the language model."""
    report = WORK / "hostile.xml"
    report.unlink(missing_ok=True)
    options = ["-q", "-p", "no:cacheprovider", f"--junit-xml={report}", "tests/hostile"]
    environment = {**os.environ, "AGENT_ASSIST_HOSTILE": "all", "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(
        [sys.executable, "-m", "pytest", *options], check=False, cwd=ROOT, env=environment, stdout=sys.stderr
    )
    if not report.is_file():
        raise Missing("The hostile suite did not start: run pytest tests/hostile alone to see why.")
    cases = list(Xml.parse(report).iter("testcase"))  # noqa: S314 - pytest has just written it
    bad = sum(1 for case in cases if case.find("failure") is not None or case.find("error") is not None)
    skipped = sum(1 for case in cases if case.find("skipped") is not None)
    if skipped:
        raise Missing(f"{skipped} hostile checks were skipped: is {run.model} in the folder AGENT_ASSIST_MODELS?")
    return [Row(f"hostile text: checks that fail, of {len(cases)}", str(bad), "0", run.model)]


_SHIPPED = "shipped"
MEASURES: dict[str, Callable[[Run], list[Row]]] = {
    "summary": summary,
    "replies": replies,
    "empathy": empathy,
    "emotion": emotion,
    "pillars": pillars,
    "hostile": hostile,
}


def _readable(kind: str, gold: Path, predicted: Path) -> tuple[Path, int]:
    """The gold without ratings of turns in a language that is not read: the scorer wants a number for each rating."""
    field = "frustration" if kind == "frustration" else "emotions"
    unread, told = 0, []
    for line, answer in zip(_lines(gold), _lines(predicted), strict=True):
        for rated, turn in zip(line["turns"], answer["turns"], strict=True):
            if turn["emotion"] is not None and turn["emotion"]["distress"] is None:
                unread += bool(rated.pop(field, None))
        told.append(line)
    path = WORK / f"emotion-{kind}.gold.jsonl"
    _write_lines(path, told)
    return path, unread


def _with_interval(scored: Object) -> str:
    low, high = scored["spearman_95"]
    return f"{scored['spearman']} ({low} to {high})"


def _id(found: Object) -> str:
    return str(found["conversation"]["id"] if "conversation" in found else found["id"])


def _lines(path: Path) -> list[Object]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _write_lines(path: Path, objects: Iterable[Object]) -> None:
    text = "".join(json.dumps(one) + "\n" for one in objects)
    path.write_text(text, encoding="utf-8")


def _code_version() -> str:
    """A name for the code and the shipped weights as they lie here, committed or not."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in CODE for path in ROOT.glob(pattern)}):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "agent_assist", "models")
    return (git("rev-parse", "--short", "HEAD") or "none") + (" and changes" if changed else "")


def _machine() -> str:
    memory = round(psutil.virtual_memory().total / 2**30)
    return f"{os.cpu_count()} cores, {memory} GB, {platform.machine()}, {platform.system()}"


def write_table(measured: dict[str, list[Row]]) -> None:
    """Writes the rows of what was measured; those of other measures stay as they are."""
    old: dict[str, list[str]] = {}
    table, section, voice = (TABLE.read_text(encoding="utf-8") if TABLE.is_file() else "").partition("\n## ")
    if table:
        rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
        for line in rows:
            old.setdefault(_measure_of(line), []).append(line)
    day, commit, machine = datetime.now(UTC).date().isoformat(), _commit(), _machine()
    lines = []
    for name in MEASURES:
        new = [
            f"| {row.measure} | {row.figure} | {row.asked} | {day} | {commit} | {row.model} | {machine} |"
            for row in measured.get(name, [])
        ]
        lines += new or old.get(name, [])
    TABLE.write_text(HEAD + "\n".join(lines) + "\n" + section + voice, encoding="utf-8")


def _measure_of(line: str) -> str:
    """The measure that a row of the table belongs to: the first word of its name."""
    return line[2:].split()[0].strip(",:")


def tell(line: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"eval: {line}\n")


@contextmanager
def _timed(name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    tell(f"{name} took {time.monotonic() - start:.0f} s")


def main() -> int:
    """Measures what was asked for; 1 where something was missing."""
    parser = argparse.ArgumentParser(description="Measure quality on public data.")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data and eval")
    parser.add_argument("--only", default="", help=f"some of {','.join(MEASURES)}")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="the language model")
    arguments = parser.parse_args()
    asked = [name for name in arguments.only.split(",") if name] or list(MEASURES)
    if unknown := [name for name in asked if name not in MEASURES]:
        parser.error(f"{unknown[0]} is no measure. Known are {', '.join(MEASURES)}")
    if not (arguments.shared / "data").is_dir():
        tell(
            f"The folder {arguments.shared / 'data'} is missing. Name the one that holds data and eval with SHARED=..."
        )
        return 1
    run, failed = Run(arguments.shared.resolve(), arguments.model), False
    for name in asked:
        try:
            with _timed(name):
                write_table({name: MEASURES[name](run)})
        except Missing as missing:
            failed = True
            tell(str(missing))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
