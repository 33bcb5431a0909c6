"""The tables of what a rewrite changes and adds by rule, strictly read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import msgspec

from agent_assist.assist.coach.table import Heat, toml
from agent_assist.records import Label, Pillar, Tag, Wish


class Swap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that are put in other words.

    Attributes:
        pattern: of the words, in a sentence in plain letters.
        text: what takes their place; empty to take them out.
        wishes: the rewrites that use it.
        tag: what the change does.
        heat: the mildest moment in which it is used.
        calm: only where nothing is wrong.
        whole: only where the words are the whole sentence.
    """

    pattern: str
    text: str
    wishes: tuple[Wish, ...]
    tag: Tag
    heat: Heat = Heat.ANY
    calm: bool = False
    whole: bool = False


class Addition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence for a pillar that is missing.

    Attributes:
        pillar: what it gives.
        heat: the mildest moment in which it is true.
        text: with `{trouble}` where a clause of the customer's goes, turned to the customer.
        feelings: the feelings that it answers; empty for any.
        rule: only where this rule of the next actions fires.
        retold: only where the customer says that they have told it before.
        handed_over: only where the draft leaves the next step to the customer.
    """

    pillar: Pillar
    heat: Heat
    text: str
    feelings: tuple[Label, ...] = ()
    rule: str = ""
    retold: bool = False
    handed_over: bool = False

    @property
    def wants_trouble(self) -> bool:
        """Whether it needs a clause of the customer's."""
        return "{trouble}" in self.text

    @property
    def says_little(self) -> bool:
        """Whether it would fit nearly anywhere."""
        return not (self.wants_trouble or self.feelings or self.rule or self.retold)

    @property
    def kind(self) -> tuple[Heat, bool, tuple[Label, ...], str, bool, bool]:
        """Sentences of one kind can stand for each other."""
        return self.heat, self.wants_trouble, self.feelings, self.rule, self.retold, self.handed_over


class _Swaps(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    swap: tuple[Swap, ...]


class _Additions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    contractions: dict[str, str]
    add: tuple[Addition, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A swap, ready to use."""

    swap: Swap
    pattern: re.Pattern[str]


@cache
def rows() -> tuple[Row, ...]:
    """Every swap that ships, in the order in which they are tried.

    Raises:
        msgspec.ValidationError: the table is damaged.
    """
    swaps = msgspec.convert(toml("swaps.toml"), _Swaps).swap
    return tuple(Row(s, re.compile(rf"(?<!\w)(?:{s.pattern})(?!\w)", re.IGNORECASE)) for s in swaps)


@cache
def shortening() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Long forms and their contractions; not before an end mark, where nobody contracts ("here I am.")."""
    return tuple((_words(long, r"(?=\s+\w)"), short) for long, short in _table().contractions.items())


@cache
def lengthening() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Contractions and their long forms; "I'd been" and "I'd better" are no "I would"."""
    return tuple(
        (_words(short, r"(?!\s+(?:better|been|had|\w+ed)\b)" if short.endswith("'d") else ""), long)
        for long, short in _table().contractions.items()
    )


def additions() -> tuple[Addition, ...]:
    """The sentences for pillars that are missing, in order of preference."""
    return _table().add


@cache
def _table() -> _Additions:
    return msgspec.convert(toml("additions.toml"), _Additions)


def _words(words: str, after: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w']){re.escape(words)}(?![\w']){after}", re.IGNORECASE)
