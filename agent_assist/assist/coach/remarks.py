"""Everything there is to say of a draft, each with its weight."""

from __future__ import annotations

from collections.abc import Iterator

from agent_assist.assist.coach.draft import STARTED, WORD, Draft, Weighed, said
from agent_assist.assist.coach.lacks import again, missing, unanswered
from agent_assist.assist.coach.risks import risks
from agent_assist.assist.coach.tone import marks, phrases, reflex
from agent_assist.assist.coach.wording import protected
from agent_assist.assist.sentences import spans
from agent_assist.records import RemarkKind

LONG, LONG_SENTENCE, SHORT = 120, 36, 4
"""Words of a draft, and of a sentence, that are too many; words of a finished draft that are too few."""


def remarks(draft: Draft) -> list[Weighed]:
    """Everything there is to say, in no order; places never cut a word."""
    found = [*risks(draft), *phrases(draft), *marks(draft)]
    if draft.words >= STARTED or (draft.finished and draft.words > SHORT):
        found += [*missing(draft), *reflex(draft), *again(draft), *unanswered(draft)]
    found += _length(draft)
    return found


def _length(draft: Draft) -> Iterator[Weighed]:
    if draft.words > LONG:
        yield said("long", RemarkKind.LENGTH, draft, None, n=str(draft.words))
    for start, end in spans(draft.seen):
        n = len(WORD.findall(draft.seen, start, end))
        if n > LONG_SENTENCE and not protected(draft.text[start:end]):
            yield said("long_sentence", RemarkKind.LENGTH, draft, (start, end), n=str(n))
            break
    if 0 < draft.words <= SHORT and draft.finished and draft.moment.needs and "?" not in draft.text:
        yield said("short", RemarkKind.LENGTH, draft, None)
