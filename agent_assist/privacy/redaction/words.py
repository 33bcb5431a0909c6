"""The lists of words in words.toml."""

from __future__ import annotations

import tomllib
from importlib import resources

_LISTS = tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text(encoding="utf-8"))


def _words(name: str) -> frozenset[str]:
    return frozenset(str(_LISTS[name]).split())


NOT_PEOPLE = _words("not_people")
"""Roles, companies and forms of address: a name that holds one is nobody's."""
ALSO_WORDS = _words("also_words")
"""Names that are also words: they are a name only where they are written as one."""
PARTICLES = _words("particles")
"""Small words within names."""
NOT_PASSWORDS = _words("not_passwords")
"""What follows "my password is" where none is told."""
