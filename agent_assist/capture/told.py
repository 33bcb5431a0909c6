"""Who the customer is, where the person has told it, for formats that name every speaker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent_assist.capture.names import key
from agent_assist.capture.roles import customer_name, match_name
from agent_assist.records import Conversation, Speaker


def tell_customer(found: Sequence[Conversation], customer: str) -> list[Conversation]:
    """Makes the named speaker the customer wherever they speak; conversations without them stay as they are.

    Args:
        found: conversations whose turns have names.
        customer: as the person gave it: any case, its beginning, or nearly so.

    Raises:
        KnownError: nobody is called so, or several are.
    """
    names = {key(t.name): t.name for c in found for t in c.turns if t.name}
    told = match_name(customer, names)

    def recast(conversation: Conversation) -> Conversation:
        if not any(t.name and key(t.name) == told for t in conversation.turns):
            return conversation
        turns = tuple(
            replace(t, speaker=Speaker.CUSTOMER)
            if t.name and key(t.name) == told
            else replace(t, speaker=Speaker.AGENT if t.speaker is Speaker.CUSTOMER else t.speaker)
            for t in conversation.turns
        )
        return replace(conversation, turns=turns, customer=customer_name(turns))

    return [recast(c) for c in found]
