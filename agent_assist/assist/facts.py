"""Checkable details pulled out of a conversation by rules, never by the language model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from agent_assist.assist import patterns
from agent_assist.assist.products import find_products
from agent_assist.records import Fact, Turn

_ORDER = r"orders?|bookings?|reservations?|purchase"
_CASE = (
    r"cases?|tickets?|invoices?|policy|accounts?|tracking|errors?|reference|ref|claims?|incidents?|confirmation|serial|"
    r"member(?:ship)?|customer|flights?|transactions?|complaints?|contract|request|shipment|parcel|consignment|pnr|"
    r"awb|imei|sr|job|code"
)
_NOUN = r"(?:number|numbers|no\.?|num|nr\.?|id|ids|code|codes|reference|ref\.?|confirmation)"
# A cue, up to two nouns such as "number", a joint such as "is" or ":", then the identifier itself.
_CUED = re.compile(
    rf"\b(?P<cue>{_ORDER}|{_CASE})\b(?P<noun>(?:\s+{_NOUN}(?=[\s:#=(-])){{0,2}})"
    r"(?P<joint>\s*(?:is|was|=|:|-|\u2013|\()?\s*)(?:\#\s)?(?P<id>\#?[A-Za-z0-9][A-Za-z0-9/_-]{1,39})(?![\w%@]|[.,:]\d)",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![\w/.,:@&+$€£-])(?P<id>"
    r"\#\d{3,20}"
    r"|\d{3}-\d{7}-\d{7}"
    r"|1Z[0-9A-Z]{6,16}"
    r"|0x[0-9A-Fa-f]{4,16}"
    r"|[A-Z]{2}\d{9}[A-Z]{2}"
    r"|\#?[A-Z]{1,6}-\d{2,12}(?:-\d{1,12}){0,4}"
    r"|[A-Z]{2,5}\d{6,20}"
    r"|\d{7,20}"
    r")(?![\w/@%-]|[.,:]\d)"
)
_ORDER_CUE = re.compile(rf"\b(?:{_ORDER})\b", re.IGNORECASE)
_ANY_CUE = re.compile(rf"\b(?:{_ORDER}|{_CASE})\b", re.IGNORECASE)
# A length of time that something ties to a day: "three weeks ago", "two days later".
_COUNTED_FROM = re.compile(r"\s+(?:ago|earlier|later|from\s+(?:now|today))\b", re.IGNORECASE)
_RELATIVE = re.compile(
    r"\b(?:(?:earlier|later)\s+(?:this|last|next)\s+(?:week|month|year)|(?:early|late)\s+(?:last|next|this)\s+(?:week|month|year)"
    r"|(?:the\s+)?end\s+of\s+(?:the\s+|this\s+|next\s+)?(?:week|month|year)|the\s+other\s+(?:day|week)|tonight"
    r"|this\s+(?:week|month|year)|(?:early\s+)?(?:tomorrow|yesterday)(?:\s+(?:morning|afternoon|evening|night))?"
    r"|(?:the\s+)?(?:week|day|night|month)\s+before\s+last|(?:on\s+)?(?:christmas|boxing|new\s+year['’]?s)\s+(?:day|eve))\b",
    re.IGNORECASE,
)
_IDIOM = re.compile(r"(?:an?|one)\s+(?:second|sec|minute|min|moment)", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")
_CLOCK = re.compile(r"\d{1,4}(?:am|pm|st|nd|rd|th|k|gb|mb|tb|mbps|h|hrs?|mins?|days?|x|g|p|%)", re.IGNORECASE)
# An earlier turn's question ("what is your order number?") names an identifier that comes alone.
_LOOK_BACK = 200


class _Found(NamedTuple):
    start: int
    end: int
    kind: str


_RANK = {
    k: n
    for n, k in enumerate(("link", "email", "order_id", "phone", "reference", "amount", "date", "duration", "product"))
}


def find_facts(turns: Sequence[Turn]) -> tuple[Fact, ...]:
    """Finds identifiers, amounts, dates, durations, contacts and names of products.

    Args:
        turns: of one conversation, in order; every speaker counts.

    Returns:
        Facts in the order of their turns and places, each value once (the first turn that has it, whatever its
        case), exactly as it stands there.
    """
    facts: list[Fact] = []
    seen: set[str] = set()
    before = ""
    products = find_products(turns)
    for turn in turns:
        named = [_Found(p.start, p.end, "product") for p in products if p.turn == turn.i]
        for found in _best([*_candidates(turn.text, before), *named]):
            # "3 March." at the end of a sentence is "3 March"; nothing that is found ends in a full stop of its own.
            value = turn.text[found.start : found.end].rstrip(".")
            key = value.casefold().lstrip("#").strip()
            if key not in seen:
                seen.add(key)
                facts.append(Fact(found.kind, value, turn.i))
        before = turn.text[-_LOOK_BACK:]
    return tuple(facts)


def _best(candidates: Iterable[_Found]) -> list[_Found]:
    """Leaves the longest of candidates that overlap, the more telling kind where they are equally long."""
    kept: list[_Found] = []
    taken: list[tuple[int, int]] = []
    for found in sorted(candidates, key=lambda f: (f.start, f.start - f.end, _RANK[f.kind])):
        if taken and found.start < taken[-1][1]:
            if found.end - found.start <= taken[-1][1] - taken[-1][0]:
                continue
            kept.pop()
            taken.pop()
        kept.append(found)
        taken.append((found.start, found.end))
    return kept


def _candidates(text: str, before: str) -> Iterator[_Found]:
    for match in patterns.LINK.finditer(text):
        yield _Found(match.start(), patterns.link_end(text, match.end(), match.start()), "link")
    for match in patterns.EMAIL.finditer(text):
        yield _Found(*match.span(), "email")
    for match in patterns.AMOUNT.finditer(text):
        yield _Found(*match.span(), "amount")
    for match in patterns.DATE.finditer(text):
        if patterns.is_date(match):
            yield _Found(*match.span(), "date")
    for match in _RELATIVE.finditer(text):
        yield _Found(*match.span(), "date")
    for match in patterns.DURATION.finditer(text):
        counted = _COUNTED_FROM.match(text, match.end())
        if counted and not _IDIOM.fullmatch(match[0]):
            yield _Found(match.start(), counted.end(), "date")
        elif patterns.is_duration(match):
            yield _Found(*match.span(), "duration")
    for match in patterns.PHONE.finditer(text):
        if patterns.is_phone(match[0], text[max(0, match.start() - 40) : match.start()]):
            yield _Found(*match.span(), "phone")
    yield from _identifiers(text, before)


def _identifiers(text: str, before: str) -> Iterator[_Found]:
    for match in _CUED.finditer(text):
        value = match["id"].rstrip("-_/")
        short = match["cue"].lower().startswith(("error", "flight"))
        if _is_identifier(value, named=bool(match["noun"].strip()), short=short):
            start = match.start("id")
            kind = "order_id" if _ORDER_CUE.fullmatch(match["cue"]) else "reference"
            yield _Found(start, start + len(value), kind)
    for match in _BARE.finditer(text):
        value = match["id"]
        if _is_bare(value):
            near = text[max(0, match.start() - 80) : match.start()]
            yield _Found(*match.span("id"), _kind_near(value, near, before))


def _is_identifier(value: str, *, named: bool, short: bool) -> bool:
    """Whether what follows a cue such as "order" is an identifier rather than a word, a year or a time."""
    digits = sum(c.isdigit() for c in value)
    bare = value.lstrip("# ")
    if not digits or _CLOCK.fullmatch(bare):
        return False
    if _YEAR.fullmatch(bare) and not value.startswith("#"):
        return False
    if re.fullmatch(r"\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|\d{4}-\d\d-\d\d", bare):
        return False
    if digits >= 3 or (short and digits >= 2):
        return True
    return named and 5 <= len(bare) <= 12


def _is_bare(value: str) -> bool:
    digits = sum(c.isdigit() for c in value)
    if value.startswith("#") and value[1].isdigit():
        return not _YEAR.fullmatch(value[1:])
    return digits >= 4 and not value.startswith("COVID")


def _kind_near(value: str, near: str, before: str) -> str:
    """Names a bare identifier by the nearest cue in front of it, else by the turn before."""
    if re.match(r"\d{3}-\d{7}-\d{7}", value):
        return "order_id"
    for context in (near, before):
        cues = _ANY_CUE.findall(context)
        if cues:
            return "order_id" if _ORDER_CUE.fullmatch(cues[-1]) else "reference"
    return "reference"
