"""What training and evaluation share: the data sets, their tokens and the figures. Numpy and the tokenizer only."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent_assist.emotion.text import mask, plain
from agent_assist.records import Label
from models.emotion import FOLDER

Array = NDArray[np.float32]
Flags = NDArray[np.bool_]

DESK_DATA = FOLDER / "data"
"""Support-desk turns written for this project, one conversation a line."""
PLUTCHIK = 9
"""Labels of XED: eight emotions, and neutral."""
BRIGHTER = ("anger", "fear", "joy", "sadness", "surprise")
DESK = (*(label.value for label in Label), "distress", "valence", "urgency")
"""What the head for support-desk turns gives: a share for each product label, and three levels."""


TOLERANCE = 0.05
"""Share of its best F1 that a threshold may lose to count as nearly as good."""
PULL = 4.0
"""How strongly a label's slope is held at 1 where it has few examples."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts as the network reads them, with what they should give, `[texts, outputs]`."""

    texts: list[str]
    truth: Array


@dataclass(frozen=True, slots=True)
class DeskTurn:
    """A customer's turn of a written conversation, with what it was given.

    Attributes:
        file, conversation, i: where it stands.
        distress, urgency: 0 to 1; `valence` -1 to 1.
        fine: names of GoEmotions labels.
        vulnerable: kind of vulnerability it tells of, if any.
    """

    file: str
    conversation: str
    i: int
    text: str
    label: Label
    distress: float
    valence: float
    urgency: float
    fine: tuple[str, ...]
    vulnerable: str | None = None


