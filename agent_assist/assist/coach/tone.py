"""How a draft sounds to this customer: words, marks, and an apology that nobody needs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.assist.coach.draft import Draft, Weighed, said
from agent_assist.assist.coach.table import Heat, Phrase, phrase_patterns
from agent_assist.records import Pillar, Remark, RemarkKind

_SHOUTED = re.compile(
    r"\b[A-Z]{3,}(?:\s+(?:[A-Z]{2,}|I|A))+\b|\b(?:NOT|NEVER|MUST|ALWAYS|NO|PLEASE|READ|ALREADY|CANNOT|STOP|AGAIN)\b"
)
_MARKS = re.compile(r"[!?]{2,}")
_SORRY = re.compile(
    r"\b(?:(?:I'm|I am|we're|we are) (?:\w+ )?sorry|sorry (?:for|about|that|to hear)|apologi[sz]e|apologies)\b",
    re.IGNORECASE,
)
_REPEATED = 20


def phrases(draft: Draft) -> Iterator[Weighed]:
    """Words of the table, where they hurt in this moment."""
    for phrase, pattern in phrase_patterns():
        if not draft.at_least(phrase.heat):
            continue
        lighter = 0
        for match in pattern.finditer(draft.seen):
            start, end = match.span("at") if "at" in pattern.groupindex and match["at"] else match.span()
            if draft.being_typed(end) or (phrase.unless_said and match[0].lower() in draft.situation.said):
                continue
            yield _of_phrase(phrase, draft, start, end, lighter)
            # Said once it is understood; more of the same may wait behind the rest.
            lighter = _REPEATED


def _of_phrase(phrase: Phrase, draft: Draft, start: int, end: int, lighter: int) -> Weighed:
    words = draft.text[start:end]
    remark = Remark(RemarkKind.TONE, phrase.text.replace("{words}", words), phrase.why, start, end)
    return Weighed(phrase.weight - lighter, remark)


def marks(draft: Draft) -> Iterator[Weighed]:
    """Capitals, and exclamation marks beside trouble; each once, where it stands first."""
    shouted = next((m for m in _SHOUTED.finditer(draft.seen) if m[0].lower() not in draft.situation.said), None)
    if shouted is not None and not draft.being_typed(shouted.end()):
        yield said("shouting", RemarkKind.TONE, draft, shouted.span())
    doubled = _MARKS.search(draft.seen)
    if doubled is not None:
        yield said("marks", RemarkKind.TONE, draft, doubled.span())
    elif draft.at_least(Heat.UNEASY) and (at := draft.seen.find("!")) >= 0:
        yield said("exclamation", RemarkKind.TONE, draft, _last_word(draft.seen, at))


def _last_word(text: str, end: int) -> tuple[int, int]:
    start = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end)) + 1
    return start, end + 1


def reflex(draft: Draft) -> Iterator[Weighed]:
    """An apology to a calm customer for whom nothing went wrong."""
    match = _SORRY.search(draft.seen)
    if match is not None and Pillar.OWN not in draft.moment.needs and not draft.moment.closing and draft.moment.asking:
        yield said("reflex_apology", RemarkKind.TONE, draft, match.span())
