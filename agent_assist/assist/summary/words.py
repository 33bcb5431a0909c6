"""The lists of words in `words.toml`."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec


@cache
def _lists() -> dict[str, str]:
    return msgspec.toml.decode(resources.files(__package__).joinpath("words.toml").read_bytes(), type=dict[str, str])


def words(name: str) -> frozenset[str]:
    """A list by its name."""
    return frozenset(_lists()[name].split())
