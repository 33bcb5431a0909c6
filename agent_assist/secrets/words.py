"""Recovery words: eight groups of five letters that people write on paper and type months later.

Four letters of a group are random, the fifth checks them: 19 letters, 32 random ones, log2(19 ** 32) = 135.9 bits. The
letters leave out those that look like others on paper (I J L O Q U V) and leave a prime number, over which the check
is a weighted sum: it notices every changed letter, every two letters of a group that changed places, and every two
groups that did (the method of ISBN-10). With that the person is told which group to look at again.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from secrets import choice

LETTERS = "ABCDEFGHKMNPRSTWXYZ"
GROUPS, GROUP = 8, 5

_PRIME = len(LETTERS)
_DATA = GROUP - 1
_WEIGHTS = range(1, GROUP + 1)
# Whatever a hand, a mail program or a text editor puts between groups.
_BETWEEN = re.compile(r"[\W_]+")
# How far a text may be from eight groups of five to be taken for words with a slip, rather than for a passphrase.
_SLIPS = 4


def make() -> str:
    """New words, as `ABCDE-FGHKM-...`: 47 characters."""
    groups = ("".join(choice(LETTERS) for _ in range(_DATA)) for _ in range(GROUPS))
    return "-".join(group + _check(group, n) for n, group in enumerate(groups))


def read(text: str) -> str | None:
    """The words in `text` as `make` wrote them, whatever case, spaces and dashes they were typed with; None if none."""
    letters = "".join(_parts(text))
    if len(letters) != GROUPS * GROUP:
        return None
    groups = [letters[i : i + GROUP] for i in range(0, len(letters), GROUP)]
    return "-".join(groups) if not _wrong(groups) else None


def mistyped(text: str) -> str:
    """Which groups of words are to be looked at again, as a sentence; "" where the text is no attempt at words.

    Nothing of the text is in the sentence.
    """
    groups = _attempt(text)
    if len(groups) != GROUPS:
        return f"Recovery words have {GROUPS} groups of {GROUP} letters; here are {len(groups)}." if groups else ""
    wrong = [str(n + 1) for n in _wrong(groups)]
    if not wrong or len(wrong) > GROUPS // 2:
        return ""
    if len(wrong) == 1:
        return f"Group {wrong[0]} of the recovery words is mistyped."
    return f"Groups {', '.join(wrong[:-1])} and {wrong[-1]} of the recovery words are mistyped."


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(unicodedata.normalize("NFKC", text).upper()) if part]


def _attempt(text: str) -> Sequence[str]:
    """The groups of a text that was meant as words; none where it is something else."""
    parts = _parts(text)
    letters = "".join(parts)
    if abs(len(letters) - GROUPS * GROUP) > _SLIPS + 1:  # one whole group may be missing, or one be there twice
        return ()
    if sum(len(part) == GROUP for part in parts) >= GROUPS - _SLIPS:
        return parts
    if sum(letter not in LETTERS for letter in letters) > _SLIPS:
        return ()
    return [letters[i : i + GROUP] for i in range(0, len(letters), GROUP)]


def _wrong(groups: Sequence[str]) -> list[int]:
    return [n for n, group in enumerate(groups) if len(group) != GROUP or not _holds(group, n)]


def _holds(group: str, n: int) -> bool:
    places = [LETTERS.find(letter) for letter in group]
    return -1 not in places and _sum(places) == (n + 1) % _PRIME


def _check(group: str, n: int) -> str:
    so_far = _sum([LETTERS.index(letter) for letter in group])
    # The check letter's weight times the letter is what is lacking.
    return LETTERS[(n + 1 - so_far) * pow(GROUP, -1, _PRIME) % _PRIME]


def _sum(places: Sequence[int]) -> int:
    return sum(weight * place for weight, place in zip(_WEIGHTS, places, strict=False)) % _PRIME
