"""What a conversation tells in another dress, and what states nothing: it passes, and its near neighbours do not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest
from conversations import conversation
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.assist import guard, patterns, spelled
from agent_assist.records import Conversation

LEAD = "I'm sorry that this is so hard. "
_HERE = Path(__file__).parent
_GOOD = tomllib.loads((_HERE / "guard_good.toml").read_text(encoding="utf-8"))["told"]
_BAD = tomllib.loads((_HERE / "guard_bad.toml").read_text(encoding="utf-8"))["told"]
CASES = {name: conversation(*told["turns"]) for name, told in _GOOD.items()}


class Said(NamedTuple):
    case: Conversation
    text: str


GOOD = [Said(CASES[name], text) for name, told in _GOOD.items() for text in told["texts"]]
BAD = [Said(CASES[name], text) for name, texts in _BAD.items() for text in texts]


@pytest.mark.parametrize("said", GOOD, ids=lambda said: said.text)
def test_what_a_conversation_shows_may_be_said(said: Said) -> None:
    assert guard.findings(LEAD + said.text, said.case) == []
    assert guard.mend(LEAD + said.text, said.case).text == LEAD + said.text


@pytest.mark.parametrize("said", BAD, ids=lambda said: said.text)
def test_its_near_neighbours_are_stopped(said: Said) -> None:
    assert guard.findings(LEAD + said.text, said.case)
    mended = guard.mend(LEAD + said.text, said.case).text
    assert mended is None or guard.check(mended, said.case).ok


def test_there_are_enough_of_both() -> None:
    assert set(_GOOD) == set(_BAD)
    assert len({said.text for said in GOOD}) >= 100
    assert len({said.text for said in BAD}) >= 120


OWNED = [said for said in GOOD if re.search(r"\bwe (?:asked|sent|called|confirmed)\b", said.text, re.IGNORECASE)]


@pytest.mark.parametrize("said", OWNED, ids=lambda said: said.text)
def test_what_we_did_is_shown_by_our_own_turns_alone(said: Said) -> None:
    """Where the customer says it, nobody of ours has: the same words by the other speaker carry nothing."""
    theirs = conversation(*(f"c: {turn.text}" for turn in said.case.turns))
    assert "did" in {found.rule for found in guard.findings(LEAD + said.text, theirs)}


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("three hundred and ten", "310"),
        ("a hundred twenty-three", "123"),
        ("eleven hundred and sixty", "1160"),
        ("four thousand two hundred and six", "4206"),
        ("a thousand", "1000"),
        ("hundred", "100"),
    ],
)
def test_large_numbers_in_words_are_one_number(words: str, value: str) -> None:
    assert patterns.number_of(words) == value
    found = patterns.AMOUNT.search(f"It was {words} pounds in all.")
    assert found is not None and found[0] == f"{words} pounds"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("It's MR seven oh two, double four.", {"70244", "mr70244"}),
        ("It is one, two or three of them.", set()),
        ("Gauge eleven eighty-four.", {"1184"}),
        ("I have two and she has three.", set()),
    ],
)
def test_digits_told_one_by_one(text: str, digits: set[str]) -> None:
    assert set(spelled.dictated(text)) == digits


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("8 to 11 November", {"11/8", "the 8th", "the 11th"}),
        ("November 8-11", {"11/11", "the 8th", "the 11th"}),
        ("3 October, 9 October and the 21st", {"10/21", "the 3rd", "the 9th", "the 21st"}),
        # It could be either month's.
        ("3 October, 9 November and the 21st", {"the 3rd", "the 9th", "the 21st"}),
        ("It's the 3rd time and I sat there.", set()),
        ("They said sat or tomoro.", {"weekday sat", "tomorrow"}),
        ("since yesterday morning", {"yesterday"}),
    ],
)
def test_days_told_in_another_dress(text: str, keys: set[str]) -> None:
    assert set(spelled.days(text)) == keys


@settings(max_examples=60, deadline=None)
@given(first=st.integers(1, 27), length=st.integers(2, 3), asked=st.integers(1, 31))
def test_only_the_ends_of_a_range_are_dates(first: int, length: int, asked: int) -> None:
    case = conversation(f"c: You said {first} to {first + length} November.", "a: Yes.")
    passes = guard.check(LEAD + f"It was due on {asked} November.", case).ok
    assert passes is (asked in (first, first + length))
