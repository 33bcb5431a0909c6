from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.errors import KnownError
from agent_assist.history.asking import parse_query
from agent_assist.records import Label, Query

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("", Query()),
        ("  refund   late ", Query("refund late")),
        ("refund label:anger spiked:yes", Query("refund", label=Label.ANGER, spiked=True)),
        ('customer:"Anna Lee" late', Query("late", customer="Anna Lee")),
        ('late customer:"Anna Le', Query("late", customer="Anna Le")),
        ("tag:vip held:no", Query(tag="vip", held=False)),
        ("after:2026-01-01 before:2026-02-01", Query(since=date(2026, 1, 1), until=date(2026, 2, 1))),
        ("after:yesterday", Query(since=date(2026, 2, 28))),
        ("before:Today", Query(until=TODAY)),
        ("channel:email origin:roleplay", Query(channel="email", origin="roleplay")),
        ("LABEL:Anger", Query(label=Label.ANGER)),
        ("label:anger label:neutral", Query(label=Label.NEUTRAL)),
        ("https://shop.example/a colour:red 12:30", Query("https://shop.example/a colour:red 12:30")),
        ('say "two words"', Query('say "two words"')),
        ("label: anger", Query("label: anger")),
        (":anger AND ( * ^", Query(":anger AND ( * ^")),
    ],
)
def test_fields_are_understood_and_everything_else_is_words(typed: str, asked: Query) -> None:
    assert parse_query(typed, TODAY) == asked


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("label:purple", "anger, frustration, confusion, stress, sadness, satisfaction or neutral"),
        ("spiked:perhaps", "yes or no"),
        ("held:1", "yes or no"),
        ("origin:moon", "live or roleplay"),
        ("after:tomorrow", "a day as 2026-01-31, today or yesterday"),
        ("before:2026-02-30", "a day as 2026-01-31, today or yesterday"),
    ],
)
def test_a_value_that_cannot_be_is_answered_with_those_that_can(typed: str, choices: str) -> None:
    with pytest.raises(KnownError) as problem:
        parse_query(f"late {typed}", TODAY)
    assert str(problem.value) == f"After {typed.partition(':')[0]}: write {choices}."


@given(st.text())
def test_any_text_is_understood_or_refused_with_a_sentence(typed: str) -> None:
    try:
        query = parse_query(typed, TODAY)
    except KnownError as error:
        assert "write" in str(error)  # either is right
    else:
        assert query.words == " ".join(query.words.split()) or ":" in typed or '"' in typed


@given(st.lists(st.text(st.characters(exclude_categories=("Z", "C"), exclude_characters=':"'), min_size=1)))
def test_words_without_a_colon_stay_as_they_are(words: list[str]) -> None:
    assert parse_query("  ".join(words), TODAY) == Query(" ".join(words))
