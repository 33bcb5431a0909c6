"""Fits anew what the rules and cues weigh beside the network as it ships, and writes `labels.json`.

    python -m models.empathy.refit

Seconds, without PyTorch. To be run, with `evaluate.py` after it, whenever a rule of `agent_assist/assist/pillars.py` or
a cue of `empathy_cues.py` has changed: the weights were fitted on what these say.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from agent_assist.assist.empathy import OUTPUTS, as_read
from agent_assist.encoder import Encoder
from models.empathy import FOLDER, recipe
from models.empathy.blend import fit_blends, fit_tables
from models.empathy.manifest import write_manifest


def refit(folder: Path) -> None:
    """Writes `labels.json` beside a network.

    Args:
        folder: holds `encoder.onnx`, `tokenizer.json` and a `labels.json` that names their SHA-256.
    """
    replies = [reply for reply in recipe.read_written() if reply.side != recipe.HELD]
    turns = [turn for turn in recipe.read_turns() if turn.side != recipe.HELD]
    fresh = [turn for turn in turns if not turn.answered]
    network = Encoder(folder).scores([as_read("", turn.text) for turn in fresh])
    blends, tables = fit_blends(turns, fresh, network), fit_tables(replies, turns)
    write_manifest(folder, {"outputs": OUTPUTS, "blends": msgspec.to_builtins(blends), "tables": tables})


if __name__ == "__main__":
    refit(FOLDER)
