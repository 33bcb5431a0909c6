"""The conversation as a chat that the language model takes part in: the customer its user, the agent its own voice."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from agent_assist.llm.engine import Message, Role
from agent_assist.records import Conversation, Speaker

_SYSTEM = (
    "You are an experienced customer-service agent: warm, precise and honest. You speak to the customer directly and "
    "name their trouble in plain words. You promise nothing and claim nothing that has not been done."
)
_HANDLES = re.compile(r"^(?:\s*@\w{1,50}[,:]?)+\s*")
_SIGNATURE = re.compile(r"\s*(?:[\^*/~-]\s?[A-Z][A-Za-z]{0,8}|\^\w{1,12})\s*$")
_SPACE = re.compile(r"[ \t]+")
_CONTROL = re.compile(r"<\|[^|<>]{0,40}\|>")

_ROLES = {Speaker.CUSTOMER: Role.USER, Speaker.AGENT: Role.ASSISTANT, Speaker.BOT: Role.ASSISTANT}


@dataclass(frozen=True, slots=True)
class Chat:
    """What the model reads, and which turn each message is.

    Attributes:
        messages: the system line, then the turns; system turns are not part of it.
        turns: for each message after the system line, the index of its turn.
    """

    messages: tuple[Message, ...]
    turns: tuple[int, ...]

    def turns_of(self, messages: tuple[int, ...]) -> tuple[int, ...]:
        """The turns behind message indices."""
        return tuple(self.turns[i - 1] for i in messages if i > 0)


def chat_of(conversation: Conversation) -> Chat:
    """The conversation as a chat. A conversation that grows keeps its prefix, so that little is read twice."""
    messages = [Message(Role.SYSTEM, _SYSTEM)]
    turns = []
    for turn in conversation.turns:
        text = plain(turn.text, signed=turn.speaker is not Speaker.CUSTOMER)
        if turn.speaker in _ROLES and text:
            messages.append(Message(_ROLES[turn.speaker], text))
            turns.append(turn.i)
    return Chat(tuple(messages), tuple(turns))


def plain(text: str, *, signed: bool = False) -> str:
    """A turn's text without its channel's dress: leading handles, HTML entities and, if `signed`, a signature (^AB)."""
    text = _HANDLES.sub("", html.unescape(text))
    if signed:
        text = _SIGNATURE.sub("", text)
    # Control tokens are never more than text to the model; in a quotation they would still look like an accident.
    return _SPACE.sub(" ", _CONTROL.sub(" ", text)).strip()


def looks_english(conversation: Conversation) -> bool:
    """False where the customer's turns are mostly in another language than English."""
    # Imported here: the room of feelings brings numpy along, which a window that only starts does not need yet.
    from agent_assist.emotion.language import unread_turns

    unread = unread_turns(conversation)
    lengths = {turn.i: len(turn.text) for turn in conversation.customer_turns}
    return 2 * sum(lengths[i] for i in unread) <= sum(lengths.values())
