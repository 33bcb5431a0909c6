"""The words of a text as the index keeps them and a search compares them: one rule for both sides.

The index's own tokenizer is made to split at blanks alone, so that nothing about words is decided twice. Case, the way
of writing accents, width and the accents themselves do not matter. What is written without blanks between its words
(Chinese, Japanese, Thai, Lao, Khmer, Burmese) counts one word for each character, and a word that is looked for is then
a run of them; emoji stand alone too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from agent_assist.history.rows import fold

VERSION = f"1 {unicodedata.unidata_version}"
"""Changes when the same text may give other words; an index made by another version is made again."""

LONGEST = 64
"""Characters of a word that count: what is longer is a token or an attachment, and would only fill the index."""

_MOST_WORDS = 64  # of one search; each costs a look at the index
_BREAK = "\ue000"  # private use: in no word, so no run of words goes across it
_ACCENTS = dict.fromkeys(range(0x300, 0x370))  # U+0300..036F; marks of other scripts are letters of theirs
_ALONE = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x2E80, 0x2FDF),  # radicals
    (0x3005, 0x3007),  # marks that stand for a Han character
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x31F0, 0x31FF),  # Katakana extensions
    (0x3400, 0x9FFF),  # Han
    (0xA9E0, 0xAA7F),  # Burmese extensions
    (0xF900, 0xFAFF),  # Han, compatibility
    (0x1B000, 0x1B16F),  # Kana supplements
    (0x20000, 0x3FFFF),  # Han, later blocks
)


class _Characters(dict[int, str | None]):
    """What becomes of each character; asked once for each that occurs."""

    def __missing__(self, code: int) -> str | None:
        self[code] = became = _became(code)
        return became


def _became(code: int) -> str | None:
    """Itself in a word, alone between blanks, a blank, or nothing."""
    character = chr(code)
    kind = unicodedata.category(character)
    if kind == "Cf" or 0xFE00 <= code <= 0xFE0F:
        return None  # soft hyphens, joiners and variation selectors are not seen: they part no word
    if kind == "So" or (kind[0] in "LMN" and any(first <= code <= last for first, last in _ALONE)):
        return f" {character} "
    return character if kind[0] in "LMN" else " "


_CHARACTERS = _Characters()


def folded(text: str) -> str:
    """Text as `rows.fold` makes it, and without accents."""
    plain = fold(text)
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", plain).translate(_ACCENTS))


def words(text: str) -> list[str]:
    """The words of a text, in order, each of at most `LONGEST` characters."""
    return [word[:LONGEST] for word in folded(text).translate(_CHARACTERS).split()]


def indexed(texts: Iterable[str]) -> str:
    """The words of texts for the index, parted by blanks; what one text ends with is no run with the next."""
    return f" {_BREAK} ".join(" ".join(words(text)) for text in texts)


def sought(text: str) -> list[list[str]]:
    """What a person looks for: for each word as they typed it the run of words that has to occur, at most 64 in all.

    The last of a run need only begin a word: "A-482" is a run of "a" and what begins with "482". What has no letter
    and no digit asks nothing.
    """
    left, runs = _MOST_WORDS, []
    for typed in text.split():
        if run := words(typed)[:left]:
            runs.append(run)
            left -= len(run)
    return runs


def mark(kind: str, value: str) -> str:
    """One word for a property that is found only whole, a tag or a way in: it stands in a column of its own."""
    return kind + folded(value).encode().hex()
