"""What was changed between two texts, word by word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import NamedTuple

from agent_assist.assist.claims import plain
from agent_assist.records import Change, Tag

ALIKE = 0.5
"""Share of words in common below which a sentence counts as written anew and is shown as one change."""

# Links, decimals, "A-48213" and "don't" are one word each: half of one is nothing to take or leave.
_TOKEN = re.compile(r"\w+(?:['’.,:/@&=?#_-]+\w+)*|\s+|[^\w\s]")
_SMALL = 2
"""Words between two changes that are too few to set them apart."""


class Edit(NamedTuple):
    """A piece of a text, by its places, and what stands there instead."""

    start: int
    end: int
    text: str


def edits(before: str, after: str, offset: int = 0) -> list[Edit]:
    """The pieces in which two texts differ: whole words, in order, without overlaps, neighbours merged.

    Putting all of them into `before` gives `after`.

    Args:
        before: the text to change.
        after: what it becomes.
        offset: added to the places.
    """
    if before == after:
        return []
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    places = _places(old)
    return [
        Edit(offset + places[i1], offset + places[i2], "".join(new[j1:j2])) for i1, i2, j1, j2 in _differing(old, new)
    ]


def spelling(text: str) -> list[str]:
    """The words of a text without commas, with one spelling for "-ise" and "-ize": alike where no word was changed."""
    return re.findall(r"[\w']+", plain(text).lower().replace("z", "s"))


def changes(found: Iterable[Edit], draft: str, tag: Callable[[str, str], Tag]) -> tuple[Change, ...]:
    """Edits as changes of a draft.

    Args:
        found: in order, without overlaps.
        draft: the text that they are about.
        tag: what a change does, by the words that go and those that come.
    """
    return tuple(Change(e.start, e.end, e.text, tag(draft[e.start : e.end], e.text)) for e in found)


def _differing(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    matcher = SequenceMatcher(None, [t.lower() for t in old], [t.lower() for t in new], autojunk=False)
    if _alike(old, new, matcher) < ALIKE:
        return [_trimmed(old, new)]
    merged: list[tuple[int, int, int, int]] = []
    for run in _unequal(old, new, matcher):
        if merged and _close(old[merged[-1][1] : run[0]]):
            merged[-1] = (merged[-1][0], run[1], merged[-1][2], run[3])
        else:
            merged.append(run)
    return merged


def _unequal(old: list[str], new: list[str], matcher: SequenceMatcher[str]) -> Iterable[tuple[int, int, int, int]]:
    """The differing runs; words that match in all but their case differ too."""
    for operation, i1, i2, j1, j2 in matcher.get_opcodes():
        if operation != "equal":
            yield i1, i2, j1, j2
            continue
        for k in range(i2 - i1):
            if old[i1 + k] != new[j1 + k]:
                yield i1 + k, i1 + k + 1, j1 + k, j1 + k + 1


def _alike(old: list[str], new: list[str], matcher: SequenceMatcher[str]) -> float:
    """The share of words that two texts have in common, in their order, 0 to 1."""
    same = sum(_is_word(t) for block in matcher.get_matching_blocks() for t in old[block.a : block.a + block.size])
    fewer = min(sum(map(_is_word, old)), sum(map(_is_word, new)))
    return same / fewer if fewer else 1.0


def _close(between: list[str]) -> bool:
    """Whether so little stands between two changes that they read as one: only words with a letter or digit count."""
    return sum(map(_is_word, between)) < _SMALL


def _is_word(token: str) -> bool:
    return token[0].isalnum()


def _trimmed(old: list[str], new: list[str]) -> tuple[int, int, int, int]:
    """All of it, without what both begin and end with."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return start, len(old) - end, start, len(new) - end


def _places(tokens: list[str]) -> list[int]:
    places = [0]
    for token in tokens:
        places.append(places[-1] + len(token))
    return places
