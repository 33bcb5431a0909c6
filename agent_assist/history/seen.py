"""What one opening of the history saved and loaded: what was erased since is not saved again unasked."""

from __future__ import annotations

from agent_assist.errors import Gone
from agent_assist.history.keys import ConversationKeys
from agent_assist.records import Conversation

_SEEN = 1000
"""Conversations that are remembered, the last ones: more than one desk has open in a day."""

Marks = frozenset[int]
"""Of texts, `hash` of each: it cannot be turned back, and differs from process to process."""


class Seen:
    """Under which id and key conversations were saved or loaded since the history was opened."""

    def __init__(self, keys: ConversationKeys) -> None:
        self._keys = keys
        self._by_id: dict[str, dict[int, Marks]] = {}

    def note(self, conversation: Conversation, key: int) -> None:
        """Counts a conversation as seen, sealed with the key of that number."""
        known = self._by_id.pop(conversation.id, {})  # and put in again: the one that was noted last comes last
        self._by_id[conversation.id] = known | {key: _marks(conversation)}
        if len(self._by_id) > _SEEN:
            del self._by_id[next(iter(self._by_id))]

    def forget(self, conversation_id: str) -> None:
        """What comes under this id from now on was never seen."""
        self._by_id.pop(conversation_id, None)

    def refuse_erased(self, conversation: Conversation) -> None:
        """Looks whether a conversation that is not in the history was erased since it was seen.

        Another conversation of the same id is let through: files count theirs from 1.

        Raises:
            Gone: it was erased, here or by another process.
        """
        seen = self._by_id.get(conversation.id, {})
        erased = [seen[key] for key in seen.keys() - self._keys.many(seen).keys()]
        marks = _marks(conversation)
        # Half of the texts: a tail of it, more of it and edits are the same one; a greeting makes no other the same.
        if any(2 * len(marks & before) >= min(len(marks), len(before)) for before in erased):
            raise Gone(
                "This conversation was erased from the history and is not saved again. To keep it all the same, tick "
                "Keep again."
            )


def _marks(conversation: Conversation) -> Marks:
    return frozenset(hash(turn.text) for turn in conversation.turns)
