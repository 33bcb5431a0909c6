"""Tells whether a customer turn is in English, the only language that is read.

Precision first: a turn is unread only where it surely is in another language: by its script, by the little words of
one other language that outnumber those of English, or for hardly a word of English in it. Names, dishes and a phrase
of another language in an English turn change nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

import msgspec

from agent_assist.emotion.text import mask
from agent_assist.records import Conversation

ENOUGH_CHARS = 2000
"""A turn is told by its beginning; what follows is hardly ever another language."""
LEAST_WORDS = 3
"""Words below which a turn in Latin letters is too short to tell."""
LEAST_TELLING = 2
"""Telling words of another language, other than particles of names, that it takes."""
SHARED_TELLS = 0.5
"""What a word counts that English turns use too."""
LEAST_SHARE = 0.2
"""Share of the turn's words that are of the other language, at least."""
OUTNUMBER = 2
"""How many telling words of the other language stand against one of English."""
LEAST_UNKNOWN, MOSTLY = 2, 0.6
"""Words that English does not have in a turn that is hardly English: without a capital at least, and share of all."""
SHARED_TELL = 3
"""Words of another language that English turns use too, that tell without one of its own; names have fewer."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'"})
_HASHTAG = re.compile(r"#\w+")
_OTHER_SCRIPT = re.compile(
    r"[\u0370-\u1cff\u1f00-\u1fff\u2c80-\u2ddf\u3040-\u33ff\u3400-\ua6ff\ua800-\uab2f\uab70-\ufaff\ufb13-\ufdff"
    r"\ufe70-\ufefe\U00010000-\U0001cfff\U00020000-\U0003ffff]{2,}"
)
"""Runs of two letters at least: one alone is a sign (a kaomoji, a unit) rather than a word."""

_FIRST_DENSE = "\u3040"
DENSE = 3
"""How many letters a sign of the scripts of East Asia stands for."""


class Verdict(Enum):
    """What a turn alone tells of its language."""

    ENGLISH = "english"
    OTHER = "other"
    OPEN = "open"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    english: str
    shared: str
    loans: str
    other: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of `language.toml` and `english.txt`.

    Attributes:
        english: telling words of English.
        shared: words of other languages that English turns use too: names, abbreviations, slang.
        loans: words of English that are written with an accent.
        known: the usual words of English.
        languages: of each word of other languages, whose it is.
    """

    english: frozenset[str]
    shared: frozenset[str]
    loans: frozenset[str]
    known: frozenset[str]
    languages: dict[str, tuple[str, ...]]


@cache
def _words() -> _Words:
    data = resources.files(__package__).joinpath("language.toml").read_bytes()
    table = msgspec.toml.decode(data, type=_Table)
    languages: dict[str, tuple[str, ...]] = {}
    for name, words in table.other.items():
        for word in dict.fromkeys(words.split()):
            languages[word] = (*languages.get(word, ()), name)
    usual = resources.files(__package__).joinpath("english.txt").read_text("utf-8").split()
    english, shared, loans = (frozenset(words.split()) for words in (table.english, table.shared, table.loans))
    return _Words(english, shared, loans, english.union(usual, loans), languages)


class _Count:
    """What the words of a turn tell."""

    def __init__(self) -> None:
        self.words = 0
        self.english = 0
        """Telling words of English."""
        self.marked = 0
        """Words with letters that English does not have, of whichever language; names have a capital."""
        self.unknown = 0
        """Words that are not English, those with a capital too."""
        self.unknown_plain = 0
        self.own: Counter[str] = Counter()
        self.shared: Counter[str] = Counter()
        self.both: Counter[str] = Counter()
        """Words of each language that tell; that English turns use too; that tell for English as well."""

    def add(self, word: str, table: _Words) -> None:
        """Takes in one word."""
        lower = word.lower()
        languages = table.languages.get(lower, ())
        self.words += 1
        if lower in table.english:
            self.english += 1
            self.both.update(languages)
            return
        if lower in table.shared:
            self.shared.update(languages)
        elif languages:
            self.own.update(languages)
        elif not word.isascii() and word.islower() and lower not in table.loans:
            self.marked += 1
        if len(word) > 1 and lower not in table.known:
            self.unknown += 1
            self.unknown_plain += word.islower()

    def mostly_other(self) -> bool:
        """Whether one language has two telling words at least, and twice as many as English."""
        return any(self._outnumbers(name) for name in self.own or {"": 0})

    def _outnumbers(self, name: str) -> bool:
        telling = self.own[name] + self.marked
        # A word of both languages speaks for neither.
        against = OUTNUMBER * (self.english - self.both[name])
        share = telling + self.shared[name] + self.both[name]
        enough = telling >= LEAST_TELLING and share >= LEAST_SHARE * self.words
        return enough and telling + SHARED_TELLS * self.shared[name] > against

    def only_usual(self) -> bool:
        """Whether two words at least are usual in English, none is not, and none tells for another language."""
        return self.words > 1 and not (self.unknown or self.marked or self.own or self.shared)

    def hardly_english(self) -> bool:
        """Whether most words are not English, none tells for it, and one at least tells for another language."""
        told = bool(self.own or self.marked) or max(self.shared.values(), default=0) >= SHARED_TELL
        lone = self.english <= max(self.both.values(), default=0)
        return told and lone and self.unknown_plain >= LEAST_UNKNOWN and self.unknown >= MOSTLY * self.words


def readable(text: str) -> bool:
    """Whether a customer's turn may be read: False only where it surely is in another language than English."""
    return tell(text) is not Verdict.OTHER


def unread_turns(conversation: Conversation) -> tuple[int, ...]:
    """Indices of the customer turns that are in another language, in order.

    A turn that alone could be in any language ("ok", a name) is in the language of the customer's turns around it; in
    English where one of the two is.
    """
    turns = conversation.customer_turns
    verdicts = [tell(turn.text) for turn in turns]
    if Verdict.OTHER not in verdicts:
        return ()
    return tuple(
        turn.i
        for k, (turn, verdict) in enumerate(zip(turns, verdicts, strict=True))
        if verdict is Verdict.OTHER
        or (verdict is Verdict.OPEN and _next_told(verdicts[:k][::-1]) and _next_told(verdicts[k + 1 :]))
    )


def _next_told(verdicts: Sequence[Verdict]) -> bool:
    """Whether the nearest turn whose language is told is in another one; True where there is none."""
    told = next((verdict for verdict in verdicts if verdict is not Verdict.OPEN), Verdict.OTHER)
    return told is Verdict.OTHER


def tell(text: str) -> Verdict:
    """What a turn alone tells of its language."""
    own = unicodedata.normalize("NFKC", mask(html.unescape(text[:ENOUGH_CHARS])))
    own = _HASHTAG.sub(" ", own).translate(_APOSTROPHES)
    foreign = sum(DENSE if c >= _FIRST_DENSE else 1 for run in _OTHER_SCRIPT.findall(own) for c in run)
    if foreign and foreign > sum(c.isalpha() for c in _OTHER_SCRIPT.sub("", own)):
        return Verdict.OTHER
    return _tell_latin(_WORD.findall(own))


def _tell_latin(words: Sequence[str]) -> Verdict:
    """In another language where it has two telling words of it that outnumber English, or hardly a word of English."""
    table = _words()
    count = _Count()
    for word in words:
        count.add(word, table)
    if len(words) >= LEAST_WORDS and (count.hardly_english() or count.mostly_other()):
        return Verdict.OTHER
    return Verdict.ENGLISH if count.english or count.only_usual() else Verdict.OPEN
