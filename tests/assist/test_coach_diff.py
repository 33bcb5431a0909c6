"""A rewrite is shown in pieces to take or leave: all of them make the new text, none of them the draft."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.coach.diff import changes, edits
from agent_assist.assist.coach.tags import tag_of
from agent_assist.records import Rewrite, Tag

WORDS = st.sampled_from(
    ["I", "we", "don't", "can", "order", "A-48213", "$40.00", "sorry", "Sorry", "the", "a", "app", "https://x.y/z", "é"]
)
GAPS = st.sampled_from([" ", ", ", ". ", "\n", "! ", "  ", " - "])
TEXTS = st.lists(st.tuples(WORDS, GAPS), max_size=14).map(lambda pairs: "".join(w + g for w, g in pairs))


def rewrite(before: str, after: str) -> Rewrite:
    return Rewrite(before, changes(edits(before, after), before, tag_of))


@given(TEXTS | st.text(max_size=40), TEXTS | st.text(max_size=40))
def test_all_changes_make_the_new_text_and_none_the_draft(before: str, after: str) -> None:
    made = rewrite(before, after)
    assert made.text == after
    assert made.taking(set()) == before


@given(TEXTS, TEXTS)
def test_changes_stand_in_order_and_never_cut_a_word(before: str, after: str) -> None:
    last = 0
    for change in rewrite(before, after).changes:
        assert last <= change.start <= change.end <= len(before)
        last = change.end
        for place in (change.start, change.end):
            assert not re.fullmatch(r"\w\w", before[place - 1 : place + 1]), "half a word"


@given(TEXTS)
def test_the_same_text_has_no_changes(text: str) -> None:
    assert edits(text, text) == []


def test_neighbouring_changes_are_one() -> None:
    made = rewrite("Kindly provide us with your number.", "Please send us your number.")
    assert [(c.text, c.tag) for c in made.changes] == [("Please send us", Tag.SOFTENS)]


def test_far_apart_changes_are_two_that_can_be_taken_alone() -> None:
    before = "We can not give any dates today because the warehouse is closed at the present time."
    made = rewrite(before, "We can't give any dates today because the warehouse is closed right now.")
    assert len(made.changes) == 2
    assert made.taking({1}) == "We can not give any dates today because the warehouse is closed right now."


def test_a_sentence_written_anew_is_one_change() -> None:
    made = rewrite("You failed to state the version.", "Could you tell me which release it is?")
    assert len(made.changes) == 1


def test_identifiers_and_links_change_as_a_whole() -> None:
    made = rewrite("Order A-48213 is late.", "Order A-48214 is late.")
    assert [(c.start, c.end, c.text) for c in made.changes] == [(6, 13, "A-48214")]
