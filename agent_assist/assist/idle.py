"""Number words and times that state nothing: idioms, counts of what the turns list, and what is only asked about."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from agent_assist.assist import spelled

_FEW = ("two", "three")
_MOST = 6
# "the two", "those three", and nothing after it that would be counted: what they are has been said before.
_KNOWN = re.compile(r"\b(?:the|these|those|other|all)\s$", re.IGNORECASE)
_ALONE = re.compile(
    r"\s*(?:[.,;:!?)]|$|(?:to|of|are(?! (?:yours|free|for|on|coming|sent))|is|do|don't|did|does|can|may|might|match|"
    r"agree|say|differ|look|could|should|were|"
    r"was|sit|stand|in|on|at|and|as|than|that|which|apart|together|side|beside|next)\b)",
    re.IGNORECASE,
)
_PRESSING = re.compile(r"\b(?:press|hold|push|hit)\w*(?: down| on)?(?: the| these| those)?\s$", re.IGNORECASE)
_PRESSED = re.compile(r"\s+(?:buttons|keys)\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"\s+(?:(?:different|separate) )?(?:sides|halves|reasons|stories|answers|words|sentences)\b", re.IGNORECASE
)
_READ = re.compile(
    r"\b(?:I|we)(?:'ve|'ll| have| will)?(?: just| already)? (?:read|gone through|looked at|thought about)"
    r"(?: (?:it|this|that|them|all|through|over|your \w+|the \w+)){0,3}\s$|\b(?:think|look)\s$",
    re.IGNORECASE,
)
_TIMES = re.compile(r"\s+times\b", re.IGNORECASE)
# "Nobody should have to ring twice" tells of no second call; "you have to pay twice" does.
_NEVER = re.compile(
    r"(?:\b(?:no one|nobody|no customer|never|not|without)\b|n't\b)[^.!?\n]{0,40}\b(?:have|need|having|needing) to "
    r"(?!pay|be\b)\w+(?:\s\w+){0,4}\s$",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:rang|ring\w*|call\w*|wr[io]t\w*|ask\w*|e-?mail\w*|messag\w*|chas\w*|explain\w*|came|come|back)\b"
    r"[^.!?\n]{0,25}\bagain\b",
    re.IGNORECASE,
)
_TODAY = re.compile(r"tonight|this\s+(?:morning|afternoon|evening|week)", re.IGNORECASE)
_ASKS_YOU = re.compile(
    r"\b(?:are|were|have|do|did|can|could)\s+you\b(?=.*\b(?:home|in|out|up|all right|ok|okay|dry|warm|safe|awake|alone|"
    r"away|sleep|slept|stay|eat|feel\w*|manage|cope|somewhere|someone|use)\b)",
    re.IGNORECASE | re.DOTALL,
)
_OFFERS = re.compile(
    r"\b(?:I|we|us|our|me|my|engineers?|technicians?|couriers?|drivers?|team|colleagues?|managers?|someone|somebody|"
    r"refund\w*|replac\w*|deliver\w*|arriv\w*|sent|send|visit\w*|coming|expect\w*|suit\w*|know|told|pay\w*|paid|free|"
    r"discount\w*|"
    r"comes?|agree\w*|true|refunded|get|receiv\w*)\b",
    re.IGNORECASE,
)
_NOUN = re.compile(r"\s+([a-z]{3,20}s)\b", re.IGNORECASE)
# What a site gives is never counted up from mere mentions.
_GIVEN = frozenset(
    re.findall(
        r"\w+",
        "voucher refund credit discount coupon replacement gift compensation reimbursement engineer technician manager "
        "colleague courier driver day week month year hour minute night second working business offer",
    )
)
_PRICED = frozenset({"price", "amount", "figure", "sum", "total"})
_DATED = frozenset({"payment", "date", "charge", "debit", "bill"})
_POINTING = frozenset(
    re.findall(r"\w+", "the a an my your his her its our their this that these those it of to and or is was for one no")
)


def is_idle(text: str, start: int, end: int) -> bool:
    """Whether a number word is part of an idiom, or points back at what was said ("the two", "read it twice").

    Args:
        text: a text.
        start: where the word begins in it.
        end: where it ends, exclusive.
    """
    before = text[max(0, start - 80) : start]
    word = text[start:end].lower()
    if word in _FEW and (
        (_PRESSED.match(text, end) and _PRESSING.search(before))
        or _SPOKEN.match(text, end)
        or (_KNOWN.search(before) and _ALONE.match(text, end))
    ):
        return True
    if (word in ("twice", "thrice") or _TIMES.match(text, end)) and _READ.search(before):
        return True
    return word in ("twice", "second") and _NEVER.search(before) is not None


def is_repeated(rank: int, told: str, numbers: Collection[str]) -> bool:
    """Whether turns tell of a "second time" by an "again", or of a third by one after two.

    Args:
        rank: 2 for "second".
        told: the turns.
        numbers: that stand in them, as decimal strings.
    """
    return (rank == 2 or (rank == 3 and "2" in numbers)) and _AGAIN.search(told) is not None


def is_listed(number: int, text: str, end: int, turns: Sequence[str], amounts: int) -> bool:
    """Whether turns name as many of what a number word counts as it says ("the blue letter" and "the red letter").

    Args:
        number: what the word says.
        text: a text.
        end: where the word ends in it.
        turns: what was said, in small letters.
        amounts: how many amounts the turns name.
    """
    noun = _NOUN.match(text, end)
    if noun is None or number > _MOST:
        return False
    one = noun[1].lower().removesuffix("s")
    if one in _GIVEN:
        return False
    if one in _PRICED:
        return number <= amounts
    if one in _DATED:
        return number <= len({day for turn in turns if one in turn for day in spelled.month_days(turn)})
    named = [word for turn in turns for word in re.findall(rf"\b([a-z-]{{1,20}}) {re.escape(one)}\b", turn)]
    apart = {word for word in named if word not in _POINTING}
    other = bool(apart & {"another", "other", "second"}) and len(apart) < len(set(named))
    return number <= len(apart) + other


def only_asks(match: re.Match[str]) -> bool:
    """Whether a time of today stands in a question about the customer's own day, where nothing is offered for it.

    Args:
        match: a time ("this morning") in its text.
    """
    text = match.string
    if _TODAY.fullmatch(match[0]) is None:
        return False
    head = re.split(r"[.!?\n]", text[max(0, match.start() - 150) : match.start()])[-1]
    tail = re.match(r"[^.!\n?]{0,150}\?", text[match.end() :])
    return (
        tail is not None
        and _ASKS_YOU.search(head + match[0] + tail[0]) is not None
        and _OFFERS.search(head + tail[0]) is None
    )
