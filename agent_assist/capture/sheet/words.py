"""The words of tables: titles of columns, and what cells of a role or of visibility say."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.resources import files

import msgspec

from agent_assist.records import Speaker

_LOOKED_AT = 60
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WORD = re.compile(r"[^\W_]+")


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """A short text in lower case without accents and marks: "Created_At", "createdAt" and "created at" are one."""
    spaced = _HUMP.sub(" ", text[:_LOOKED_AT])
    letters = unicodedata.normalize("NFKD", spaced.casefold())
    return " ".join(_WORD.findall("".join(c for c in letters if not unicodedata.combining(c))))


class _Titles(msgspec.Struct):
    text: list[str]
    role: list[str]
    name: list[str]
    time: list[str]
    day: list[str]
    clock: list[str]
    conversation: list[str]
    message: list[str]
    number: list[str]
    private: list[str]


class _Words(msgspec.Struct):
    titles: _Titles
    yes: dict[str, list[str]]
    cells: dict[str, list[str]]
    day_first: dict[str, list[str]]


_WORDS = msgspec.convert(tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8")), _Words)
TITLES: dict[str, dict[str, int]] = {
    part: {bare(word): rank for rank, word in reversed(list(enumerate(words)))}
    for part, words in msgspec.structs.asdict(_WORDS.titles).items()
}
"""For each part, the titles that name it and how far down they stand."""

DAY_FIRST = frozenset(map(bare, _WORDS.day_first["titles"]))
"""Titles of languages that write the day before the month."""

_YES_MEANS = {kind: frozenset(words) for kind, words in _WORDS.yes.items()}
_CELLS = {kind: frozenset(map(bare, words)) for kind, words in _WORDS.cells.items()}
_ROLES = {word: speaker for speaker in Speaker for word in _CELLS[speaker.value]}


def flag(cell: str) -> bool | None:
    """A yes or a no, or None where a cell is neither."""
    word = bare(cell)
    return True if word in _CELLS["yes"] else False if word in _CELLS["no"] else None


def role(cell: str, title: str = "") -> Speaker | None:
    """The role that a cell names; a yes or a no is read by the title of its column ("inbound")."""
    named = _ROLES.get(bare(cell))
    if named is not None:
        return named
    yes = flag(cell)
    if yes is None:
        return None
    words = set(bare(title).split())
    for wanted, other in ((Speaker.CUSTOMER, Speaker.AGENT), (Speaker.AGENT, Speaker.CUSTOMER)):
        if words & _YES_MEANS[wanted.value]:
            return wanted if yes else other
    return None


def private(cell: str, title: str = "") -> bool | None:
    """Whether a cell marks a note among colleagues; None where it says nothing of it."""
    word = bare(cell)
    if word in _CELLS["private"]:
        return True
    if word in _CELLS["public"]:
        return False
    yes = flag(cell)
    if yes is None or not title:
        return None
    return yes is not bool(set(bare(title).split()) & _YES_MEANS["public"])
