"""The customer's own clauses said back: "I've been waiting three weeks" becomes "you've been waiting three weeks".

Nothing is retold: a clause keeps its words and their order, only the person changes. What does not turn cleanly is left
alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from agent_assist.assist.claims import plain as straight
from agent_assist.assist.replies.words import words
from agent_assist.assist.sentences import split
from agent_assist.records import Conversation

_LONGEST = 8000  # characters of a turn that are looked at, the last ones: more is a pasted document
_MIN_WORDS = 4
_MAX_WORDS = 17
_MOST_COMMAS = 2
_MIN_TAIL = 3  # words after a comma; fewer are the rest of a list
_I = re.IGNORECASE

_NOISE = re.compile(
    r"https?://\S*|www\.\S+|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200d]|(?<!\w)\d{1,2}/\d{1,2}\s*$"
)
_HANDLE = r"(?<!\w)(?:@\w+|#(?!\d)\w+)"
_OUTER = re.compile(rf"^(?:[\s.,:]*{_HANDLE})+|(?:{_HANDLE}[\s.,:!]*)+(?=$|\n)")
# Inside a sentence it may be its subject: what is left without it says something else.
_INNER = re.compile(_HANDLE)
_LOST = "\u00a4"
_GLUED = re.compile(r"(?<=[a-z]{3})\.(?=(?:[a-z]{2,}|I) )")
_QUOTES = re.compile(r"[\"“”«»*_~]")
_CONTRACTED = re.compile(r"\bIts\b(?=\s+(?:not|been|still|so|a|the|\w+ing)\b)|\bits\b(?=\s+(?:not|been|still|now)\b)")

_APART = re.compile(r"[;:()]|\s[-\u2013\u2014]+\s|\u2014")
# Where one clause ends and the next begins; a comma inside a list is one too, and such clauses turn out too short.
_JOINT = re.compile(
    r"\s*(?:[;:()]+|\s[-\u2013\u2014]+\s|\u2014|,)\s*(?:(?:and|but|so|yet|then)\s+)?"
    r"|\s+(?P<word>and|but|so|yet|because|cause|since(?=\s+(?:I|my|the|it|we)\b)|although|though|even though|"
    r"while|then|which)\s+"
    r"(?=(?:I|I'm|I've|I'd|my|the|it|this|that|we|our|they|there|nobody|no one|nothing|still|now|when|if|can't|"
    r"is|was|has)\b)",
    _I,
)
_PAST = (
    r"(?:\w{3,}ed|bought|paid|sent|got|went|told|lost|made|took|gave|had|spent|found|left|came|said|saw|did|"
    r"kept|wrote|broke|"
    r"flew|drove|rang|spoke|heard|held|sat|stood|began|upgraded|put|set|read|met|caught|built|brought|chose|woke|ran|"
    r"hung|filed|won|signed|reset)"
)
_ADVERB = (
    r"(?:just|only|already|also|even|still|never|recently|finally|first|literally|actually|accidentally|now|not|"
    r"always)"
)
_I_VERB = (
    r"(?:I've|I have|I haven't|I have not|I had|I'd been|I hadn't)(?! (?:to|no idea|a question|an? idea|heard|"
    r"never seen)\b)\s+\w+"
    rf"|(?:I was|I wasn't|I were)\s+(?!hoping|wondering|thinking|going|just wondering|happy|glad|excited|"
    rf"expecting)\w+"
    r"|(?:I'm|I am|I'm not|I am not)\s+(?:also |now |currently |still |only |just )*(?:stuck|waiting|locked|"
    r"unable|not able|able|getting|"
    r"being|having|trying|told|missing|charged|sitting|stranded|on hold|without|not getting|not receiving|"
    r"unable|still|"
    r"receiving|paying|using|not being|supposed)\b"
    r"|I\s+(?:still |just |also |even )?(?:can't|cannot|can not|couldn't|could not|didn't|did not|don't have|"
    r"don't get|do not have|never|keep|"
    r"still have|have to|had to|get|have no|receive|still get|only get)\b"
    rf"|I\s+(?:{_ADVERB}\s+){{0,2}}{_PAST}\b"
)
_VERB = (
    r"(?:is|isn't|was|wasn't|are|aren't|were|weren't|has|hasn't|have|haven't|had|hadn't|won't|doesn't|don't|"
    r"didn't|can't|cannot|"
    r"couldn't|never|still|keeps?|got|says|shows|stopped|stops|crashes|freezes|cuts|went|came|arrived|"
    r"disappeared|broke|"
    rf"fails?|drops|died|expires|refuses|does not|do not|did not|just|only|now|{_PAST})"
)
_NP = r"(?:(?!(?:but|and|or|they|he|she|it|we|who|that|which|because|when|if)\b)[\w'&.+-]+\s+){0,4}?[\w'&.+-]+"
_STARTS = (
    re.compile(rf"(?:{_I_VERB})", _I),
    re.compile(rf"(?:my|our)\s+{_NP}\s+{_VERB}\b", _I),
    re.compile(rf"(?:the|this|both|all(?: of)? (?:my|the))\s+{_NP}\s+{_VERB}\b", _I),
    re.compile(
        r"it\s+(?:still |just |now |only |also |even )?(?:doesn't|does not|won't|keeps|hasn't|isn't|wasn't|"
        r"never|says|"
        r"stopped|crashes|freezes|can't|didn't|has been|has not|went|came|arrived|shows|broke|fails|failed)\b",
        _I,
    ),
    re.compile(
        r"(?:nobody|no one|noone|nothing|none of (?:my|the|it|them)|no (?:response|reply|answer|email|update|refund|"
        r"call|sign|internet|service|signal|one))\s+\w+",
        _I,
    ),
    re.compile(rf"we\s+(?:(?:{_ADVERB})\s+)*(?:have|haven't|had|were|weren't|can't|couldn't|didn't|{_PAST})\b", _I),
)
# A clause without its subject, as people write in a hurry, and what is put before it.
_BARE = tuple(
    (re.compile(rf"(?:{pattern})", _I), subject)
    for pattern, subject in (
        (r"(?:still |been |just )*(?:still )?waiting\b", "I'm "),
        (
            r"been (?:waiting|trying|using|calling|having|getting|sitting|chasing|asking|paying|told|charged)\b",
            "I've ",
        ),
        (
            r"(?:still )?(?:trying to|getting|unable to|not able to|having (?:trouble|issues|problems)|stuck|"
            r"missing)\b",
            "I'm ",
        ),
        (
            r"(?:still )?(?:can't|cannot|couldn't|haven't|hadn't|didn't|don't have|never (?:got|received|had))\b",
            "I ",
        ),
        (
            r"(?:just |already |finally |recently )?(?:spent|paid|ordered|bought|received|tried|called|noticed|got|"
            r"cancelled|canceled|returned|sent|upgraded|booked|reset|restarted|contacted|emailed)\b(?! (?:by|"
            r"out|it))",
            "I ",
        ),
    )
)
_OTHERS = re.compile(r"\b(?:you|your|yours|you'\w+|u|ur|yall|y'all|ya|guys|they're|people|everyone)\b", _I)
# A question that tells what is wrong: "why can't I open my mail?"
_WHY = re.compile(
    r"\bwhy (?P<not>can't|cannot|won't|doesn't|isn't|hasn't|is|does) (?P<who>I|my \w+|the \w+|it) (?P<rest>[^?]+)\?$",
    _I,
)
# What breaks a clause up, or is no plain text.
_BROKEN = re.compile(r"[<>{}\[\]|\\`^=?!+&]|\.\.|\b[a-z]+/[a-z]*\b", _I)
_TOO_FREE = frozenset(("it", "this", "that", "there"))
_BAD = re.compile(
    r"(?:\b(?:your|it|the|that|this|they|nobody|one|which|there|still|and)\b[^.]*(?:n't\b|\bnot\b|\bnever\b))"
    r"|(?:n't|\bnot|\bnever|\bno)\s+(?:yet\s+|even\s+|been\s+|able\s+to\s+|had\s+)*(?:get|got|gotten|receiv\w+|"
    r"hear\w*|able|allow\w*|work\w*|arriv\w*|log|sign|"
    r"access|find|found|open|play|connect|watch|update|load|deliver\w*|answer\w*|reach\w*|credited|"
    r"refunded|redeem|adjust|send|book|"
    r"check|contact|download|stream|install|view|pay|order|change|reply|replied|cancel|turn|print|call|speak|"
    r"given|told|help\w*|show\w*)\b"
    r"|\bbeen \w+ing\b[^.]*\b(?:for|since)\b|\b(?:nobody|nothing|unable|cannot|without|broke|broken|late|"
    r"delay\w*|wrong|errors?|fail\w*|overcharg\w+|still waiting|waiting|"
    r"waited|missing|missed|lost|damag\w*|stuck|crash\w*|outage|problems?|issues?|trouble|hacked|locked|faulty|"
    r"defective|freez\w*|frozen|"
    r"stopped|disappear\w*|kicked|logged out|charged (?:twice|again|for)|hung up|cracked|on hold|dropp\w+|"
    r"refus\w+|reject\w*|declin\w*|denied|"
    r"expired|deleted|removed|slow|instead of|bumped|stranded|cut(?:s|ting)? out|empty|leak\w*|smashed|ignored|"
    r"transferred|"
    r"banned|suspended|disabled|blocked|disconnect\w*|burnt|torn|mouldy|mould|(?:was|been|were|got|"
    r"is) cancel\w*|no (?:response|reply|answer|one|internet|"
    r"service|signal|connection|refund|update|email|call|help|sign|way)|(?:is|are|was|went|been|goes) down|"
    r"killing|multiple times|(?:had|have) to (?:sign|log|throw|"
    r"call|wait|pay|re\w+|explain|reset|repeat|buy|restart|do))\b|\bcan't\b|\bcouldn't\b|\bwon't\b|\bdoesn't\b|"
    r"\bhasn't\b|\bisn't (?:work|load|let|open)\w*",
    _I,
)
_FLIP = (
    (re.compile(r"\b(?:I am|I'm)\b"), "you're"),
    (re.compile(r"\bI was\b"), "you were"),
    (re.compile(r"\bI wasn't\b"), "you weren't"),
    (re.compile(r"\bI've\b"), "you've"),
    (re.compile(r"\bI'd\b"), "you'd"),
    (re.compile(r"\b(?:we're|we are)\b", _I), "you're"),
    (re.compile(r"\bwe've\b", _I), "you've"),
    (re.compile(r"\b(?:I|me|we|us)\b(?!-)"), "you"),
    (re.compile(r"\b(?:We|Us|Me)\b"), "you"),
    (re.compile(r"\b(?:my|our)\b", _I), "your"),
    (re.compile(r"\b(?:mine|ours)\b", _I), "yours"),
    (re.compile(r"\b(?:myself|ourselves)\b", _I), "yourself"),
)
_SECOND_WAS = re.compile(r"\b(?P<joint>and|but|then)(?P<adverb>(?: (?:then|still|never|again|was|just))?) was\b")


@dataclass(frozen=True, slots=True)
class Mirrored:
    """A clause of the customer's, turned to the customer.

    Attributes:
        text: without an end mark, beginning small: "you've been waiting three weeks".
        turn: index of the turn that it stands in.
        bad: whether it tells of something that went wrong, and not only of what happened.
        score: how well it stands for the case, 0 and more.
    """

    text: str
    turn: int
    bad: bool
    score: float


def mirrored(conversation: Conversation) -> list[Mirrored]:
    """The clauses of the customer's turns that can be said to the customer, best first."""
    turns = conversation.customer_turns
    found: dict[str, Mirrored] = {}
    for age, turn in enumerate(reversed(turns)):
        for text in clauses(turn.text):
            score = _score(text) - 0.25 * min(age, 4)
            found.setdefault(text.casefold(), Mirrored(text, turn.i, is_bad(text), score))
    return sorted(found.values(), key=lambda m: -m.score)


