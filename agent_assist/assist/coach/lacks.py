"""What a draft lacks: pillars, an answer, and the memory of what was said before."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.assist.cite import stems
from agent_assist.assist.coach.draft import STARTED, Draft, Weighed, said
from agent_assist.assist.coach.situation import Situation
from agent_assist.assist.coach.table import Heat, When, table
from agent_assist.assist.sentences import PLACEHOLDER, spans
from agent_assist.records import Pillar, Remark, RemarkKind

_MANY = 3  # turns that tell the same, from which it is too often
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_TIME = re.compile(
    r"\d|\[|\b(?:today|tomorrow|tonight|now|soon|monday|tuesday|wednesday|thursday|friday|saturday|sunday|january|february|march|april|"
    r"may|june|july|august|september|october|november|december|morning|afternoon|evening|week|weeks|days?|hours?|"
    r"minutes?|month|months|year|once|as soon as|when|until|by then|after|before|never|always|already)\b",
    re.IGNORECASE,
)
_AMOUNT = re.compile(r"\d|\[|\b(?:free|no (?:charge|cost|fee)|nothing|price|cost|amount|fee|quote)\b", re.IGNORECASE)
_TAKES_UP = re.compile(
    r"\?|\[|https?:|\b(?:yes|no|let me (?:check|find|look|see)|(?:I'll|I will|I'm|I am|we'll|we're|we are|we will) "
    r"(?:\w+ )?(?:check|find|look|ask|see)\w*|don't know|do not know|here's|here is|here are|link|article|page|"
    r"you can|you could|please|let's|(?:isn't|is not|not|n't) (?:\w+ )?(?:possible|available|have|offer|able)|"
    r"currently|recommend|suggest|unfortunately|afraid)\b",
    re.IGNORECASE,
)
# A word alone shows no feeling where it only begins a question or a time.
_NO_FEELING = re.compile(
    r"(?:why|how|what|when|where|who|after|before|for|in|on|at|is|are|was|were|do|does|the|still|you|your|i|my|it|they|"
    r"we|this|that|and|but|to|so|just)\b",
    re.IGNORECASE,
)
_NAMED_AS_TRIED = re.compile(
    r"\byou(?:'ve| have)? (?:already |just )?(?:tried|did|done|\w+ed)\b|\balready\b|\bafter \w+ing\b", re.IGNORECASE
)
_ID_NOUN = re.compile(r"\b(?:serial|account|policy|membership|tracking|customer|claim)\b", re.IGNORECASE)


def missing(draft: Draft) -> list[Weighed]:
    """Pillars that are missing from what is written so far, as far as they could be there by now."""
    sentences = len(spans(draft.seen))
    found = []
    for pillar in draft.missing:
        # An opening comes first; steps and what follows come last, so that nothing is missing while they may yet come.
        if pillar in (Pillar.RESOLVE, Pillar.FOLLOW_UP) and not draft.finished:
            continue
        if pillar is Pillar.FOLLOW_UP and sentences < 2 and draft.words < 2 * STARTED:
            continue
        found.append(_missing_row(draft, pillar))
    # Two things to add are a task, four are a reproach: the chips show the others.
    return sorted(found, key=lambda w: -w.weight)[:2]


def _missing_row(draft: Draft, pillar: Pillar) -> Weighed:
    shown = draft.reading.words if draft.reading is not None else ()
    felt = next((words for words in shown if len(words) > 2 and not _NO_FEELING.match(words)), "")
    fits = {
        When.RETOLD: bool(draft.situation.retold),
        When.MANY: draft.situation.told >= _MANY,
        When.FELT: bool(felt) and draft.moment.distressed,
        When.HOT: draft.heat is Heat.HOT,
        When.QUESTION: draft.moment.asking,
        When.ANY: True,
    }
    row = next(row for row in table().missing if row.pillar is pillar and fits[row.when])
    quoted = draft.situation.retold if row.when is When.RETOLD else felt
    why = row.why.replace("{words}", quoted).replace("{times}", _number(draft.situation.told))
    return Weighed(row.weight, Remark(RemarkKind.MISSING, row.text, why, pillar=pillar))


def _number(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def again(draft: Draft) -> Iterator[Weighed]:
    """What was given, tried or sent before."""
    situation = draft.situation
    for start, end in spans(draft.seen):
        sentence = draft.seen[start:end]
        gift = next(
            (g for g in situation.gifts if g.asked.search(sentence) and not _other_id(sentence, situation)), None
        )
        tried = next((t for t in situation.tried if t.asks.search(sentence)), None)
        if gift is not None:
            yield said("asks_again", RemarkKind.TONE, draft, (start, end), words=gift.words)
        elif tried is not None and not _NAMED_AS_TRIED.search(sentence):
            yield said("tried", RemarkKind.TONE, draft, (start, end), words=tried.words)
        elif sentence.lower() in situation.sentences and len(sentence.split()) >= STARTED:
            yield said("repeats_self", RemarkKind.TONE, draft, (start, end))


def _other_id(sentence: str, situation: Situation) -> bool:
    """Whether it asks for a number that the customer has not named."""
    return any(m[0].lower() not in situation.said for m in _ID_NOUN.finditer(sentence))


def unanswered(draft: Draft) -> Iterator[Weighed]:
    """The first open question that a finished draft does not take up."""
    if not draft.finished or draft.words < STARTED or PLACEHOLDER.search(draft.text):
        return
    words = stems(draft.seen)
    for question in draft.situation.questions:
        if question.when and not _TIME.search(draft.seen):
            yield said("when", RemarkKind.MISSING, draft, None, words=question.text)
        elif question.how_much and not _AMOUNT.search(draft.seen):
            yield said("how_much", RemarkKind.MISSING, draft, None, words=question.text)
        elif not question.stems & words and not _TAKES_UP.search(draft.text):
            yield said("unanswered", RemarkKind.MISSING, draft, None, words=question.text)
        else:
            continue
        return
