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
        joined: ids of conversations joined into it, whose saved copies go once it is saved itself.
    """

    conversation: Conversation
    keep: bool = True
    mood: Mood | None = None
    read_of: Conversation | None = None
    assist: Assist | None = None
    told: Analysis | None = None
    saved_with: Analysis | None = None
    stored: bool = False
    joined: tuple[str, ...] = ()

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
    """Cases by the conversation's id, those that were used last; older ones are let go.

    Whether the person wants one kept outlives its case: the customer may write once more.
    """

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._choices: dict[str, bool] = {}

    def get(self, conversation_id: str) -> Case | None:
        """The case of a conversation."""
        return self._cases.get(conversation_id)

    def make(self, conversation: Conversation, keep: bool) -> Case:
        """A new case, kept as the person chose for this conversation before, else as `keep` says."""
        return Case(conversation, self.keeps(conversation.id, keep))

    def keeps(self, conversation_id: str, keep: bool) -> bool:
        """What the person chose for a conversation; `keep` where they did not."""
        return self._choices.get(conversation_id, keep)

    def choose(self, conversation_id: str, keep: bool) -> None:
        """The person says whether a conversation is kept, for as long as the window runs."""
        self._choices[conversation_id] = keep
        case = self.get(conversation_id)
        if case is not None:
            case.keep = keep

    def forget_choice(self, conversation_id: str) -> None:
        """A person put away what they had brought: where they bring it again, the settings decide again."""
        self._choices.pop(conversation_id, None)

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
