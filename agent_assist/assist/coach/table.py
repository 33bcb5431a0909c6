"""The coach's table: what it listens for in a draft and the words it says then, strictly read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated

import msgspec

from agent_assist.records import Pillar

Weight = Annotated[int, msgspec.Meta(ge=1, le=100)]
"""How important a remark is beside others."""


class Heat(StrEnum):
    """How the customer is; the order is that of rising heat."""

    ANY = "any"
    UNEASY = "uneasy"
    HOT = "hot"


def heated(now: Heat, at_least: Heat) -> bool:
    """Whether a moment is at least that hot."""
    order = tuple(Heat)
    return order.index(now) >= order.index(at_least)


class When(StrEnum):
    """What has to be so for a row about a missing pillar to fit."""

    RETOLD = "retold"
    """The customer says that they have told it, or come back with it, before."""
    MANY = "many"
    """Three or more turns of the customer tell the same trouble."""
    FELT = "felt"
    """They are in distress, and these words show it."""
    HOT = "hot"
    QUESTION = "question"
    """They ask something, calmly."""
    ANY = "any"


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that sit badly with a customer.

    Attributes:
        id: unique.
        heat: the mildest moment in which they count.
        weight: importance beside other remarks.
        text, why: what is said; `{words}` are the words found.
        patterns: of the words; a group `at` is the part of a match that is meant.
        unless_said: they are fine where the customer uses them too.
    """

    id: str
    heat: Heat
    weight: Weight
    text: str
    why: str
    patterns: tuple[str, ...]
    unless_said: bool = False


class Say(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said where no list of words finds it."""

    weight: Weight
    text: str
    why: str


class Missing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a pillar that is missing, where `when` fits."""

    pillar: Pillar
    when: When
    weight: Weight
    text: str
    why: str


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that customers have often tried: patterns of asking for it, and of having done it."""

    asks: tuple[str, ...]
    done: tuple[str, ...]


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table of remarks."""

    phrase: tuple[Phrase, ...]
    say: dict[str, Say]
    missing: tuple[Missing, ...]
    step: tuple[Step, ...]


@cache
def table() -> Table:
    """The table that ships.

    Raises:
        msgspec.ValidationError: it is damaged.
    """
    return msgspec.convert(toml("coach.toml"), Table)


@cache
def step_patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """For each step what asks for it and what says that it was done."""
    return tuple((whole_words(step.asks), whole_words(step.done)) for step in table().step)


@cache
def phrase_patterns() -> tuple[tuple[Phrase, re.Pattern[str]], ...]:
    """Each phrase with one pattern for all of its words."""
    return tuple((phrase, whole_words(phrase.patterns)) for phrase in table().phrase)


def whole_words(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern for several: whole words, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)", re.IGNORECASE)


def toml(name: str) -> dict[str, object]:
    """A table that ships beside the code."""
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