def read_goemotions(folder: Path, part: str) -> Examples:
    """`text <tab> label numbers <tab> id` lines of GoEmotions; `part` is "train" or "dev"."""
    lines = (folder / "goemotions" / f"{part}.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line]
    truth = np.zeros((len(rows), len(read_names(folder))), dtype=np.float32)
    for row, (_, numbers, *_) in enumerate(rows):
        truth[row, [int(number) for number in numbers.split(",")]] = 1
    return Examples([as_read(row[0]) for row in rows], truth)


def read_names(folder: Path) -> list[str]:
    """The names of the GoEmotions labels, in the order of their numbers."""
    return (folder / "goemotions" / "labels.txt").read_text(encoding="utf-8").split()


def read_xed(folder: Path) -> Examples:
    """Film subtitles with Plutchik's emotions; those without one count as neutral."""
    texts, numbers = [], []
    for line in (folder / "xed" / "en-annotated.tsv").read_text(encoding="utf-8").splitlines():
        text, _, given = line.partition("\t")
        texts.append(text)
        numbers.append([int(number) for number in given.split(",")])
    for line in (folder / "xed" / "neu_en.txt").read_text(encoding="utf-8").splitlines():
        given, _, text = line.partition("\t")
        texts.append(text)
        numbers.append([PLUTCHIK])
    truth = np.zeros((len(texts), PLUTCHIK), dtype=np.float32)
    for row, given_numbers in enumerate(numbers):
        truth[row, [number - 1 for number in given_numbers]] = 1
    return Examples([as_read(_join_tokens(text)) for text in texts], truth)


def _join_tokens(text: str) -> str:
    """Subtitles come cut into tokens ("do n't know ."); people write them together."""
    return re.sub(r" ([.,!?;:%)\]])", r"\1", re.sub(r" (n't|'\w+)", r"\1", text)).strip()


def read_brighter(folder: Path) -> Examples:
    """English texts of SemEval-2025 task 11, training part."""
    with (folder / "brighter" / "train" / "eng.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    truth = np.array([[float(row[name]) for name in BRIGHTER] for row in rows], dtype=np.float32)
    return Examples([as_read(row["text"]) for row in rows], truth)


def read_desk(folder: Path = DESK_DATA) -> list[DeskTurn]:
    """The customer turns of the written conversations, file by file."""
    return list(_desk_turns(folder))


def _desk_turns(folder: Path) -> Iterator[DeskTurn]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            conversation = json.loads(line)
            for i, turn in enumerate(conversation["turns"]):
                if turn["speaker"] == "customer":
                    yield DeskTurn(
                        path.stem,
                        conversation["id"],
                        i,
                        turn["text"],
                        Label(turn["label"]),
                        turn["distress"],
                        turn["valence"],
                        turn["urgency"],
                        tuple(turn["fine"]),
                        turn.get("vulnerable"),
                    )


def desk_examples(turns: Sequence[DeskTurn]) -> Examples:
    """What the desk's head should give for each turn; valence, -1 to 1, stands as 0 to 1."""
    truth = np.zeros((len(turns), len(DESK)), dtype=np.float32)
    for row, turn in enumerate(turns):
        truth[row, DESK.index(turn.label.value)] = 1
        truth[row, len(Label) :] = turn.distress, (turn.valence + 1) / 2, turn.urgency
    return Examples([as_read(turn.text) for turn in turns], truth)


def desk_fine(turns: Sequence[DeskTurn], names: Sequence[str]) -> Array:
    """The GoEmotions labels of written turns, `[turns, labels]`."""
    truth = np.zeros((len(turns), len(names)), dtype=np.float32)
    for row, turn in enumerate(turns):
        truth[row, [names.index(name) for name in turn.fine]] = 1
    return truth


def as_read(text: str) -> str:
    """A text as the product hands it to the network."""
    return plain(mask(text))


def halfway(labels: Array, said: Array) -> Array:
    """What a student aims at: half the labels, half what the teacher says."""
    result: Array = ((labels + said) / 2).astype(np.float32)
    return result


def f1(predicted: Flags, truth: Flags) -> Array:
    """F1 of each label, 0 to 1."""
    hits = (predicted & truth).sum(axis=0)
    both = predicted.sum(axis=0) + truth.sum(axis=0)
    result: Array = (2 * hits / np.maximum(both, 1)).astype(np.float32)
    return result


def log_loss(probabilities: Array, truth: Array) -> float:
    """Mean over texts of the summed cross-entropy of the labels."""
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    return float(-(truth * np.log(p) + (1 - truth) * np.log(1 - p)).sum(axis=1).mean())


def calibrate(scores: Array, truth: Array) -> tuple[Array, Array]:
    """Slope and offset of each label that turn its scores into probabilities (Platt, 1999), by Newton's method."""
    found = []
    for x, y in zip(scores.astype(np.float64).T, truth.T, strict=True):
        values = np.array([1.0, 0.0])
        for _ in range(100):
            p = 0.5 * (1 + np.tanh(0.5 * (values[0] * x + values[1])))
            gradient = np.array([((p - y) * x).sum() + PULL * (values[0] - 1), (p - y).sum()])
            spread = p * (1 - p)
            cross = (spread * x).sum()
            curve = np.array([[(spread * x * x).sum() + PULL, cross], [cross, spread.sum() + 1e-6]])
            step = np.linalg.solve(curve, gradient)
            values -= np.clip(step, -1, 1)
            if np.abs(step).max() < 1e-6:
                break
        found.append(values)
    both = np.array(found, dtype=np.float32)
    return both[:, 0], both[:, 1]


def choose_thresholds(probabilities: Array, truth: Array) -> tuple[float, ...]:
    """A threshold for each label, between the one that the examples favour and the one that the probabilities imply.

    A rare label has a handful of examples, and the threshold that is best on them is mostly luck. So it is taken from
    the middle of those that are nearly as good, and then averaged (geometric mean) with the threshold of highest
    expected F1 if every probability is right, which all texts help to find.
    """
    chosen = []
    for column, given in zip(probabilities.T.astype(np.float64), truth.T > 0, strict=True):
        candidates = np.maximum(np.quantile(column, np.linspace(0.6, 0.9995, 400)), 1e-6)
        scores = np.array([f1(column[:, None] >= c, given[:, None])[0] for c in candidates])
        near = candidates[scores >= (1 - TOLERANCE) * scores.max()]
        falling = np.sort(column)[::-1]
        expected = 2 * falling.cumsum() / (np.arange(1, len(falling) + 1) + falling.sum())
        chosen.append(float(np.sqrt(np.exp(np.log(near).mean()) * falling[expected.argmax()])))
    return tuple(round(min(max(threshold, 0.001), 0.999), 4) for threshold in chosen)
