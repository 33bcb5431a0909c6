"""Prints every figure of the model card, on replies and conversations that the model was not trained on.

    python -m models.empathy.evaluate --data ../shared/data --scorers ../shared/eval --work build/empathy

Under a minute. `--work` names the folder that `train.py` left: it adds the cross-validated figure on the rated replies
and what rounding the weights to int8 costs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent_assist.assist import pillars
from agent_assist.assist.empathy import EmpathyReader, ReplyReading
from agent_assist.capture import read as capture
from agent_assist.encoder import Encoder
from agent_assist.records import Conversation, Pillar, PillarState, Speaker, Turn
from models.empathy import FOLDER
from models.empathy.recipe import (
    ALL,
    HELD,
    RATED,
    Written,
    f1,
    partial,
    read_rated,
    read_written,
    spearman,
)

Values = NDArray[np.float64]
States = list[dict[Pillar, PillarState]]


def say(line: str) -> None:
    """Prints a line at once."""
    print(line, flush=True)  # noqa: T201


def answered(reply: Written) -> tuple[Turn, ...]:
    """The turns before a written reply."""
    return (Turn(0, Speaker.CUSTOMER, reply.before),)


def read_all(folder: Path, replies: Sequence[Written]) -> list[ReplyReading]:
    """Written replies as the product reads them."""
    reader = EmpathyReader(Encoder(folder), folder)
    return [reader.read(reply.text, answered(reply)) for reply in replies]


def pillar_f1(found: States, replies: Sequence[Written], which: PillarState) -> list[float]:
    """F1 of one state, for each pillar."""
    return [
        f1(
            np.array([states[pillar] is which for states in found]),
            np.array([reply.states[pillar] is which for reply in replies]),
        )
        for pillar in Pillar
    ]


def mean_line(name: str, values: Sequence[float]) -> str:
    """The mean, then each pillar's figure."""
    each = ", ".join(f"{pillar} {value:.3f}" for pillar, value in zip(Pillar, values, strict=True))
    return f"{name}: {np.mean(values):.3f} ({each})"


def held_side(exact: Path | None) -> None:
    """Pillars and empathy on the side of the written replies that was never trained on."""
    replies = [reply for reply in read_written() if reply.side == HELD]
    situations = len({reply.before for reply in replies})
    say(f"held-out written replies: {len(replies)}, to {situations} turns of customers that were not trained on either")
    found = read_all(FOLDER, replies)
    states = [reading.pillars for reading in found]
    rules = [pillars.assess(reply.text, None, answered(reply)) for reply in replies]
    for which in (PillarState.GIVEN, PillarState.MISSING):
        say(mean_line(f"  pillar F1, {which}", pillar_f1(states, replies, which)))
        say(mean_line("    by the rules alone", pillar_f1(rules, replies, which)))
    right = np.mean([s[p] is r.states[p] for s, r in zip(states, replies, strict=True) for p in Pillar])
    say(f"  states that are right, of three: {right:.3f}")
    score = np.array([reading.empathy for reading in found])
    truth = np.array([float(reply.empathy) for reply in replies])
    length = np.array([float(len(reply.text.split())) for reply in replies])
    by_rules = [pillars.empathy(r.text, s, None) for r, s in zip(replies, rules, strict=True)]
    say(f"  empathy, Spearman: {spearman(score, truth):.3f}; the rules {spearman(np.array(by_rules), truth):.3f}")
    say(f"    length alone {spearman(length, truth):.3f}; length held still {partial(score, truth, length):.3f}")
    if exact is not None:
        other = read_all(exact, replies)
        loss = np.mean(pillar_f1([r.pillars for r in other], replies, PillarState.GIVEN)) - np.mean(
            pillar_f1(states, replies, PillarState.GIVEN)
        )
        full = np.array([reading.empathy for reading in other])
        say(f"  int8 costs {loss:+.4f} of F1, {spearman(full, truth) - spearman(score, truth):+.4f} of Spearman")
        say(f"    and moves a score by {np.abs(full - score).mean():.4f}, at most by {np.abs(full - score).max():.3f}")


