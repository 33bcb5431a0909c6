"""Telephone numbers, by the numbering plans of all countries (the library phonenumbers)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

from agent_assist.privacy.redaction.context import Standing, standing
from agent_assist.privacy.redaction.kinds import Found, Kind, Scene

_RUN = re.compile(r"(?<![\w.,@/#\u20ac$\u00a3&=_+-])(?:\+\s?|\(\+?)?\d[\d ()./\-]{5,28}\d(?![\w%@]|[.,:]\d)")
_GROUP = re.compile(r"\d+")
_CUE = re.compile(
    r"(?<!\w)(?:(?:tele)?phone|mobile|cell(?:phone)?|call(?:ing|s)?|ring(?:ing)?|tel|text(?:ing)?\s+(?:me|us|him|"
    r"her)|whatsapp|sms|"
    r"reach(?:able|ed|ing)?|dial|hotline|helpline|landline|voicemail|fax|ph|mob|contact\s+(?:me|us|number|no)|(?:my|"
    r"his|her|our|best|work|"
    r"home|new|old|correct|right)\s+(?:number|no)(?:\s+is|['’]s)?|number(?:['’]s|\s+is)|extension|"
    r"handy(?:nummer)?|erreich\w{0,6}|rückruf|ruf(?:en|t|nummer)?|anruf\w{0,3}|telefon\w{0,7}|meine\s+nummer|"
    r"natel|mobil\w{0,7}|"
    r"portable|tél(?:éphone)?|appel\w{0,4}|rappel\w{0,4}|joign\w{0,5}|mon\s+numéro|numéro|"
    r"teléfono|móvil|celular|llám\w{0,5}|llama\w{0,5}|mi\s+número|"
    r"cellulare|chiam\w{0,5}|numero|bel(?:\s+me|len)?|gsm|mijn\s+nummer|0?6-?nummer|nummer|dzwoni\w{0,3}|numer|"
    r"liga\w{0,3}|telemóvel|meu\s+número|número|ring\s+mig|numret|puhelin\w{0,6}|tlf|telefoon\w{0,6}|"
    r"\u7535\u8bdd|\u96fb\u8a71)(?!\w)",
    re.IGNORECASE,
)
_NANP = frozenset({"US", "CA", "PR", "JM", "DO", "BS", "TT"})
_NO_TRUNK = frozenset({"ES", "PL", "PT", "IT", "NO", "DK", "CZ", "GR", "RO", "MX", "CL", "BR", "SG", "HK"})
"""Countries whose numbers may stand alone without a leading zero; only grouped as the plan has it are they known."""
_ANYWHERE = (
    "US",
    "GB",
    "DE",
    "FR",
    "ES",
    "IT",
    "NL",
    "IN",
    "BR",
    "PL",
    "SE",
    "AU",
    "CH",
    "AT",
    "BE",
    "PT",
    "MX",
    "ZA",
    "IE",
    "JP",
)
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2}")
_LEAST, _MOST = 7, 15
_NEAR, _BESIDE = 40, 20
"""Characters in which a word makes a number another one; one that is written as a phone's is needs it right beside."""
_NOWHERE = "ZZ"
_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


def find_phones(text: str, scene: Scene) -> Iterator[Found]:
    """Telephone numbers.

    One that a word such as "call" stands before may be of any large country; one with a country code needs no word.
    Without either it must be written as the numbers of the likely countries are, and no word may make it another one.
    """
    for run in _RUN.finditer(text):
        groups = list(_GROUP.finditer(text, run.start(), run.end()))
        first = 0
        while first < len(groups):
            found = _phone_from(text, run, groups, first, scene)
            if found is None:
                first += 1
                continue
            last, one = found
            yield one
            first = last + 1


def _phone_from(
    text: str, run: re.Match[str], groups: list[re.Match[str]], first: int, scene: Scene
) -> tuple[int, Found] | None:
    """The phone that begins with a group and the index of its last group; the longest that a plan knows."""
    if first and groups[first][0][0] != "0" and text[groups[first].start() - 1] not in "+(":
        return None
    start = groups[first].start()
    while start > run.start() and text[start - 1] in "+( ":
        start -= 1
    while text[start] == " ":
        start += 1
    size = sum(len(g[0]) for g in groups[first:])
    for last in range(len(groups) - 1, first - 1, -1):
        if _LEAST <= size <= _MOST and _is_grouped(groups, first, last, size):
            end = groups[last].end()
            if text[end : end + 1] == ")" and text.count("(", start, end) > text.count(")", start, end):
                end += 1
            key = _phone(text, start, end, scene)
            if key:
                return last, Found(start, end, Kind.PHONE, key)
        size -= len(groups[last][0])
    return None


def _is_grouped(groups: list[re.Match[str]], first: int, last: int, size: int) -> bool:
    """Whether digits stand in groups such as people write, or are spelled one by one and nothing else stands beside."""
    return size >= 2 * (last - first + 1) or (first == 0 and last == len(groups) - 1)


def _phone(text: str, start: int, end: int, scene: Scene) -> str:
    """The number in its international form, "" where the stretch is none."""
    value = text[start:end]
    if _DATE.fullmatch(value):
        return ""
    if "+" in value or (value.startswith("00") and len(value) > _MOST - 4):
        return _abroad(text, start, end, scene)
    at_home = next(filter(None, (_valid(value, r, scene) for r in scene.regions if _is_written_as(value, r))), "")
    around = standing(text, start, end, scene, _CUE, _BESIDE if at_home else _NEAR)
    if around is Standing.OTHER:
        return ""
    if at_home or around is Standing.BARE:
        return at_home
    return next(filter(None, (_valid(value, region, scene) for region in (*scene.regions, *_ANYWHERE))), "")


def _abroad(text: str, start: int, end: int, scene: Scene) -> str:
    """A number with a country code, after + or 00; in one piece the zeros may also begin another number."""
    value = text[start:end]
    if "+" in value:
        return _valid(value, _NOWHERE, scene)
    key = _valid("+" + value[2:], _NOWHERE, scene)
    if key and value.isdigit() and standing(text, start, end, scene, _CUE) is Standing.OTHER:
        return ""
    return key


def _is_written_as(value: str, region: str) -> bool:
    """Whether a stretch that no word names is written as nothing but a number of the region is."""
    digits = re.sub(r"\D", "", value)
    if value.isdigit():
        return digits[0] == "0" and len(digits) in (10, 11) and _is_mobile(value, region)
    groups = [len(g) for g in _GROUP.findall(value)]
    if region in _NANP:
        return groups in ([3, 3, 4], [1, 3, 3, 4])
    if digits[0] == "0":
        return len(digits) >= 9 and 2 <= len(groups) <= 6 and groups[0] <= 5
    return region in _NO_TRUNK and len(digits) >= 9 and groups == _plan_groups(value, region)


def _valid(value: str, region: str, scene: Scene) -> str:
    known = scene.phones.get((value, region))
    if known is None:
        known = scene.phones[value, region] = _parsed(value, region)
    return known


def _parsed(value: str, region: str) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _is_mobile(value: str, region: str) -> bool:
    try:
        return phonenumbers.number_type(phonenumbers.parse(value, region)) in _MOBILE
    except NumberParseException:
        return False


def _plan_groups(value: str, region: str) -> list[int]:
    try:
        national = phonenumbers.format_number(phonenumbers.parse(value, region), PhoneNumberFormat.NATIONAL)
    except NumberParseException:
        return []
    return [len(g) for g in _GROUP.findall(national)]
