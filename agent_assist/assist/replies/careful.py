"""Threats, frauds and losses: our own words alone, whole replies from a table, nothing of a machine's making."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

from agent_assist.assist.actions import fires
from agent_assist.assist.chat import looks_english
from agent_assist.assist.moment import Kind
from agent_assist.records import Conversation

KINDS = frozenset((Kind.THREAT, Kind.FRAUD, Kind.BEREAVED))


class CarefulReply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole reply for one kind of moment; `{case}` is "order A-48213" or "this"."""

    strategy: str
    kind: Kind
    text: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reply: tuple[CarefulReply, ...]


@cache
def careful_replies() -> tuple[CarefulReply, ...]:
    """The table that ships.

    Raises:
        msgspec.DecodeError: it is damaged.
    """
    data = files("agent_assist.assist.replies").joinpath("careful.toml").read_bytes()
    return msgspec.toml.decode(data, type=_File).reply


def none_offered(conversation: Conversation) -> str | None:
    """Why no replies are written at all, in one sentence; None where they are."""
    if not conversation.customer_turns:
        return "There is no turn of the customer to answer. If the roles are the wrong way round, swap them."
    if fires("safety", conversation) or _at_risk(conversation):
        return (
            "The customer may be at risk of harming themselves. No replies are written for this: "
            "follow your site's guidance, and get help from a person now."
        )
    if not looks_english(conversation):
        return (
            "This conversation does not seem to be in English. Feelings and replies work for English only: "
            "those messages are not read, and no replies are written."
        )
    return None


def _at_risk(conversation: Conversation) -> bool:
    """Whether the notice above the conversation says that the customer may harm themselves."""
    # Imported here: the room of feelings brings numpy along, which a window that only starts does not need yet.
    from agent_assist.emotion.vulnerable import find_vulnerable

    return any(one.kind == "self_harm" for one in find_vulnerable(conversation.customer_turns))
