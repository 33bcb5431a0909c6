"""The last stage: the int8 file, calibration and thresholds of the fine labels, and the numbers of the layer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import copyfile

import msgspec
import numpy as np
import onnx  # type: ignore[import-not-found,unused-ignore]  # only this recipe needs it
from numpy.typing import NDArray

from agent_assist.emotion.head import Layer, Manifest
from agent_assist.encoder import MANIFEST, MODEL, TOKENIZER, Encoder
from models.emotion.export import Branch, build
from models.emotion.fit import fit
from models.emotion.network import SHARED, Network
from models.emotion.recipe import Array, DeskTurn, calibrate, choose_thresholds, f1


def export(student: Network, desk: Network, calibration: tuple[Array, Array], to: Path, rounded: bool = True) -> None:
    """Writes the network with its two branches.

    Args:
        student: gives the fine labels.
        desk: gives the desk's outputs; alike up to the shared layers.
        calibration: slope and offset of each fine label, folded into the student's head.
        to: folder with the tokenizer; gets `encoder.onnx`.
        rounded: int8, or full precision.
    """
    slope, offset = calibration
    below, above = ({name: value.numpy() for name, value in net.state_dict().items()} for net in (student, desk))
    weight, bias = below["heads.fine.weight"] * slope[:, None], below["heads.fine.bias"] * slope + offset
    branches = [
        Branch(below, weight.astype(np.float32), bias.astype(np.float32)),
        Branch(above, above["heads.desk.weight"], above["heads.desk.bias"]),
    ]
    onnx.save(build(branches, SHARED, rounded), str(to / MODEL))


def finish(
    student: Network,
    desk: Network,
    names: Sequence[str],
    turns: Sequence[DeskTurn],
    unseen: Array,
    held: tuple[list[str], NDArray[np.float32]],
    to: Path,
    work: Path,
    say: Callable[[str], None],
) -> None:
    """Writes `encoder.onnx` and `labels.json`.

    Args:
        student: gives the fine labels.
        desk: gives the desk's outputs.
        names: of the fine labels.
        turns: the written support-desk turns.
        unseen: what networks that had not seen each of them said, `[turns, outputs]`.
        held: texts of GoEmotions that were not trained on, with their labels.
        to: folder of the model.
        work: gets the same model in full precision, in `exact`.
        say: told what was reached.
    """
    texts, truth = held
    fine = len(names)
    export(student, desk, (np.ones(fine, dtype=np.float32), np.zeros(fine, dtype=np.float32)), to)
    write_manifest(to, {})
    scores = Encoder(to, 2).scores(texts)[:, :fine]
    slope, offset = calibrate(scores, truth)
    probabilities = (0.5 * (1 + np.tanh(0.5 * (scores * slope + offset)))).astype(np.float32)
    thresholds = choose_thresholds(probabilities, truth)
    reached = f1(probabilities >= np.array(thresholds), truth > 0)
    say(f"held-out tenth, thresholds chosen on it: macro-F1 {reached.mean():.3f}")
    unseen = np.concatenate([unseen[:, :fine] * slope + offset, unseen[:, fine:]], axis=1)
    np.savez(work / "calibrated.npz", scores=unseen)
    layer = fit(turns, unseen, tuple(names), thresholds)
    exact = work / "exact"
    exact.mkdir(exist_ok=True)
    copyfile(to / TOKENIZER, exact / TOKENIZER)
    for folder, rounded in ((to, True), (exact, False)):
        export(student, desk, (slope, offset), folder, rounded)
        write_manifest(folder, describe(names, thresholds, layer))


def describe(names: Sequence[str], thresholds: Sequence[float], layer: Layer) -> dict[str, object]:
    """What `labels.json` says beside the sums of the files."""
    tree: dict[str, object] = msgspec.to_builtins(Manifest(tuple(names), tuple(thresholds), layer, {}))
    return tree


def write_manifest(to: Path, tree: dict[str, object]) -> None:
    """Writes `labels.json` with the SHA-256 of the files that are there."""
    sums = {name: hashlib.sha256((to / name).read_bytes()).hexdigest() for name in (MODEL, TOKENIZER)}
    (to / MANIFEST).write_text(json.dumps(tree | {"sha256": sums}, indent=2) + "\n", encoding="utf-8")
