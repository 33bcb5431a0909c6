"""Rules that only one conversation gives: its customer's name, and what they call their own."""

from __future__ import annotations

import re
from functools import cache

from agent_assist.assist.claims import Evidence, plain
from agent_assist.assist.guard.rule import Action, Kind, Rule, row
from agent_assist.records import Conversation, Speaker

_MINE = re.compile(r"\bmy\s+((?:[a-z]+\s+){0,1}[a-z]+)", re.IGNORECASE)
_INTRODUCED = re.compile(r"\b(?:[Mm]y name is|[Tt]his is|I'm|I am)\s+([A-Z][a-z]{1,20})\b(?!\s+[a-z]+ing\b)")
# Third persons that a customer brings up themselves may be spoken of.
_OTHERS = frozenset({"he", "she", "him", "her", "his", "hers"})
# An agent has these too.
_SHARED = frozenset(
    re.findall(
        r"\w+",
        "agent apologies apology attention best bit colleague colleagues company day department end favour fault "
        "hands heart honest job knowledge last list manager mind mistake name next notes opinion own part place "
        "point question "
        "records regards screen service shift side sincere supervisor system team thanks thoughts time turn "
        "understanding view way week word words work "
        # and what follows the thing that is theirs
        "and are but can did does for from had has have just not now still that the too was were when will with would",
    )
)
_VERB = (
    r"(?:is|was|has|had|wants|wanted|needs|feels|felt|says|said|asks|asked|expects|complains|claims|states|reports|"
    r"called|"
    r"contacted|requested|would like)"
)


def particular_rules(conversation: Conversation, evidence: Evidence) -> list[Rule]:
    """The rules of one conversation; patterns are built of its words, each escaped."""
    rules = [_pronouns()] if not evidence.words & _OTHERS else []
    if names := _names(conversation):
        rules.append(_by_name("|".join(sorted(map(re.escape, names)))))
    if things := _things(conversation):
        rules.append(_by_thing("|".join(sorted(map(re.escape, things)))))
    return rules


def _names(conversation: Conversation) -> set[str]:
    """What the customer is called."""
    told = [conversation.customer, *(t.name for t in conversation.customer_turns)]
    said = [m[1] for t in conversation.customer_turns for m in _INTRODUCED.finditer(plain(t.text))]
    return {part for name in (*told, *said) if name for part in re.findall(r"[^\W\d_]{2,30}", name)[:3]}


def _things(conversation: Conversation) -> set[str]:
    """What the customer calls theirs and no agent does."""
    found: set[str] = set()
    ours = " ".join(t.text.lower() for t in conversation.turns if t.speaker is Speaker.AGENT)
    for turn in conversation.customer_turns:
        for match in _MINE.finditer(plain(turn.text)):
            found.update(word for word in match[1].lower().split() if len(word) > 2)
    return {word for word in found - _SHARED if f"my {word}" not in ours}


@cache
def _pronouns() -> Rule:
    return row(
        "report-pronoun",
        Kind.REPORT,
        rf"(?:^|(?<=[.!?\n]\s))(?:(?:She|He) (?:really |also |just )?{_VERB}|They (?:want|wants|demand|expect) "
        rf"(?:an?|the|their) )\b",
        Action.DROP,
        "Speaks about the customer, not to them.",
    )


def _by_name(names: str) -> Rule:
    return row(
        "report-name",
        Kind.REPORT,
        rf"(?<!\bI'm )(?<!\bI am )\b(?:{names})(?:'s (?!here\b)|\s+(?:really |also |just )?{_VERB}\b)",
        Action.DROP,
        "Speaks about the customer, not to them.",
    )


def _by_thing(things: str) -> Rule:
    return row(
        "voice-own",
        Kind.VOICE,
        rf"\bmy (?:[a-z-]+ )?(?:{things})\b",
        Action.DROP,
        "The customer's belongings in the agent's mouth.",
    )
