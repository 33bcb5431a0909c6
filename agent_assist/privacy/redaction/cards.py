"""Payment cards: the issuers' ranges (ISO/IEC 7812) and the check digit by Luhn."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import luhn

from agent_assist.privacy.redaction.context import Standing, standing
from agent_assist.privacy.redaction.kinds import Found, Kind, Scene

_RUN = re.compile(r"(?<![\w.,\u20ac$\u00a3+-])\d(?:[ \t.\-]{0,2}(?:\r?\n[ \t]{0,3})?\d){12,60}(?!\w)")
_GROUP = re.compile(r"\d+")
_CUE = re.compile(
    r"\b(?:cards?|visa|master\s?card|amex|american\s+express|maestro|discover|diners|jcb|union\s?pay|rupay|debit|credit|"
    r"\w{0,10}karte|carte|cartão|tarjeta|carta|kort(?:et)?|\w{0,8}kaart|creditcard|kart[aey]?|long\s+number|pan)\b",
    re.IGNORECASE,
)
_USUAL = ([4, 4, 4, 4], [4, 6, 5], [4, 6, 4], [4, 4, 4, 4, 3])
_LOWEST, _HIGHEST = 13, 19


def find_cards(text: str, scene: Scene) -> Iterator[Found]:
    """Card numbers, in one piece or in groups, also over a line's end.

    A number named as something else ("order", "IMEI") is one only in the groups that are printed on cards. One that a
    card's name stands before is one even where a digit of it was mistyped.
    """
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        first = 0
        while first < len(groups):
            last = _card_from(text, groups, first, scene)
            if last is None:
                first += 1
                continue
            number = "".join(g[0] for g in groups[first : last + 1])
            yield Found(groups[first].start(), groups[last].end(), Kind.CARD, number)
            first = last + 1


def _card_from(text: str, groups: list[re.Match[str]], first: int, scene: Scene) -> int | None:
    """The index of the last group of the card that begins with a group; None where none does."""
    number = ""
    for last in range(first, len(groups)):
        number += groups[last][0]
        if len(number) > _HIGHEST:
            return None
        if len(number) >= _LOWEST and _issued(number):
            sizes = [len(g[0]) for g in groups[first : last + 1]]
            if _is_card(number, sizes, standing(text, groups[first].start(), groups[last].end(), scene, _CUE)):
                return last
    return None


def _is_card(number: str, sizes: list[int], around: Standing) -> bool:
    printed = sizes in _USUAL
    if around is Standing.OTHER:
        return printed and luhn.is_valid(number) and len(number) != 12
    if luhn.is_valid(number):
        return True
    return around is Standing.NAMED and (printed or sizes == [16])


def _issued(number: str) -> bool:
    """Whether an issuer has numbers of this beginning and length."""
    length, two, three, four = len(number), int(number[:2]), int(number[:3]), int(number[:4])
    if number[0] == "4":
        return length in (13, 16, 19)
    if 51 <= two <= 55 or 2221 <= four <= 2720 or 2200 <= four <= 2204:
        return length == 16
    if two in (34, 37):
        return length == 15
    if 300 <= three <= 305 or two in (36, 38, 39):
        return length in (14, 16)
    if four == 6011 or two == 65 or 644 <= three <= 649 or 3528 <= four <= 3589:
        return length in (16, 19)
    if two in (60, 62, 81, 82, 50, 56, 57, 58, 63, 67):
        return length in (16, 18, 19)
    return False
