"""The guard in front of every suggestion: nothing leaves it that the conversation does not carry.

What may stand: the conversation's own specifics, those of the customer's record, commitments that an agent has made
in the conversation, and what the site's list lets agents promise. All else becomes a visible blank or is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent_assist.assist import claims
from agent_assist.assist.claims import Claim
from agent_assist.assist.guard.judge import Place, judge_of
from agent_assist.assist.guard.mending import MIN_WORDS, Mended, mended
from agent_assist.assist.guard.promises import NOTHING, Allowed, Promise, load_promises
from agent_assist.assist.guard.rule import Rule
from agent_assist.records import Conversation, Grounding

__all__ = [
    "MIN_WORDS",
    "NOTHING",
    "Allowed",
    "Finding",
    "Mended",
    "Promise",
    "check",
    "findings",
    "first_finding",
    "load_promises",
    "mend",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text that the guard objects to.

    Attributes:
        start: where it begins.
        end: where it ends, exclusive.
        rule: id of the rule, or "unsupported" for a specific that nothing carries.
        kind: the rule's kind, or what the specific is (amount, date, how long, ...).
        text: as it stands.
        reason: one line for the agent.
    """

    start: int
    end: int
    rule: str
    kind: str
    text: str
    reason: str


def check(text: str, conversation: Conversation, allowed: Allowed | None = None) -> Grounding:
    """Names everything in a suggestion that nothing carries or that no agent should send.

    Args:
        text: a suggestion; what stands in `[...]` is not checked.
        conversation: what it answers, with the customer's record where there is one.
        allowed: what agents of the site may promise; nothing where None.

    Returns:
        `ok` and, in order, the words objected to as they stand in `text`, each once.
    """
    found = findings(text, conversation, allowed)
    return Grounding(not found, tuple(dict.fromkeys(f.text for f in found)))


def findings(text: str, conversation: Conversation, allowed: Allowed | None = None) -> list[Finding]:
    """What `check` objects to, with places and reasons, in the order of the text."""
    judge = judge_of(conversation, allowed or NOTHING)
    seen, places = claims.unhidden(text)
    found = [_of_rule(seen, span, rule) for span, rule in judge.broken(seen)]
    found += [_of_claim(claim, reason) for claim, reason in judge.unsupported(seen)]
    if places:
        found = [_placed(f, text, places) for f in found]
    return sorted(found, key=lambda f: (f.start, f.end))


def first_finding(text: str, conversation: Conversation, allowed: Allowed | None = None) -> int | None:
    """Where the first thing that `check` objects to begins, None where there is none.

    A draft that is still being written can be shown up to there.
    """
    return found[0].start if (found := findings(text, conversation, allowed)) else None


def mend(text: str, conversation: Conversation, allowed: Allowed | None = None) -> Mended:
    """Makes a suggestion safe to show: strips, drops and rewrites, and leaves visible blanks for specifics.

    The result passes `check`, and mending it again changes nothing.

    Args:
        text: a suggestion as the language model or a template wrote it.
        conversation: what it answers.
        allowed: what agents of the site may promise; nothing where None.

    Returns:
        The mended text, or None where fewer than `MIN_WORDS` words were left.
    """
    return mended(text, judge_of(conversation, allowed or NOTHING))


def _placed(found: Finding, text: str, places: list[int]) -> Finding:
    """A finding moved to where it stands in the text before anything was taken out of it or put in."""
    start, end = places[found.start], places[found.end]
    return replace(found, start=start, end=end, text=text[start:end].strip())


def _of_rule(text: str, span: Place, rule: Rule) -> Finding:
    return Finding(*span, rule.id, rule.kind, text[slice(*span)].strip(), rule.reason)


def _of_claim(claim: Claim, reason: str) -> Finding:
    return Finding(claim.start, claim.end, "unsupported", claim.kind, claim.text.strip(" ,"), reason)
