"""Writes an adapter as a GGUF file that llama.cpp loads onto its base."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from agent_assist.errors import BugError
from models.voice.network import Adapter
from models.voice.weights import ARCHITECTURE

MOST_BYTES = 40_000_000
"""An adapter ships with the product."""
PREFIX = "agent_assist."
"""Of the metadata that are ours: which base it was made for, from what, and how."""


def write(adapter: Adapter, path: Path, about: Mapping[str, str | int]) -> None:
    """Writes the adapter in float16.

    Args:
        adapter: the trained one.
        path: where to; the file is there whole or not at all.
        about: metadata, without their prefix.

    Raises:
        BugError: the file is larger than what may ship.
    """
    part = path.with_suffix(".part")
    writer = GGUFWriter(part, ARCHITECTURE)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", adapter.alpha)
    for name, value in about.items():
        if isinstance(value, int):
            writer.add_uint32(PREFIX + name, value)
        else:
            writer.add_string(PREFIX + name, value)
    for name, tensor in adapter.tensors.items():
        writer.add_tensor(name, np.ascontiguousarray(tensor.detach().cpu().numpy().astype(np.float16)))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    if part.stat().st_size > MOST_BYTES:
        part.unlink()
        raise BugError(f"an adapter of rank {adapter.rank} is larger than {MOST_BYTES} bytes")
    part.replace(path)
