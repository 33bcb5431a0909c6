"""Whether what comes in is a conversation that is known already and has gone on. Its functions fit any thread."""

from __future__ import annotations

from operator import is_

from agent_assist.capture.stream import carrying
from agent_assist.records import Conversation, Summary, Turn

RECENT = 8


class Known:
    """The conversations of late, the latest first, each as it was last seen. In memory only."""

    def __init__(self) -> None:
        self.latest: tuple[Conversation, ...] = ()

    def add(self, conversation: Conversation) -> None:
        """Puts a conversation first, in place of what it was before."""
        others = (c for c in self.latest if c.id != conversation.id)
        self.latest = (conversation, *others)[:RECENT]


def added(before: Conversation, after: Conversation) -> tuple[Turn, ...] | None:
    """The turns that came to a conversation; None where more than that has changed."""
    count = len(before.turns)
    if len(after.turns) >= count and all(map(is_, before.turns, after.turns)):  # at once: a stream keeps what it has
        return after.turns[count:]
    return carrying.added(before, after)


def overlay(old: Summary, new: Summary) -> Summary:
    """The new summary as far as it is written, over the old one: nothing that was shown goes before its time."""
    return Summary(
        issue=new.issue or old.issue,
        tried=new.tried or old.tried,
        feeling=new.feeling or old.feeling,
        wants=new.wants or old.wants,
        open=new.open or old.open,
        facts=new.facts or old.facts,
    )
