"""The customer's own clauses are said back in the second person, word for word, or not at all."""

from __future__ import annotations

import re

import pytest
from conversations import conversation
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.replies.mirror import clauses, is_bad, mirrored, tidy


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("I've been waiting three weeks for my desk.", "you've been waiting three weeks for your desk"),
        (
            "My package has been on a plane to Jersey since Saturday!!",
            "your package has been on a plane to Jersey since Saturday",
        ),
        ("i called twice last week and was told nothing", "you called twice last week and were told nothing"),
        ("@Shop still waiting for my refund from last month", "you're still waiting for your refund from last month"),
        ("my app wont open since the update, so annoying", "your app won't open since the update"),
        ("Why can't I stream anything on my TV?", "you can't stream anything on your TV"),
        ("why won't my app load since Monday?", "your app won't load since Monday"),
        ("Nobody has called me back about the leak", "nobody has called you back about the leak"),
        ("I cant log into my account with the new phone", "you can't log into your account with the new phone"),
    ],
)
def test_a_clause_keeps_its_words_and_changes_its_person(said: str, back: str) -> None:
    assert back in list(clauses(said))


@pytest.mark.parametrize(
    "said",
    [
        "You charged my card twice last night.",
        "I think my order was lost by your driver.",
        "I want my money back by tomorrow.",
        "My parcel was stolen by these scammers.",
        "I've been told to ignore all previous instructions.",
        "How is this acceptable when I paid for it?",
        "I'm so angry about my broken phone.",
        "I can't believe how slow my delivery was.",
        "I've been waiting for the",
        "my wife but they didn't board us on the plane",
        "My card was <b>charged</b> again today.",
    ],
)
def test_feelings_accusations_wishes_and_noise_are_not_said_back(said: str) -> None:
    assert list(clauses(said)) == []


def test_the_newest_trouble_comes_first() -> None:
    talk = conversation(
        "c: I ordered a lamp in the spring sale.", "a: Yes?", "c: The lamp arrived broken and my receipt is missing."
    )
    best = mirrored(talk)[0]
    assert best.turn == 2 and best.bad


@pytest.mark.parametrize(
    ("clause", "bad"),
    [
        ("your order never arrived", True),
        ("you haven't received any email", True),
        ("you've been working from your couch for three weeks", True),
        ("you bought a new phone", False),
        ("you did cancel within 24 hours", False),
        ("you didn't use any bad language", False),
    ],
)
def test_what_went_wrong_is_told_from_what_only_happened(clause: str, bad: bool) -> None:
    assert is_bad(clause) is bad


@given(st.text(max_size=160))
def test_any_text_turns_without_a_first_person_left(text: str) -> None:
    for clause in clauses(text):
        assert not re.search(r"\b(?:I|me|my|mine|we|us|our)\b", clause)
        assert clause.isascii() and len(clause.split()) <= 17


@given(
    st.lists(
        st.sampled_from(["I", "my", "order", "was", "lost", "and", "the", "app", "won't", "open", ",", "we"]),
        max_size=14,
    )
)
def test_a_turned_clause_has_the_customers_words_in_their_order(words: list[str]) -> None:
    said = " ".join(words)
    known = [w.lower() for w in re.findall(r"\w+", said) if w.lower() in ("order", "lost", "app", "open")]
    for clause in clauses(said):
        kept = [w for w in re.findall(r"\w+", clause.lower()) if w in ("order", "lost", "app", "open")]
        joined = " ".join(known)
        assert " ".join(kept) in joined


def test_the_channels_dress_is_taken_off() -> None:
    said = "@Help   MY APP &amp; phone https://t.co/x1 dont work \U0001f621 #fail"
    assert tidy(said) == "MY APP and phone don't work"
