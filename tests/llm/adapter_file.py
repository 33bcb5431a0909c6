"""Writes small random adapters as GGUF files, for the small real model."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

_TEXT, _FLOAT, _F32 = 8, 6, 0  # GGUF's numbers for the types of values and of tensors
_ALIGNED = 32
_RANK = 4
_WIDTH, _INNER, _LAYERS = 576, 1536, 30  # of SmolLM2 135M
_TARGETS = {"attn_output": (_WIDTH, _WIDTH), "ffn_down": (_INNER, _WIDTH)}


def write_adapter(path: Path, *, seed: int = 1, strength: float = 0.5, inner: int = _INNER) -> Path:
    """An adapter for every layer of the small real model.

    Args:
        path: where it is written.
        seed: of its weights.
        strength: standard deviation of what it adds, beside weights of some tenths; 0 adds nothing.
        inner: width of the layers' insides; another one than the model's makes an adapter for another model.
    """
    tensors = list(_tensors(seed, strength, inner))
    values = [
        _text("general.type") + struct.pack("<I", _TEXT) + _text("adapter"),
        _text("general.architecture") + struct.pack("<I", _TEXT) + _text("llama"),
        _text("adapter.type") + struct.pack("<I", _TEXT) + _text("lora"),
        _text("adapter.lora.alpha") + struct.pack("<If", _FLOAT, _RANK),
    ]
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values)) + b"".join(values)
    data = b""
    for name, weights in tensors:
        rows, columns = weights.shape
        head += _text(name) + struct.pack("<IQQIQ", 2, columns, rows, _F32, len(data))
        data += _padded(weights.tobytes())
    path.write_bytes(_padded(head) + data)
    return path


def _tensors(seed: int, strength: float, inner: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    draw = np.random.default_rng(seed)
    for layer in range(_LAYERS):
        for name, (wide, out) in _TARGETS.items():
            into = inner if wide == _INNER else wide
            yield f"blk.{layer}.{name}.weight.lora_a", draw.standard_normal((_RANK, into)).astype(np.float32)
            scale = strength / _RANK**0.5 / into**0.5
            yield (
                f"blk.{layer}.{name}.weight.lora_b",
                (draw.standard_normal((out, _RANK)) * scale).astype(np.float32),
            )


def _text(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % _ALIGNED)
