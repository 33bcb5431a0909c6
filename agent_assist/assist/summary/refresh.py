"""A summary that is made anew while the conversation goes on: when that is worth it, and how not to flicker."""

from __future__ import annotations

import re

from agent_assist.assist.cite import stems
from agent_assist.assist.summary.reported import AGENT
from agent_assist.assist.summary.said import sentences_of
from agent_assist.records import Conversation, Line, Speaker, Summary

_NOT = re.compile(r"\b(?:not|no|never|nothing|nobody|cannot|without)\b|n['’]t\b", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_QUOTED = re.compile(r"\s*\(“[^)]*”\)")
_COURTESY = re.compile(
    r"\W*(?:(?:ok|okay|k|thanks?|thank you|thx|ty|cheers|great|perfect|cool|nice|lovely|brilliant|awesome|got it|"
    r"will do|hi|hello|hey|bye|goodbye|good (?:day|morning|evening|night)|so much|very much|a lot|you too|again|"
    r"have a (?:good|nice|great) (?:day|one|evening|weekend)|for (?:your|the) (?:help|patience|quick reply)|"
    r"no problem|np)\b\W*)*",
    re.IGNORECASE,
)
_LONG = 200  # characters; what is longer is no courtesy
_ALIKE = 0.75
_TELLING = 3


def settle(old: Summary | None, new: Summary) -> Summary:
    """The new summary with the words of the old one wherever they say nearly the same.

    Args:
        old: what is shown, of the same conversation with fewer turns; None where nothing is.
        new: what was made now.

    Returns:
        As many lines as `new` has, in its order. A line whose numbers, names of feelings or negations differ is never
        taken for the same.
    """
    if old is None:
        return new
    return Summary(
        _settled(new.issue, (old.issue,)),
        _all_settled(old.tried, new.tried),
        old.feeling if _same_feeling(old.feeling, new.feeling) else new.feeling,
        _settled(new.wants, (old.wants,)),
        _all_settled(old.open, new.open),
        new.facts,
    )


def worth_refreshing(before: Conversation | None, now: Conversation) -> bool:
    """Whether enough was said since a summary was made: greetings, thanks and "ok" are not worth a new one.

    Args:
        before: the conversation that the summary was made of; None where there is none yet.
        now: the conversation as it stands.
    """
    if before is None or before.turns != now.turns[: len(before.turns)]:
        return bool(now.turns)
    since = len(before.turns)
    # A customer's "yes please" or "A-48213" is an answer, however short.
    if any(t.speaker is Speaker.CUSTOMER and not _COURTESY.fullmatch(t.text[:_LONG]) for t in now.turns[since:]):
        return True
    return any(
        said.turns[-1] >= since and not said.courteous and (said.text.endswith("?") or len(said.stems) >= _TELLING)
        for said in sentences_of(now, AGENT)
    )


def nearly_same(one: str, other: str) -> bool:
    """Whether two lines say the same in slightly different words."""
    a, b = stems(one), stems(other)
    if sorted(_NUMBER.findall(one)) != sorted(_NUMBER.findall(other)):
        return False
    if bool(_NOT.search(one)) != bool(_NOT.search(other)):
        return False
    return one == other or (bool(a | b) and len(a & b) >= _ALIKE * len(a | b))


def _settled(new: Line | None, olds: tuple[Line | None, ...]) -> Line | None:
    if new is None:
        return None
    return next((old for old in olds if old is not None and nearly_same(old.text, new.text)), new)


def _all_settled(olds: tuple[Line, ...], news: tuple[Line, ...]) -> tuple[Line, ...]:
    settled, left = [], list(olds)
    for new in news:
        line = _settled(new, tuple(left)) or new
        if line in left:
            left.remove(line)
        settled.append(line)
    return tuple(settled)


def _same_feeling(old: Line | None, new: Line | None) -> bool:
    if old is None or new is None:
        return old is new
    return _QUOTED.sub("", old.text) == _QUOTED.sub("", new.text)
