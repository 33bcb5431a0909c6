from __future__ import annotations

import json
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from agent_assist.emotion.head import Outputs, load_manifest
from agent_assist.encoder import MANIFEST
from agent_assist.errors import KnownError
from agent_assist.records import Label
from models.emotion import FOLDER
from models.emotion.recipe import (
    DESK,
    calibrate,
    choose_thresholds,
    desk_examples,
    desk_fine,
    f1,
    log_loss,
    read_brighter,
    read_desk,
    read_goemotions,
    read_xed,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / MANIFEST, tmp_path / MANIFEST)
    return tmp_path


def test_the_shipped_description_fits_the_product() -> None:
    manifest = load_manifest(FOLDER)
    assert len(manifest.fine) == len(manifest.thresholds) == 28
    assert all(0 < threshold < 1 for threshold in manifest.thresholds)
    assert set(manifest.layer.offsets) == set(Label)


def test_a_fine_score_of_one_half_stands_at_the_threshold() -> None:
    manifest = load_manifest(FOLDER)
    odds = np.log(np.array(manifest.thresholds) / (1 - np.array(manifest.thresholds)))
    row = np.concatenate([odds, np.zeros(len(DESK))]).astype(np.float32)
    assert list(Outputs(manifest, row).fine.values()) == pytest.approx([0.5] * 28, abs=1e-5)
    assert list(Outputs(manifest, row).probabilities.values()) == pytest.approx(list(manifest.thresholds), abs=1e-5)


def test_scores_lie_between_0_and_1_however_large_the_outputs() -> None:
    for size in (1e6, -1e6):
        outputs = Outputs(load_manifest(FOLDER), np.full(28 + len(DESK), size, dtype=np.float32))
        assert all(0 <= score <= 1 for score in outputs.fine.values())


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"fine": [], "thresholds": [0.5]}'])
def test_a_damaged_description_is_refused(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match="Install Agent Assist again"):
        load_manifest(folder)


def test_thresholds_must_fit_the_labels(folder: Path) -> None:
    tree = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    (folder / MANIFEST).write_bytes(msgspec.json.encode(tree | {"thresholds": tree["thresholds"][1:]}))
    with pytest.raises(KnownError, match="does not fit"):
        load_manifest(folder)


def test_the_data_sets_are_read_with_all_their_labels(tmp_path: Path) -> None:
    for name in ("goemotions", "xed", "brighter/train"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "goemotions" / "labels.txt").write_text("joy\nanger\nneutral\n", encoding="utf-8")
    (tmp_path / "goemotions" / "train.tsv").write_text("first  text\t0,2\tid1\nsecond\t1\tid2\n", encoding="utf-8")
    (tmp_path / "xed" / "en-annotated.tsv").write_text("I do n't know .\t1, 4\n", encoding="utf-8")
    (tmp_path / "xed" / "neu_en.txt").write_text("9\tTwo pair.\n", encoding="utf-8")
    (tmp_path / "brighter" / "train" / "eng.csv").write_text(
        'id,text,anger,fear,joy,sadness,surprise\n1,"Well, no.",0,1,0,0,1\n', encoding="utf-8"
    )
    fine = read_goemotions(tmp_path, "train")
    assert fine.texts == ["first text", "second"] and fine.truth.tolist() == [[1, 0, 1], [0, 1, 0]]
    subtitles = read_xed(tmp_path)
    assert subtitles.texts == ["I don't know.", "Two pair."]
    assert [row.nonzero()[0].tolist() for row in subtitles.truth] == [[0, 3], [8]]
    assert read_brighter(tmp_path).truth.tolist() == [[0, 1, 0, 0, 1]]


def test_the_written_turns_are_many_and_well_formed() -> None:
    turns = read_desk()
    names = list(load_manifest(FOLDER).fine)
    assert len(turns) >= 600
    assert {turn.label for turn in turns} == set(Label)
    truth = desk_examples(turns).truth
    assert truth.shape == (len(turns), len(DESK)) and ((truth >= 0) & (truth <= 1)).all()
    assert (truth[:, : len(Label)].sum(axis=1) == 1).all()
    assert (desk_fine(turns, names).sum(axis=1) >= 1).all()
    own = [" ".join(turn.text.casefold().split()) for turn in turns if len(turn.text) > 25]
    assert len(set(own)) == len(own)


def test_f1_counts_each_label() -> None:
    truth = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.bool_)
    predicted = np.array([[1, 0], [0, 0], [1, 0]], dtype=np.bool_)
    assert f1(predicted, truth).tolist() == pytest.approx([0.5, 0.0])


def test_calibration_turns_scores_into_probabilities_and_thresholds_find_the_label() -> None:
    random = np.random.default_rng(0)
    real = random.normal(-1.5, 2, size=(6000, 2))
    truth = (random.random(real.shape) < 1 / (1 + np.exp(-real))).astype(np.float32)
    scores = (real * 2.5 + 1).astype(np.float32)
    slope, offset = calibrate(scores, truth)
    assert slope == pytest.approx([0.4, 0.4], abs=0.03)
    probabilities = (1 / (1 + np.exp(-(scores * slope + offset)))).astype(np.float32)
    assert log_loss(probabilities, truth) < log_loss((1 / (1 + np.exp(-scores))).astype(np.float32), truth)
    assert np.abs(probabilities.mean(axis=0) - truth.mean(axis=0)).max() < 0.01
    thresholds = np.array(choose_thresholds(probabilities, truth))
    # The best threshold for F1 is half the best F1 (Lipton, Elkan and Naryanaswamy, 2014).
    reached = f1(probabilities >= thresholds, truth > 0)
    assert thresholds == pytest.approx(reached / 2, abs=0.06)
