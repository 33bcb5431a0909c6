"""De-escalation: the move for a spike, by its kind and what set it off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from conversations import DESK, DESK_MOOD, conversation, reading
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.assist.tactics import FILE, KINDS, LONGEST, TacticTable, load_tactics, shipped_tactics, tactic
from agent_assist.emotion.nudges import shipped_nudges
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Label, Mood, Recovery, Severity, Spike, Vulnerability

TABLE = shipped_tactics()
EVERY = [
    *TABLE.kinds.values(),
    *TABLE.again.values(),
    *(move for cause in TABLE.causes.values() for move in (cause, *cause.to.values())),
]


def spike(turn: int, kind: Label = Label.ANGER, cause: str = "", trigger: int | None = None) -> Spike:
    return Spike(turn, kind, Severity.HIGH, 0.8, 0.5, trigger, (), "", cause)


def mood(*spikes: Spike) -> Mood:
    return Mood((reading(0, Label.ANGER, 0.8),), spikes)


def test_a_spike_gets_a_move_that_cites_what_set_it_off() -> None:
    move = tactic(DESK_MOOD, DESK)
    assert move is not None and move.turns == (3, 4)
    assert move.text == TABLE.kinds[Label.ANGER].text and move.why


def test_the_cause_counts_before_the_feeling_and_the_feeling_refines_it() -> None:
    angry = tactic(mood(spike(4, Label.ANGER, "misread", 3)), DESK)
    sad = tactic(mood(spike(4, Label.SADNESS, "misread", 3)), DESK)
    assert angry is not None and sad is not None
    assert angry.text == TABLE.causes["misread"].text
    assert sad.text == TABLE.causes["misread"].to[Label.SADNESS].text != angry.text


def test_a_cause_of_the_sites_own_gets_the_move_of_the_feeling() -> None:
    move = tactic(mood(spike(4, Label.STRESS, "roadworks")), DESK)
    assert move is not None and move.text == TABLE.kinds[Label.STRESS].text and move.turns == (4,)


def test_there_is_no_move_without_a_recent_spike() -> None:
    talk = conversation("c: a", "a: b", "c: c", "a: d", "c: e")
    assert tactic(mood(), talk) is None
    assert tactic(mood(spike(0)), talk) is None
    assert tactic(mood(spike(2)), talk) is not None


def test_a_customer_who_was_relieved_since_needs_no_move() -> None:
    talk = conversation("c: a", "a: b", "c: c", "a: d", "c: e")
    assert tactic(replace(mood(spike(2)), recoveries=(Recovery(4, 2, 0.5),)), talk) is None
    assert tactic(replace(mood(spike(4)), recoveries=(Recovery(2, 0, 0.5),)), talk) is not None


def test_a_second_flare_up_asks_for_another_move() -> None:
    talk = conversation("c: a", "a: b", "c: c", "a: d", "c: e")
    twice = mood(spike(2, cause="refusal"), spike(4, cause="refusal"))
    move = tactic(twice, talk)
    assert move is not None and move.text == TABLE.again[Label.ANGER].text
    between = tactic(replace(mood(spike(0), spike(4)), recoveries=(Recovery(2, 0, 0.4),)), talk)
    assert between is not None and between.text == TABLE.kinds[Label.ANGER].text


@pytest.mark.parametrize(("kind", "moves"), [("self_harm", False), ("abuse", False), ("illness", True)])
def test_somebody_at_risk_needs_a_person_and_not_a_manner_of_writing(kind: str, moves: bool) -> None:
    at_risk = replace(DESK_MOOD, vulnerable=(Vulnerability(2, kind, ("x",), "y"),))
    assert (tactic(at_risk, DESK) is not None) is moves


def test_every_cause_of_the_nudges_has_a_move_and_no_other() -> None:
    assert set(TABLE.causes) == set(shipped_nudges().causes)
    assert set(TABLE.kinds) == set(TABLE.again) == set(KINDS)


def test_moves_are_short_whole_and_different() -> None:
    texts = [move.text for move in EVERY]
    assert len(set(texts)) == len(texts)
    for move in EVERY:
        assert 40 <= len(move.text) <= LONGEST and move.text[0].isupper() and not move.text.endswith("."), move.text
        assert len(move.why) <= LONGEST and move.why.endswith("."), move.why


def test_a_move_is_not_the_nudge_again() -> None:
    nudges = {cause.say for cause in shipped_nudges().causes.values()} | set(shipped_nudges().kinds.values())
    assert not nudges & {move.text for move in EVERY}


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(KINDS), st.sampled_from(["", *TABLE.causes])), max_size=5))
def test_a_move_always_cites_turns_of_the_conversation(spikes: list[tuple[int, Label, str]]) -> None:
    talk = conversation(*(("c: x", "a: y")[i % 2] for i in range(10)))
    ordered = sorted(
        {turn: spike(turn, kind, cause, turn - 1 if turn else None) for turn, kind, cause in spikes}.items()
    )
    move = tactic(mood(*(one for _, one in ordered)), talk)
    assert move is None or (set(move.turns) <= set(range(10)) and move.turns == tuple(sorted(move.turns)))


def site(tmp_path: Path, text: str) -> TacticTable:
    (tmp_path / FILE).write_text(text, encoding="utf-8-sig")
    return load_tactics(Places(tmp_path))


def test_a_site_replaces_and_adds_moves(tmp_path: Path) -> None:
    assert load_tactics(Places(tmp_path)) == TABLE
    table = site(
        tmp_path,
        """
        [kind.anger]
        text = "Call the floor lead"
        why = "They decide here."
        [cause.roadworks]
        text = "Send the map of the detours"
        why = "It answers most of it."
        """,
    )
    angry, works = tactic(DESK_MOOD, DESK, table), tactic(mood(spike(4, cause="roadworks")), DESK, table)
    assert angry is not None and angry.text == "Call the floor lead"
    assert works is not None and works.text == "Send the map of the detours"
    assert table.causes["misread"] == TABLE.causes["misread"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[kind.joy]\ntext = 'x'\nwhy = 'y'", "joy"),
        ("[kind.neutral]\ntext = 'x'\nwhy = 'y'", "no kind of spike"),
        ("[kind.anger]\ntext = 'x'", "why"),
        ("[kind.anger]\ntext = ''\nwhy = 'y'", "one line"),
        ("[cause.misread]\ntext = '" + "x" * 300 + "'\nwhy = 'y'", "one line"),
        ("[nonsense]\nx = 1", "nonsense"),
        ("[kind", "cannot be used"),
    ],
)
def test_a_damaged_file_is_told_with_what_to_do(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(KnownError, match=reason) as caught:
        site(tmp_path, text)
    assert "end" in str(caught.value) and str(tmp_path) in str(caught.value)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(KnownError, match="not in UTF-8"):
        load_tactics(Places(tmp_path))
