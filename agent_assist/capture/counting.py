"""Numbers of things in the sentences that a format leaves for the person."""

from __future__ import annotations


def count(number: int, word: str) -> str:
    """A number and its word, which takes an "s" for several: "1 line", "2,000 lines"."""
    return f"{number:,} {word}{'s' * (number != 1)}"


def were(number: int) -> str:
    """The verb for so many."""
    return "was" if number == 1 else "were"
