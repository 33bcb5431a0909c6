from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from agent_assist.encoder import MANIFEST, MODEL, TOKENIZER, Encoder
from agent_assist.errors import KnownError
from models.emotion import FOLDER


@cache
def encoder() -> Encoder:
    return Encoder(FOLDER)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in (MODEL, TOKENIZER, MANIFEST):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def test_no_text_gives_an_empty_array_of_the_same_width() -> None:
    assert encoder().scores([]).shape == (0, encoder().scores(["a"]).shape[1])


def test_a_text_comes_out_the_same_alone_in_a_batch_and_beside_threads() -> None:
    texts = ["ok", "I WANT MY MONEY BACK!!! " * 10, "thanks", "Where is it? It was due on Tuesday."]
    alone = np.concatenate([encoder().scores([text]) for text in texts])
    np.testing.assert_array_equal(encoder().scores(texts), alone)
    np.testing.assert_array_equal(Encoder(FOLDER, threads=2).scores(texts[::-1])[::-1], alone)


def test_one_encoder_may_be_used_from_several_threads() -> None:
    texts = [f"My order number is {number}" for number in range(40)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: encoder().scores([text])[0], texts))
    np.testing.assert_array_equal(np.stack(together), encoder().scores(texts))


@pytest.mark.parametrize(
    "text", ["", " ", "\x00", "\ud800 half", "😡" * 500, "word " * 5000, "مرحبا", "[CLS] [SEP] [PAD]"]
)
def test_any_text_gets_scores(text: str) -> None:
    assert np.isfinite(encoder().scores([text])).all()


def test_text_beyond_the_limit_is_cut() -> None:
    long = "again " * 300
    np.testing.assert_array_equal(encoder().scores([long]), encoder().scores([long + "and thank you"]))


@pytest.mark.parametrize("name", [MODEL, TOKENIZER, MANIFEST])
def test_a_missing_file_is_named_with_what_to_do(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(KnownError, match=rf"{name}.*Install Agent Assist again"):
        Encoder(folder)


@pytest.mark.parametrize("name", [MODEL, TOKENIZER])
def test_one_flipped_bit_is_noticed(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(KnownError, match=rf"{name} is damaged"):
        Encoder(folder)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"sha256": 3}', "{", "\ufeff{}"])
def test_a_damaged_manifest_is_refused(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content, encoding="utf-8")
    with pytest.raises(KnownError, match=MANIFEST):
        Encoder(folder)


def test_the_shipped_files_are_those_of_the_manifest_and_small() -> None:
    sums = json.loads((FOLDER / MANIFEST).read_text(encoding="utf-8"))["sha256"]
    assert set(sums) == {MODEL, TOKENIZER}
    for name, expected in sums.items():
        assert hashlib.sha256((FOLDER / name).read_bytes()).hexdigest() == expected
    assert sum((FOLDER / name).stat().st_size for name in sums) < 30_000_000


def test_importing_the_module_loads_no_heavy_library() -> None:
    code = "import sys, agent_assist.encoder; print({'onnxruntime', 'tokenizers'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
