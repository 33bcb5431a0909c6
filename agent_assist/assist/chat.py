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
_HANDLES = re.compile(r"^(?:\s*\.?@\w{1,50}[,:]?)+\s*")
_SIGNATURE = re.compile(
    r"(?:\s+\(?\d(?:/\d)?\)?)?\s*(?:[\^*~]\s?[A-Z][A-Za-z]{0,8}|(?<!\S)[/-]\s?[A-Z][A-Za-z]{0,8}|\^\w{1,12})(?P<link>\s+https?://\S+)?\s*$"
)
_REGARDS = re.compile(r"\s*\b(?:kind |best |warm )?regards,?(?:\s+[A-Z]\w{0,15}){0,2}[.!]?\s*$", re.IGNORECASE)
_PART = re.compile(r"[\s>]+\(?\d/\d\)?\s*$|^\s*(?:\(\d/\d\)\s*|\d/\d\s+)")
_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n[\s]*\n")
# What nobody sees may hide words from rules and turn others round; a joiner (200d) builds emoji.
_UNSEEN = re.compile(r"[\u00ad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
# Mail that is quoted below an answer, and what closes a letter: a name, a title, contacts.
_QUOTED_MAIL = re.compile(
    r"^(?:On\b[^\n]{5,120}\bwrote:|-{2,}\s*(?:Original|Forwarded) [Mm]essage\s*-{2,}|"
    r"From: [^\n]+\n(?:Sent|Date|To): ).*",
    re.MULTILINE | re.DOTALL,
)
_QUOTED_LINE = re.compile(r"^>[^\n]*\n?", re.MULTILINE)
_CONTACT = (
    r"(?:[A-Z][\w.'’-]*(?:[ ,]+(?:[A-Z&][\w.'’-]*|of|and|the)){0,6}"
    r"|[^\n]{0,60}(?:@|www\.|https?:|(?:\d[ .-]?){6})[^\n]{0,60})"
)
_SIGN_OFF = re.compile(
    r"\n\s*(?:--|(?i:(?:(?:kind|best|warm|many)\s)?(?:regards|thanks|wishes)|sincerely|yours(?: \w+)?|cheers)[,.!]?) ?"
    rf"(?:\n+{_CONTACT} ?){{1,6}}\s*$"
)
_CONTROL = re.compile(
    r"<\|[^|<>]{0,40}\|>|\[/?INST\]|<</?SYS>>|<!--.{0,400}?-->|</?[A-Za-z][^<>\n]{0,300}>|[\U000e0000-\U000e007f]",
    re.DOTALL,
)

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
    """A turn's text without its channel's dress.

    Leading handles, HTML entities, characters that nobody sees, quoted mail and what closes a letter go; a signature
    (^AB) and the number of a part (1/2) as well where `signed` says that there may be one.
    """
    text = _BLANK_LINES.sub("\n\n", _SPACE.sub(" ", _UNSEEN.sub("", html.unescape(text))))
    text = _HANDLES.sub("", text)
    written = _SIGN_OFF.sub("", _QUOTED_LINE.sub("", _QUOTED_MAIL.sub("", text)))
    text = written if written.strip() else text
    if signed:
        text = _PART.sub("", _REGARDS.sub("", text))
        text = _PART.sub("", _SIGNATURE.sub(lambda m: m["link"] or "", text))
    # Control tokens are never more than text to the model; in a quotation they would still look like an accident.
    return _CONTROL.sub(" ", text).strip()


def looks_english(conversation: Conversation) -> bool:
    """False where the customer's turns are mostly in another language than English."""
    # Imported here: the room of feelings brings numpy along, which a window that only starts does not need yet.
    from agent_assist.emotion.language import unread_turns

    unread = unread_turns(conversation)
    lengths = {turn.i: len(turn.text) for turn in conversation.customer_turns}
    return 2 * sum(lengths[i] for i in unread) <= sum(lengths.values())
