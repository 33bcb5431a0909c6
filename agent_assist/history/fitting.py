"""How the turns of a conversation lie on what is saved of it: the same again, more of it, or only a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from agent_assist.records import Turn

H = TypeVar("H", bound=Hashable)

_OVERLAP = 2
"""Turns that have to be the same where one conversation ends and the other begins: one "Thanks" says little."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How shown turns lie on saved ones.

    Attributes:
        start: index of the saved turn that the first shown one stands on; what stands before it is not shown.
        end: index of the first saved turn behind them; what stands from there on is not shown.
        whole: whether they stand for all that is saved, in an order of their own.
    """

    start: int
    end: int
    whole: bool = False


def fit(saved: Sequence[Turn], shown: Sequence[Turn]) -> Fit | None:
    """How turns lie on saved ones; None where too little tells that they are of the same conversation.

    They stand for all that is saved where they have every text of it, whoever is said to have spoken, or where at least
    half are the same in the same places: the others were edited. They lie within where they are a run of the saved
    turns, and carry those on where the saved ones end with at least two of their first; who spoke may be said anew of
    two and more, and single ones between others that are the same were edited. Takes time linear in the turns.
    """
    everything = Fit(0, len(saved), whole=True)
    if Counter(turn.text for turn in saved) <= Counter(turn.text for turn in shown):
        return everything
    start = _run([(t.speaker, t.text) for t in saved], [(t.speaker, t.text) for t in shown])
    if start is None and len(shown) >= _OVERLAP:
        start = _run([t.text for t in saved], [t.text for t in shown])
    if start is not None:
        return Fit(start, min(len(saved), start + len(shown)))
    alike = sum(old.text == new.text for old, new in zip(saved, shown, strict=False))
    if len(shown) >= len(saved) and 2 * alike >= len(saved):
        return everything
    start = _edited_run([t.text for t in saved], [t.text for t in shown])
    return None if start is None else Fit(start, min(len(saved), start + len(shown)))


def _edited_run(saved: Sequence[str], shown: Sequence[str]) -> int | None:
    """Where a run begins of which single turns, each between two that are the same, have other texts now."""
    start = likeliest_start(saved, shown)
    if start is None:
        return None
    same = [old == new for old, new in zip(saved[start:], shown, strict=False)]
    alone = all(one or other for one, other in pairwise(same))
    return start if alone and same[0] and same[-1] and sum(same) > _OVERLAP else None


def likeliest_start(saved: Sequence[str], shown: Sequence[str]) -> int | None:
    """Where most of the texts that occur once in both say that `shown` begins."""
    old, new = Counter(saved), Counter(shown)
    places = {text: i for i, text in enumerate(saved) if old[text] == new[text] == 1}
    starts = Counter(places[text] - i for i, text in enumerate(shown) if text in places and places[text] >= i)
    return starts.most_common(1)[0][0] if starts else None


def _run(saved: Sequence[H], shown: Sequence[H]) -> int | None:
    """Where the last run that all of `shown` makes begins, else the one at the end that its first turns make."""
    # Knuth, Morris, Pratt: Fast pattern matching in strings, 1977. Chats repeat themselves ("ok", "ok", "ok").
    if not shown:
        return len(saved)
    back = _fallbacks(shown)
    last: int | None = None
    length = 0
    for i, here in enumerate(saved):
        while length and (length == len(shown) or shown[length] != here):
            length = back[length - 1]
        length += shown[length] == here
        if length == len(shown):
            last = i - length + 1
    if last is None and length >= _OVERLAP:
        return len(saved) - length
    return last


def _fallbacks(wanted: Sequence[H]) -> list[int]:
    """For each place, how much of the beginning ends there: where to go on when the next one does not match."""
    back = [0] * len(wanted)
    length = 0
    for i in range(1, len(wanted)):
        while length and wanted[length] != wanted[i]:
            length = back[length - 1]
        length += wanted[length] == wanted[i]
        back[i] = length
    return back