def clauses(text: str) -> Iterator[str]:
    """The clauses of one text that turn cleanly, each also together with the one after it."""
    for sentence in split(tidy(text)):
        if sentence.endswith("?"):
            if (told := _WHY.search(sentence)) is not None:
                yield from _clauses(f"{told['who']} {told['not']} {told['rest']}")
            continue
        yield from _clauses(sentence)


def _clauses(sentence: str) -> Iterator[str]:
    """The clauses of one sentence that turn cleanly, each also together with the one after it."""
    parts = _parts(sentence.rstrip(".!, "))
    for k, (start, end) in enumerate(parts):
        for last in (end, parts[k + 1][1] if k + 1 < len(parts) else 0):
            if last and (turned := _turned(sentence[start:last])) is not None:
                yield turned


def tidy(text: str) -> str:
    """A customer's text without its channel's dress, with apostrophes put in and shouting taken out."""
    text = straight(html.unescape(text[-_LONGEST:])).replace(" & ", " and ")
    text = _QUOTES.sub("", _INNER.sub(f" {_LOST} ", _OUTER.sub(" ", _NOISE.sub(" ", text))))
    words = [_word(w) for w in _GLUED.sub(". ", text).split()]
    return _CONTRACTED.sub("it's", " ".join(words))


def turned(text: str) -> str:
    """A text with the customer's person turned to the second, whatever else it says."""
    for pattern, instead in _FLIP:
        text = pattern.sub(instead, text)
    return text


