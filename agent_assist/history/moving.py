"""Everything that names a turn, once the turns have other places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from agent_assist.records import Assist, Line, Mood, NextAction, Summary

Place = Callable[[int], int]
"""Where a turn stands now, by where it stood."""


def moved_mood(mood: Mood, place: Place) -> Mood:
    """The same readings of turns that stand elsewhere now."""
    return replace(
        mood,
        readings=tuple(replace(one, turn=place(one.turn)) for one in mood.readings),
        spikes=tuple(
            replace(
                one,
                turn=place(one.turn),
                trigger_turn=None if one.trigger_turn is None else place(one.trigger_turn),
            )
            for one in mood.spikes
        ),
        unread=tuple(place(turn) for turn in mood.unread),
        recoveries=tuple(replace(one, turn=place(one.turn), since=place(one.since)) for one in mood.recoveries),
        vulnerable=tuple(replace(one, turn=place(one.turn)) for one in mood.vulnerable),
    )


def moved_assist(assist: Assist, place: Place) -> Assist:
    """The same proposals over turns that stand elsewhere now."""
    return replace(
        assist,
        summary=_summary(assist.summary, place),
        next_actions=tuple(_action(one, place) for one in assist.next_actions),
        context=replace(assist.context, left_out=_turns(assist.context.left_out, place)),
        tactic=None if assist.tactic is None else _action(assist.tactic, place),
    )


def _summary(summary: Summary, place: Place) -> Summary:
    def line(one: Line | None) -> Line | None:
        return None if one is None else _line(one, place)

    return Summary(
        issue=line(summary.issue),
        tried=tuple(_line(one, place) for one in summary.tried),
        feeling=line(summary.feeling),
        wants=line(summary.wants),
        open=tuple(_line(one, place) for one in summary.open),
        facts=tuple(replace(one, turn=place(one.turn)) for one in summary.facts),
    )


def _line(line: Line, place: Place) -> Line:
    return replace(line, turns=_turns(line.turns, place))


def _action(action: NextAction, place: Place) -> NextAction:
    return replace(action, turns=_turns(action.turns, place))


def _turns(turns: tuple[int, ...], place: Place) -> tuple[int, ...]:
    return tuple(sorted(place(turn) for turn in turns))
