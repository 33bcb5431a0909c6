"""Sentences of one side as they can be told on: without signatures, greetings, part numbers and split messages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent_assist.assist.chat import plain
from agent_assist.assist.cite import stems
from agent_assist.assist.sentences import split
from agent_assist.assist.summary.reported import AGENT, BOT, CUSTOMER, Side, bare, is_half, names_in, report
from agent_assist.records import Conversation, Line, Speaker

_LINK_THEN = re.compile(r"(?<!\S)((?:https?://|www\.)\S++)\s++(?=[A-Z])")
_UNFINISHED = re.compile(r"[\w,]$")
_COURTESY = re.compile(
    r"\b(?:sorry|apologi[sz]|apologies|thank|thanks|understand how|appreciat|welcome|pleasure|regret|inconvenience|"
    r"anything else|further assistance|have a (?:\w+ )?(?:day|weekend|evening|time|night|one)|"
    r"hope (?:that|this|you|it)|let (?:us|me) know if|feel free|hesitate|here to help|glad to|happy to help|"
    r"don't worry|we'll see what|how (?:can|may) (?:i|we)|one moment|not what we (?:like|want)|look forward|take care)",
    re.IGNORECASE,
)
_BREAK = re.compile(r"(?:;|\s-|,(?=\s(?:but|so|however|therefore|which|and|as|because)\b))\s")
_LONGEST = 26
_LONGEST_WORD = 60
_MOST_CHARACTERS = 1000
"""Of a sentence; nobody writes longer ones, and the rules' time grows with them."""
_SPEAKERS = {AGENT: (Speaker.AGENT, Speaker.BOT), CUSTOMER: (Speaker.CUSTOMER,)}


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence.

    Attributes:
        text: as it stands, without the channel's dress.
        turns: where it stands; two where a message was sent in parts.
        side: whose it is.
        stems: its content words; see `cite.stems`.
    """

    text: str
    turns: tuple[int, ...]
    side: Side
    stems: frozenset[str]

    @property
    def courteous(self) -> bool:
        """Whether it only greets, thanks, apologises or takes leave."""
        return bool(_COURTESY.search(self.text))

    @property
    def half(self) -> bool:
        """Whether it is a condition without what follows from it."""
        return is_half(self.text)

    def told(self, names: frozenset[str]) -> Line:
        """The sentence as reported speech, quoted where the rules cannot turn it."""
        text = shortened(self.text)
        reported = report(text, self.side, names)
        if reported is None:
            verb = "asked" if text.endswith("?") else "wrote"
            reported = f"{self.side.says} {verb}: “{bare(text).rstrip('.')}”"
        reported = reported.replace("….", "…")
        return Line(reported, self.turns)


def sentences_of(conversation: Conversation, side: Side) -> Iterator[Said]:
    """The sentences of one side, in order, each once."""
    seen: set[str] = set()
    for turns, speaker, text in _messages(conversation, side):
        who = BOT if speaker is Speaker.BOT else side
        for sentence in (s[:_MOST_CHARACTERS] for s in split(_LINK_THEN.sub(r"\1.\n", text))):
            words = stems(bare(sentence))
            if words and sentence.casefold() not in seen:
                seen.add(sentence.casefold())
                yield Said(sentence, turns, who, frozenset(words))


def names_of(conversation: Conversation) -> frozenset[str]:
    """Words of a conversation that are written with a capital inside a sentence."""
    return names_in(turn.text for turn in conversation.turns)


def shortened(text: str, words: int = _LONGEST) -> str:
    """A sentence of at most so many words: cut where a clause ends, else after the last word that fits."""
    parts = [
        part if len(part) <= _LONGEST_WORD or "://" in part else f"{part[:_LONGEST_WORD]}…" for part in text.split()
    ]
    if len(parts) <= words:
        return " ".join(parts)
    for match in reversed(list(_BREAK.finditer(text))):
        if 8 <= len(text[: match.start()].split()) <= words:
            return text[: match.start()].rstrip(" ,;-") + "."
    return " ".join(parts[:words]) + " …"


def _messages(conversation: Conversation, side: Side) -> Iterator[tuple[tuple[int, ...], Speaker, str]]:
    """Messages with their turns and who wrote them; those that were sent in parts are put together."""
    held: tuple[tuple[int, ...], Speaker, str] | None = None
    for turn in conversation.turns:
        text = plain(turn.text, signed=side is AGENT) if turn.speaker in _SPEAKERS[side] else ""
        if held and held[1] is turn.speaker is Speaker.AGENT and _UNFINISHED.search(held[2]) and text[:1].islower():
            held = (held[0][-1], turn.i), turn.speaker, f"{held[2]} {text}"
            continue
        if held:
            yield held
        held = ((turn.i,), turn.speaker, text) if text else None
    if held:
        yield held
