"""The coach's tables: every row is decoded strictly, can be reached, and says something that fits."""

from __future__ import annotations

import re

import pytest

from agent_assist.assist import guard
from agent_assist.assist.coach.swaps import Row, additions, lengthening, rows, shortening
from agent_assist.assist.coach.table import Heat, phrase_patterns, step_patterns, table
from agent_assist.records import Conversation, Pillar, Speaker, Turn, Wish

EMPTY = Conversation("none", "test", (Turn(0, Speaker.CUSTOMER, "Where is it?"),))


def test_phrases_have_names_of_their_own_and_never_match_nothing() -> None:
    names = [phrase.id for phrase in table().phrase]
    assert len(set(names)) == len(names)
    for phrase, pattern in phrase_patterns():
        assert not pattern.search("") and not pattern.search("The parcel is here."), phrase.id
        assert phrase.text.endswith(".") and phrase.why.endswith(".")


def test_every_missing_pillar_has_a_row_that_always_fits() -> None:
    for pillar in Pillar:
        assert [row.when for row in table().missing if row.pillar is pillar][-1] == "any"


def test_what_is_said_of_a_draft_fits_in_a_line_or_two() -> None:
    said = [(row.text, row.why) for row in table().phrase]
    said += [(row.text, row.why) for row in table().say.values()]
    said += [(row.text, row.why) for row in table().missing]
    assert max(len(text) for texts in said for text in texts) <= 110


def test_steps_tell_asking_from_having_done() -> None:
    restart = step_patterns()[0]
    assert restart[0].search("Please restart the router.")
    assert restart[1].search("I restarted it twice.")
    assert not restart[1].search("Should I restart it?")


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.swap.pattern[:24])
def test_a_swap_changes_words_and_is_not_its_own_cause(row: Row) -> None:
    swap = row.swap
    assert swap.wishes and Wish.OWN not in swap.wishes
    plain_text = re.sub(r"\\g<\w+>", "us", swap.text)
    assert not row.pattern.fullmatch(plain_text)


def test_what_is_put_in_passes_the_guard() -> None:
    for row in additions():
        text = row.text.replace("{trouble}", "the parcel is not here")
        assert guard.check(text, EMPTY).ok, text
        assert row.heat in tuple(Heat)


def test_contractions_are_undone_by_their_long_forms() -> None:
    assert len(shortening()) == len(lengthening())
    for (long, short), (contracted, full) in zip(shortening(), lengthening(), strict=True):
        assert long.search(f"{full} here")
        assert contracted.search(f"{short} here")
