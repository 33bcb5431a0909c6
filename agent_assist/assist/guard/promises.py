"""What agents of this site may promise, as the site's own list has it.

What a site may write is told in `docs/promises.md`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from agent_assist.assist import patterns
from agent_assist.assist.guard import words
from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_site_file

FILE = "promises.toml"
LONGEST = 240
"""Characters of the longest sentence, phrase or pattern that a site may give."""
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# All patterns of a promise become one, which a flag or a name twice would break.
_SETS = re.compile(r"(?<!\\)\(\?(?:P|[aiLmsux-])")
_GIVES = re.compile(rf"(?:{words.GIVE}|put\w*|see|receive|get|find|owe)(?: (?:an?|your|the|you))*", re.IGNORECASE)
_GAP = re.compile(r"\s*(?:(?:you|to|for|us|an?|the|your|our|one|small|full|partial)\s+){0,5}", re.IGNORECASE)
_ANOTHER = re.compile(rf"\b(?:I|we)(?:'ll| will| can)?(?: \w+ly| also| then)? {words.DEED}\b", re.IGNORECASE)
_WEEK_OF_WORK = 7 / 5
_HOURS = {
    "second": 1 / 3600,
    "minute": 1 / 60,
    "hour": 1,
    "day": 24,
    "week": 168,
    "month": 720,
    "year": 8760,
    "fortnight": 336,
    "night": 24,
    "decade": 87600,
}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One promise as a file gives it.

    Attributes:
        say: a sentence that an agent may send as it stands.
        phrases: words of a commitment that this promise covers, in any case, as whole words.
        patterns: regular expressions for the same.
        up_to: the largest amount it may name ("20 EUR"); "" where it may name none of its own.
        within: the time it may name ("2 working days"), or a longer one; "" where it may name none of its own.
    """

    say: str
    phrases: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    up_to: str = ""
    within: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    promise: dict[str, Entry] = {}


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that agents here may promise.

    Attributes:
        name: the site's own name for it.
        say: a sentence that an agent may send as it stands.
        covers: what a commitment says that this promise covers; None where only `say` itself is covered.
        up_to: the largest amount, "" for none.
        within: the time that may be named, or a longer one: sooner nobody can count on; "" for none.
    """

    name: str
    say: str
    covers: re.Pattern[str] | None = None
    up_to: str = ""
    within: str = ""

    @property
    def limit(self) -> str:
        """The limits in words: "up to 20 EUR, within 2 working days"; "" where there are none."""
        told = (f"up to {self.up_to}" if self.up_to else "", f"within {self.within}" if self.within else "")
        return ", ".join(part for part in told if part)

    def allows(self, kind: str, text: str) -> bool:
        """Whether an amount ("amount") or a length of time ("how long") keeps to its limits."""
        if kind == "amount" and self.up_to:
            asked, most = amount_of(text), amount_of(self.up_to)
            return asked is not None and most is not None and asked[0] == most[0] and asked[1] <= most[1]
        if kind == "how long" and self.within:
            named, soonest = hours_of(text), hours_of(self.within)
            return named is not None and soonest is not None and named >= soonest
        return False


@dataclass(frozen=True, slots=True)
class Allowed:
    """What agents of this site may promise; empty where the site names nothing."""

    promises: tuple[Promise, ...] = ()

    def covering(self, clause: str, act: tuple[int, int]) -> Promise | None:
        """The first promise whose words stand at the act that a clause commits to, None where none does.

        Args:
            clause: of a text.
            act: where in it the act stands: "refund" in "I'll refund you before we credit your account".
        """
        return next((p for p in self.promises if p.covers is not None and _covered(p.covers, clause, act)), None)


NOTHING = Allowed()
"""What agents may promise where the site has no list."""


def load_promises(places: Places, policy: str | None = None) -> Allowed:
    """The promises in use: the policy's, else the site's file in the data folder, else the list that ships, empty.

    Args:
        places: where the site's file would be.
        policy: what the site's signed policy says they are, as the text of such a file; None where it says nothing.

    Raises:
        KnownError: the file cannot be read, is no TOML, or holds something that such a list does not know.
    """
    path = places.home / FILE
    text = read_site_file(path, "promises") if policy is None else policy
    if text is None:
        return _shipped()
    try:
        return _decode(text)
    except (ValueError, msgspec.MsgspecError) as error:  # tomllib's and our own are ValueErrors
        raise KnownError(f"The promises file {path} cannot be used ({error}). Mend it there or delete it.") from error


@cache
def _shipped() -> Allowed:
    return _decode(resources.files(__package__).joinpath(FILE).read_text(encoding="utf-8"))


def _decode(text: str) -> Allowed:
    file = msgspec.convert(tomllib.loads(text), _File)
    return Allowed(tuple(_promise(name, entry) for name, entry in file.promise.items()))


def _promise(name: str, entry: Entry) -> Promise:
    where = f"promise.{name}"
    if not _NAME.fullmatch(name):
        raise ValueError(f"{where} must be named in small letters, digits, hyphens and underscores")
    if not entry.say.strip() or "\n" in entry.say.strip() or len(entry.say) > LONGEST:
        raise ValueError(f"{where}.say must be one sentence on one line, of at most {LONGEST} characters")
    if entry.up_to and amount_of(entry.up_to) is None:
        raise ValueError(f'{where}.up_to must be an amount such as "20 EUR", without other words')
    if entry.within and hours_of(entry.within) is None:
        raise ValueError(f'{where}.within must be a length of time such as "2 working days", without other words')
    return Promise(name, entry.say.strip(), _covers(where, entry), entry.up_to.strip(), entry.within.strip())


def _covers(where: str, entry: Entry) -> re.Pattern[str] | None:
    parts = [r"\s+".join(re.escape(word) for word in phrase.split()) for phrase in entry.phrases]
    for part in (*parts, *entry.patterns):
        if len(part) > 2 * LONGEST:
            raise ValueError(f"{where} holds a phrase or a pattern longer than {LONGEST} characters")
        if _SETS.search(part):
            raise ValueError(f"{where}.patterns holds {part!r}: flags and named groups are not for such a list")
        try:
            empty = re.compile(part).search("") is not None
        except (re.error, OverflowError) as error:
            raise ValueError(f"{where}.patterns holds {part!r}, which is no pattern ({error})") from error
        if empty:
            raise ValueError(f"{where} holds a phrase or a pattern that covers everything")
    both = "|".join((*parts, *entry.patterns))
    try:
        return re.compile(rf"(?<!\w)(?:{both})(?!\w)", re.IGNORECASE) if both else None
    except (re.error, OverflowError) as error:
        raise ValueError(f"{where}.patterns cannot be used together ({error})") from error


def _covered(covers: re.Pattern[str], clause: str, act: tuple[int, int]) -> bool:
    """Whether words that a promise covers are the act's own, or what is given by it, and no other act follows them."""
    start, end = act
    gives = _GIVES.fullmatch(clause, start, end) is not None
    for match in covers.finditer(clause):
        own = match.start() < end and start < match.end()
        given = gives and match.start() >= end and _GAP.fullmatch(clause, end, match.start()) is not None
        if (own or given) and not _ANOTHER.search(clause, match.end()):
            return True
    return False


def amount_of(text: str) -> tuple[str, float] | None:
    """An amount's currency, as `patterns.amount_key` names it, and its value; None where the text is no amount."""
    if patterns.AMOUNT.fullmatch(text.strip()) is None:
        return None
    family, _, number = patterns.amount_key(text.strip()).partition(":")
    return (family, float(number)) if re.fullmatch(r"\d+(?:\.\d+)?", number) else None


def hours_of(text: str) -> float | None:
    """A length of time in hours, its upper end where it names two; None where the text is none.

    Five working days are a week.
    """
    match = patterns.DURATION.fullmatch(text.strip())
    if match is None:
        return None
    number, _, unit = patterns.duration_key(match).partition(" ")
    high = number.rpartition("-")[2]
    hours = _HOURS.get(unit)
    if hours is None or not re.fullmatch(r"\d+(?:\.\d+)?", high):
        return None
    working = (match["kind"] or "").strip().lower() in ("business", "working")
    return float(high) * hours * (_WEEK_OF_WORK if working else 1)
