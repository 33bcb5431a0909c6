"""What agents did with replies, as ranking learns from it: kept without text, taken back, forgotten."""

from __future__ import annotations

import dataclasses

from history_samples import make_analysis, make_choice, make_correction

from agent_assist.history import History
from agent_assist.paths import Places
from agent_assist.records import Outcome


def test_what_is_added_is_there_after_closing_oldest_first(places: Places) -> None:
    moments = [[make_choice(slot=0), make_choice(slot=1, outcome=Outcome.SHOWN)], [make_choice("c2")]]
    with History.open(places) as history:
        history.save(make_analysis("c1"))
        history.save(make_analysis("c2"))
        for moment in moments:
            history.add_choices(moment)
    with History.open(places) as history:
        assert history.choices() == tuple(choice for moment in moments for choice in moment)


def test_saying_it_again_of_the_same_moment_replaces(history: History) -> None:
    history.add_choices([make_choice(outcome=Outcome.COPIED), make_choice(slot=1, outcome=Outcome.SHOWN)])
    history.add_choices([make_choice(outcome=Outcome.SHOWN), make_choice(slot=1, outcome=Outcome.DISMISSED)])
    history.add_choices([make_choice(turns=9)])
    assert {(c.turns, c.slot): c.outcome for c in history.choices()} == {
        (8, 0): Outcome.SHOWN,
        (8, 1): Outcome.DISMISSED,
        (9, 0): Outcome.COPIED,
    }


def test_erasing_a_conversation_blanks_the_link_and_keeps_what_was_learnt(history: History) -> None:
    history.save(make_analysis("first talk"))
    history.save(make_analysis("c2"))
    history.add_choices([make_choice("first talk"), make_choice("first talk", slot=1), make_choice("c2")])
    history.delete("first talk")
    first, second, other = history.choices()
    assert first.conversation == second.conversation  # they were offered side by side
    assert "first talk" not in first.conversation
    assert (first.features, second.slot, other.conversation) == (make_choice().features, 1, "c2")


def test_the_link_to_a_conversation_that_nobody_kept_is_blanked_at_the_next_opening(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis("c1"))
        history.add_choices([make_choice("c1"), make_choice("never-saved")])
    for _ in range(2):
        with History.open(places) as history:
            lost, kept = sorted(history.choices(), key=lambda c: c.conversation == "c1")
            assert (kept.conversation, lost.slot) == ("c1", 0)
            assert "never-saved" not in lost.conversation


def test_forgetting_deletes_every_one_and_nothing_else(history: History) -> None:
    history.save(make_analysis())
    history.add_correction(make_correction())
    history.add_choices([make_choice(), make_choice(slot=1)])
    history.forget_choices()
    assert history.choices() == ()
    assert history.load("c1") == make_analysis()
    assert history.corrections() == (make_correction(),)


def test_choices_go_with_a_conversation_that_is_set_aside_and_back(history: History) -> None:
    first, second = make_analysis("1"), make_analysis("1")
    turns = (dataclasses.replace(second.conversation.turns[0], text="Another case"), *second.conversation.turns[1:])
    second = dataclasses.replace(second, conversation=dataclasses.replace(second.conversation, turns=turns))
    for shown in (first, second, first, second):
        history.save(shown)
        history.add_choices([make_choice("1", slot=1)])
        for item in history.list():
            history.add_choices([make_choice(item.id)])
    assert {item.id for item in history.list()} <= {c.conversation for c in history.choices()}
