"""What a speaker's name looks like, what only looks like one, and the role that a name tells."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from enum import IntEnum
from importlib.resources import files

from agent_assist.records import Speaker

MAX_NAME = 48
_MAX_WORDS = 6


class Likeness(IntEnum):
    """How much a string before a colon, or alone on a line, looks like a speaker."""

    NONE = 0  # a field label, a sentence, a link
    WEAK = 1  # lower case: a handle, or just a word
    FAIR = 2  # written like a name
    ROLE = 3  # names a role


_WORDS = {
    kind: frozenset(words)
    for kind, words in tomllib.loads(files(__package__).joinpath("names.toml").read_text("utf-8")).items()
}
_BOT = _WORDS["bot"]
_SYSTEM = _WORDS["system"]
_AGENT = _WORDS["agent"]
_CUSTOMER = _WORDS["customer"]
_SELF = _WORDS["self"]

_FIELDS = _WORDS["fields"]
_FUNCTION = _WORDS["function"]
_NAMES_TOO = _WORDS["names_too"]
_PARTICLES = _WORDS["particles"]
_ALLOWED_MARKS = frozenset(" .'\u2019\u2018-_@&()/#+,|~•·\u200d\ufe0f")
_FORBIDDEN_SYMBOLS = frozenset("<>=$^`")
_FROM = re.compile(r"\S+\s(?:from|at|@|bei|chez)\s\S", re.I)
_MACHINE = re.compile(r"[a-z](?:Bot|BOT)\b|\b(?:AI|APP)\b")  # "HelpBot", "Acme AI", but not "Talbot" or "Ai"
_PARENS = re.compile(r"\(([^()]*)\)")
_WORD = re.compile(r"[^\W_]+(?:[-'\u2019.][^\W_]+)*")
_ROLE_SPLIT = re.compile(r"\s[-\u2013—|/]\s")


def key(name: str) -> str:
    """What makes two spellings the same speaker."""
    return " ".join(name.casefold().split())


def words_of(name: str) -> list[str]:
    """The words of a name, in lower case; marks and numbers of list items are no words."""
    return [w for w in _WORD.findall(name.casefold()) if not w.isdigit()]


def role_of(name: str) -> Speaker | None:
    """The role that a name tells ("Support", "Anna (Agent)", "Anna from Acme"), or None for a bare name."""
    words = words_of(name)
    if any(w in _BOT for w in words) or _MACHINE.search(name):
        return Speaker.BOT
    if words and words[0] in _SYSTEM and len(words) <= 2:
        return Speaker.SYSTEM
    if any(w in _AGENT for w in words):
        return Speaker.AGENT
    if any(w in _CUSTOMER for w in words):
        return Speaker.CUSTOMER
    return Speaker.AGENT if _FROM.match(name) else None


def is_self(name: str) -> bool:
    """Whether a name is "You" or "Me": the person who pasted the chat."""
    return key(name) in _SELF


def real_name(name: str | None) -> str | None:
    """The person's name within a speaker's name, or None where it is a role only."""
    if not name or is_self(name):
        return None
    bare = _PARENS.sub(" ", name).strip(" *,|-")
    parts = [*_ROLE_SPLIT.split(bare), *_PARENS.findall(name)]
    for part in parts:
        words = words_of(part)
        if words and role_of(part) is None and not all(w in _FIELDS or len(w) == 1 for w in words):
            return " ".join(part.split())
    return None


def likeness(name: str) -> Likeness:
    """How much a short text looks like the name of somebody who speaks."""
    name = name.strip()
    if not 0 < len(name) <= MAX_NAME or not all(map(_may_stand_in_name, name)):
        return Likeness.NONE
    tokens = name.split()
    words = words_of(name)
    if len(tokens) > _MAX_WORDS or not _starts_like_name(name):
        return Likeness.NONE
    if not words:
        return Likeness.FAIR if name[0] == "+" else Likeness.NONE
    if words[-1] in _FIELDS or _reads_like_sentence(tokens):
        return Likeness.NONE
    if role_of(name) is not None or is_self(name):
        return Likeness.ROLE if len(words) <= 3 or "(" in name or _FROM.match(name) else _case_likeness(tokens)
    if any(w in _FIELDS for w in words) or _has_function_word(tokens):
        return Likeness.NONE
    return _case_likeness(tokens)


def _case_likeness(tokens: list[str]) -> Likeness:
    counted = [t for t in tokens if t.strip("().,'\u2019-").casefold() not in _PARTICLES]
    lower = [t for t in counted if t.lstrip("(@'\u2019-")[:1].islower()]
    if not lower:
        return Likeness.FAIR
    return Likeness.WEAK


def _has_function_word(tokens: list[str]) -> bool:
    """Tells "my problem" and "The thing" from "Will Smith" and "Do Kim"."""
    if len(tokens) < 2:
        return len(tokens[0]) > 1 and tokens[0].casefold() in _FUNCTION - _NAMES_TOO
    first = tokens[0].casefold()
    return any(t in _FUNCTION for t in tokens) or first in _FUNCTION - _NAMES_TOO


def _starts_like_name(name: str) -> bool:
    first = name[0]
    return (
        first.isalpha()
        or first in "@+("
        or unicodedata.category(first) == "So"
        or (name[:1].isdigit() and len(name) > 4)
    )


def _may_stand_in_name(char: str) -> bool:
    if char.isalnum() or char in _ALLOWED_MARKS:
        return True
    return char not in _FORBIDDEN_SYMBOLS and unicodedata.category(char) in ("Mn", "Mc", "So", "Sk", "Cf")


def _reads_like_sentence(tokens: list[str]) -> bool:
    """A full stop or comma after a lower-case word belongs to a sentence, in "J. Smith" and "Smith, Anna" to a name."""
    inner = tokens[:-1]
    if any(t.endswith(".") and len(t) > 4 for t in tokens):
        return True
    commas = [t for t in inner if t.endswith(",")]
    return bool(tokens[-1].endswith(",")) or len(commas) > 1 or any(t[:1].islower() for t in commas)
