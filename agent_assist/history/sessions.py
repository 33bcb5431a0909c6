"""What one opening of the history saved and set aside: a live conversation may be edited until no word is the same."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from agent_assist.records import Conversation, Turn

_ALIKE = 0.5  # of the letters of two texts: the one is an edit of the other
_COMPARED = 500  # letters; comparing takes time that grows with the square of them
_SHARED = 2  # texts: one courtesy that two conversations share says nothing


class Session:
    """Which live conversations were saved since the history was opened, and what was set aside for them."""

    def __init__(self) -> None:
        self._saved: set[str] = set()
        self._aside: defaultdict[str, set[str]] = defaultdict(set)

    def note_saved(self, conversation: Conversation) -> None:
        """Counts a conversation as saved, where its id is that of a live one."""
        if _is_live(conversation):
            self._saved.add(conversation.id)

    def note_aside(self, conversation: Conversation, saved: Sequence[Turn], ref: str) -> None:
        """Counts what `conversation` takes the id from as set aside under `ref`, if it may be an older copy."""
        if self._may_have_been(conversation, saved):
            self._aside[conversation.id].add(ref)

    def forget(self, conversation_id: str) -> None:
        """What comes under this id from now on begins anew."""
        self._saved.discard(conversation_id)
        self._aside.pop(conversation_id, None)

    def is_edited(self, conversation: Conversation, saved: Sequence[Turn]) -> bool:
        """Whether each saved turn stands in its place, with its text or an edit of it."""
        pairs = zip(saved, conversation.turns, strict=False)
        return self._may_have_been(conversation, saved) and all(_is_edit(old, new) for old, new in pairs)

    def goes_along(self, conversation_id: str, turns: Sequence[Turn], ref: str, aside: Sequence[Turn]) -> bool:
        """Whether what was set aside is an older copy, and is deleted with the conversation."""
        shared = (Counter(turn.text for turn in turns) & Counter(turn.text for turn in aside)).total()
        return ref in self._aside.get(conversation_id, ()) or (shared >= _SHARED and 2 * shared > len(aside))

    def _may_have_been(self, conversation: Conversation, saved: Sequence[Turn]) -> bool:
        """Whether nothing tells a live conversation of this session from what is saved under its id."""
        pairs = zip(saved, conversation.turns, strict=False)
        live = conversation.id in self._saved and _is_live(conversation)
        return live and len(conversation.turns) >= len(saved) and not any(_contradict(*pair) for pair in pairs)


def _is_live(conversation: Conversation) -> bool:
    """Whether its id is that of a channel; ids of files are counted from 1 by many."""
    return any(turn.via and conversation.id.startswith(f"{turn.via}-") for turn in conversation.turns)


def _contradict(old: Turn, new: Turn) -> bool:
    """Whether they are two messages: one that is edited keeps its writer and the time at which it was sent."""
    return bool((old.name and new.name and old.name != new.name) or (old.at and new.at and old.at != new.at))


def _is_edit(old: Turn, new: Turn) -> bool:
    if old.text == new.text or (old.at and old.at == new.at):
        return True
    return SequenceMatcher(None, old.text[:_COMPARED], new.text[:_COMPARED], autojunk=False).ratio() >= _ALIKE
