"""Next actions: what the customer's own words call for, from a table of rules; each cites the turn that fired it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.assist.chat import plain
from agent_assist.assist.phrases import case_of
from agent_assist.records import Conversation, Fact, NextAction, Spike

_MOST = 3


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to do when a customer's turn matches `pattern`, and why."""

    id: str
    pattern: str
    text: str
    why: str


@cache
def rules() -> tuple[tuple[Rule, re.Pattern[str]], ...]:
    """The table that ships, with its patterns compiled, most pressing first.

    Raises:
        msgspec.ValidationError: it is damaged.
    """
    text = files("agent_assist.assist").joinpath("actions.toml").read_text(encoding="utf-8")
    table = msgspec.convert(tomllib.loads(text)["rule"], tuple[Rule, ...])
    return tuple((rule, re.compile(rule.pattern, re.IGNORECASE)) for rule in table)


def fires(rule_id: str, conversation: Conversation) -> bool:
    """Whether a rule of the table fires on any turn of the customer."""
    pattern = next(pattern for rule, pattern in rules() if rule.id == rule_id)
    return any(pattern.search(t.text) for t in conversation.customer_turns)


def next_actions(conversation: Conversation, facts: Sequence[Fact], spike: Spike | None) -> tuple[NextAction, ...]:
    """At most three actions for the end of a conversation.

    Args:
        conversation: its customer's turns are looked at, newest first.
        facts: found in it.
        spike: the latest recent one; what it needs is the action where no rule fires.
    """
    found = []
    turns = [(t.i, plain(t.text)) for t in reversed(conversation.customer_turns)]
    case = case_of(facts)
    for rule, pattern in rules():
        turn = next((i for i, text in turns if pattern.search(text)), None)
        if turn is not None:
            text = rule.text.format_map({"case": "the case" if case == "this" else case})
            found.append(NextAction(text, rule.why, (turn,)))
    if not found and spike is not None:
        found.append(NextAction(spike.nudge.rstrip("."), "The mood turned here.", (spike.turn,)))
    return tuple(found[:_MOST])
