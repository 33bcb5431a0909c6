"""What agents said of readings: kept without text, outliving the conversation, and really forgotten when asked."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from history_samples import make_analysis, make_correction
from test_history_at_rest import decrypted

from agent_assist.errors import BugError
from agent_assist.history import History
from agent_assist.paths import Places
from agent_assist.records import Correction, Label


def nameless(correction: Correction) -> Correction:
    return dataclasses.replace(correction, conversation="")


def test_what_is_added_is_there_after_closing_bit_for_bit_oldest_first(places: Places) -> None:
    said = (make_correction(turn=4), make_correction(turn=2), make_correction("c2", 0))
    with History.open(places) as history:
        for identity in ("c1", "c2"):
            history.save(make_analysis(identity))
        for correction in said:
            history.add_correction(correction)
        assert history.corrections() == said
    with History.open(places) as history:
        assert history.corrections() == said


def test_saying_it_again_of_the_same_turn_replaces(history: History) -> None:
    history.add_correction(make_correction(label=Label.ANGER))
    history.add_correction(make_correction(turn=4))
    history.add_correction(make_correction(label=Label.SADNESS))
    assert history.corrections() == (make_correction(turn=4), make_correction(label=Label.SADNESS))


def test_one_is_taken_back_and_no_other(history: History) -> None:
    for turn in (2, 4):
        history.add_correction(make_correction(turn=turn))
    history.add_correction(make_correction("c2", 2))
    history.remove_correction("c1", 2)
    history.remove_correction("c1", 6)
    assert history.corrections() == (make_correction(turn=4), make_correction("c2", 2))


def test_erasing_a_conversation_blanks_the_link_and_keeps_what_was_learnt(history: History) -> None:
    for identity in ("c1", "c2"):
        history.save(make_analysis(identity))
    for correction in (make_correction("c1", 2), make_correction("c2", 2), make_correction("c1", 4)):
        history.add_correction(correction)
    history.delete("c1")
    assert history.corrections() == (
        nameless(make_correction(turn=2)),
        make_correction("c2", 2),
        nameless(make_correction(turn=4)),
    )
    # The same text, kept again, is another conversation to what was learnt before.
    history.save(make_analysis("c1"), anew=True)
    history.add_correction(make_correction("c1", 2, Label.ANGER))
    history.remove_correction("c1", 4)
    assert len(history.corrections()) == 4


def test_saving_a_conversation_again_leaves_its_corrections(history: History) -> None:
    history.save(make_analysis())
    history.add_correction(make_correction())
    history.save(make_analysis(replies=("new",)))
    assert history.corrections() == (make_correction(),)


def test_the_link_to_a_conversation_that_nobody_kept_is_blanked_at_the_next_opening(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis("kept"))
        history.add_correction(make_correction("kept"))
        history.add_correction(make_correction("not-kept-at-all"))
        assert history.corrections()[1].conversation == "not-kept-at-all"
    for _ in range(2):
        with History.open(places) as history:
            assert history.corrections() == (make_correction("kept"), nameless(make_correction()))
    assert b"not-kept-at-all" not in decrypted(places)


def test_corrections_go_with_a_conversation_that_is_set_aside(history: History) -> None:
    first = make_analysis("1")
    turns = tuple(dataclasses.replace(t, text=f"Another story: {t.text}") for t in first.conversation.turns)
    second = dataclasses.replace(first, conversation=dataclasses.replace(first.conversation, turns=turns))
    history.save(first)
    history.add_correction(make_correction("1", 2))
    history.save(second)
    (aside,) = (item.id for item in history.list() if item.id != "1")
    assert [(c.conversation, c.turn) for c in history.corrections()] == [(aside, 2)]
    history.add_correction(make_correction("1", 4))
    history.save(first)
    (aside,) = (item.id for item in history.list() if item.id != "1")
    assert [(c.conversation, c.turn) for c in history.corrections()] == [("1", 2), (aside, 4)]


def test_forgetting_deletes_every_one_and_nothing_else(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis("kept"))
        for turn in range(6):
            history.add_correction(make_correction("telling-name", turn))
    assert b"0.30000000000000004" in decrypted(places)
    with History.open(places) as history:
        history.add_correction(make_correction("telling-name", 0))
        history.forget_corrections()
        assert Path(f"{places.history}-wal").stat().st_size == 0
        assert history.corrections() == ()
        assert history.load("kept") == make_analysis("kept")
    assert b"telling-name" not in decrypted(places)
    assert b"0.30000000000000004" not in decrypted(places), "the scores are still there"


def test_erasing_leaves_no_trace_of_the_link_below_the_encryption(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis("gone-for-good"))
        history.add_correction(make_correction("gone-for-good"))
    assert b"gone-for-good" in decrypted(places)
    with History.open(places) as history:
        history.delete("gone-for-good")
        assert len(history.corrections()) == 1
    assert b"gone-for-good" not in decrypted(places)


def test_a_correction_holds_nothing_of_what_was_written(history: History) -> None:
    analysis = make_analysis()
    history.save(analysis)
    history.add_correction(make_correction())
    (kept,) = history.corrections()
    assert {field.name for field in dataclasses.fields(kept)} == {"conversation", "turn", "label", "scores", "distress"}
    columns = [column.name for column in history._database.get_columns("correction")]
    assert columns == ["id", "ref", "turn", "label", "scores", "distress", "at"]


def test_a_closed_history_refuses(history: History) -> None:
    history.close()
    for act in (history.corrections, history.forget_corrections, lambda: history.add_correction(make_correction())):
        with pytest.raises(BugError, match="closed"):
            act()
