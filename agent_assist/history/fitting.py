"""How the turns of a conversation lie on what is saved of it: the same again, more of it, or only a part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from agent_assist.records import Turn

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
    turns, and carry those on where the saved ones end with at least two of their first. Takes time linear in the turns.
    """
    everything = Fit(0, len(saved), whole=True)
    if Counter(turn.text for turn in saved) <= Counter(turn.text for turn in shown):
        return everything
    start = _run(saved, shown)
    if start is not None:
        return Fit(start, min(len(saved), start + len(shown)))
    alike = sum(old.text == new.text for old, new in zip(saved, shown, strict=False))
    return everything if len(shown) >= len(saved) and 2 * alike >= len(saved) else None


def _run(saved: Sequence[Turn], shown: Sequence[Turn]) -> int | None:
    """Where the last run that all of `shown` makes begins, else the one at the end that its first turns make."""
    # Knuth, Morris, Pratt: Fast pattern matching in strings, 1977. Chats repeat themselves ("ok", "ok", "ok").
    wanted = [(turn.speaker, turn.text) for turn in shown]
    if not wanted:
        return len(saved)
    back = _fallbacks(wanted)
    last: int | None = None
    length = 0
    for i, turn in enumerate(saved):
        here = (turn.speaker, turn.text)
        while length and (length == len(wanted) or wanted[length] != here):
            length = back[length - 1]
        length += wanted[length] == here
        if length == len(wanted):
            last = i - length + 1
    if last is None and length >= _OVERLAP:
        return len(saved) - length
    return last


def _fallbacks(wanted: Sequence[tuple[str, str]]) -> list[int]:
    """For each place, how much of the beginning ends there: where to go on when the next one does not match."""
    back = [0] * len(wanted)
    length = 0
    for i in range(1, len(wanted)):
        while length and wanted[length] != wanted[i]:
            length = back[length - 1]
        length += wanted[length] == wanted[i]
        back[i] = length
    return back
