"""What this desk has learnt from its agents: kept in memory, and in the history where that is open."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from agent_assist.errors import KnownError
from agent_assist.records import Correction

if TYPE_CHECKING:
    from agent_assist.emotion.habit import Habit
    from agent_assist.history import History

Place = tuple[str, int]
"""A conversation's id and the index of a turn."""


class Learning:
    """The corrections and the habit made of them. Changed in lane "db"; `habit` and `said` may be asked in any."""

    def __init__(self) -> None:
        self._waiting: dict[Place, Correction] = {}
        self._said: Mapping[Place, Correction] = {}
        self._habit: Habit | None = None

    @property
    def habit(self) -> Habit | None:
        """What to apply to readings; None where nothing was learnt."""
        return self._habit

    def said(self, conversation_id: str) -> tuple[Correction, ...]:
        """What agents said of the turns of a conversation."""
        return tuple(c for place, c in self._said.items() if place[0] == conversation_id)

    def opened(self, history: History) -> None:
        """Stores what waited for the history, and takes up what was learnt before."""
        with suppress(KnownError):  # a full disk, say: it goes on waiting, and the history can be read all the same
            self._store(history)
        self._learn(history)

    def add(self, correction: Correction, history: History | None) -> None:
        """Learns from a correction, in place of an earlier one of the same turn.

        Raises:
            KnownError: the history cannot be written to; nothing is learnt then.
        """
        if history is not None:
            self._store(history)
            history.add_correction(correction)
        else:
            self._waiting[correction.conversation, correction.turn] = correction
        self._learn(history)

    def remove(self, conversation_id: str, turn: int, history: History | None) -> None:
        """Takes a correction back; does nothing where there is none.

        Raises:
            KnownError: the history cannot be written to; nothing is changed then.
        """
        if history is not None:
            history.remove_correction(conversation_id, turn)
        self._waiting.pop((conversation_id, turn), None)
        self._learn(history)

    def forget(self, history: History | None) -> None:
        """Deletes every correction.

        Raises:
            KnownError: the history cannot be written to; nothing is changed then.
        """
        if history is not None:
            history.forget_corrections()
        self._waiting.clear()
        self._learn(history)

    def _store(self, history: History) -> None:
        for place, correction in list(self._waiting.items()):
            history.add_correction(correction)
            del self._waiting[place]

    def _learn(self, history: History | None) -> None:
        # Imported here: with nothing learnt, a start does not wait for numpy.
        stored = history.corrections() if history is not None else ()
        known = [c for c in stored if (c.conversation, c.turn) not in self._waiting] + list(self._waiting.values())
        habit = None
        if known:
            from agent_assist.emotion.habit import learn

            habit = learn(known)
        # Other lanes look at these without a lock: each is replaced, never changed.
        self._said = {(c.conversation, c.turn): c for c in known if c.conversation}
        self._habit = habit
