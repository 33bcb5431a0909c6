"""The specifics that a suggestion states, and whether its conversation carries them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from agent_assist.assist import patterns
from agent_assist.assist.sentences import PLACEHOLDER
from agent_assist.records import Conversation

_APOSTROPHES = "\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u02c8\u2032\u2035\u00b4\uff07\ua78c"
_HYPHENS = "\u2010\u2011\u2012\u2212\ufe63\uff0d"
# Superscripts and circled digits stay as they are: "m\u00b2" is no 2.
_FOLDED = ("<wide>", "<narrow>", "<font>", "<noBreak>")


class _Fold(dict[int, str]):
    """For `str.translate`: what a character stands for, one for one, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _fold(chr(code))
        return folded


def _fold(char: str) -> str:
    if unicodedata.category(char) == "Zs":
        return " "
    kind = unicodedata.decomposition(char).split(" ", 1)[0]
    whole = unicodedata.normalize("NFKC", char) if kind in _FOLDED else char
    return whole if len(whole) == 1 else char


_SAME = _Fold({ord(c): "'" for c in _APOSTROPHES} | {ord(c): "-" for c in _HYPHENS})
_TICK = re.compile(r"(?<=[^\W\d_])`(?=[^\W\d_])")
# A joiner after an emoji builds a picture; all others only break words up.
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
    r"|(?<![\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F])\u200d"
)
# "ill", "id", "well" and "wed" are words too: only a capital in front of a word that fits is one of these.
_LEFT_OUT = re.compile(
    r"\b(?:[Ii](?=(?:m|ve)\b)|I(?=ll\s+\w)|I(?=d\s+(?:be|like|love|happily|gladly|refund|send)\b)"
    r"|(?:[Yy]ou|[Tt]hey)(?=(?:ll|re|ve)\b)|[Ww]e(?=ve\b)|[Ii]t(?=ll\b)"
    r"|We(?=ll\s+(?:refund|send|get|give|issue|credit|replace|cancel|call|fix|ship|process|make|sort)\b))"
)
# Runs that may hold digits; wider than a number so that "5-7", "A-48213" and "11.0.3" are one claim each.
_RUN = re.compile(r"[\w#.,:/+-]+")
_EDGE = ".,:/+-#_"
_DIGIT = re.compile(r"\d")
_SITE = re.compile(r"(?<![\w@./-])[a-z0-9-]{1,63}\.(?:com|org|net|io|info|app|co\.uk)\b(?!/)", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w.+-]+\w")
_COUNT = re.compile(
    rf"(?<![\w-])(?P<word>{patterns.WORD}|twice|thrice)(?![-\w])(?!\s+(?:of|questions?|things?|options?|ways?|steps?|"
    r"details?|choices|possibilities|quick|or\s+(?:two|three)|party)\b)",
    re.IGNORECASE,
)
_RANKED = re.compile(
    r"\b(?P<word>second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\s+(?:time|attempt|call|contact|request|"
    r"message|e-?mail|order|delivery|replacement|ticket|week|day|month|reply)\b",
    re.IGNORECASE,
)
_DEADLINE = re.compile(
    r"\b(?:(?:the\s+)?end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:day|week|month|year|business\s+day)|"
    r"close\s+of\s+business"
    r"|(?:later|by)\s+(?:today|tonight|this\s+week)|overnight|same[- ]day|next[- ]day|tonight|this\s+(?:week|month)"
    r"|by\s+(?:noon|midnight))\b",
    re.IGNORECASE,
)
_MONTH_ALONE = re.compile(
    r"\b(?:January|February|April|June|July|August|September|October|November|December)\b|\b(?<=in )(?:March|May)\b"
)
_STREET = re.compile(
    r"\b\d{1,5}[A-Za-z]?,?\s+(?:[A-Z][\w'.-]{0,30}\s+){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|"
    r"Blvd|Court|Ct|Way|Square|Sq|Place|Pl|Close|Crescent|Terrace|Highway|Hwy)\b\.?"
    r"|\bP\.?\s?O\.?\s?Box\s+\d{1,8}\b"
)
_GREETING = re.compile(
    r"(?:^[^\S\n]*|(?<=[.!?])\s*)(?i:hi|hello|hey|dear|good\s+(?:morning|afternoon|evening)|greetings)(?:\s+there)?"
    r"(?P<gap>,?\s+(?:(?:Mr|Mrs|Ms|Miss|Dr|"
    r"Prof)\.?\s+)?)(?P<name>[A-Z][\w'-]{1,30}(?:\s+[A-Z][\w'-]{1,30})?)(?=\s*[,.!?:\u2013\u2014-]|\s*$)",
    re.MULTILINE,
)
_VOCATIVE = re.compile(
    r"(?i:\b(?:thank\s+you|thanks|sorry|apologies|sure|okay|of\s+course|absolutely|certainly|welcome))"
    r"(?P<gap>,?\s+)(?P<name>[A-Z][a-z'-]{1,20})(?=\s*[,.!?])"
)
_OWN_NAME = re.compile(
    r"(?:\b[Mm]y name(?: is|'s)\s+(?P<mine>[A-Z][\w'-]{1,30})"
    r"|\b(?:[Tt]his is|I'm|I am|[Yy]ou're (?:speaking|chatting) (?:with|to))\s+(?P<here>[A-Z][a-z'-]{1,30})"
    r"(?=(?:\s+[A-Z][\w'-]{0,30})?(?:\s+(?:from|with|at|here|speaking)\b|,\s+(?:your|a|an|the|from)\b|\s+and\s+I\b)))"
)
_COLLEAGUE = re.compile(
    r"(?i:\b(?:ask for|(?:colleague|manager|supervisor|specialist|agent)s?,?|mr\.?|mrs\.?|"
    r"ms\.?))\s+(?P<name>[A-Z][a-z'-]{1,20})\b"
)
_NOT_NAMES = frozenset(
    [
        "there",
        "again",
        "all",
        "everyone",
        "everybody",
        "team",
        "folks",
        "both",
        "sir",
        "madam",
        "ma'am",
        "customer",
        "valued",
        "guest",
        "friend",
        "i",
        "we",
        "you",
        "it",
        "this",
        "that",
        "so",
        "please",
        "thanks",
        "thank",
        "sorry",
        "for",
        "no",
        "yes",
        "the",
        "a",
        "an",
        "to",
        "and",
        "but",
        "if",
        "just",
        "let",
        "your",
        "our",
        "about",
        "how",
        "what",
    ]
)