def is_bad(text: str) -> bool:
    """Whether a clause tells of something that went wrong."""
    return bool(_BAD.search(text))


# "you discovered they weren't" says nothing without the sentence before it.
_LEANING = re.compile(r"\b(?:is|are|was|were|do|does|did|has|have|had|ca|could|wo|would|should)n['’]t[.!]?$", _I)


def is_unfit(text: str) -> bool:
    """Whether a clause holds what an agent should not say back: feelings, insults, accusations, wishes, noise."""
    return bool(_BROKEN.search(text) or _LEANING.search(text)) or _unfit().search(text) is not None


@cache
def _unfit() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(words().unfit)})(?!\w)", _I)


def _word(word: str) -> str:
    core = word.rstrip(".,!?;:")
    tail = word[len(core) :]
    # One end mark is enough.
    tail = tail[:1] if len(set(tail)) == 1 and tail[:1] in ",!?" else tail
    plain = words().spelled.get(core.lower())
    if plain is not None and (core.islower() or core in ("Im", "IM", "Ive", "IVE")):
        return plain + tail
    if core.isupper() and core.isalpha() and len(core) > 3:
        core = core.lower()
    return core + tail


def _parts(sentence: str) -> list[tuple[int, int]]:
    """Where the clauses of a sentence stand."""
    parts, last = [], 0
    for joint in _JOINT.finditer(sentence):
        parts.append((last, joint.start()))
        last = joint.end()
    parts.append((last, len(sentence)))
    return [(a, b) for a, b in parts if b - a > 1]


