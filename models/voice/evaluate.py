"""What the adapter brings: the base model and the model with our voice on the same prompts, before any guard.

    python -m models.voice.evaluate [--shared DIR] [--conversations N] [--adapter FILE] [--pairs FILE] [--verdicts FILE]

Prints a table and writes it into docs/quality.md. With --pairs it also writes replies of both in hidden order for a
reader, and with --verdicts it counts what the reader said: lines `number better` with better one of A, B, equal.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent_assist.assist.chat import looks_english
from agent_assist.assist.summary.fields import ABOUT, ASKS, COMPLAINS, OURS, WANTS, WISH
from agent_assist.assist.summary.support import Support
from agent_assist.capture import read_lines
from agent_assist.errors import KnownError
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.shelf import Shelf
from agent_assist.paths import find_places
from agent_assist.records import Conversation
from models.voice import generate, odd, table
from models.voice.examples import Cited, Example, examples
from models.voice.generate import Written

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / "build" / "voice"
BASE, VOICE = "base", "voice"
"""The two that are compared."""
_REPORTS = re.compile(r"\b(?:the|this) customer\b", re.IGNORECASE)
_BRACKET = re.compile(r"\[[^\]]*\]?")
_BLANK = re.compile(r"\[[a-z][^\[\]]{2,60}\]")
_MOST_BLANKS = 2
_LEAK = re.compile(r"<\|im_|\bas an ai\b|system prompt|language model|write your next message", re.IGNORECASE)
_CONTEXT = 4096
_SEED = 5
_PAIRS = 80


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of both variants."""

    measure: str
    base: str
    voice: str
    asked: str = ""


