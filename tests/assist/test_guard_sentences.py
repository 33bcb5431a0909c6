"""The guard on sentences as agents, models and templates write them: what passes, and what is stopped for nothing."""

from __future__ import annotations

import time
import tomllib
from pathlib import Path

import pytest
from conversations import conversation

from agent_assist.assist import guard
from agent_assist.records import Conversation, Turn

CASE = conversation(
    "c: Hi, I'm Maria. My standing desk, order A-48213, cost $649 and I've waited three weeks. I called twice.",
    "a: I'm sorry Maria. Let me check the order for you.",
    "c: It was due on 5 January. I work from my couch and my back hurts. I just want to know where it is.",
    "a: The system shows a stock delay until the warehouse confirms.",
    "c: That's ridiculous. Cancel it and refund me today!",
)
LEAD = "I'm sorry that your desk is so late. "


def table(name: str) -> dict[str, list[str]]:
    return tomllib.loads((Path(__file__).parent / name).read_text(encoding="utf-8"))


BAD, GOOD = table("guard_bad.toml"), table("guard_good.toml")


@pytest.mark.parametrize("group", BAD)
def test_hardly_a_bad_sentence_passes(group: str) -> None:
    passed = [text for text in BAD[group] if guard.check(LEAD + text, CASE).ok]
    assert len(passed) <= 0.03 * len(BAD[group]), passed


@pytest.mark.parametrize("group", GOOD)
def test_hardly_a_good_sentence_is_stopped(group: str) -> None:
    stopped = [(text, found) for text in GOOD[group] if (found := guard.findings(LEAD + text, CASE))]
    assert len(stopped) <= 0.02 * len(GOOD[group]), stopped


def test_the_lists_are_large_enough_to_tell() -> None:
    assert len({text for group in BAD.values() for text in group}) >= 300
    assert len({text for group in GOOD.values() for text in group}) >= 200


def test_a_draft_is_judged_while_it_is_typed() -> None:
    """100 words in a conversation of 50 turns, each time a few letters longer: 10 ms, a few times that in a test."""
    turns = tuple(Turn(i, CASE.turns[i % 5].speaker, f"{CASE.turns[i % 5].text} It is day {i}.") for i in range(50))
    long = Conversation("long", "test", turns)
    words = " ".join(text for group in GOOD.values() for text in group[:4]).split()[:100]
    guard.findings("Hello.", long)
    times = []
    for typed in range(80, 100):
        start = time.perf_counter()
        guard.findings(" ".join(words[:typed]), long)
        times.append(time.perf_counter() - start)
    assert sorted(times)[len(times) // 2] < 0.03
