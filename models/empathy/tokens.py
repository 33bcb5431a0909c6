"""A tokenizer that keeps the words people write to a support desk and leaves the other two thirds out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from agent_assist.encoder import MAX_TOKENS

USED = 3
"""How often a token must be met to be kept; letters and marks always are."""


def prune(start: Path, met: Iterable[str], to: Path) -> NDArray[np.intp]:
    """Writes `tokenizer.json` with the tokens that `met` uses.

    A word that is no longer a token of its own is spelt with smaller ones.

    Args:
        start: the published `tokenizer.json`.
        met: texts that tell which tokens are used.
        to: where the new file is written.

    Returns:
        The old numbers of the tokens kept, in their new order.
    """
    whole = Tokenizer.from_file(str(start))
    whole.no_padding()
    whole.no_truncation()
    counts = Counter(number for one in whole.encode_batch(list(met)) for number in one.ids)
    tree = json.loads(start.read_text(encoding="utf-8"))
    old: dict[str, int] = tree["model"]["vocab"]
    special = {token["content"] for token in tree["added_tokens"]}
    kept = [
        (number, token)
        for token, number in sorted(old.items(), key=lambda item: item[1])
        if token in special or counts[number] >= USED or len(token.removeprefix("##")) == 1
    ]
    tree["model"]["vocab"] = new = {token: place for place, (_, token) in enumerate(kept)}
    for token in tree["added_tokens"]:
        token["id"] = new[token["content"]]
    for token, entry in tree["post_processor"]["special_tokens"].items():
        entry["ids"] = [new[token]]
    tree["padding"] = tree["truncation"] = None
    to.write_text(json.dumps(tree, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
    return np.array([number for number, _ in kept], dtype=np.intp)


def encode(path: Path, texts: Iterable[str]) -> list[list[int]]:
    """Token numbers of texts, as the product makes them."""
    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.enable_truncation(MAX_TOKENS)
    return [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
