"""A mistaken paste into the draft holds nothing up: the coach looks at its head, and a rewrite says that it is long."""

from __future__ import annotations

import time

import pytest
from conversations import conversation, mood_of

from agent_assist.assist.coach import review, rewrite
from agent_assist.assist.coach.reviewing import LONGEST
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import Label, Wish

LATE = conversation("c: My parcel is late and I am upset.")
UPSET = mood_of(LATE, Label.FRUSTRATION, 0.7)


def test_the_coach_looks_at_the_head_of_a_pasted_book() -> None:
    head = "I'm sorry about the wait.\n" * (LONGEST // 26)
    head += " " * (LONGEST - len(head))
    assert review(head + "Calm down!", LATE, UPSET, typing=False) == review(head, LATE, UPSET, typing=False)


def test_empty_lines_in_a_draft_do_not_hold_the_coach_up() -> None:
    start = time.perf_counter()
    review("I'm sorry." + "\n" * 8_000, LATE, UPSET, typing=False)
    assert time.perf_counter() - start < 4.0


def test_a_draft_far_too_long_to_rewrite_is_refused_in_a_sentence() -> None:
    with pytest.raises(KnownError, match="20,000 characters"):
        rewrite("Hello. " * 3_000, LATE, UPSET, Wish.BETTER, "", None, lambda _: None, CancelToken())
