"""What is saved of a conversation and what is shown of it now, made into one: nothing that was saved is lost.

A source need not show everything again: a page shows its last messages after a restart, an older export ends sooner, a
web chat knows neither the notes nor the times that the desk's own file had.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from agent_assist.history.blacked import blacked, lay
from agent_assist.history.fitting import Fit
from agent_assist.history.moving import Place, moved_assist, moved_mood
from agent_assist.records import Analysis, Aside, Assist, Conversation, Mood, Turn, Vulnerability


class _OfTurn(Protocol):
    @property
    def turn(self) -> int: ...


R = TypeVar("R", bound=_OfTurn)


def merge(saved: Analysis, shown: Analysis) -> Analysis:
    """One analysis of both; what is shown as it is where they are not of the same conversation, see `lay`.

    What is shown counts where both have something, but for turns that are saved blacked out: they stay so. What only
    the saved one has is kept: turns with their readings, names and times, asides, the customer, their record, and what
    was proposed for the same words where nothing is proposed now. Shift and risk are those of the one that reaches
    further; they were read without the other's turns.
    """
    old, customers = saved.conversation.turns, (saved.conversation.customer, shown.conversation.customer)
    laid = lay(old, shown.conversation.turns, customers)
    if laid is None:
        return shown
    shown, lies = blacked(shown, laid), laid.fit
    new = shown.conversation.turns
    if lies.whole:
        places = _places(old, new)
        conversation = _replaced(saved.conversation, shown.conversation, places)
        assist = shown.assist or _still_proposed(saved, shown, places)
        return replace(shown, conversation=conversation, assist=assist)

    def behind(turn: int) -> int:
        return turn + lies.start

    return Analysis(
        conversation=_extended(saved.conversation, shown.conversation, lies),
        mood=_around(saved.mood, moved_mood(shown.mood, behind), lies, reaches_end=lies.end == len(old)),
        assist=moved_assist(shown.assist, behind) if shown.assist else saved.assist,
    )


def grow(saved: Analysis, shown: Analysis) -> Analysis:
    """What `merge` gives where the saved turns are the first of those that are shown, in time of the new ones alone."""
    before, now = saved.conversation, shown.conversation
    conversation = replace(
        now,
        customer=now.customer or before.customer,
        record=now.record or before.record,
        asides=_asides(before.asides, now.asides, lambda turn: turn),
    )
    kept = moved_assist(saved.assist, lambda turn: turn) if saved.assist and shown.assist is None else None
    return replace(shown, conversation=conversation, assist=shown.assist or kept)


def _places(saved: Sequence[Turn], shown: Sequence[Turn]) -> list[int]:
    """The index of each saved turn in what stands for all of them; an edited one keeps the place that it had."""
    waiting: defaultdict[str, deque[int]] = defaultdict(deque)
    for turn in shown:
        waiting[turn.text].append(turn.i)
    return [waiting[turn.text].popleft() if waiting[turn.text] else turn.i for turn in saved]


def _still_proposed(saved: Analysis, shown: Analysis, places: Sequence[int]) -> Assist | None:
    """What was proposed, where all that it was proposed for stands as it stood."""
    turns = shown.conversation.turns
    for before, place in zip(saved.conversation.turns, places, strict=True):
        if (before.text, before.speaker) != (turns[place].text, turns[place].speaker):
            return None
    return moved_assist(saved.assist, places.__getitem__) if saved.assist else None


def _replaced(saved: Conversation, shown: Conversation, places: Sequence[int]) -> Conversation:
    """What is shown, with what only the saved one knew of the same turns."""
    before = dict(zip(places, saved.turns, strict=True))
    swapped = any(shown.turns[i].speaker is not turn.speaker for i, turn in before.items())
    return replace(
        shown,
        turns=tuple(_as_known(turn, before.get(turn.i)) for turn in shown.turns),
        customer=shown.customer or (None if swapped else saved.customer),
        record=shown.record or saved.record,
        asides=_asides(saved.asides, shown.asides, lambda turn: places[turn]),
    )


def _extended(saved: Conversation, shown: Conversation, lies: Fit) -> Conversation:
    """What is saved, with what is shown of it in its place."""
    before = saved.turns[lies.start : lies.end]
    known = [_as_known(turn, before[turn.i] if turn.i < len(before) else None) for turn in shown.turns]
    turns = (*saved.turns[: lies.start], *known, *saved.turns[lies.end :])
    later = tuple(replace(aside, after=aside.after + lies.start) for aside in shown.asides)
    return replace(
        shown,
        turns=tuple(replace(turn, i=i) for i, turn in enumerate(turns)),
        customer=shown.customer or saved.customer,
        notes=tuple(dict.fromkeys((*saved.notes, *shown.notes))),
        record=shown.record or saved.record,
        asides=_asides(saved.asides, later, lambda turn: turn),
    )


def _as_known(turn: Turn, before: Turn | None) -> Turn:
    return turn if before is None else replace(turn, name=turn.name or before.name, at=turn.at or before.at)


def _asides(saved: Iterable[Aside], shown: Sequence[Aside], place: Place) -> tuple[Aside, ...]:
    """Both, each note once; the saved ones are those whose turns have other places now."""
    again = Counter((aside.text, aside.name) for aside in shown)
    kept: list[Aside] = []
    for aside in saved:
        if again[aside.text, aside.name]:
            again[aside.text, aside.name] -= 1
        else:
            kept.append(replace(aside, after=place(aside.after) if aside.after >= 0 else aside.after))
    return tuple(sorted((*kept, *shown), key=lambda aside: aside.after))


def _around(saved: Mood, shown: Mood, lies: Fit, *, reaches_end: bool) -> Mood:
    """The mood of what is shown, already in its place, between what is saved of the turns around it."""

    def around(old: Sequence[R], new: Sequence[R]) -> tuple[R, ...]:
        kept = [one for one in old if not lies.start <= one.turn < lies.end]
        return tuple(sorted((*kept, *new), key=lambda one: one.turn))

    unread = (turn for turn in saved.unread if not lies.start <= turn < lies.end)
    further = shown if reaches_end else saved
    return Mood(
        readings=around(saved.readings, shown.readings),
        spikes=around(saved.spikes, shown.spikes),
        shift=further.shift,
        risk=further.risk,
        ms=shown.ms,
        unread=tuple(sorted((*unread, *shown.unread))),
        recoveries=around(saved.recoveries, shown.recoveries),
        vulnerable=_each_kind_once(around(saved.vulnerable, shown.vulnerable)),
    )


def _each_kind_once(found: Iterable[Vulnerability]) -> tuple[Vulnerability, ...]:
    first: dict[str, Vulnerability] = {}
    for one in found:
        first.setdefault(one.kind, one)
    return tuple(first.values())