class Claim(NamedTuple):
    """A specific in a text.

    Attributes:
        start: where it begins.
        end: where it ends, exclusive.
        kind: amount, date, how long, link, contact, number, address, name, colleague's name or agent's name; names
            what a placeholder asks for.
        text: as it stands.
        supported: whether the conversation carries it.
        spelling: how the conversation writes it, where that differs in digits; None where nothing is to change.
    """

    start: int
    end: int
    kind: str
    text: str
    supported: bool
    spelling: str | None = None


def plain(text: str) -> str:
    """Text with curly apostrophes, no-break spaces, full-width letters and such in their plain forms, same length."""
    if not text.isascii():
        text = text.translate(_SAME)
    return _TICK.sub("'", text) if "`" in text else text


def unhidden(text: str) -> tuple[str, list[int]]:
    """Text without what hides words from a reader of patterns.

    Characters that nobody sees are left out, and apostrophes that were left out are put in ("Ill refund" as "I'll").

    Returns:
        The text, and for each of its positions, its end included, the position in `text` that it stands for; the list
        is empty where nothing was changed. Doing it again changes nothing.
    """
    hidden = bool(_UNSEEN.search(text))
    places = list(range(len(text) + 1))
    if hidden:
        keep = [True] * len(text)
        for match in _UNSEEN.finditer(text):
            keep[match.start()] = False
        places = [*(i for i, kept in enumerate(keep) if kept), len(text)]
        text = "".join(text[i] for i in places[:-1])
    gaps = [match.end() for match in _LEFT_OUT.finditer(text)]
    for at in reversed(gaps):
        text = f"{text[:at]}'{text[at:]}"
        places.insert(at, places[at])
    return text, places if hidden or gaps else []


def blanked(text: str) -> str:
    """Plain text whose `[...]` placeholders are spaces, of the same length: nothing in them is checked."""
    return PLACEHOLDER.sub(lambda m: " " * len(m[0]), plain(text))


