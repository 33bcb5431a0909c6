"""Bank data: IBANs by ISO 13616, and the numbers of a few countries where words around them say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stdnum import iban
from stdnum.exceptions import ValidationError

from agent_assist.privacy.redaction.kinds import Found, Kind, Scene

_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[ ]?\d{2}(?=[ \t\r\n\-]{0,3}[A-Za-z0-9])")
_BODY = re.compile(r"[A-Za-z0-9](?:[ \t\-]{0,2}(?:\r?\n[ \t]{0,3})?[A-Za-z0-9]){0,40}")
_IBAN = re.compile(r"\biban\b", re.IGNORECASE)
_SHORTEST, _LONGEST = 15, 34


def find_ibans(text: str, _scene: Scene) -> Iterator[Found]:
    """IBANs, spaced or not, also over a line's end; a mistyped one where "IBAN" stands before it."""
    end = 0
    for match in _START.finditer(text):
        if match.start() < end:
            continue
        found = _iban_at(text, match.start())
        if found is not None:
            end = found.end
            yield found


def _iban_at(text: str, start: int) -> Found | None:
    body = _BODY.match(text, start)
    if body is None:
        return None
    places = [k for k in range(body.start(), body.end()) if text[k].isalnum()]
    number = "".join(text[k] for k in places[:_LONGEST]).upper()
    named = _IBAN.search(text, max(0, start - 30), start) is not None
    for length in range(min(_LONGEST, len(number)), _SHORTEST - 1, -1):
        after = places[length - 1] + 1
        if after < len(text) and text[after].isalnum():
            continue
        if _is_iban(number[:length], named=named):
            return Found(start, after, Kind.IBAN, number[:length])
    return None


def _is_iban(number: str, *, named: bool) -> bool:
    if int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
        return iban.is_valid(number)
    if not named:
        return False
    try:
        right = number[:2] + iban.calc_check_digits(number) + number[4:]
    except ValidationError:
        return False
    return iban.is_valid(right, check_country=False)


_BANK = re.compile(
    r"\b(?:sort(?:\s?code)?|s/?c|bsb|aba|routing|ifsc|blz|bankleitzahl|transit|institution|direct\s+deposit|bank\s+account|"
    r"bank\s+details|checking\s+account|savings\s+account|bankverbindung|konto(?:nummer)?|clabe|"
    r"cuenta\s+bancaria|conta\s+(?:corrente|bancária)|agência|compte\s+bancaire|conto\s+(?:corrente|bancario)|"
    r"bankrekening|kontonummer|clearing(?:nummer)?|kontonr|num(?:er|eru)\s+(?:konta|rachunku))\b",
    re.IGNORECASE,
)
_LINK = r"(?:\s{0,2}(?:number|numbers|no\.?|nr\.?|num|code|nº))?\s{0,2}(?:is|are|ist|es|:|=|-|,)?\s{0,3}:?\s{0,2}"
_NUMBER = r"\d{2}-\d{4}-\d{7}-\d{2,3}|\d{2}(?:[ \-]?\d{2}){2}|\d{2,6}(?:[ \-]\d{2,10}){0,3}|\d{5,18}"
_CUED = re.compile(
    r"(?<!\w)(?P<cue>sort(?:\s?code)?|s/?c|bsb|aba|routing|blz|bankleitzahl|transit|acc(?:oun)?t?|a/c|konto(?:nummer)?|kontonr|clabe|"
    rf"bank\s+account|cuenta|conta|agência|compte|conto|rekening|rachunku|konta|checking|savings){_LINK}"
    rf"(?:account{_LINK})?(?P<number>{_NUMBER})(?![\w%]|[.,]\d)",
    re.IGNORECASE,
)
_BARE = re.compile(r"\W*(?:account\W*)?", re.IGNORECASE)
_ACCOUNT = re.compile(
    r"acc|a/c|konto|kontonr|bank|cuenta|conta|compte|rekening|rachunku|konta|checking|savings", re.IGNORECASE
)
_OTHERWISE = re.compile(
    r"\s{1,2}(?:is|was)\s(?:my|our|your|the|a)\s(?:customer|client|order|member\w{0,4}|reference|loyalty|user)\b",
    re.IGNORECASE,
)
"""What says behind a number that it is another one."""
_SHORTEST_ACCOUNT = 6
"""Digits; shorter ones right behind "account" are as often an amount or a year."""
_SPAN = 90
_DIGITS = re.compile(r"\D")


def find_bank_numbers(text: str, _scene: Scene) -> Iterator[Found]:
    """Sort codes, routing numbers and accounts that a word names, where a word of banking stands close.

    "Account number" alone is as often the customer's number with the company, so that it does not suffice.
    """
    places = [match.span() for match in _BANK.finditer(text)]
    if not places:
        return
    k = 0
    for match in _CUED.finditer(text):
        start, end = match.span("number")
        while k + 1 < len(places) and places[k + 1][0] < match.start():
            k += 1
        if any(a - end <= _SPAN and match.start() - b <= _SPAN for a, b in places[k : k + 2]):
            number = _DIGITS.sub("", match["number"])
            if 4 <= len(number) <= 20 and not _is_other(match, number):
                yield Found(start, end, Kind.BANK, number)


def _is_other(match: re.Match[str], number: str) -> bool:
    """Whether it is an amount or a year that happens to stand behind "account", or is said to be another number."""
    between = match.string[match.end("cue") : match.start("number")]
    bare = _ACCOUNT.match(match["cue"]) is not None and _BARE.fullmatch(between) is not None and ":" not in between
    too_short = bare and len(number) < _SHORTEST_ACCOUNT
    return too_short or _OTHERWISE.match(match.string, match.end("number")) is not None
