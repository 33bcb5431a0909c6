"""Texts in which there was nothing to replace, so that a save need not look through each of them again."""

from __future__ import annotations

from agent_assist.privacy.redaction.memory import Memory
from agent_assist.privacy.redaction.names import NameBook
from agent_assist.privacy.redaction.view import view

_MOST = 4096
"""Texts; a conversation of 2,000 turns has some hundreds made from it."""


class Clean:
    """The clean texts of one conversation. A text stays clean until a value is known that stands in it.

    What a text holds by itself does not change; what is known besides it does, as turns come.
    """

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}
        self._values: set[str] = set()
        self._people: frozenset[str] = frozenset()
        self._met = (0, 0)

    def meet(self, memory: Memory, names: NameBook) -> None:
        """Takes in what is known now: texts with a new value, and all where a name is new, are clean no more."""
        people = frozenset(names.parts)
        if people != self._people:
            self._texts.clear()
        fresh = memory.surfaces - self._values
        for value in fresh:
            for text in [text for text, seen in self._texts.items() if value in seen]:
                del self._texts[text]
        self._values |= fresh
        self._people = people
        self._met = len(memory.surfaces), len(people)

    def holds(self, text: str, memory: Memory, names: NameBook) -> bool:
        """Whether there is nothing to replace in a text; False where that is not known."""
        if self._met != (len(memory.surfaces), len(names.parts)):
            self.meet(memory, names)
        return text in self._texts

    def add(self, text: str, memory: Memory, names: NameBook) -> None:
        """Notes that nothing was replaced in a text, unless looking through it told something new."""
        seen = view(text)
        told = self._met != (len(memory.surfaces), len(names.parts))
        if not told and not any(value in seen for value in self._values):
            if len(self._texts) >= _MOST:
                self._texts.clear()
            self._texts[text] = seen
