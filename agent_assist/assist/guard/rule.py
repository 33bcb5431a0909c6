"""What a row of the guard's table is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What becomes of a sentence that a rule finds."""

    REWRITE = "rewrite"
    DROP = "drop"
    STRIP = "strip"


class Kind(StrEnum):
    """The groups of slips."""

    SIGNATURE = "signature"
    HANDLE = "handle"
    HASHTAG = "hashtag"
    LEAK = "leak"
    REPORT = "report"
    VOICE = "voice"
    OVERREACH = "overreach"
    PROMISE = "promise"
    GOODWILL = "goodwill"
    PRIVATE = "private"
    ADVICE = "advice"
    LIABILITY = "liability"
    BLAME = "blame"
    DISMISSIVE = "dismissive"
    FEELINGS = "feelings"
    COMMITMENT = "commitment"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table.

    Patterns run over plain text (straight apostrophes, placeholders blanked) and ignore case, those that strip do not.
    A group named `act` is the verb of a commitment or a claim: where an agent has said that very act in the
    conversation, saying it again is fine.

    Attributes:
        id: unique, stable.
        kind: the group of slips that it belongs to.
        pattern: what gives the slip away.
        action: rewrite the clause, drop the sentence, or strip the match alone.
        reason: one line for the agent.
        safe: the sentence that takes the clause's place, for `Action.REWRITE`.
        unless: in front of the match in its sentence, this makes it harmless ("let me know if it is resolved").
        blank: whether a blank to confirm in the same clause makes it harmless.
    """

    id: str
    kind: Kind
    pattern: re.Pattern[str]
    action: Action
    reason: str
    safe: str = ""
    unless: re.Pattern[str] | None = None
    blank: bool = False


def row(
    id_: str,
    kind: Kind,
    pattern: str,
    action: Action,
    reason: str,
    safe: str = "",
    unless: str = "",
    blank: bool = False,
) -> Rule:
    """A rule with its patterns compiled; one that strips sees capitals, which tell signatures and hashtags."""
    flags = re.MULTILINE if action is Action.STRIP else re.MULTILINE | re.IGNORECASE
    excuse = re.compile(unless, re.IGNORECASE) if unless else None
    return Rule(id_, kind, re.compile(pattern, flags), action, reason, safe, excuse, blank)
