"""What training and evaluation share: the data, the features and the figures. Numpy only, beside the encoder itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent_assist.encoder import Encoder

Array = NDArray[np.float32]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Examples:
    """Texts with their labels, `[texts, labels]`."""

    texts: list[str]
    labels: Flags


def read_names(folder: Path) -> list[str]:
    """The label names of the data set, in the order of their numbers."""
    return (folder / "labels.txt").read_text(encoding="utf-8").split()


def read_examples(path: Path, labels: int) -> Examples:
    """Reads `text <tab> label numbers <tab> id` lines."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
    flags = np.zeros((len(rows), labels), dtype=np.bool_)
    for row, (_, numbers, *_) in enumerate(rows):
        flags[row, [int(number) for number in numbers.split(",")]] = True
    return Examples([row[0] for row in rows], flags)


def compute_features(encoder: Encoder, texts: list[str], chunk: int = 2000) -> Array:
    """The encoder's features of many texts, with a line of progress for each chunk."""
    parts = []
    for start in range(0, len(texts), chunk):
        parts.append(encoder.features(texts[start : start + chunk]))
        print(f"\r{min(start + chunk, len(texts))} of {len(texts)} texts encoded", end="", flush=True)  # noqa: T201
    print()  # noqa: T201
    return np.concatenate(parts)


def f1(predicted: Flags, truth: Flags) -> Array:
    """F1 of each label, 0 to 1."""
    hits = (predicted & truth).sum(axis=0)
    both = predicted.sum(axis=0) + truth.sum(axis=0)
    result: Array = (2 * hits / np.maximum(both, 1)).astype(np.float32)
    return result


def choose_thresholds(probabilities: Array, truth: Flags) -> Array:
    """The threshold of each label that gives its best F1."""
    chosen = np.full(truth.shape[1], 0.5, dtype=np.float32)
    for label in range(truth.shape[1]):
        column = probabilities[:, label]
        candidates = np.quantile(column, np.linspace(0.5, 0.999, 150)).astype(np.float32)
        scores = [float(f1(column[:, None] > c, truth[:, label : label + 1])[0]) for c in candidates]
        chosen[label] = candidates[int(np.argmax(scores))]
    return chosen


def log_loss(probabilities: Array, truth: Flags) -> float:
    """Mean over texts of the summed cross-entropy of the labels."""
    p = np.clip(probabilities, 1e-7, 1 - 1e-7)
    return float(-(np.where(truth, np.log(p), np.log(1 - p))).sum(axis=1).mean())
