from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from agent_assist.emotion.head import HEAD, Head
from agent_assist.encoder import MANIFEST
from agent_assist.errors import KnownError
from models.emotion import FOLDER
from models.emotion.recipe import choose_thresholds, f1, log_loss, read_examples
from models.emotion.train import calibrate, sigmoid, train_linear, write_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (HEAD, MANIFEST):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_probabilities_lie_between_0_and_1_however_large_the_features(folder: Path) -> None:
    head = Head(folder)
    assert len(head.names) == len(head.thresholds) == 28
    probabilities = head.probabilities(np.full((2, 4608), 1e6, dtype=np.float32))
    assert probabilities.shape == (2, 28)
    assert ((probabilities >= 0) & (probabilities <= 1)).all()


def test_a_missing_head_is_named(folder: Path) -> None:
    (folder / HEAD).unlink()
    with pytest.raises(KnownError, match=HEAD):
        Head(folder)


def test_a_damaged_head_is_named(folder: Path) -> None:
    (folder / HEAD).write_bytes((folder / HEAD).read_bytes()[:-100])
    with pytest.raises(KnownError, match="damaged"):
        Head(folder)


@pytest.mark.parametrize("weights", [np.zeros((4608, 3), dtype=np.float32), None])
def test_a_head_that_does_not_fit_its_labels_is_refused(folder: Path, weights: object) -> None:
    arrays = {} if weights is None else {"weights": weights, "bias": np.zeros(3), "thresholds": np.zeros(3)}
    np.savez(folder / HEAD, **arrays)  # type: ignore[arg-type]
    names = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["labels"]
    write_manifest(folder, names, (HEAD,))
    with pytest.raises(KnownError, match="Install Agent Assist again"):
        Head(folder)


def test_a_pickle_in_the_head_is_never_loaded(folder: Path) -> None:
    np.savez(folder / HEAD, weights=np.array([{"a": 1}], dtype=object), bias=np.zeros(1), thresholds=np.zeros(1))
    write_manifest(folder, ["one"], (HEAD,))
    with pytest.raises(KnownError, match="damaged"):
        Head(folder)


def test_examples_are_read_with_all_their_labels(tmp_path: Path) -> None:
    path = tmp_path / "some.tsv"
    path.write_text("first text\t0,2\tid1\nsecond\t1\tid2\n", encoding="utf-8")
    examples = read_examples(path, 3)
    assert examples.texts == ["first text", "second"]
    assert examples.labels.tolist() == [[True, False, True], [False, True, False]]


def test_f1_counts_each_label() -> None:
    truth = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.bool_)
    predicted = np.array([[1, 0], [0, 0], [1, 0]], dtype=np.bool_)
    assert f1(predicted, truth).tolist() == pytest.approx([0.5, 0.0])


def test_training_learns_what_can_be_learnt() -> None:
    rng = np.random.default_rng(0)
    causes = rng.normal(size=(4096, 2)).astype(np.float32)
    features = np.tile(causes, (1, 150))
    truth = causes > 0.5
    weights, bias = train_linear(features, truth)
    scores = features @ weights + bias
    slope, offset = calibrate(scores, truth)
    probabilities = sigmoid(scores * slope + offset)
    assert log_loss(probabilities, truth) <= log_loss(sigmoid(scores), truth)
    assert np.abs(probabilities.mean(axis=0) - truth.mean(axis=0)).max() < 0.02
    assert f1(probabilities > choose_thresholds(probabilities, truth), truth).min() > 0.9
