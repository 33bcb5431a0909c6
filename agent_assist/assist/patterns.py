"""How amounts, dates, durations, contacts and links are written, and when two spellings mean the same.

Shared by the finder of facts and by the guard, so that what one calls a fact the other accepts as support. Every
repetition is bounded or anchored at a token's start: the time grows with the length of the text, whatever it holds.
"""

from __future__ import annotations

import re

_UNITS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = ["third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
VALUES = {w: n for n, w in enumerate(_UNITS)} | {w: 20 + 10 * n for n, w in enumerate(_TENS)}
ORDINALS = {"second": 2} | {w: 3 + n for n, w in enumerate(_ORDINALS)} | {"twice": 2, "thrice": 3}

_SMALL = "|".join(sorted(_UNITS[1:], key=len, reverse=True))
_TEN = "|".join(_TENS)
WORD = (
    rf"(?:(?:{_TEN})(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?\b"
    rf"|(?:(?:an?|{_SMALL})\s)?(?:hundred|thousand)\b|(?:{_SMALL})\b)"
)
_DIGITS = r"(?:\d{1,3}(?:[,.'\u00a0\u202f]\d{3}){1,5}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?)(?!\d)"
_SCALE = r"(?:\s?(?:k|m|bn|million|billion)\b)?"

_SYMBOL = r"(?:(?:US|CA|AU|NZ|HK|C|A|S)?\$|[€£₹¥₽₩₪₺])"
_CODE = "(?:usd|eur|gbp|(?-i:CAD|AUD|NZD|INR|JPY|CHF|SEK|NOK|DKK|PLN|CZK|BRL|MXN|ZAR|SGD|HKD|AED|NGN|PHP|MYR))"
_MONEY_WORD = (
    "dollars?|bucks?|euros?|pounds?|quid|pence|cents?|rupees?|rs|yen|kr|kronor|kroner|francs?|pesos?|rand|dirhams?|"
    "zloty|riyals?"
)
AMOUNT = re.compile(
    rf"(?<![\w$€£₹¥.,])(?:"
    rf"{_SYMBOL}\s?{_DIGITS}{_SCALE}(?:\s?(?:{_CODE})\b)?"
    rf"|(?:{_CODE}|Rs\.?)\s?{_DIGITS}{_SCALE}"
    rf"|{_DIGITS}{_SCALE}\s?(?:{_SYMBOL}(?!\d)|(?:{_CODE}|{_MONEY_WORD})\b)"
    rf"|{WORD}\s(?:dollars?|bucks?|euros?|pounds|quid|cents|rupees)\b"
    rf")",
    re.IGNORECASE,
)

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b"
_SHORT_DAY = r"(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri|Sat|Sun)\b"
_NTH = r"(?:st|nd|rd|th)"
DATE = re.compile(
    rf"(?<![\w/.$€£#-])(?:"
    rf"(?:19|20)\d\d-\d\d?-\d\d?(?![\d-])"
    rf"|\d{{1,2}}(?P<sep>[/-])\d{{1,2}}(?P=sep)(?:20\d\d|\d\d)(?![\d/-])"
    rf"|\d{{1,2}}\.\d{{1,2}}\.(?:19|20)\d\d(?![\d.]\d)"
    rf"|\d{{1,2}}{_NTH}?(?:\s+of)?[\s-]+(?P<m1>{_MONTH})(?:[,\s-]{{1,2}}(?:19|20)\d\d\b)?"
    rf"|(?P<m2>{_MONTH})\s+\d{{1,2}}{_NTH}?\b(?![:%])(?:,?\s+(?:19|20)\d\d\b)?"
    rf"|(?P<m3>{_MONTH})\s+(?:19|20)\d\d\b"
    rf"|(?<!black )(?:(?:last|next|this|by|until)\s+)?{_WEEKDAY}(?:\s+(?:morning|afternoon|evening|night))?"
    rf"|(?:last|next|this|by|on|until)\s+(?-i:{_SHORT_DAY})"
    rf"|(?:on|by|until|before|since)\s+the\s+\d{{1,2}}{_NTH}\b(?!\s+(?:time|attempt|call|agent|order|day|floor))"
    rf"|the\s+day\s+(?:before\s+yesterday|after\s+tomorrow)\b"
    rf"|(?:yesterday|tomorrow)\b(?:\s+(?:morning|afternoon|evening|night))?"
    rf"|(?:last|next)\s+(?:week|month|year|night|weekend)\b"
    rf"|this\s+(?:morning|afternoon|evening|weekend)\b"
    rf")",
    re.IGNORECASE,
)

_QUANTITY = rf"\d{{1,4}}(?:[.,]\d{{1,2}})?|{WORD}|a\s+few|a\s+couple(?:\s+of)?|several|half\s+an?|an?"
DURATION = re.compile(
    rf"(?<![\w.,:/$€£#-])(?P<low>{_QUANTITY})(?:\s?(?:-|\u2013|\u2014|to|or)\s?(?P<high>\d{{1,4}}|{WORD}))?"
    rf"(?:\s|-)?(?:(?:more|full|whole|solid)\s)?(?P<kind>(?:business|working|calendar)\s)?"
    rf"(?P<unit>seconds?|secs?|minutes?|mins?|hours?|hrs?|h|days?|weeks?|wks?|months?|mths?|years?|yrs?|fortnights?|"
    rf"nights?|decades?)\b(?!['\u2019]?\w)",
    re.IGNORECASE,
)
# "a week" is a length only where something makes it one: "for a week", "a week ago", not "£10 a week".
_LEADS = re.compile(
    r"\b(?:for|in|within|over|about|after|nearly|almost|under|than|waited|waiting|another|around|since|past|last)\s+$",
    re.IGNORECASE,
)
_TRAILS = re.compile(r"\s+(?:ago|now|later|late|early|straight|already)\b", re.IGNORECASE)
_IDIOM = re.compile(r"(?:an?|one)\s+(?:second|sec|minute|min)", re.IGNORECASE)

EMAIL = re.compile(
    r"(?<![\w@.+%-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.[A-Za-z]{2,24}(?![\w@])"
)
LINK = re.compile(
    r"(?<![\w@])(?:https?://[^\s<>\"]{2,2000}|www\.[^\s<>\"]{3,2000})"
    r"|(?<![\w@./:-])(?:[a-z0-9-]{1,63}\.){1,4}[a-z]{2,24}/[^\s<>\"]{0,2000}",
    re.IGNORECASE,
)
_LINK_TAIL = ".,;:!?)]}'\u2019”…*"
PHONE = re.compile(
    r"(?<![\w#/.@-])(?:(?:\+\d{1,3}|1)[ .-]?)?(?:\(\d{1,5}\)[ .-]?)?\d{1,15}(?:[ .-]\d{2,7}){0,5}(?![\w/@-]|[.,:]\d)"
    r"|(?<![\w#/.@-])1?-?8\d\d-[A-Z]{4,8}\b"
)
PHONE_CUE = re.compile(
    r"\b(?:phone|call|ring|tel|telephone|mobile|cell|whatsapp|text|dial|hotline|helpline|landline|contact number)\b",
    re.IGNORECASE,
)


def link_end(text: str, end: int, start: int) -> int:
    """Moves the end of a link before punctuation that belongs to the sentence around it."""
    while end > start and text[end - 1] in _LINK_TAIL:
        if text[end - 1] == ")" and text.count("(", start, end) >= text.count(")", start, end):
            break
        end -= 1
    return end


def is_phone(value: str, before: str) -> bool:
    """Whether a run of digits is surely a telephone number.

    Args:
        value: the run, with its separators.
        before: the text in front of it; a word such as "call" there makes an unseparated run a number.
    """
    digits = re.sub(r"\D", "", value)
    if re.search(r"[A-Z]{4}", value):
        return True
    if not 9 <= len(digits) <= 15:
        return False
    groups = [len(g) for g in re.findall(r"\d+", value)]
    if value.startswith("+") or ("(" in value and len(groups) > 1):
        return True
    if groups in ([3, 3, 4], [1, 3, 3, 4]) or (digits.startswith("0") and len(digits) in (10, 11) and len(groups) > 1):
        return True
    return len(digits) in (10, 11) and PHONE_CUE.search(before[-40:]) is not None


def is_duration(match: re.Match[str]) -> bool:
    """Whether a match of `DURATION` is a length of time and no idiom ("one second", "£10 a month")."""
    low = match["low"].lower()
    if _IDIOM.fullmatch(match[0]):
        return False
    if low not in ("a", "an", "one") or match["high"]:
        return True
    text = match.string
    before = text[max(0, match.start() - 12) : match.start()]
    return _LEADS.search(before) is not None or _TRAILS.match(text, match.end()) is not None


def is_date(match: re.Match[str]) -> bool:
    """Whether a match of `DATE` can be a day: its month exists and "may 5" was not the verb."""
    month = match["m1"] or match["m2"] or match["m3"]
    if month and (month[0].islower() and month.lower().rstrip(".") in ("may", "march", "mar", "dec", "sept", "jun")):
        return False
    numbers = [int(n) for n in re.findall(r"\d+", match[0])]
    if month:
        return not numbers or numbers[0] <= 31 or numbers[0] >= 1900
    if len(numbers) == 3:
        days = numbers[1:] if numbers[0] > 1900 else numbers[:2]
        return 1 <= min(days) <= 12 and max(days) <= 31
    return True


def number_of(word: str) -> str | None:
    """The value of a number in digits or words as a plain decimal string, None where it is no number."""
    low = " ".join(word.lower().replace("-", " ").split())
    if low in VALUES:
        return str(VALUES[low])
    if low in ORDINALS:
        return str(ORDINALS[low])
    if re.fullmatch(r"\d{1,9}(?:st|nd|rd|th)", low):
        return str(int(low[:-2]))
    parts = low.split()
    if len(parts) == 2 and parts[0] in VALUES and parts[1] in VALUES:
        return str(VALUES[parts[0]] + VALUES[parts[1]])
    if parts and parts[-1] in ("hundred", "thousand"):
        return str(VALUES.get(parts[0], 1) * (100 if parts[-1] == "hundred" else 1000))
    return _decimal(low)


def _decimal(text: str) -> str | None:
    if not re.fullmatch(r"\d[\d.,'\u00a0\u202f]*", text):
        return None
    whole, cents = text.rstrip(".,'"), ""
    tail = re.search(r"[.,](\d{1,2})$", whole)
    if tail:
        whole, cents = whole[: tail.start()], tail[1]
    whole = re.sub(r"\D", "", whole)
    if not whole:
        return None
    value = whole.lstrip("0") or "0"
    cents = cents.rstrip("0")
    return f"{value}.{cents}" if cents else value


_MONEY = {
    "$": ("$", "usd", "dollar", "buck", "cad", "aud", "nzd", "sgd", "hkd"),
    "€": ("€", "eur"),
    "£": ("£", "gbp", "pound", "quid"),
    "₹": ("₹", "inr", "rs", "rupee"),
    "¥": ("¥", "jpy", "yen"),
    "kr": ("kr", "sek", "nok", "dkk"),
}


def amount_key(text: str) -> str:
    """A key that is the same for two spellings of one amount ("$50", "50.00 USD", "fifty dollars")."""
    low = text.lower()
    digits = re.search(r"\d[\d.,'\u00a0\u202f]*", low)
    words = re.search(WORD, low)
    number = _decimal(digits[0]) if digits else number_of(words[0]) if words else None
    rest = low.replace(digits[0], " ") if digits else low
    scale = next((s for s in ("million", "billion", "bn") if s in rest), "")
    if not scale and (short := re.search(r"(?:^|\s)([km])\b", rest)):
        scale = short[1]
    minor = re.search(r"cent|pence", rest)
    family = next((f for f, marks in _MONEY.items() if any(m in rest for m in marks)), rest.strip())
    return f"{'minor' if minor else family}:{number}{scale}"


_UNIT_NAMES = {"h": "hour", "hr": "hour", "min": "minute", "sec": "second", "wk": "week", "mth": "month", "yr": "year"}


def duration_key(match: re.Match[str]) -> str:
    """A key that is the same for two spellings of one duration ("three weeks", "3 wks")."""
    unit = match["unit"].lower()
    unit = unit[:-1] if unit.endswith("s") else unit
    low = " ".join(match["low"].lower().split())
    number = "1" if low in ("a", "an") else number_of(low) or low.removesuffix(" of")
    high = number_of(match["high"]) if match["high"] else None
    return f"{number}-{high or number} {_UNIT_NAMES.get(unit, unit)}"


def date_keys(text: str) -> frozenset[str]:
    """Keys of the days a date may mean; two dates agree where they share one (5/1 is both 5 January and 1 May)."""
    low = " ".join(text.lower().split())
    day = re.search(_WEEKDAY.replace("days?", "day"), low) or re.search(r"\b(?:mon|tue|wed|thu|fri|sat|sun)", low)
    if day and not re.search(r"\d", low):
        return frozenset({f"weekday {day[0][:3]}"})
    numbers = [int(n) for n in re.findall(r"\d+", low)]
    month = next((i for i, name in enumerate(MONTHS, 1) if re.search(rf"\b{name[:3]}", low)), None)
    if month:
        year = "".join(f" {n}" for n in numbers if n >= 1900)
        return frozenset({f"{month}/{n}" for n in numbers if n <= 31} or {f"{month}{year}"})
    if len(numbers) == 3:
        a, b = numbers[1:] if numbers[0] >= 1900 else numbers[:2]
        return frozenset({f"{a}/{b}"} if numbers[0] >= 1900 else {f"{a}/{b}", f"{b}/{a}"})
    return frozenset({re.sub(r"^(?:by|until|on|before|since) ", "", low)})
