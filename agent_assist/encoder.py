"""Runs a trained text network: texts in, one row of scores for each out. The only importer of onnxruntime."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from agent_assist.errors import KnownError

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]  # ships no type information
    from tokenizers import Tokenizer

MODEL = "encoder.onnx"
TOKENIZER = "tokenizer.json"
MANIFEST = "labels.json"
MAX_TOKENS = 128

Scores = NDArray[np.float32]


class Encoder:
    """An int8 network with its tokenizer. `scores` may be called from several threads at once.

    Each text runs through the network on its own, without padding: int8 activations are scaled by the largest value of
    the whole input, so a text in a batch would come out differently depending on its neighbours.

    Args:
        folder: holds `encoder.onnx`, `tokenizer.json` and `labels.json`, which names their SHA-256.
        threads: how many texts are run side by side; 1 suits a person typing (two processors then share each text),
            2 a batch.

    Raises:
        KnownError: a file is missing, or is not the one that was shipped.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        check_files(folder, (MODEL, TOKENIZER))
        self._tokenizer = _load_tokenizer(folder / TOKENIZER)
        self._threads = max(1, threads)
        self._session = _load_session(folder / MODEL, within=min(2, os.cpu_count() or 1) if threads == 1 else 1)

    def scores(self, texts: Sequence[str]) -> Scores:
        """The network's outputs (log-odds), `[len(texts), outputs]`. A text beyond 128 tokens is cut there."""
        if not texts:
            return np.zeros((0, self._session.get_outputs()[0].shape[1]), dtype=np.float32)
        return np.stack(list(self.stream(texts)))

    def stream(self, texts: Sequence[str]) -> Iterator[Scores]:
        """`scores` row by row, each as soon as it is there, while the following ones are being computed."""
        if self._threads == 1 or len(texts) < 2:
            yield from map(self._one, texts)
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="encoder") as pool:
            yield from pool.map(self._one, texts)

    def _one(self, text: str) -> Scores:
        ids = self._tokenizer.encode(_encodable(text)).ids
        result: Scores = self._session.run(["scores"], {"input_ids": np.array([ids], dtype=np.int64)})[0][0]
        return result


def check_files(folder: Path, names: Sequence[str]) -> None:
    """Compares files with the SHA-256 that `labels.json` names for them.

    Raises:
        KnownError: one is missing, cannot be read, or differs.
    """
    expected = read_manifest(folder)
    for name in names:
        path = folder / name
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise KnownError(f"The model's file {path} is missing or unreadable. {_REINSTALL}") from error
        if found != expected.get(name):
            raise KnownError(f"The model's file {path} is damaged. {_REINSTALL}")


def read_manifest(folder: Path) -> dict[str, str]:
    """The SHA-256 of each shipped file, by file name, from `labels.json`.

    Raises:
        KnownError: the manifest is missing or damaged.
    """
    path = folder / MANIFEST
    try:
        sums = json.loads(path.read_text(encoding="utf-8"))["sha256"]
        return {str(name): str(value) for name, value in sums.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise KnownError(f"The model's file {path} is missing or damaged. {_REINSTALL}") from error


_REINSTALL = "Install Agent Assist again to bring it back."


def _load_tokenizer(path: Path) -> Tokenizer:
    # Imported here: looking at a conversation's history needs neither library, and together they cost 0.2 s.
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _load_session(path: Path, within: int) -> onnxruntime.InferenceSession:
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = within
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _encodable(text: str) -> str:
    """The text without lone surrogates, which the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode("utf-8")
