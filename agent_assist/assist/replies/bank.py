"""The bank of sentences that replies are composed of: every `*.toml` of the folder `bank`, decoded strictly."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.records import EmotionReading, Label

UNEASY = 0.35
"""Distress from which a customer is uneasy."""
HOT = 0.5
"""Distress from which a customer is upset."""
ANY = "any"
"""Stands in a sentence's lists for every feeling and for every situation."""


class Part(StrEnum):
    """What a sentence does in a reply: the four pillars, and what an agent does beside them."""

    LISTEN = "listen"
    OWN = "own"
    RESOLVE = "resolve"
    FOLLOW_UP = "follow_up"
    ASK = "ask"
    DECLINE = "decline"
    CLOSE = "close"
    ROUND = "round"


class Heat(StrEnum):
    """How upset a customer is."""

    CALM = "calm"
    UNEASY = "uneasy"
    HOT = "hot"


class Register(StrEnum):
    """How a sentence speaks."""

    WARM = "warm"
    PLAIN = "plain"
    FORMAL = "formal"


class Situation(StrEnum):
    """What a conversation is about; `situations.toml` says how each is told."""

    LATE = "late"
    MISSING = "missing"
    DAMAGED = "damaged"
    WRONG = "wrong"
    REFUND = "refund"
    CHARGE = "charge"
    CANCEL = "cancel"
    ACCESS = "access"
    OUTAGE = "outage"
    FAULT = "fault"
    REPAIR = "repair"
    STAFF = "staff"
    AGAIN = "again"
    WAITING = "waiting"
    TRAVEL = "travel"
    CHANGE = "change"
    QUESTION = "question"
    STOCK = "stock"
    FEEDBACK = "feedback"
    PRIVACY = "privacy"
    THANKS = "thanks"
    STEPS = "steps"
    ASKED = "asked"
    ANSWERED = "answered"
    GAVE = "gave"


class Slot(StrEnum):
    """What a sentence may leave open; it is used only where the conversation fills it."""

    CASE = "case"
    THING = "thing"
    DURATION = "duration"
    SINCE = "since"
    AMOUNT = "amount"
    TROUBLE = "trouble"
    STORY = "story"
    PLACE = "place"
    NAME = "name"
    QUESTION = "question"
    TOPIC = "topic"
    MATTER = "matter"


_SLOT = re.compile(r"\{([^{}]*)\}")


class Sentence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of the bank, in the agent's voice.

    Attributes:
        text: with slots in braces and blanks for the agent as `[confirm: ...]`.
        pillar: what it does.
        feelings: labels that it answers, or "any".
        heat: how upset the customer may be.
        situations: what it is about, or "any".
        register: how it speaks.
        opens: whether a reply can begin with it.
    """

    text: str
    pillar: Part
    feelings: tuple[str, ...]
    heat: tuple[Heat, ...]
    situations: tuple[str, ...]
    register: Register = Register.WARM
    opens: bool = False

    def __post_init__(self) -> None:
        _known(self.feelings, Label)
        _known(self.situations, Situation)
        _known(self.slots, Slot, joker=False)

    @property
    def slots(self) -> tuple[str, ...]:
        """Names of the slots, in the order of the text."""
        return tuple(_SLOT.findall(self.text))


def _known(names: tuple[str, ...], kind: type[StrEnum], *, joker: bool = True) -> None:
    for name in names:
        if name not in tuple(kind) and not (joker and name == ANY):
            raise ValueError(f"{name!r} is no {kind.__name__.lower()}")


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sentence: tuple[Sentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Bank:
    """All sentences, by what they do."""

    by_part: dict[Part, tuple[Sentence, ...]]

    def of(self, part: Part) -> tuple[Sentence, ...]:
        """The sentences that do one thing."""
        return self.by_part.get(part, ())


@cache
def sentences() -> tuple[Sentence, ...]:
    """Every sentence that ships, in the order of the files' names.

    Raises:
        msgspec.DecodeError: a file is damaged.
    """
    folder = files("agent_assist.assist.replies").joinpath("bank")
    found = sorted((f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    return tuple(s for f in found for s in msgspec.toml.decode(f.read_bytes(), type=_File).sentence)


@cache
def bank() -> Bank:
    """The bank that ships.

    Raises:
        msgspec.DecodeError: a file of it is damaged.
    """
    every = sentences()
    return Bank({part: tuple(s for s in every if s.pillar is part) for part in Part})


def heat_of(reading: EmotionReading | None) -> Heat:
    """How upset a customer is by a reading; calm where there is none."""
    distress = 0.0 if reading is None else reading.distress
    if distress >= HOT:
        return Heat.HOT
    return Heat.UNEASY if distress >= UNEASY else Heat.CALM
