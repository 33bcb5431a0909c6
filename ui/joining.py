"""What becomes of the saved copy of a conversation that was joined into another one. Runs in the db lane."""

from __future__ import annotations

from collections.abc import Iterable

from agent_assist.errors import KnownError
from agent_assist.records import HistoryItem, Query
from ui.custody_port import CustodyPort

PAGE = 200


def absorb(custody: CustodyPort, kept_id: str, joined: Iterable[str]) -> int:
    """Gives a saved conversation what hung on those that were joined into it, then erases them.

    Done again after a failure it does nothing twice.

    Args:
        custody: open.
        kept_id: of the one that all their turns are saved in now.
        joined: ids of the others; those that were never saved are left out.

    Returns:
        How many stay because of a legal hold, with their follow-ups.

    Raises:
        KnownError: something could not be written; what was not taken over is not erased.
    """
    held = 0
    for identity in joined:
        other = _item(custody, identity)
        kept = _item(custody, kept_id) if other is not None else None
        if other is None or kept is None:
            continue
        tags = tuple(dict.fromkeys((*kept.tags, *other.tags)))
        if tags != kept.tags:
            custody.set_tags(kept_id, tags)
        if other.held:
            if not kept.held:
                custody.set_held(kept_id, True)
            held += 1
            continue
        _move_follow_ups(custody, identity, kept_id)
        custody.erase(identity)
    return held


def _move_follow_ups(custody: CustodyPort, from_id: str, to_id: str) -> None:
    noted = custody.follow_ups(open_only=False)
    there = {(one.text, one.due) for one in noted if one.conversation == to_id}
    for one in noted:
        if one.conversation == from_id and (one.text, one.due) not in there:
            made = custody.add_follow_up(to_id, one.text, one.due)
            if one.done_at is not None:
                custody.finish_follow_up(made.id)


def _item(custody: CustodyPort, identity: str) -> HistoryItem | None:
    """The list's entry of a saved conversation. What was joined was saved of late, so it is found at once."""
    try:
        custody.load(identity, viewed=False)
    except KnownError:
        return None
    offset = 0
    while page := custody.find(Query(), PAGE, offset):
        found = next((item for item in page if item.id == identity), None)
        if found is not None:
            return found
        offset += PAGE
    return None
