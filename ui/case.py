"""The conversations that are open side by side, each with all that is known of it. In memory only."""

from __future__ import annotations

from dataclasses import dataclass

from agent_assist.records import Analysis, Assist, Conversation, Mood

MOST = 40


@dataclass(eq=False, slots=True)
class Case:
    """One conversation.

    Attributes:
        conversation: as it stands now.
        keep: whether it is saved.
        mood: the last that was read of it, also one that the agent corrected.
        read_of: the conversation as it stood when that was read; None where it was never read.
        assist: the help that was written last.
        told: the moment that it was written for.
        saved_with: what was written to the history last, or is being written.
        stored: whether it stands in the history.
    """

    conversation: Conversation
    keep: bool = True
    mood: Mood | None = None
    read_of: Conversation | None = None
    assist: Assist | None = None
    told: Analysis | None = None
    saved_with: Analysis | None = None
    stored: bool = False

    @property
    def fresh(self) -> bool:
        """Whether the mood is that of all its turns."""
        return self.mood is not None and self.read_of is self.conversation

    def analysis(self) -> Analysis | None:
        """All of it; None while its feelings are not read."""
        return None if self.mood is None else Analysis(self.conversation, self.mood, self.assist)

    def take_mood(self, mood: Mood, read_of: Conversation) -> None:
        """Keeps a mood with what it was read of."""
        self.mood, self.read_of = mood, read_of

    @property
    def in_history(self) -> bool:
        """Whether it was saved, or is being saved."""
        return self.stored or self.saved_with is not None


class Cases:
    """Cases by the conversation's id, those that were used last; older ones are let go."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}

    def get(self, conversation_id: str) -> Case | None:
        """The case of a conversation."""
        return self._cases.get(conversation_id)

    def put(self, case: Case) -> None:
        """Keeps a case, as the one used last."""
        self._cases.pop(case.conversation.id, None)
        self._cases[case.conversation.id] = case
        while len(self._cases) > MOST:
            del self._cases[next(iter(self._cases))]

    def drop(self, conversation_id: str) -> None:
        """Lets one go."""
        self._cases.pop(conversation_id, None)

    def all(self) -> tuple[Case, ...]:
        """Every case, the one used last at the end."""
        return tuple(self._cases.values())
