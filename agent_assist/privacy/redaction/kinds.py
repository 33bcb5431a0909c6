"""What is looked for, what stands in its place, and at which level it goes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """How much is replaced."""

    NONE = "none"
    PAYMENT = "payment"
    """Cards, bank data, PINs, passwords, one-time codes and tokens in links."""
    ALL = "all"
    """These, and whatever tells who or where somebody is."""


class Kind(StrEnum):
    """What a stretch of text is; the value is the word that stands for it."""

    CARD = "card ending"
    IBAN = "IBAN"
    BANK = "bank number"
    TOKEN = "token"  # noqa: S105 - the word of a placeholder, no secret
    PIN = "PIN"
    CVV = "security code"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - likewise
    ID = "national id"
    EMAIL = "e-mail"
    PHONE = "phone"
    ADDRESS = "address"
    NAME = "name"


SECRETS = frozenset({Kind.TOKEN, Kind.PIN, Kind.CVV, Kind.CODE, Kind.PASSWORD})
"""What opens something: it gets no number, and nothing leads back to it."""

FOR_EVER = SECRETS | {Kind.CARD}
"""What must never be kept, not even in the map that leads back."""

PAYMENT = FOR_EVER | {Kind.IBAN, Kind.BANK}

RANK = {kind: n for n, kind in enumerate(Kind)}
"""Where two finds overlap, the kind that stands first in `Kind` is the likelier."""

_NUMBERED = "|".join(re.escape(kind) for kind in Kind if kind not in FOR_EVER)
_BARE = "|".join(re.escape(kind) for kind in Kind if kind in SECRETS)
PLACEHOLDER = re.compile(rf"\[(?:(?P<kind>{_NUMBERED}) (?P<number>[1-9]\d{{0,5}})|card ending \d{{4}}|{_BARE})\]")
"""Every placeholder: text that was redacted before is known by these and left as it is."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of a text to be replaced.

    Attributes:
        start, end: in the text, end exclusive.
        kind: what it is.
        key: the value without its spelling, so that the same value written in two ways is one.
    """

    start: int
    end: int
    kind: Kind
    key: str


Places = tuple[list[int], list[int]]
"""Where matches begin, and where they end; both rise."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What the detectors may know besides the text, and what they have worked out of that one text already.

    Nothing of it is kept anywhere else: no text outlives its redaction.

    Attributes:
        before: the end of what was said before it: "What is your PIN?" tells what "4821" is.
        regions: ISO codes of the countries whose numbers may stand without a country code, likeliest first.
        places: where the matches of a pattern begin and end in a text, by both.
        phones: what a stretch is as a number of a region, by both; "" for none.
    """

    before: str = ""
    regions: tuple[str, ...] = ()
    places: dict[tuple[re.Pattern[str], str], Places] = field(default_factory=dict, compare=False, repr=False)
    phones: dict[tuple[str, str], str] = field(default_factory=dict, compare=False, repr=False)


def wanted(level: Level, *, names: bool = True) -> frozenset[Kind]:
    """The kinds that a level replaces."""
    if level is Level.NONE:
        return frozenset()
    if level is Level.PAYMENT:
        return PAYMENT
    return frozenset(Kind) if names else frozenset(Kind) - {Kind.NAME}


def restore(text: str, originals: Mapping[str, str]) -> str:
    """The text with each placeholder that `originals` knows replaced by what stood there first."""
    return PLACEHOLDER.sub(lambda match: originals.get(match[0], match[0]), text)
