"""What a language model that has learned our voice is asked for: whole replies, each by one strategy.

The adapter in `models/voice` is trained on these very prompts; a change here asks for a new training.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from agent_assist.assist.moment import Kind
from agent_assist.llm.engine import Branch, Message, Role

KEY = "voice."
"""What the keys of the branches begin with."""
MOST_TOKENS = 130
_LINE = r"root ::= [^\n\r<>{}|#*`\\]+"
_BEGIN = "Write your next message to the customer: two to four sentences, only what is true by the chat above. "


class Strategy(StrEnum):
    """Ways to answer."""

    VALIDATE = "validate"
    OWN = "own"
    CALM = "calm"
    CLARIFY = "clarify"
    ANSWER = "answer"
    DECLINE = "decline"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class _Way:
    name: str
    how: str


_WAYS = {
    Strategy.VALIDATE: _Way("Validate first", "Begin with what this has been like for them, then the next step."),
    Strategy.OWN: _Way("Own it and fix it", "Own what went wrong on our side, then say what you do about it now."),
    Strategy.CALM: _Way("Bring it down", "Bring the anger down: short and steady, no argument, one clear step."),
    Strategy.CLARIFY: _Way("One question first", "Ask the one question whose answer you need to go on."),
    Strategy.ANSWER: _Way("Answer what was asked", "Answer what they asked; a [blank] for a fact you don't have."),
    Strategy.DECLINE: _Way("A kind no, with another way", "Say kindly what isn't possible and offer another way."),
    Strategy.CLOSE: _Way("Close and thank", "Close warmly and leave the door open."),
}
_BY_KIND = {
    Kind.HOT: (Strategy.VALIDATE, Strategy.OWN, Strategy.DECLINE, Strategy.ANSWER, Strategy.CLARIFY, Strategy.CALM),
    Kind.SAD: (Strategy.VALIDATE, Strategy.OWN, Strategy.DECLINE, Strategy.ANSWER, Strategy.CLARIFY),
    Kind.CONFUSED: (Strategy.ANSWER, Strategy.CLARIFY, Strategy.VALIDATE),
    Kind.CALM: (Strategy.ANSWER, Strategy.DECLINE, Strategy.CLARIFY, Strategy.VALIDATE),
    Kind.GLAD: (Strategy.CLOSE,),
}
_NEEDS = {Strategy.ANSWER: "asks", Strategy.DECLINE: "refused"}
"""Flags without which a strategy has nothing to say, unless it is the first of its kind of moment."""
_MOST = 4


def fitting(kind: Kind, flags: Collection[str]) -> tuple[Strategy, ...]:
    """The strategies for a moment, at most four, best first; none where only careful words of our own may be said.

    Args:
        kind: of the moment.
        flags: what holds of it, as `strategies.toml` names it.
    """
    found = _BY_KIND.get(kind, ())
    left = tuple(s for s in found if s is found[0] or s not in _NEEDS or _NEEDS[s] in flags)
    return left[:_MOST]


def title(strategy: Strategy) -> str:
    """Its name, as the agent sees it."""
    return _WAYS[strategy].name


def reply_branch(strategy: Strategy) -> Branch:
    """Asks for a whole reply to the end of the conversation."""
    task = Message(Role.SYSTEM, _BEGIN + _WAYS[strategy].how)
    return Branch(KEY + strategy.value, (task,), max_tokens=MOST_TOKENS, grammar=_LINE)
