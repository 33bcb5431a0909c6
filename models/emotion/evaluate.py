"""Prints the figures of the shipped model on data it was not trained on.

python -m models.emotion.evaluate --data ../shared/data/goemotions
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from agent_assist.emotion.head import Head
from agent_assist.encoder import Encoder
from models.emotion import FOLDER
from models.emotion.recipe import compute_features, f1, log_loss, read_examples


def main() -> None:
    """Prints F1 of each label and overall on `dev.tsv`."""
    parser = argparse.ArgumentParser(description="Evaluate the emotion head on GoEmotions.")
    parser.add_argument("--data", type=Path, required=True, help="folder with dev.tsv")
    parser.add_argument("--model", type=Path, default=FOLDER, help="folder of the model")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    head = Head(arguments.model)
    examples = read_examples(arguments.data / "dev.tsv", len(head.names))
    features = compute_features(Encoder(arguments.model, arguments.threads), examples.texts)
    probabilities = head.probabilities(features)
    scores = f1(probabilities > head.thresholds, examples.labels)
    for name, score, count in zip(head.names, scores, examples.labels.sum(axis=0), strict=True):
        print(f"{name:16} F1 {score:.3f}  n {count}")  # noqa: T201
    gaps = np.abs(probabilities.mean(axis=0) - examples.labels.mean(axis=0))
    print(f"macro-F1 {scores.mean():.3f} over {len(head.names)} labels, {len(examples.texts)} texts")  # noqa: T201
    print(f"log loss {log_loss(probabilities, examples.labels):.3f}, largest gap of a label's mean {gaps.max():.3f}")  # noqa: T201


if __name__ == "__main__":
    main()
