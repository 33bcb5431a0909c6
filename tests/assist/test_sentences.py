from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist import sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("i am sad. why is it late", ["i am sad.", "why is it late"]),
        ("Ask Mr. Smith at 5 p.m. today. Thanks.", ["Ask Mr. Smith at 5 p.m. today.", "Thanks."]),
        ("It is No. 5 on the list. No. It is not.", ["It is No. 5 on the list.", "No.", "It is not."]),
        ("It costs 12.50 in v11.0.3. Fine.", ["It costs 12.50 in v11.0.3.", "Fine."]),
        ("See https://a.example/b.c?d=1. Then reply.", ["See https://a.example/b.c?d=1.", "Then reply."]),
        ("Well... maybe later. Wait... What now?", ["Well... maybe later.", "Wait...", "What now?"]),
        ("Great! \U0001f600 Thank you.", ["Great! \U0001f600", "Thank you."]),
        ("No end mark\nnew line", ["No end mark", "new line"]),
        ("1. Open the lid. 2. Press it.", ["1. Open the lid.", "2. Press it."]),
        ("By [confirm: date. or so] it is. Yes.", ["By [confirm: date. or so] it is.", "Yes."]),
        ('She said "stop." Then left.', ['She said "stop."', "Then left."]),
        ("What?! Really", ["What?!", "Really"]),
        ("Use e.g. a cable. Or J. Smith.", ["Use e.g. a cable.", "Or J. Smith."]),
        ("   \n ", []),
    ],
)
def test_split(text: str, expected: list[str]) -> None:
    assert sentences.split(text) == expected


@given(st.text(alphabet=st.sampled_from("ab .!?\n…[]1\U0001f600\u2019)"), max_size=80))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    assert re.sub(r"\s", "", "".join(sentences.split(text))) == re.sub(r"\s", "", text)
    assert all(s == s.strip() and s for s in sentences.split(text))


@pytest.mark.parametrize(
    "sentence", ["Done.", "Done!", "Done? \U0001f600", "Thank you \U0001f600", '"Done."', "It closes at 5 p.m.", "No."]
)
def test_complete(sentence: str) -> None:
    assert sentences.is_complete(sentence)


@pytest.mark.parametrize(
    "sentence", ["", "I will", "and then...", "Please ask Mr.", "such as:", "by [confirm: da", "so,"]
)
def test_cut_off(sentence: str) -> None:
    assert not sentences.is_complete(sentence)


def test_first_sentences() -> None:
    assert sentences.first_sentences(" One.  Two! Three", 2) == "One.  Two!"
    assert sentences.first_sentences("One.", 5) == "One."
    assert sentences.first_sentences("One.", 0) == ""