class Evidence:
    """What a conversation and the customer's record carry, in the forms that claims are compared in.

    Attributes:
        told: the turns alone, in small letters: a record backs specifics, but nobody has said it.
        searched: turns and the record's values, in small letters.
    """

    def __init__(self, conversation: Conversation) -> None:
        said = [plain(unhidden(t.text)[0]) for t in conversation.turns]
        # What the site's system knows backs a specific; what its fields are called does not.
        known = [plain(unhidden(v)[0]) for _, v in conversation.record.fields] if conversation.record else []
        names = [n for n in (conversation.customer, *(t.name for t in conversation.turns)) if n]
        source = "\n".join((*said, *known))
        self.told = " ".join(said).lower()
        # As a reader searching the conversation for the very string would see it.
        self.searched = " ".join((*said, *known)).lower()
        self.words = frozenset(re.findall(r"[^\W\d_]+", "\n".join((source, *names)).casefold()))
        self.runs = frozenset(r for m in _RUN.finditer(source.casefold()) if (r := m[0].strip(_EDGE)))
        self.amounts = {patterns.amount_key(m[0]): m[0] for m in patterns.AMOUNT.finditer(source)}
        self.durations = {
            patterns.duration_key(m): m[0] for m in patterns.DURATION.finditer(source) if patterns.is_duration(m)
        }
        self.business = bool(re.search(r"\b(?:business|working)\s+days?\b", source, re.IGNORECASE))
        self.dates = {
            key: m[0] for m in patterns.DATE.finditer(source) if patterns.is_date(m) for key in patterns.date_keys(m[0])
        }
        self.numbers = {n: s for s in _spelled_numbers(source) if (n := patterns.number_of(s)) is not None}

    def states(self, text: str) -> bool:
        """Whether the conversation has these very words, whatever their case, not as a part of longer ones."""
        low = text.lower()
        at = self.searched.find(low)
        while at >= 0:
            end = at + len(low)
            if not (self._joins(at - 1, low[0]) or self._joins(end, low[-1])):
                return True
            at = self.searched.find(low, at + 1)
        return False

    def _joins(self, at: int, edge: str) -> bool:
        return edge.isalnum() and 0 <= at < len(self.searched) and self.searched[at].isalnum()


def find(text: str, evidence: Evidence) -> list[Claim]:
    """Every specific in `text` outside its placeholders, in order, without overlaps.

    Args:
        text: a suggestion or a line of a summary.
        evidence: of the conversation it is about.
    """
    source = blanked(text)
    kept: list[Claim] = []
    end = 0
    for claim in sorted(_all(source, evidence), key=lambda c: (c.start, -c.end)):
        if claim.start >= end:
            kept.append(claim._replace(text=text[claim.start : claim.end]))
            end = claim.end
        elif claim.end > end and _DIGIT.search(source, end, claim.end):
            # Digits that stick out of a claim before them are a claim of their own.
            kept.append(Claim(end, claim.end, claim.kind, text[end : claim.end], supported=False))
            end = claim.end
    return kept


def _all(source: str, evidence: Evidence) -> Iterator[Claim]:
    yield from _contacts(source, evidence)
    for match in patterns.AMOUNT.finditer(source):
        yield _weigh(match, "amount", evidence.amounts.get(patterns.amount_key(match[0])), evidence)
    for match in patterns.DATE.finditer(source):
        if patterns.is_date(match):
            yield _weigh_date(match, evidence)
    for match in patterns.DURATION.finditer(source):
        if patterns.is_duration(match):
            known = evidence.durations.get(patterns.duration_key(match))
            working = (match["kind"] or "").strip().lower() in ("business", "working")
            yield _weigh(match, "how long", None if working and not evidence.business else known, evidence)
    for match in (*_DEADLINE.finditer(source), *_MONTH_ALONE.finditer(source)):
        yield Claim(*match.span(), "date", match[0], supported=evidence.states(match[0]))
    yield from _counts(source, evidence)
    yield from _names(source, evidence)


def _contacts(source: str, evidence: Evidence) -> Iterator[Claim]:
    for match in patterns.LINK.finditer(source):
        end = patterns.link_end(source, match.end(), match.start())
        link = source[match.start() : end]
        yield Claim(match.start(), end, "link", link, supported=evidence.states(link))
    for match in _SITE.finditer(source):
        yield Claim(*match.span(), "link", match[0], supported=evidence.states(match[0]))
    for match in _HANDLE.finditer(source):
        yield Claim(*match.span(), "contact", match[0], supported=evidence.states(match[0]))
    for match in patterns.PHONE.finditer(source):
        if patterns.is_phone(match[0], source[max(0, match.start() - 40) : match.start()]):
            yield Claim(*match.span(), "contact", match[0], supported=evidence.states(match[0]))
    for match in _STREET.finditer(source):
        yield Claim(*match.span(), "address", match[0], supported=evidence.states(match[0]))


