"""What this desk has learnt from its agents: kept in memory, and in the history where that is open."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

from agent_assist.errors import KnownError
from agent_assist.records import Choice, Correction

if TYPE_CHECKING:
    from agent_assist.assist.replies import Preference
    from agent_assist.emotion.habit import Habit
    from agent_assist.history import History

Place = tuple[str, int]
"""A conversation's id and the index of a turn."""
K = TypeVar("K", bound=Hashable)
L = TypeVar("L", Correction, Choice)


class _Lessons(ABC, Generic[K, L]):
    """Lessons of one kind and what is made of them. Changed in lane "db"; what is made may be asked in any."""

    def __init__(self) -> None:
        self._waiting: dict[K, L] = {}

    def opened(self, history: History) -> None:
        """Stores what waited for the history, and takes up what was learnt before."""
        with suppress(KnownError):  # a full disk, say: it goes on waiting, and the history can be read all the same
            self._store(history)
        self._learn(history)

    def add(self, lessons: Sequence[L], history: History | None) -> None:
        """Learns, each lesson in place of an earlier one about the same thing.

        Raises:
            KnownError: the history cannot be written to; nothing is learnt then.
        """
        if history is not None:
            self._store(history)
            self._put(history, lessons)
        else:
            self._waiting |= {self._key(lesson): lesson for lesson in lessons}
        self._learn(history)

    def forget(self, history: History | None) -> None:
        """Deletes every lesson.

        Raises:
            KnownError: the history cannot be written to; nothing is changed then.
        """
        if history is not None:
            self._clear(history)
        self._waiting.clear()
        self._learn(history)

    def _store(self, history: History) -> None:
        self._put(history, list(self._waiting.values()))
        self._waiting.clear()

    def _learn(self, history: History | None) -> None:
        stored = self._stored(history) if history is not None else ()
        self._make([x for x in stored if self._key(x) not in self._waiting] + list(self._waiting.values()))

    @abstractmethod
    def _key(self, lesson: L) -> K:
        """What a lesson is about."""

    @abstractmethod
    def _put(self, history: History, lessons: Sequence[L]) -> None: ...

    @abstractmethod
    def _stored(self, history: History) -> Sequence[L]: ...

    @abstractmethod
    def _clear(self, history: History) -> None: ...

    @abstractmethod
    def _make(self, lessons: Sequence[L]) -> None:
        """Takes what follows from all lessons. Other lanes look at it without a lock: it is replaced, never changed."""


class Learning(_Lessons[Place, Correction]):
    """The corrections of readings and the habit made of them."""

    def __init__(self) -> None:
        super().__init__()
        self._said: Mapping[Place, Correction] = {}
        self._habit: Habit | None = None

    @property
    def habit(self) -> Habit | None:
        """What to apply to readings; None where nothing was learnt."""
        return self._habit

    def said(self, conversation_id: str) -> tuple[Correction, ...]:
        """What agents said of the turns of a conversation."""
        return tuple(c for place, c in self._said.items() if place[0] == conversation_id)

    def remove(self, conversation_id: str, turn: int, history: History | None) -> None:
        """Takes a correction back; does nothing where there is none.

        Raises:
            KnownError: the history cannot be written to; nothing is changed then.
        """
        if history is not None:
            history.remove_correction(conversation_id, turn)
        self._waiting.pop((conversation_id, turn), None)
        self._learn(history)

    def _key(self, lesson: Correction) -> Place:
        return lesson.conversation, lesson.turn

    def _put(self, history: History, lessons: Sequence[Correction]) -> None:
        for correction in lessons:
            history.add_correction(correction)

    def _stored(self, history: History) -> Sequence[Correction]:
        return history.corrections()

    def _clear(self, history: History) -> None:
        history.forget_corrections()

    def _make(self, lessons: Sequence[Correction]) -> None:
        habit = None
        if lessons:
            # Imported here: with nothing learnt, a start does not wait for numpy.
            from agent_assist.emotion.habit import learn

            habit = learn(lessons)
        self._said = {self._key(c): c for c in lessons if c.conversation}
        self._habit = habit


class Choosing(_Lessons[tuple[str, int, int], Choice]):
    """What agents did with suggested replies and the preference made of it, by which further ones are ranked."""

    def __init__(self) -> None:
        super().__init__()
        self._known: frozenset[tuple[str, int, int]] = frozenset()
        self._preference: Preference | None = None

    @property
    def preference(self) -> Preference | None:
        """What to rank with; None where nothing was learnt."""
        return self._preference

    def chose(self, shown: Sequence[Choice], slot: int, history: History | None) -> None:
        """Learns what was done with one of the replies of a moment.

        Args:
            shown: all of them; of the others it is only learnt that they stood there, where nothing is known of them.
            slot: which one.
            history: the open one.

        Raises:
            KnownError: the history cannot be written to; nothing is learnt then.
        """
        self.add([c for c in shown if c.slot == slot or self._key(c) not in self._known], history)

    def _key(self, lesson: Choice) -> tuple[str, int, int]:
        return lesson.conversation, lesson.turns, lesson.slot

    def _put(self, history: History, lessons: Sequence[Choice]) -> None:
        history.add_choices(lessons)

    def _stored(self, history: History) -> Sequence[Choice]:
        return history.choices()

    def _clear(self, history: History) -> None:
        history.forget_choices()

    def _make(self, lessons: Sequence[Choice]) -> None:
        preference = None
        if lessons:
            # Imported here: with nothing learnt, a start does not wait for the phrase bank.
            from agent_assist.assist.replies import learn

            preference = learn(lessons)
        self._known = frozenset(self._key(lesson) for lesson in lessons)
        self._preference = preference
