"""Writes `labels.json`."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from agent_assist.encoder import MANIFEST, MODEL, TOKENIZER


def write_manifest(to: Path, tree: dict[str, object]) -> None:
    """Writes what a tree says and the SHA-256 of the files that are there."""
    sums = {name: hashlib.sha256((to / name).read_bytes()).hexdigest() for name in (MODEL, TOKENIZER)}
    (to / MANIFEST).write_text(json.dumps(tree | {"sha256": sums}, indent=2) + "\n", encoding="utf-8")
