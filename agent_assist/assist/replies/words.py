"""Word lists of the composing rules: `words.toml`, decoded strictly."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lists.

    Attributes:
        spelled: how people in a hurry spell, and what is meant.
        open_ends: words that no clause ends in.
        unfit: patterns of what an agent does not say back.
        no_modifier: words that cannot belong to the name of a thing.
        shared: things that are meant by "the" as well as by "my".
        aside: things that a case is hardly ever about.
        same: forms of one word, for comparing.
        light: stems that a clause may add to what was said.
    """

    spelled: dict[str, str]
    open_ends: frozenset[str]
    unfit: tuple[str, ...]
    no_modifier: frozenset[str]
    shared: frozenset[str]
    aside: frozenset[str]
    same: dict[str, str]
    light: frozenset[str]


@cache
def words() -> Words:
    """The lists that ship.

    Raises:
        msgspec.DecodeError: the file is damaged.
    """
    data = files("agent_assist.assist.replies").joinpath("words.toml").read_bytes()
    return msgspec.toml.decode(data, type=Words)


@cache
def things() -> frozenset[str]:
    """What customers write about, as nouns in small letters."""
    text = files("agent_assist.assist.replies").joinpath("things.txt").read_text(encoding="utf-8")
    return frozenset(word.replace("-", " ") for word in text.split())
