from __future__ import annotations

import math
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agent_assist.secrets import words

made = st.builds(words.make)
places = st.integers(0, words.GROUPS * words.GROUP - 1)
letters = st.sampled_from(words.LETTERS)


def changed(text: str, at: int, letter: str) -> str:
    groups = list(text.replace("-", ""))
    groups[at] = letter
    return "-".join("".join(groups[i : i + words.GROUP]) for i in range(0, len(groups), words.GROUP))


def test_they_hold_at_least_128_bits_and_no_letter_that_looks_like_another() -> None:
    random_letters = words.GROUPS * (words.GROUP - 1)
    assert random_letters * math.log2(len(words.LETTERS)) >= 128
    assert not set(words.LETTERS) & set("IJLOQUV0158")
    assert len(set(words.LETTERS)) == len(words.LETTERS)


def test_they_are_made_anew_each_time_and_use_every_letter() -> None:
    many = [words.make() for _ in range(300)]
    assert len(set(many)) == 300
    assert set("".join(many)) == {*words.LETTERS, "-"}
    for place in (0, 4, 42):  # the first letter, a check letter, one of the last group
        assert len({one[place] for one in many}) == len(words.LETTERS)


@given(made)
def test_they_read_as_they_were_made(text: str) -> None:
    assert words.read(text) == text
    assert words.mistyped(text) == ""


@given(made, st.data())
def test_case_spaces_dashes_and_line_ends_are_forgiven(text: str, data: st.DataObject) -> None:
    between = st.text(st.sampled_from(" -\n\t\u2013\u2014\u2011\u00a0._,"), max_size=3)
    typed = "".join(
        data.draw(between) + (letter.lower() if data.draw(st.booleans()) else letter)
        for letter in text.replace("-", "")
    )
    assert words.read(typed + data.draw(between)) == text


@given(made)
def test_letters_of_full_width_are_the_same_letters(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in text)
    assert unicodedata.normalize("NFKC", wide) == text
    assert words.read(wide) == text


@given(made, places, letters)
def test_every_changed_letter_is_noticed_and_its_group_named(text: str, at: int, letter: str) -> None:
    assume(text.replace("-", "")[at] != letter)
    typed = changed(text, at, letter)
    assert words.read(typed) is None
    assert words.mistyped(typed) == f"Group {at // words.GROUP + 1} of the recovery words is mistyped."
    assert words.mistyped(typed.replace("-", "")) == words.mistyped(typed)


@given(made, places, st.characters(categories=("L", "N")))
def test_a_character_that_is_none_of_the_letters_is_noticed(text: str, at: int, other: str) -> None:
    folded = unicodedata.normalize("NFKC", other).upper()
    assume(len(folded) == 1 and folded.isalnum() and folded not in words.LETTERS)
    typed = changed(text, at, other)
    assert words.read(typed) is None
    assert words.mistyped(typed).startswith(f"Group {at // words.GROUP + 1} ")


@given(made, st.integers(0, words.GROUPS - 1), st.integers(0, words.GROUP - 1), st.integers(0, words.GROUP - 1))
def test_two_letters_of_a_group_that_changed_places_are_noticed(text: str, group: int, one: int, two: int) -> None:
    parts = [list(part) for part in text.split("-")]
    assume(parts[group][one] != parts[group][two])
    parts[group][one], parts[group][two] = parts[group][two], parts[group][one]
    typed = "-".join(map("".join, parts))
    assert words.read(typed) is None
    assert words.mistyped(typed) == f"Group {group + 1} of the recovery words is mistyped."


@given(made, st.permutations(range(words.GROUPS)))
def test_groups_that_changed_places_are_noticed(text: str, order: list[int]) -> None:
    assume(order != sorted(order))
    assert words.read("-".join(text.split("-")[n] for n in order)) is None


@given(made, places)
def test_a_letter_too_few_or_too_many_is_noticed(text: str, at: int) -> None:
    group = at // words.GROUP
    shorter = text[: at + group] + text[at + group + 1 :]
    longer = text[: at + group] + "A" + text[at + group :]
    for typed in (shorter, longer):
        assert words.read(typed) is None
        assert words.mistyped(typed) == f"Group {group + 1} of the recovery words is mistyped."


@pytest.mark.parametrize("count", [7, 9])
def test_a_missing_or_doubled_group_is_told_as_such(count: int) -> None:
    groups = words.make().split("-")
    typed = " ".join((groups + groups)[:count])
    assert words.read(typed) is None
    assert words.mistyped(typed) == f"Recovery words have 8 groups of 5 letters; here are {count}."


def test_several_slips_are_named_together() -> None:
    text = words.make()
    for at in (0, 12):
        text = changed(text, at, "Z" if text.replace("-", "")[at] != "Z" else "Y")
    assert words.mistyped(text) == "Groups 1 and 3 of the recovery words are mistyped."


@given(st.text(max_size=80))
def test_any_other_text_is_neither_words_nor_taken_for_a_slip(text: str) -> None:
    assert words.read(text) is None
    assert words.mistyped(text) == ""


@pytest.mark.parametrize(
    "passphrase",
    [
        "",
        "correct horse battery",
        "a quiet mountain stream in late october",
        "apple grape lemon mango peach olive onion melon",
        "0123456789012345678901234567890123456789",
    ],
)
def test_a_passphrase_is_not_taken_for_words_with_a_slip(passphrase: str) -> None:
    assert words.read(passphrase) is None
    assert words.mistyped(passphrase) == ""


@given(made, places, letters)
def test_what_is_said_of_a_slip_holds_none_of_the_words(text: str, at: int, letter: str) -> None:
    said = words.mistyped(changed(text, at, letter))
    assert not any(group in said for group in text.split("-"))
