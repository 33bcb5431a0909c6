"""Prints every figure of the model card, through the product itself, on data that the model was not trained on.

    python -m models.emotion.evaluate --data ../shared/data --scorers ../shared/eval

A few minutes on two cores. `--exact` names a folder that `train.py` left (`WORK/exact`) and adds what rounding the
weights to int8 costs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from agent_assist import cli
from agent_assist.capture import read as capture
from agent_assist.emotion import EmotionReader, read_moods
from agent_assist.emotion.explain import find_words
from agent_assist.emotion.head import Outputs, load_manifest
from agent_assist.encoder import Encoder
from agent_assist.records import Conversation
from models.emotion import FOLDER
from models.emotion.recipe import Array, f1, log_loss, read_goemotions

HIGH = 2.5
"""Raters' mean, of 0 to 4, from which a turn counts as one of high distress."""
EVERY_BIN, MIN_IN_BIN = 0.1, 5
REPEATED = 6
"""How often a set is repeated for the measure of speed."""


def say(line: str) -> None:
    """Prints a line at once."""
    print(line, flush=True)  # noqa: T201


def fine_scores(folder: Path, texts: Sequence[str]) -> tuple[Array, Array]:
    """The fine scores of texts, 0.5 and more for a label that is given, and the probabilities, `[texts, labels]`."""
    manifest = load_manifest(folder)
    rows = [Outputs(manifest, row) for row in Encoder(folder, 2).scores(texts)]
    fine = np.array([list(row.fine.values()) for row in rows], dtype=np.float32)
    return fine, np.array([list(row.probabilities.values()) for row in rows], dtype=np.float32)


def goemotions(data: Path, exact: Path | None) -> None:
    """28 labels on the development part, thresholds from the training part."""
    examples = read_goemotions(data, "dev")
    truth = examples.truth > 0
    fine, probabilities = fine_scores(FOLDER, examples.texts)
    each = f1(fine >= 0.5, truth)
    for name, score, count in zip(load_manifest(FOLDER).fine, each, truth.sum(axis=0), strict=True):
        say(f"  {name:16} F1 {score:.3f}  n {count}")
    say(f"GoEmotions dev, {len(examples.texts)} texts, 28 labels: macro-F1 {each.mean():.4f}")
    say(f"  log loss {log_loss(probabilities, examples.truth):.3f}")
    if exact is not None:
        other = f1(fine_scores(exact, examples.texts)[0] >= 0.5, truth).mean()
        say(f"  in full precision {other:.4f}, so int8 costs {other - each.mean():+.4f}")


def score(scorers: Path, kind: str, gold: Path) -> None:
    """Runs `analyze --no-llm --lines` on a set and the scorer on what it printed.

    A turn in another language has no reading; the scorer, which wants a number, is not told its rating.
    """
    out = io.StringIO()
    start = time.perf_counter()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        cli.main(["analyze", "--no-llm", "--lines", "--json", str(gold)])
    seconds = time.perf_counter() - start
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    wanted = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    turns = unread = 0
    for given, one in zip(wanted, found, strict=True):
        for rated, turn in zip(given["turns"], one["turns"], strict=True):
            turns += turn["emotion"] is not None
            if turn["emotion"] is not None and turn["emotion"]["distress"] is None:
                unread += bool(rated.pop("frustration", None) or rated.pop("emotions", None))
    with tempfile.TemporaryDirectory() as folder:
        predicted, told = Path(folder) / "predicted.jsonl", Path(folder) / "gold.jsonl"
        predicted.write_text(out.getvalue(), encoding="utf-8")
        told.write_text("".join(json.dumps(given) + "\n" for given in wanted), encoding="utf-8")
        command = [sys.executable, str(scorers / "score_emotion.py"), kind, str(told), str(predicted)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    say(f"{kind}: {' '.join(result.stdout.split())}")
    say(f"  {turns} turns in {seconds:.1f} s, start included; rated but in another language, not read: {unread}")


def risk(gold: Path) -> None:
    """How well the risk at each turn foretells a next customer turn that raters call high."""
    chances, came = [], []
    reader = EmotionReader(Encoder(FOLDER, 2))
    lines = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        rated = [i for i, turn in enumerate(line["turns"]) if turn.get("frustration")]
        whole = capture(json.dumps(line), format="jsonl")[0]
        for now, following in pairwise(rated):
            until = Conversation(whole.id, whole.source, whole.turns[: now + 1])
            chance = read_moods(reader, [until])[0].risk
            if chance is not None:
                chances.append(chance)
                came.append(float(np.mean(line["turns"][following]["frustration"])) >= HIGH)
    value, truth = np.array(chances), np.array(came)
    higher = (value[truth][:, None] > value[~truth]).mean() + 0.5 * (value[truth][:, None] == value[~truth]).mean()
    say(f"escalation risk, {len(value)} next turns, {truth.mean():.2f} of them high: AUROC {higher:.3f}")
    for low in np.arange(0, 1, EVERY_BIN):
        inside = (value >= low) & (value < low + EVERY_BIN)
        if inside.sum() >= MIN_IN_BIN:
            foretold, came_true = value[inside].mean(), truth[inside].mean()
            say(f"  risk from {low:.1f}: foretold {foretold:.2f}, came {came_true:.2f}, n {inside.sum()}")


def speed(gold: Path) -> None:
    """Time of one turn, of an explanation, and turns a second through the command line with a set repeated."""
    reader = EmotionReader(Encoder(FOLDER))
    conversations = [capture(line, format="jsonl")[0] for line in gold.read_text(encoding="utf-8").splitlines()]
    turns = [turn for conversation in conversations for turn in conversation.customer_turns]
    single, why = [], []
    for turn in turns:
        start = time.perf_counter()
        (reading,) = reader.read([turn])
        single.append(1000 * (time.perf_counter() - start))
        start = time.perf_counter()
        find_words(reader, turn, reading.label)
        why.append(1000 * (time.perf_counter() - start))
    for name, times in (("one turn", single), ("its explanation", why)):
        say(f"{name}: median {np.median(times):.1f} ms, p95 {np.quantile(times, 0.95):.1f} ms")
    with tempfile.TemporaryDirectory() as folder:
        many = Path(folder) / "many.jsonl"
        many.write_text(gold.read_text(encoding="utf-8") * REPEATED, encoding="utf-8")
        start = time.perf_counter()
        command = [sys.executable, "-m", "main", "analyze", "--no-llm", "--lines", str(many)]
        subprocess.run(command, capture_output=True, check=True)
        seconds = time.perf_counter() - start
    count = REPEATED * len(turns)
    say(f"batch: {count} turns in {seconds:.1f} s, start included: {count / seconds:.0f} turns/s")


def main() -> None:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description="Evaluate the emotion model.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the data sets")
    parser.add_argument("--scorers", type=Path, default=Path("../shared/eval"), help="folder of score_emotion.py")
    parser.add_argument("--exact", type=Path, help="folder with the model in full precision")
    arguments = parser.parse_args()
    goemotions(arguments.data, arguments.exact)
    care = arguments.data / "twcs_frustration" / "dialogues.jsonl"
    score(arguments.scorers, "frustration", care)
    risk(care)
    score(arguments.scorers, "maia", arguments.data / "maia_emotion" / "pt_br_client_04.jsonl")
    speed(care)


if __name__ == "__main__":
    main()
