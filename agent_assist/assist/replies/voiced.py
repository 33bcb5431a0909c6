"""Whole replies of a model that has learned our voice, as candidates beside the composed ones."""

from __future__ import annotations

import re

from agent_assist.assist import guard, voice
from agent_assist.assist.replies import ranking
from agent_assist.assist.replies.compose import Chosen, Composed, Strategy, every_strategy
from agent_assist.assist.replies.context import Context
from agent_assist.assist.replies.preference import Preference
from agent_assist.assist.replies.ranking import Candidate
from agent_assist.assist.sentences import is_complete, split
from agent_assist.llm.engine import Branch

_FIT = 5.0
"""How well a reply that was written for this moment fits it, on the scale of the bank's sentences."""
_KEPT = 0.7
"""The share of its words that must be left of a reply after the guard; with less it no longer hangs together."""
_REPORTS = re.compile(r"\b(?:the|this) (?:customer|agent|user|caller)\b", re.IGNORECASE)
_OPEN_BLANK = re.compile(r"\s*\[[^\]]*$")


def voice_branches(context: Context) -> list[Branch]:
    """Asks for one reply by each strategy that fits the moment."""
    return [voice.reply_branch(s) for s in voice.fitting(context.moment.kind, context.flags)]


def voiced(key: str, text: str, context: Context, preference: Preference) -> Candidate | None:
    """A reply that the model wrote, as a candidate.

    Args:
        key: of its branch.
        text: all that was written.
        context: of the moment.
        preference: what is taken at this desk.

    Returns:
        None where it breaks off, reports instead of speaking to the customer, or the guard leaves too little of it.
    """
    written = " ".join(s for s in split(_OPEN_BLANK.sub("", " ".join(text.split()))) if is_complete(s))
    if not written or _REPORTS.search(written):
        return None
    if not guard.check(written, context.conversation).ok:
        mended = guard.mend(written, context.conversation).text
        if mended is None or len(mended.split()) < _KEPT * len(written.split()):
            return None
        written = mended
    strategy = _strategy(voice.title(voice.Strategy(key.removeprefix(voice.KEY))), context)
    return ranking.judged(Composed(strategy, [Chosen(written, None, _FIT)]), context, preference)


def _strategy(name: str, context: Context) -> Strategy:
    """The table's strategy of that name; of several the one for this kind of moment."""
    named = [s for s in every_strategy() if s.name == name]
    return next((s for s in named if context.moment.kind in s.kinds), named[0])
