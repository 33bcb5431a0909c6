"""The phrase bank: strategies, what they begin with, and sentences that promise nothing untrue."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.records import Fact

_DIGIT = re.compile(r"\d")


class Kind(StrEnum):
    """Kinds of moments; each has its own strategies and phrases."""

    THREAT = "threat"
    FRAUD = "fraud"
    BEREAVED = "bereaved"
    HOT = "hot"
    SAD = "sad"
    CONFUSED = "confused"
    GLAD = "glad"
    CALM = "calm"


class Strategy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A way to answer: how it begins, what replaces a refused first sentence, what follows it."""

    name: str
    kind: Kind
    openings: tuple[str, ...]
    instead: str
    then: tuple[str, ...]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to ask where the customer uses one of `words` and the conversation has no fact of kind `needs`."""

    needs: str
    vague: bool
    words: tuple[str, ...]
    text: str


class Bank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole table."""

    strategy: tuple[Strategy, ...]
    phrases: dict[str, tuple[str, ...]]
    question: tuple[Question, ...]

    def strategies(self, kind: Kind) -> tuple[Strategy, ...]:
        """The strategies that fit a moment."""
        return tuple(s for s in self.strategy if s.kind is kind)


@cache
def bank() -> Bank:
    """The table that ships.

    Raises:
        msgspec.ValidationError: it is damaged.
    """
    text = files("agent_assist.assist").joinpath("phrases.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Bank)


def case_of(facts: Sequence[Fact]) -> str:
    """What the case is called in a sentence: "order A-48213" where a turn gives one, else "this"."""
    # The newest one: a customer who gave a wrong number corrects it later.
    order = next((f for f in reversed(facts) if f.kind == "order_id"), None)
    if order is None:
        return "this"
    return f"order {order.value}"


def question_for(text: str, facts: Sequence[Fact]) -> str | None:
    """The question that this conversation still needs an answer to, None where the table knows of nothing missing.

    Args:
        text: all turns of the customer.
        facts: of the conversation.
    """
    low = text.casefold()
    kinds = {f.kind for f in facts}
    for question in bank().question:
        if question.needs in kinds or (question.vague and _DIGIT.search(text)):
            continue
        if any(re.search(rf"\b{re.escape(w)}\b", low) for w in question.words):
            return question.text
    return None