def _weigh(match: re.Match[str], kind: str, known: str | None, evidence: Evidence) -> Claim:
    """A claim that stands where the conversation has its meaning, respelled where its digits read otherwise there."""
    said = match[0]
    spelling = known if known and _DIGIT.search(said) and not evidence.states(said) else None
    return Claim(*match.span(), kind, said, supported=known is not None, spelling=spelling)


def _weigh_date(match: re.Match[str], evidence: Evidence) -> Claim:
    known = next((evidence.dates[k] for k in sorted(patterns.date_keys(match[0])) if k in evidence.dates), None)
    year = re.search(r"(?:19|20)\d\d", match[0])
    if known and year and not evidence.states(year[0]):
        known = None
    start, end = match.span()
    lead = re.match(r"(?i:by|until|on|before|since)\s+", match[0])
    if known is None and lead:
        start += lead.end()
    spelling = known if known and _DIGIT.search(match[0]) and not evidence.states(match[0]) else None
    return Claim(start, end, "date", match.string[start:end], supported=known is not None, spelling=spelling)


def _counts(source: str, evidence: Evidence) -> Iterator[Claim]:
    for match in _RUN.finditer(source):
        token = match[0].strip(_EDGE)
        if not _DIGIT.search(token):
            continue
        start = match.start() + match[0].index(token)
        number = patterns.number_of(token)
        known = evidence.numbers.get(number) if number else None
        if known and _is_rank(known) != _is_rank(token):
            known = None
        stated = token.casefold() in evidence.runs or (len(token) > 3 and evidence.states(token))
        spelling = None if stated else known
        end = start + len(token)
        end += source.startswith("%", end)
        yield Claim(start, end, "number", source[start:end], stated or known is not None, spelling)
    for match in (*_COUNT.finditer(source), *_RANKED.finditer(source)):
        word = match["word"]
        number = patterns.number_of(word)
        if number is None or (number == "1" and word.lower() in ("one", "a", "an")):
            continue
        yield Claim(*match.span("word"), "number", word, number in evidence.numbers or evidence.states(word))


def _is_rank(spelling: str) -> bool:
    return spelling.lower() in patterns.ORDINALS or spelling[-2:].lower() in ("st", "nd", "rd", "th")


def _names(source: str, evidence: Evidence) -> Iterator[Claim]:
    for match in (*_GREETING.finditer(source), *_VOCATIVE.finditer(source)):
        parts = re.findall(r"[^\W\d_]+", match["name"].casefold())
        if parts and parts[0] not in _NOT_NAMES and not set(parts) <= evidence.words:
            yield Claim(match.start("gap"), match.end("name"), "name", match["name"], supported=False)
    for match in _COLLEAGUE.finditer(source):
        name = match["name"].casefold()
        if name not in _NOT_NAMES and name not in evidence.words:
            yield Claim(*match.span("name"), "colleague's name", match["name"], supported=False)
    for match in _OWN_NAME.finditer(source):
        group = "mine" if match["mine"] else "here"
        name = match[group]
        if name.casefold() not in _NOT_NAMES and not set(re.findall(r"[^\W\d_]+", name.casefold())) <= evidence.words:
            yield Claim(*match.span(group), "agent's name", name, supported=False)


def _spelled_numbers(source: str) -> Iterator[str]:
    for match in re.finditer(r"(?<![\w.,:/-])\d[\d.,']{0,20}(?:st|nd|rd|th)?(?![\w:/-])", source):
        yield match[0].rstrip(".,'")
    for match in re.finditer(r"(?<=[^\W\d_])\d{1,4}(?!\w)|(?<![\w.,:/-])\d{1,4}(?=[^\W\d_]{1,5}\b)", source):
        yield match[0]
    for match in re.finditer(
        rf"(?<![\w-])(?:{patterns.WORD}|twice|thrice|{'|'.join(patterns.ORDINALS)})(?![-\w])", source, re.IGNORECASE
    ):
        yield match[0]
