"""What a conversation says of a number or a day in another dress than a text would.

"Fourteen pound sixty" is £14.60, "MR seven oh two" is MR702, "8 to 11 November" begins on 8 November, and "the 21st"
after "9 October" is 21 October. Each function yields only what can be read in one way: nothing between the ends of a
range, and no month that does not stand in the same turn in front of the day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agent_assist.assist import patterns

_DIGIT = rf"(?:(?:double|treble)[ -])?(?:zero|nought|oh|{patterns.DIGIT_WORD})"
_DICTATED = re.compile(
    rf"(?<![\w-])(?:(?P<lead>[A-Z](?:[ -]?[A-Z]){{0,2}})[ ,-]{{1,2}})?"
    rf"(?P<run>(?i:{_DIGIT}(?:[ ,-]{{1,2}}{_DIGIT}){{2,11}}))(?![\w-])"
)
_TIMES = {"double": 2, "treble": 3}
_PAIR = re.compile(
    rf"(?<![\w-])(?P<first>{patterns.BELOW_HUNDRED})\s(?P<second>{patterns.BELOW_HUNDRED})(?![\w-])", re.IGNORECASE
)
_MONEY = re.compile(
    rf"(?<![\w-])(?P<whole>{patterns.WORD}|\d{{1,4}})\s(?P<unit>pounds?|quid|euros?|dollars?)\s"
    rf"(?P<part>{patterns.BELOW_HUNDRED})(?![\w-])",
    re.IGNORECASE,
)
_AGE = re.compile(
    rf"\b(?:(?:s?he|brother|sister|son|daughter|boy|girl|child|baby|[a-z]{{2,12}}'s)(?:'s| is| was)?|is|are|"
    rf"turn(?:s|ed|ing)?|aged?)\s(?P<age>\d{{1,2}}|{patterns.BELOW_HUNDRED})"
    r"(?=\s*(?:[.,!?;)]|$|(?:and|or|but|next|today|tomorrow|soon|years? old)\b))",
    re.IGNORECASE | re.MULTILINE,
)
# "It has now been twenty-three": of what, a length beside it says.
_SO_FAR = re.compile(
    rf"\b(?:been|now|nearly|almost|over|then)\s(?P<number>\d{{1,3}}|{patterns.BELOW_HUNDRED})(?=\s*(?:[.,!?;]|$))",
    re.IGNORECASE | re.MULTILINE,
)
_ENDS = re.compile(r"(?<![\w.,:/+#-])(\d{1,3})[-\u2013](\d{1,3})(?![\w/-]|[.,:]\d)")
_NTH_DAY = re.compile(
    rf"\bthe\s+(?P<day>\d{{1,2}}){patterns.NTH}\b"
    r"(?!\s+(?:time|attempt|call|agent|order|floor|birthday|century|street|person|one|letter|message)\b)",
    re.IGNORECASE,
)
_FIRST_DAY = re.compile(
    rf"(?<![\w/.,-])(?P<day>\d{{1,2}}){patterns.NTH}?\s*(?:to|and|or|until|till|-|\u2013|&)\s*"
    rf"\d{{1,2}}{patterns.NTH}?\s+(?:of\s+)?(?P<month>{patterns.MONTH})",
    re.IGNORECASE,
)
_LAST_DAY = re.compile(
    rf"\b(?P<month>{patterns.MONTH})\s+\d{{1,2}}{patterns.NTH}?\s*(?:to|and|or|until|till|-|\u2013|&)\s*"
    rf"(?P<day>\d{{1,2}}){patterns.NTH}?\b(?![:%.]\d|\s+{patterns.MONTH})",
    re.IGNORECASE,
)
_NAMED_MONTH = re.compile(rf"(?<!\w){patterns.MONTH}", re.IGNORECASE)
# "I sat", "the sun" and "we wed" are no days: these need a word in front of them that says when.
_SHORT = re.compile(
    r"(?:\b(?:on|by|until|till?|from|since|this|next|last|due|for|said|say|every|and|or)\s|^)"
    r"(?P<day>mon|tues?|weds?|thurs?|fri|sat|sun)\b(?=\s*(?:[.,!?;:)-]|$|(?:morning|afternoon|evening|night|am|pm|"
    r"and|or|to|at|but|the|\d)))",
    re.IGNORECASE | re.MULTILINE,
)
_MISSPELT = re.compile(
    r"\b(?:(?P<tomorrow>tom+or+o|tom+or+ow|tmrw|tmw|tomorow)|(?P<yesterday>yday|yest(?:erdy)?))\b", re.IGNORECASE
)
_PART = re.compile(r"\b(?P<day>yesterday|tomorrow)\s+(?:morning|afternoon|evening|night)\b", re.IGNORECASE)
_OFTEN_VERBS = frozenset({"may", "march", "mar", "dec", "sept", "jun"})


def dictated(text: str) -> Iterator[str]:
    """Numbers that were spelled out one digit after the other, in small letters: with and without their letters."""
    for match in _DICTATED.finditer(text):
        digits, times = "", 1
        for word in re.findall(r"[a-z]+", match["run"].lower()):
            times, before = _TIMES.get(word, 1), times
            if word not in _TIMES:
                digits += str(patterns.VALUES.get(word, 0)) * before
        yield digits
        if match["lead"]:
            yield re.sub(r"[ -]", "", match["lead"]).lower() + digits
    for match in _PAIR.finditer(text):
        first, second = patterns.number_of(match["first"]), patterns.number_of(match["second"])
        if first and second and len(first) == len(second) == 2:
            yield first + second


def amounts(text: str) -> Iterator[str]:
    """Keys, as `patterns.amount_key` makes them, of "fourteen pound sixty" and such."""
    for match in _MONEY.finditer(text):
        whole, part = patterns.number_of(match["whole"]), patterns.number_of(match["part"])
        if whole and part:
            yield patterns.amount_key(f"{whole}.{part:0>2} {match['unit']}")


def ages(text: str) -> Iterator[str]:
    """How old somebody is said to be, in years, as decimal strings."""
    yield from (age for match in _AGE.finditer(text) if (age := patterns.number_of(match["age"])))


def so_far(text: str) -> Iterator[str]:
    """Numbers that close a sentence about a time ("It has now been twenty-three."), as decimal strings."""
    yield from (number for match in _SO_FAR.finditer(text) if (number := patterns.number_of(match["number"])))


def numbers(source: str) -> Iterator[str]:
    """Numbers as a text writes them, in digits and in words."""
    for match in re.finditer(r"(?<![\w.,:/-])\d[\d.,']{0,20}(?:st|nd|rd|th)?(?![\w:/-])", source):
        yield match[0].rstrip(".,'")
    for match in re.finditer(r"(?<=[^\W\d_])\d{1,4}(?!\w)|(?<![\w.,:/-])\d{1,4}(?=[^\W\d_]{1,5}\b)", source):
        yield match[0]
    for match in re.finditer(
        rf"(?<![\w-])(?:{patterns.WORD}|twice|thrice|{'|'.join(patterns.ORDINALS)})(?![-\w])", source, re.IGNORECASE
    ):
        yield match[0]


def ends(text: str) -> Iterator[str]:
    """Both numbers of a range of digits ("7-17")."""
    for match in _ENDS.finditer(text):
        yield from match.groups()


def days(text: str) -> Iterator[str]:
    """Keys, as `patterns.date_keys` makes them, of the days that one turn names in another dress."""
    months = [
        (m.start(), key)
        for m in _NAMED_MONTH.finditer(text)
        if m[0].strip(".") not in _OFTEN_VERBS and (key := _month(m[0]))
    ]
    for match in _NTH_DAY.finditer(text):
        yield _nth(int(match["day"]))
        before = [month for at, month in months if at < match.start()]
        # Where two months are told of, the day could belong to either.
        if len(set(before)) == 1:
            yield f"{before[0]}/{int(match['day'])}"
    for match in (*_FIRST_DAY.finditer(text), *_LAST_DAY.finditer(text)):
        day = int(match["day"])
        if day <= 31 and match["month"].strip(".") not in _OFTEN_VERBS:
            yield f"{_month(match['month'])}/{day}"
            yield _nth(day)
    for match in patterns.DATE.finditer(text):
        if (match["m1"] or match["m2"]) and patterns.is_date(match):
            yield from (_nth(int(n)) for n in re.findall(r"\d+", match[0])[:1])
    yield from (f"weekday {match['day'][:3].lower()}" for match in _SHORT.finditer(text))
    yield from (str(match.lastgroup) for match in _MISSPELT.finditer(text))
    yield from (match["day"].lower() for match in _PART.finditer(text))


def month_days(text: str) -> frozenset[str]:
    """Keys of the days of a month that one turn names, in whatever dress."""
    plain = (k for m in patterns.DATE.finditer(text) if m["m1"] or m["m2"] for k in patterns.date_keys(m[0]))
    return frozenset(key for key in (*plain, *days(text)) if "/" in key)


def _month(name: str) -> int:
    return next(i for i, month in enumerate(patterns.MONTHS, 1) if month[:3] == name[:3].lower())


def _nth(day: int) -> str:
    suffix = "th" if 10 <= day % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"the {day}{suffix}"
