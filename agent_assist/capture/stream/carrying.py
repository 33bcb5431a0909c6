"""Whether a text that comes in is a conversation that is known already and has gone on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from agent_assist.capture.roles import swap_roles
from agent_assist.capture.stream.entry import OTHER_SIDE
from agent_assist.records import Conversation, Turn

TELLING = 25
"""Characters from which a single turn is enough to know a conversation by."""


def as_known(
    found: list[Conversation],
    known: Iterable[Conversation],
    swap: Callable[[Conversation], Conversation] = swap_roles,
) -> list[Conversation]:
    """The conversations that came in, the first under the name of the known one that it carries on.

    Pasted text has no name of its own: a longer copy of the same chat would count as another conversation. Where the
    person had swapped the roles, they are swapped again.

    Args:
        found: as captured.
        known: the conversations of late, the current one first.
        swap: exchanges customer and agent.
    """
    for before in known:
        if not found or not carries_on(before, found[0]):
            continue
        swapped = not _same_sides(before, found[0]) and _begins(before, found[0]) and _other_sides(before, found[0])
        return [replace(swap(found[0]) if swapped else found[0], id=before.id), *found[1:]]
    return found


def carries_on(before: Conversation, after: Conversation) -> bool:
    """Whether one conversation is the other, or the other gone on: the same id, or the same turns at its beginning."""
    if before.id == after.id:
        return True
    if not before.turns or len(after.turns) < len(before.turns):
        return False
    telling = len(before.turns) > 1 or len(before.turns[0].text) >= TELLING
    return telling and _begins(before, after) and (_same_sides(before, after) or _other_sides(before, after))


def added(before: Conversation, after: Conversation) -> tuple[Turn, ...] | None:
    """The turns that came to a conversation; None where more than that has changed."""
    count = len(before.turns)
    if len(after.turns) < count or not (_begins(before, after) and _same_sides(before, after)):
        return None
    return after.turns[count:]


def _begins(before: Conversation, after: Conversation) -> bool:
    return all(
        one.text == other.text and one.name == other.name and (one.at is None or other.at is None or one.at == other.at)
        for one, other in zip(before.turns, after.turns, strict=False)
    )


def _same_sides(before: Conversation, after: Conversation) -> bool:
    return all(one.speaker is other.speaker for one, other in zip(before.turns, after.turns, strict=False))


def _other_sides(before: Conversation, after: Conversation) -> bool:
    pairs = zip(before.turns, after.turns, strict=False)
    return all(OTHER_SIDE.get(one.speaker, one.speaker) is other.speaker for one, other in pairs)
