"""What the language model is not shown: it reads placeholders, and what it wrote about them gets the values back."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent_assist.privacy.redaction import Redactor, restore
from agent_assist.privacy.redaction.derived import redact_assist
from agent_assist.records import (
    Analysis,
    Assist,
    AssistEvent,
    ContextUse,
    Conversation,
    Mood,
    Reply,
    ReplyDraft,
    ReplyReady,
    Summary,
    SummaryDraft,
)


@dataclass(frozen=True, slots=True)
class Veil:
    """A conversation as the model reads it, and the way back.

    Cards, codes and passwords have no way back: what is written about them keeps the placeholder.

    Attributes:
        conversation: with placeholders.
        mood: with the words that are left.
    """

    conversation: Conversation
    mood: Mood
    _plain: Conversation
    _redactor: Redactor
    _originals: dict[str, str]

    @staticmethod
    def over(conversation: Conversation, mood: Mood, redactor: Redactor) -> Veil:
        """Hides what the redactor's level names."""
        hidden, originals = redactor.analysis(Analysis(conversation, mood))
        return Veil(hidden.conversation, hidden.mood, conversation, redactor, originals)

    def assist(self, assist: Assist) -> Assist:
        """What the model wrote, with the values."""
        hidden = [turn.text for turn in self.conversation.turns]
        plain = [turn.text for turn in self._plain.turns]
        return redact_assist(assist, hidden, plain, self.text)

    def event(self, event: AssistEvent) -> AssistEvent:
        """A part of it on the way, with the values."""
        match event:
            case ReplyDraft():
                return replace(event, text=self.text(event.text))
            case ReplyReady() if event.reply is not None:
                return replace(event, reply=self._part(Summary(), event.reply).replies[0])
            case SummaryDraft():
                return replace(event, summary=self._part(event.summary).summary)
        return event

    def hides_nothing_of(self, text: str) -> bool:
        """Whether a text holds nothing that the model is not shown."""
        return self._redactor.text(text) == text

    def text(self, text: str) -> str:
        """A text with the values."""
        return restore(text, self._originals)

    def _part(self, summary: Summary, *replies: Reply) -> Assist:
        return self.assist(Assist(summary, (), replies, ContextUse(0, 0), ""))
