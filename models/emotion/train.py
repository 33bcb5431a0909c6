"""Trains the head that turns the encoder's features into 28 GoEmotions probabilities, and writes `head.npz`.

    python -m models.emotion.train --data ../shared/data/goemotions

The encoder stays as it is; `models.emotion.export` says where it comes from. Nine tenths of `train.tsv` train a linear
layer; the last tenth calibrates each label's probability and chooses its threshold. `dev.tsv` is only looked at by
`models.emotion.evaluate`. About three minutes on two cores, 3 GB of memory.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from agent_assist.encoder import MODEL, TOKENIZER, Encoder
from models.emotion import FOLDER
from models.emotion.recipe import (
    Array,
    Flags,
    choose_thresholds,
    compute_features,
    f1,
    log_loss,
    read_examples,
    read_names,
)

EPOCHS, BATCH, RATE, WARM_UP = 8, 256, 1e-3, 100
DROPPED = 0.2
"""Share of the features left out at random in each step: forty-three thousand texts are few for 4,608 features."""
SEED = 7


def sigmoid(x: NDArray[np.floating]) -> Array:
    """Logistic function that does not overflow."""
    result: Array = (0.5 * (1 + np.tanh(0.5 * x))).astype(np.float32)
    return result


class Adam:
    """The Adam optimiser (Kingma and Ba, 2015) for a list of arrays, changed in place."""

    def __init__(self, values: list[Array]) -> None:
        self._values = values
        self._first = [np.zeros_like(v) for v in values]
        self._second = [np.zeros_like(v) for v in values]
        self._steps = 0

    def step(self, gradients: list[Array], rate: float) -> None:
        """Moves each array against its gradient."""
        self._steps += 1
        for value, first, second, gradient in zip(self._values, self._first, self._second, gradients, strict=True):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient * gradient - second)
            ahead = first / (1 - 0.9**self._steps)
            value -= rate * ahead / (np.sqrt(second / (1 - 0.999**self._steps)) + 1e-8)


def train_linear(features: Array, truth: Flags) -> tuple[Array, Array]:
    """Weights and bias of a logistic layer on standardised features."""
    rng = np.random.default_rng(SEED)
    weights = np.zeros((features.shape[1], truth.shape[1]), dtype=np.float32)
    bias = np.full(truth.shape[1], -3.0, dtype=np.float32)
    optimiser = Adam([weights, bias])
    steps = EPOCHS * (len(features) // BATCH)
    done = 0
    for _ in range(EPOCHS):
        order = rng.permutation(len(features))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[start : start + BATCH]
            kept = rng.random((BATCH, features.shape[1]), dtype=np.float32) > DROPPED
            x = features[rows] * kept / np.float32(1 - DROPPED)
            error = (sigmoid(x @ weights + bias) - truth[rows]) / np.float32(BATCH)
            rate = RATE * min(1.0, (done + 1) / WARM_UP) * (1 - done / steps)
            optimiser.step([x.T @ error, error.sum(axis=0)], rate)
            done += 1
    return weights, bias


def calibrate(scores: Array, truth: Flags) -> tuple[Array, Array]:
    """Slope and offset of each label that turn its scores into probabilities (Platt, 1999), by gradient descent."""
    slope = np.full(scores.shape[1], 0.5, dtype=np.float32)
    offset = np.zeros(scores.shape[1], dtype=np.float32)
    optimiser = Adam([slope, offset])
    for step in range(600):
        error = (sigmoid(scores * slope + offset) - truth) / np.float32(len(scores))
        optimiser.step([(error * scores).sum(axis=0), error.sum(axis=0)], 0.03 * (1 - step / 600))
    return slope, offset


def main() -> None:
    """Trains the head and writes it with its manifest."""
    parser = argparse.ArgumentParser(description="Train the emotion head on GoEmotions.")
    parser.add_argument("--data", type=Path, required=True, help="folder with train.tsv and labels.txt")
    parser.add_argument("--to", type=Path, default=FOLDER, help="folder of the model")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    names = read_names(arguments.data)
    write_manifest(arguments.to, names, (MODEL, TOKENIZER))
    examples = read_examples(arguments.data / "train.tsv", len(names))
    features = compute_features(Encoder(arguments.to, arguments.threads), examples.texts)

    held = np.arange(len(features)) % 10 == 9
    middle = features[~held].mean(axis=0)
    spread = features[~held].std(axis=0) + np.float32(1e-3)
    features -= middle
    features /= spread
    weights, bias = train_linear(features[~held], examples.labels[~held])
    scores = features[held] @ weights + bias
    slope, offset = calibrate(scores, examples.labels[held])
    probabilities = sigmoid(scores * slope + offset)
    thresholds = choose_thresholds(probabilities, examples.labels[held])

    # Standardisation and calibration are folded into the layer, so that reading is one product.
    folded = (weights / spread[:, None] * slope).astype(np.float32)
    shift = ((bias - (middle / spread) @ weights) * slope + offset).astype(np.float32)
    np.savez(arguments.to / "head.npz", weights=folded, bias=shift, thresholds=thresholds)
    write_manifest(arguments.to, names, (MODEL, TOKENIZER, "head.npz"))
    held_f1 = f1(probabilities > thresholds, examples.labels[held]).mean()
    print(f"held-out tenth: loss {log_loss(probabilities, examples.labels[held]):.3f}, macro-F1 {held_f1:.3f}")  # noqa: T201


def write_manifest(folder: Path, names: list[str], files: tuple[str, ...]) -> None:
    """Writes `labels.json`: the label names, and the SHA-256 of each file that is there."""
    sums = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in files}
    text = json.dumps({"labels": names, "sha256": sums}, indent=2) + "\n"
    (folder / "labels.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
