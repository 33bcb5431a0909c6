"""Finds the weights of the escalation risk on the written conversations; they stand in `emotion/trajectory.py`.

    python -m models.emotion.fit_risk --work build/emotion

Each turn is read with what networks said that had not seen it (`calibrated.npz`, left by `train.py`), so that the risk
is fitted on readings as good as those it will get, and not on ones learnt by heart.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from agent_assist.emotion.context import in_context
from agent_assist.emotion.cues import find_cues
from agent_assist.emotion.head import Manifest, Outputs, load_manifest
from agent_assist.emotion.layer import combine
from agent_assist.emotion.text import mask, says_something
from agent_assist.emotion.trajectory import AT_LEVEL, RiskWeights, risk_features
from agent_assist.records import EmotionReading
from models.emotion import FOLDER
from models.emotion.recipe import Array, DeskTurn, read_desk

PULL = 1.0
"""Holds the weights near zero: as much as one turn that says nothing."""


def read_unseen(manifest: Manifest, turns: Sequence[DeskTurn], unseen: Array) -> Iterator[list[EmotionReading]]:
    """Readings of the written turns, one list for each conversation."""
    rows = list(zip(turns, unseen, strict=True))
    for _, group in groupby(rows, key=lambda row: row[0].conversation):
        readings = []
        for turn, row in group:
            masked = mask(turn.text)
            words = says_something(masked)
            outputs = Outputs(manifest, row) if words else None
            levels = combine(outputs, find_cues(masked, words=words), manifest.layer)
            readings.append(
                EmotionReading(turn.i, levels.label, levels.distress, levels.valence, levels.urgency, levels.scores)
            )
        yield list(in_context(readings, manifest.layer.before, manifest.layer.resting))


def fit_risk(features: Array, came: Array) -> RiskWeights:
    """The weights that make the next turn's distress most likely."""
    x, y = torch.tensor(features), torch.tensor(came)
    values = torch.zeros(x.shape[1] + 1, requires_grad=True)
    optimiser = torch.optim.LBFGS([values], max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        entropy = functional.binary_cross_entropy_with_logits(x @ values[:-1] + values[-1], y, reduction="sum")
        loss = entropy + PULL * (values[:-1] ** 2).sum()
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        return loss

    optimiser.step(closure)  # type: ignore[no-untyped-call,unused-ignore]
    return RiskWeights(*(round(value, 2) for value in values.detach().tolist()))


def main() -> None:
    """Prints the weights."""
    parser = argparse.ArgumentParser(description="Fit the escalation risk.")
    parser.add_argument("--work", type=Path, default=Path("build/emotion"), help="where train.py left its stages")
    parser.add_argument("--model", type=Path, default=FOLDER, help="folder of the model")
    arguments = parser.parse_args()
    turns, manifest = read_desk(), load_manifest(arguments.model)
    with np.load(arguments.work / "calibrated.npz", allow_pickle=False) as arrays:
        unseen = arrays["scores"]
    given = {(turn.conversation, turn.i): turn.distress for turn in turns}
    conversations = [list(group) for _, group in groupby(turns, key=lambda turn: turn.conversation)]
    features, came = [], []
    for own, readings in zip(conversations, read_unseen(manifest, turns, unseen), strict=True):
        for k in range(len(own) - 1):
            features.append(risk_features(readings[: k + 1]))
            came.append(given[own[k + 1].conversation, own[k + 1].i] >= AT_LEVEL)
    weights = fit_risk(np.array(features, dtype=np.float32), np.array(came, dtype=np.float32))
    print(f"{len(came)} next turns, {np.mean(came):.2f} of them of high distress: {weights}")  # noqa: T201


if __name__ == "__main__":
    main()
