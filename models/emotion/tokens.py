"""Texts to token numbers, as the product makes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

LONGEST = 80
"""Tokens of a training text; the few longer ones are cut."""


class Tokens:
    """The tokenizer of MiniLM."""

    def __init__(self, path: Path) -> None:
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)

    def of(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text."""
        return [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
