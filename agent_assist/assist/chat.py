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

# Telling words of English and of its likely neighbours; those that several share ("a", "no", "die") are left out.
_ENGLISH = re.compile(
    r"\b(?:the|and|you|is|it|to|my|for|not|have|has|that|this|was|with|of|but|please|thanks|hi|hello|when|what|how|why|your|"
    r"we|are|i|been|will|would|from|at|be|get|if|just|now|can)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\b(?:que|de|la|el|los|las|una|para|por|con|mi|es|pero|está|und|der|das|ist|nicht|ich|auf|seit|mit|mir|wir|ein|le|les|des|"
    r"est|pas|une|je|vous|nous|mais|il|che|di|non|sono|per|mio|não|uma|meu|para|het|een|niet|ik|van)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST_FOREIGN = 3
_LINKS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+")

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
    """False where the customer's turns are mostly in another script, or use more of another language's little words."""
    text = _LINKS.sub(" ", " ".join(t.text for t in conversation.customer_turns))
    letters = "".join(_WORD.findall(text))
    if sum(c > "\u02af" for c in letters) * 2 > len(letters):
        return False
    foreign = len(_OTHER.findall(text))
    return foreign < _LEAST_FOREIGN or foreign <= len(_ENGLISH.findall(text))