def rated(data: Path, work: Path) -> None:
    """The rated replies, each by a network that had not seen it."""
    texts, scores = read_rated(data)
    kept = np.load(work / "unseen.npz", allow_pickle=False)["scores"][-len(texts) :, ALL.index(RATED)]
    seen = ~np.isnan(kept)
    truth = scores.mean(axis=1).astype(np.float64)
    own = kept[seen].astype(np.float64)
    length = np.array([float(len(text.split())) for text in texts])
    others = [
        spearman(scores[:, k].astype(np.float64), np.delete(scores, k, axis=1).mean(axis=1).astype(np.float64))
        for k in range(scores.shape[1])
    ]
    say(f"rated replies, {int(seen.sum())}, cross-validated: Spearman {spearman(own, truth[seen]):.3f}")
    say(f"  raters among themselves {', '.join(f'{value:.3f}' for value in others)}")
    alone, still = spearman(length[seen], truth[seen]), partial(own, truth[seen], length[seen])
    say(f"  length alone {alone:.3f}, length held still {still:.3f}")


def experts(data: Path, scorers: Path) -> None:
    """Whole conversations against three experts."""
    gold = data / "lend_an_ear" / "conversations.jsonl"
    lines = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    reader = EmpathyReader(Encoder(FOLDER))
    conversations = [capture(json.dumps(line), format="jsonl")[0] for line in lines]
    scores = [reader.whole(conversation) for conversation in conversations]
    with tempfile.TemporaryDirectory() as folder:
        predicted = Path(folder) / "predicted.jsonl"
        rows = [json.dumps({"id": c.id, "empathy": score}) for c, score in zip(conversations, scores, strict=True)]
        predicted.write_text("\n".join(rows) + "\n", encoding="utf-8")
        command = [sys.executable, str(scorers / "score_empathy.py"), str(gold), str(predicted)]
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    say(f"experts: {' '.join(result.stdout.split())}")
    value = np.array([score for score in scores if score is not None])
    words, turns = _sizes(conversations)
    truth = np.array([np.mean([_view(expert) for expert in line["experts"]]) for line in lines])
    say(f"  words alone {spearman(words, truth):.3f}, agent turns alone {spearman(turns, truth):.3f}")
    say(f"  score with words held still {partial(value, truth, words):.3f}")


def _view(expert: dict[str, float]) -> float:
    """An expert's overall view, as the scorer counts it."""
    warm = ("validating_emotions", "demonstrating_understanding", "encouraging_elaboration")
    return sum(expert[name] for name in warm) - expert["dismissing_emotions"]


def _sizes(conversations: Sequence[Conversation]) -> tuple[Values, Values]:
    """Words and turns of the agents in each conversation."""
    said = [[t.text for t in c.turns if t.speaker is Speaker.AGENT] for c in conversations]
    words = np.array([float(sum(len(text.split()) for text in texts)) for texts in said])
    return words, np.array([float(len(texts)) for texts in said])


def speed() -> None:
    """Time of one draft, each new to the reader."""
    replies = [reply for reply in read_written() if reply.side == HELD]
    reader = EmpathyReader(Encoder(FOLDER))
    reader.read(replies[0].text, answered(replies[0]))
    times = []
    for reply in replies[1:]:
        start = time.perf_counter()
        reader.read(reply.text, answered(reply))
        times.append(1000 * (time.perf_counter() - start))
    say(f"one draft: median {np.median(times):.1f} ms, p95 {np.quantile(times, 0.95):.1f} ms")


def main() -> None:
    """Prints all figures."""
    parser = argparse.ArgumentParser(description="Evaluate the empathy model.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the data sets")
    parser.add_argument("--scorers", type=Path, default=Path("../shared/eval"), help="folder of score_empathy.py")
    parser.add_argument("--work", type=Path, help="folder that train.py left")
    arguments = parser.parse_args()
    held_side(arguments.work / "exact" if arguments.work else None)
    if arguments.work:
        rated(arguments.data, arguments.work)
    experts(arguments.data, arguments.scorers)
    speed()


if __name__ == "__main__":
    main()
