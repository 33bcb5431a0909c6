"""What a change of a rewrite does, by the words that go and those that come."""

from __future__ import annotations

import re

from agent_assist.assist.claims import plain
from agent_assist.assist.coach.table import phrase_patterns
from agent_assist.records import Tag

_OWNS = re.compile(
    r"\b(?:sorry|apologi[sz]e|our (?:mistake|fault)|(?:I'm|I am|I'll|I will) (?:look|tak|stay))", re.IGNORECASE
)
_VALIDATES = re.compile(
    r"\b(?:I (?:can )?(?:see|hear|imagine)|you(?:'re| are) right|no wonder|every reason|must (?:be|have)|"
    r"makes sense)\b",
    re.IGNORECASE,
)
_SOFT = re.compile(r"\b(?:please|could|would|may|\w+'(?:re|ve|ll|d|s|m|t))\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_FEWER = 0.75
_PLAIN = frozenset({"script", "jargon", "inconvenience"})


def tag_of(removed: str, added: str) -> Tag:
    """What a change does.

    Args:
        removed: the words that go, "" where it only adds.
        added: the words that come, "" where it only takes away.
    """
    gone, come = plain(removed), plain(added)
    if _OWNS.search(come) and not _OWNS.search(gone):
        return Tag.OWNS
    if _VALIDATES.search(come) and not _VALIDATES.search(gone):
        return Tag.VALIDATES
    if "!" in gone and "!" not in come:
        return Tag.SOFTENS
    tone = next((phrase.id for phrase, pattern in phrase_patterns() if pattern.search(gone)), None)
    if tone is not None and tone not in _PLAIN:
        return Tag.SOFTENS
    before, after = len(_WORD.findall(gone)), len(_WORD.findall(come))
    if after < before * _FEWER and tone is None:
        return Tag.SHORTENS
    if _SOFT.search(come) and not _SOFT.search(gone):
        return Tag.SOFTENS
    return Tag.CLARIFIES