def _turned(clause: str) -> str | None:
    clause = re.sub(
        r"^(?:and|but|so|because|yet|then|also|well|hi|hello|hey|ok|yes|no|sorry|oh|now|basically|apparently|"
        r"seriously)\b,?\s+",
        "",
        clause.strip(" ,.-"),
        flags=_I,
    )
    clause = _completed(clause)
    said = clause.split()
    if not _MIN_WORDS <= len(said) <= _MAX_WORDS or not clause.isascii():
        return None
    if is_unfit(clause) or _OTHERS.search(clause) or said[-1].lower().strip(",.") in words().open_ends:
        return None
    if clause.count(",") > _MOST_COMMAS or re.search(r"\b(\w+) \1\b", clause, _I):
        return None
    if "," in clause and len(clause.rsplit(",", 1)[1].split()) < _MIN_TAIL:
        return None
    if not any(start.match(clause) for start in _STARTS):
        return None
    first = clause.split("'")[0].split()[0]
    text = turned(clause)
    if first in ("I", "we", "We"):
        text = _SECOND_WAS.sub(r"\g<joint>\g<adverb> were", text)
    if re.search(r"\bam\b|\byou (?:was|is|has)\b", text):
        return None
    return text[0].lower() + text[1:] if not _is_name(text.split()[0]) else text


def _completed(clause: str) -> str:
    """A clause with the subject that a hurried writer left out."""
    for pattern, subject in _BARE:
        if pattern.match(clause):
            rest = clause[0].lower() + clause[1:]
            if subject == "I'm " and rest.startswith("been "):
                subject = "I've "
            return subject + rest
    return clause


def _is_name(word: str) -> bool:
    return sum(c.isupper() for c in word) > 1


def _score(text: str) -> float:
    words = text.split()
    score = 1.0 - abs(len(words) - 10) / 12
    score += 1.0 * is_bad(text) + 0.3 * bool(re.search(r"\byour \w", text)) + 0.3 * text.startswith("you")
    score += 0.3 * bool(re.search(r"\d|\b(?:weeks?|days?|hours?|months?|twice)\b", text))
    return score - 0.5 * (words[0] in _TOO_FREE)
