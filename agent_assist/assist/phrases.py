"""What a case is called, and what its conversation still lacks, in words for a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.records import Fact, Turn

_DIGIT = re.compile(r"\d")
_CUE = re.compile(r"\b(order|booking|reservation|flight|ticket|case|claim|complaint|request|invoice)\b", re.IGNORECASE)
_NEAR = 40  # characters before an identifier that say what it is


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A question to ask where the customer uses one of `words` and the conversation has no fact of kind `needs`."""

    needs: str
    vague: bool
    words: tuple[str, ...]
    text: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    question: tuple[Question, ...]


@cache
def questions() -> tuple[Question, ...]:
    """The table that ships.

    Raises:
        msgspec.DecodeError: it is damaged.
    """
    data = files("agent_assist.assist").joinpath("questions.toml").read_bytes()
    return msgspec.toml.decode(data, type=_File).question


def case_of(facts: Sequence[Fact], turns: Sequence[Turn] = ()) -> str:
    """What the case is called in a sentence: "order A-48213", "booking GEX8LD", or "this" where no turn gives a name.

    Args:
        facts: of the conversation.
        turns: of the conversation; without them only orders are named, as it is not known what a reference refers to.
    """
    # The newest one: a customer who gave a wrong number corrects it later. An order says more than a reference.
    named = [(f, _name(f, turns)) for f in reversed(facts) if f.kind in ("order_id", "reference")]
    named.sort(key=lambda n: n[0].kind != "order_id")
    return next((f"{name} {fact.value}" for fact, name in named if name is not None), "this")


def _name(fact: Fact, turns: Sequence[Turn]) -> str | None:
    """What an identifier is one of, by the word in front of it; None where that is nothing an agent looks at."""
    text = next((t.text for t in turns if t.i == fact.turn), "")
    before = text[: text.find(fact.value)] if fact.value in text else ""
    cues = _CUE.findall(before[-_NEAR:])
    if cues:
        return str(cues[-1]).lower()
    return "order" if fact.kind == "order_id" else None


def question_for(text: str, facts: Sequence[Fact]) -> str | None:
    """The question that this conversation still needs an answer to, None where the table knows of nothing missing.

    Args:
        text: all turns of the customer.
        facts: of the conversation.
    """
    low = text.casefold()
    kinds = {f.kind for f in facts}
    for question in questions():
        if question.needs in kinds or (question.vague and _DIGIT.search(text)):
            continue
        if any(re.search(rf"\b{re.escape(w)}\b", low) for w in question.words):
            return question.text
    return None