class Compared:
    """Runs the same prompts on both variants.

    Args:
        shared: folder that holds data and eval.
        model: catalogue name of the base.
        most: conversations of each set.
        adapter: the voice's file; None for the one that ships.

    Raises:
        KnownError: there is no adapter.
    """

    def __init__(self, shared: Path, model: str, most: int, adapter: Path | None) -> None:
        self._shared, self._model, self._most = shared, model, most
        self._shelf = Shelf(find_places())
        self._adapter = adapter or self._shelf.voice(model)
        if self._adapter is None:
            raise KnownError(f"There is no voice for {model}: make one with python -m models.voice.train.")
        self.care = self._read("twitter_care/conversations.jsonl")
        self.cases = self._read("tweetsumm/dialogues.jsonl")
        self.held = examples(held_out=True)[:most]
        self._written: dict[tuple[str, str], list[Written]] = {}

    def run(self) -> list[Figure]:
        """Writes what is missing, and measures all of it."""
        odd_ones = odd.conversations() + [
            c for c in self._all("twitter_care/conversations.jsonl") if not looks_english(c)
        ]
        held = [example.conversation for example in self.held]
        both = (generate.reply_tasks, generate.summary_tasks)
        for variant in (BASE, VOICE):
            engine = self._engine(variant)
            try:
                for name, conversations, tasks in (
                    ("care", self.care, (generate.reply_tasks,)),
                    ("cases", self.cases, (generate.summary_tasks,)),
                    ("held", held, both),
                    ("odd", odd_ones[: self._most], (generate.reply_tasks,)),
                ):
                    store = WORK / f"{name}-{self._named(variant)}.jsonl"
                    self._written[name, variant] = generate.generate(engine, conversations, tasks, store, tell)
            finally:
                engine.close()
        return [*self._replies(), *self._summaries(), *self._held(), self._speed(), *self._odd()]

    def written(self, name: str, variant: str) -> list[Written]:
        """What a variant wrote for one of the sets."""
        return self._written[name, variant]

    def _replies(self) -> Iterator[Figure]:
        clean, speaks = {}, {}
        for variant in (BASE, VOICE):
            told = [
                {"id": w.id, "replies": [{"text": text} for text in w.replies()]} for w in self.written("care", variant)
            ]
            clean[variant] = self._scored("score_replies.py", "care", self.care, told)["clean"]
            texts = [text for w in self.written("care", variant) for text in w.replies()]
            speaks[variant] = sum(not _REPORTS.search(t) for t in texts) / len(texts)
        n = len(self.care)
        yield Figure(f"clean rate of raw replies, {n} conversations", *_pair(clean), "≥ .95")
        yield Figure("raw replies that speak to the customer", *_pair(speaks), "≥ .995")

    def _summaries(self) -> Iterator[Figure]:
        found = {}
        for variant in (BASE, VOICE):
            told = [
                {"id": w.id, "summary": _summary(w.texts, c)}
                for w, c in zip(self.written("cases", variant), self.cases, strict=True)
            ]
            found[variant] = self._scored("score_summary.py", "cases", self.cases, told)
        for key, name, asked in (
            ("rougeL", "ROUGE-L", "≥ +.04"),
            ("rouge1", "ROUGE-1", ""),
            ("faithful", "faithful", "≥ .97"),
        ):
            figures = {variant: scored[key] for variant, scored in found.items()}
            yield Figure(f"raw summaries, {len(self.cases)} dialogues: {name}", *_pair(figures), asked)

    def _held(self) -> Iterator[Figure]:
        valid, cited = {}, {}
        for variant in (BASE, VOICE):
            written = self.written("held", variant)
            texts = [text for w in written for text in w.replies()]
            valid[variant] = sum(_slots_are_valid(text) for text in texts) / len(texts)
            lines = [one for w, e in zip(written, self.held, strict=True) for one in _cited(w, e)]
            cited[variant] = sum(lines) / max(len(lines), 1)
        yield Figure(f"held-out tenth ({len(self.held)} examples): valid blanks", *_pair(valid), "≥ .99")
        yield Figure("held-out tenth: citations that meet the written ones", *_pair(cited), "≥ .95")

    def _speed(self) -> Figure:
        speed = {}
        for variant in (BASE, VOICE):
            written = self.written("care", variant)
            speed[variant] = 1000 * sum(w.tokens for w in written) / max(sum(w.ms for w in written), 1.0)
        return Figure("tokens per second, three replies at once", *_pair(speed), "see bench: ≥ .88")

    def _odd(self) -> Iterator[Figure]:
        for name, wrong in (("loop", _loops), ("leak", lambda text: bool(_LEAK.search(text)))):
            found = {
                v: float(sum(wrong(text) for w in self.written("odd", v) for text in w.replies()))
                for v in (BASE, VOICE)
            }
            yield Figure(f"other languages, empty and odd input: replies that {name}", *_pair(found), "0")

    def pairs(self, path: Path) -> None:
        """Writes pairs of replies in hidden order, and beside them the key."""
        draw = random.Random(_SEED)  # noqa: S311  an order to hide, no secret
        told, key = [], []
        chosen = list(range(len(self.care)))[:_PAIRS]
        for number, k in enumerate(chosen, 1):
            n = number % len(generate.ASKED)
            sides = [(v, self.written("care", v)[k].replies()[n]) for v in (BASE, VOICE)]
            draw.shuffle(sides)
            key.append(f"{number} {sides[0][0]}")
            turns = "\n".join(f"{t.speaker.value}: {t.text}" for t in self.care[k].turns)
            told.append(f"## {number}\n{turns}\n\nA: {sides[0][1]}\n\nB: {sides[1][1]}\n")
        path.write_text("\n".join(told), encoding="utf-8")
        path.with_suffix(".key").write_text("\n".join(key) + "\n", encoding="utf-8")

    def _engine(self, variant: str) -> WorkerEngine:
        entry = self._shelf.entry(self._model)
        adapter = self._adapter if variant == VOICE else None
        return WorkerEngine(entry.name, self._shelf.path(entry.name), entry.template.value, _CONTEXT, voice=adapter)

    def _named(self, variant: str) -> str:
        """What a variant's answers are kept under: another adapter writes others."""
        if variant == BASE or self._adapter is None:
            return BASE
        return hashlib.sha256(self._adapter.read_bytes()).hexdigest()[:12]

    def _read(self, name: str) -> list[Conversation]:
        return [c for c in self._all(name) if looks_english(c)][: self._most]

    def _all(self, name: str) -> list[Conversation]:
        with (self._shared / "data" / name).open("rb") as file:
            return list(read_lines(file, lambda _number, reason: tell(f"{name}: {reason}")))

    def _scored(
        self, scorer: str, name: str, conversations: Sequence[Conversation], predicted: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """What a scorer of the data's own says; it reads the data's own lines."""
        known = {c.id for c in conversations}
        folder = {"care": "twitter_care/conversations.jsonl", "cases": "tweetsumm/dialogues.jsonl"}[name]
        lines = (self._shared / "data" / folder).read_text(encoding="utf-8").splitlines()
        gold, told = WORK / f"{name}.gold.jsonl", WORK / f"{name}.predicted.jsonl"
        gold.write_text("".join(f"{line}\n" for line in lines if json.loads(line)["id"] in known), encoding="utf-8")
        told.write_text("".join(json.dumps(one) + "\n" for one in predicted), encoding="utf-8")
        command = [sys.executable, str(self._shared / "eval" / scorer), str(gold), str(told)]
        found: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        return found


def _summary(texts: dict[str, str], conversation: Conversation) -> dict[str, Any]:
    """The raw lines as a summary: what it is about, what our side did, what is wanted; each cites the first turn."""
    turns = conversation.customer_turns
    issue = ASKS.key if turns and "?" in turns[0].text else COMPLAINS.key
    told = {key: {"text": text, "turns": [0]} for key, text in texts.items()}
    wish = texts[WANTS].removeprefix(WISH.lead)
    return {
        "issue": told[issue],
        "tried": [told[OURS.key]] if OURS.key in told else [],
        "wants": {"text": wish, "turns": [0]},
    }


def _slots_are_valid(text: str) -> bool:
    """Whether every bracket of a reply is a short blank in lower case, closed, and there are at most two."""
    found = _BRACKET.findall(text)
    return len(found) <= _MOST_BLANKS and all(_BLANK.fullmatch(one) for one in found)


def _cited(written: Written, example: Example) -> Iterator[bool]:
    """For each line that the product would show: whether its turns meet those that the example's writer named."""
    support, case = Support(example.conversation), example.summary
    named: list[tuple[str, str, Cited | None]] = [
        (COMPLAINS.key, COMPLAINS.text, case.complains or case.about or case.asks),
        (ABOUT.key, ABOUT.text, case.about or case.complains or case.asks),
        (ASKS.key, ASKS.text, case.asks),
        (WANTS, WISH.text, case.wants),
        (OURS.key, OURS.text, case.agent),
    ]
    for key, opening, gold in named:
        text = written.texts.get(key, "").removeprefix(WISH.lead)
        found = (support.check_ours if key == OURS.key else support.check)(text, opening) if gold else None
        if found is not None and gold is not None:
            yield bool(set(found.line.turns) & set(gold.turns))


def _loops(text: str) -> bool:
    """Whether five words in a row come three times."""
    words = text.lower().split()
    runs = [tuple(words[i : i + 5]) for i in range(len(words) - 4)]
    return any(runs.count(run) > 2 for run in set(runs))


def _pair(figures: dict[str, float]) -> tuple[str, str]:
    return f"{figures[BASE]:.3f}", f"{figures[VOICE]:.3f}"


def verdicts(path: Path, key: Path) -> Figure:
    """What a reader said of the pairs.

    Args:
        path: lines `number better`, better one of A, B, equal.
        key: as `pairs` wrote it: lines `number variant`, the variant that A is.
    """
    first = dict(line.split() for line in key.read_text(encoding="utf-8").splitlines())
    won = {BASE: 0, VOICE: 0, "equal": 0}
    for line in path.read_text(encoding="utf-8").splitlines():
        number, better = line.split()[:2]
        other = VOICE if first[number] == BASE else BASE
        won[{"A": first[number], "B": other}.get(better, "equal")] += 1
    total = sum(won.values())
    return Figure(
        f"blind pairs ({total}, {won['equal']} equal): preferred",
        f"{won[BASE] / total:.0%}",
        f"{won[VOICE] / total:.0%}",
        "≥ 75%, base ≤ 10%",
    )


def tell(line: str) -> None:
    """A line of progress."""
    sys.stderr.write(f"voice: {line}\n")


def main() -> int:
    """Measures, prints and writes."""
    parser = argparse.ArgumentParser(description="Measure what the voice brings.")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="folder that holds data and eval")
    parser.add_argument("--conversations", type=int, default=100, help="of each set")
    parser.add_argument("--model", default="qwen2.5-coder-1.5b", help="the base")
    parser.add_argument("--adapter", type=Path, help="another voice than the one that ships")
    parser.add_argument("--pairs", type=Path, help="write pairs for a reader here, and the key beside it")
    parser.add_argument("--verdicts", type=Path, help="what the reader said of --pairs")
    asked = parser.parse_args()
    try:
        compared = Compared(asked.shared.resolve(), asked.model, asked.conversations, asked.adapter)
        figures = compared.run()
    except KnownError as error:
        tell(str(error))
        return 1
    if asked.pairs and not asked.verdicts:
        compared.pairs(asked.pairs)
    if asked.pairs and asked.verdicts:
        figures.append(verdicts(asked.verdicts, asked.pairs.with_suffix(".key")))
    rows = [f"| {f.measure} | {f.base} | {f.voice} | {f.asked} |" for f in figures]
    table.write(rows)
    sys.stdout.write("\n".join(rows) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
