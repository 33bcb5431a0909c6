"""The replies that the model of empathy was trained on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from agent_assist.assist.empathy import load_manifest
from agent_assist.records import Pillar, PillarState
from models.empathy import FOLDER
from models.empathy.blend import fit_tables
from models.empathy.recipe import HELD, HIGHEST, SIDES, read_turns, read_written, side


def test_there_are_enough_of_every_kind() -> None:
    replies = read_written()
    assert len(replies) >= 600
    assert set(Counter(reply.empathy for reply in replies)) == set(range(HIGHEST + 1))
    for pillar in Pillar:
        states = Counter(reply.states[pillar] for reply in replies)
        assert min(states[state] for state in PillarState) >= 50, pillar


def test_no_reply_stands_there_twice_for_one_turn() -> None:
    assert max(Counter((reply.before, reply.text) for reply in read_written()).values()) == 1


def test_replies_to_one_turn_lie_on_one_side_and_a_fifth_is_held_out() -> None:
    replies = read_written()
    sides: dict[str, set[int]] = {}
    for reply in replies:
        sides.setdefault(reply.before, set()).add(reply.side)
    assert {len(found) for found in sides.values()} == {1}
    assert 0.12 < sum(reply.side == HELD for reply in replies) / len(replies) < 0.28
    assert side("Hello ") == side("hello") < SIDES


def test_an_apology_that_nothing_calls_for_counts_for_nothing() -> None:
    reflex = [r for r in read_written() if Pillar.OWN in r.gives and Pillar.OWN not in r.needs]
    assert reflex
    assert {r.states[Pillar.OWN] for r in reflex} == {PillarState.NOT_NEEDED}


def test_the_shipped_weights_are_those_of_the_rules_as_they_are() -> None:
    """Fails when a rule or a cue was changed and `python -m models.empathy.refit` was not run after it."""
    replies = [reply for reply in read_written() if reply.side != HELD]
    turns = [turn for turn in read_turns() if turn.side != HELD]
    shipped = load_manifest(FOLDER).tables
    for output, table in fit_tables(replies, turns).items():
        assert table == pytest.approx(shipped[output], abs=0.01), output


@pytest.mark.parametrize("change", [{"signs": ["kind"]}, {"empathy": 5}])
def test_a_label_that_does_not_exist_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    reply = {"text": "Yes.", "gives": ["resolve"], "signs": [], "empathy": 2} | change
    line = str({"before": "Open?", "needs": [], "replies": [reply]}).replace("'", '"')
    (tmp_path / "wrong.jsonl").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match="unknown sign or empathy"):
        read_written(tmp_path)
