"""Whether a sentence that the language model rewrote still says what the agent's sentence says, and no more."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from importlib.resources import files

from agent_assist.assist import guard
from agent_assist.assist.cite import stems
from agent_assist.assist.claims import plain
from agent_assist.records import Conversation, Speaker, Turn

_KEPT, _NEW, _LENGTH = 0.75, 0.7, 0.65
"""Shares of content words that must survive, of the new sentence's that must have been there, and of the length."""
_KEPT_SHORTER, _NEW_SHORTER = 0.55, 0.7
_FOLLOWED = 0.7
"""Share of an instruction's content words that must have come in, where it asks for something to come in."""
_ADDS = re.compile(
    r"\W*(?:please )?(?:mention|add|ask|offer|include|tell (?:them|him|her)|thank)\b(?: (?:that|for|them))*",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"\d[\w.,:]*%?\s+(?P<what>[a-z]{3,})(?:\s+(?P<more>[a-z]{3,}))?", re.IGNORECASE)
"""What a number counts: "5 working days" is not 5 days."""
_DIGITS = re.compile(r"\w*\d[\w.,:/%-]*")
_NAME = re.compile(r"(?<=[\w,;] )[A-Z][\w'-]*")
_NOT = re.compile(r"\b(?:not|no|never|cannot|without|nothing|nobody|none|only|unable|unless)\b|n't\b", re.IGNORECASE)
_SORRY = re.compile(r"\b(?:sorry|apologi\w+)\b", re.IGNORECASE)
# The model answering the agent instead of writing for them.
_ANSWERS = re.compile(
    r"\W*(?:sure|certainly|of course|okay|ok|yes|no problem|you're welcome|absolutely|here)\b", re.IGNORECASE
)
_US = re.compile(r"\b(?:I|we|us|me|our|my)\b|\b(?:I|we)'", re.IGNORECASE)
_ASKS = re.compile(
    r"\?|\bplease\b|\bkindly\b|\b(?:could|can|would|will) you\b|\b(?:ask|need|like) you to\b|"
    r"\byou (?:need to|have to|must|will need|are required)\b|\blet (?:me|us) know\b|^(?:try|go|open|click|check|use|"
    r"send|restart|select|visit|call|contact|tell|give|follow|add|enter|choose|have|hold|read|update|reply|write)\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:may|might|must have|must be|could be|should|seems?|appears?|likely|try|probably|"
    r"perhaps|if|usually|typically|generally|normally|about|up to|often|most(?:ly)?)\b",
    re.IGNORECASE,
)
_STRONGER = re.compile(
    r"\b(?:as soon as possible|right away|immediately|at once|best|shortly|soon|always|guarantee\w*|promise\w*|"
    r"definitely|certainly|ensure|make sure|resolve\w*|(?:am|pm)|a\.m|p\.m|solve\w*|solution)\b|\bwill\b|'ll\b",
    re.IGNORECASE,
)
# Courtesy adds no fact and loses none.
_COURTESY = frozenset(stems(files("agent_assist.assist.coach").joinpath("courtesy.txt").read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a rewrite may say.

    Attributes:
        conversation: with the agent's own words at its end: what they wrote themselves is theirs to say.
        allowed: what agents of this site may promise; None for the shipped list.
    """

    conversation: Conversation
    allowed: guard.Allowed | None = None

    @classmethod
    def of(cls, conversation: Conversation, allowed: guard.Allowed | None, *words: str) -> Bounds:
        """The bounds that a conversation and words of the agent set."""
        own = tuple(Turn(len(conversation.turns) + k, Speaker.AGENT, text) for k, text in enumerate(words))
        return cls(replace(conversation, turns=conversation.turns + own), allowed)


def keeps(before: str, after: str, bound: Bounds, *, shorter: bool) -> bool:
    """Whether nothing was lost or added that matters.

    Args:
        before: the agent's sentence.
        after: what the model made of it.
        bound: what may be said, with the draft itself.
        shorter: words may go as long as no fact does.
    """
    old, new = plain(before), plain(after)
    return (
        _same_specifics(old, new)
        and _same_sense(old, new)
        and _same_words(old, new, shorter)
        and not _adds(before, after, bound)
    )


def _same_specifics(old: str, new: str) -> bool:
    """Numbers with what they count, and names, stay."""
    if _counted(_DIGITS, old) != _counted(_DIGITS, new):
        return False
    words = set(re.findall(r"[\w'-]+", new))
    counted = stems(" ".join(word for m in _MEASURED.finditer(old) for word in m.groups() if word))
    named = {name for name in _NAME.findall(old) if not _US.match(name)}
    return counted <= stems(new) and named <= words and set(_NAME.findall(new)) <= set(re.findall(r"[\w'-]+", old))


def _counted(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(m.strip(".,:/-").lower() for m in pattern.findall(text))


def _same_sense(old: str, new: str) -> bool:
    """Denials, requests and who speaks stay; what was open is not promised."""
    if bool(_SORRY.search(old)) > bool(_SORRY.search(new)) or bool(_ANSWERS.match(new)) > bool(_ANSWERS.match(old)):
        return False
    if bool(_NOT.search(old)) != bool(_NOT.search(new)) or bool(_US.search(old)) > bool(_US.search(new)):
        return False
    if bool(_ASKS.search(old)) != bool(_ASKS.search(new)) or bool(_HEDGE.search(old)) != bool(_HEDGE.search(new)):
        return False
    known = {m.lower() for m in _STRONGER.findall(old)}
    added = {m.lower() for m in _STRONGER.findall(new)} - known
    return not added or (added <= {"will", "'ll"} and bool(known & {"will", "'ll"}))


def _same_words(old: str, new: str, shorter: bool) -> bool:
    had, has = stems(old) - _COURTESY, stems(new) - _COURTESY
    kept = len(had & has) / len(had) if had else 1.0
    known = len(had & has) / len(has) if has else 1.0
    if shorter:
        return kept >= _KEPT_SHORTER and known >= _NEW_SHORTER
    whole = len(new.split()) >= _LENGTH * len(old.split())
    return whole and kept >= _KEPT and known >= _NEW


def _adds(before: str, after: str, bound: Bounds) -> bool:
    """Whether the guard objects to anything in the new words that it lets pass, or finds already, in the old."""
    there = {_what(found) for found in guard.findings(before, bound.conversation, bound.allowed)}
    return any(_what(found) not in there for found in guard.findings(after, bound.conversation, bound.allowed))


def _what(found: guard.Finding) -> tuple[str, str]:
    """A slip by its rule, however it is worded; a specific by its own words."""
    return found.rule, found.text.lower() if found.rule == "unsupported" else ""


def follows(draft: str, text: str, instruction: str, bound: Bounds) -> bool:
    """Whether a draft that was written again by an instruction changes no more than that.

    Args:
        draft: as the agent wrote it.
        text: what the model made of it.
        instruction: what the agent asked for; its own words may come in.
        bound: what may be said, with draft and instruction themselves.
    """
    old, new, asked = plain(draft), plain(text), plain(instruction)
    had, has, wanted = stems(old) - _COURTESY, stems(new) - _COURTESY, stems(_ADDS.sub("", asked)) - _COURTESY
    lost = set(_counted(_DIGITS, old)) - set(_counted(_DIGITS, new))
    if lost or re.findall(r"\w+", old.lower()) == re.findall(r"\w+", new.lower()) or _adds(draft, text, bound):
        return False
    if _ADDS.match(asked) and len(wanted & has) < _FOLLOWED * len(wanted):
        return False
    kept = len(had & has) / len(had) if had else 1.0
    known = len((had | wanted) & has) / len(has) if has else 1.0
    return kept >= _KEPT_SHORTER and known >= _NEW_SHORTER and bool(_NOT.search(old)) <= bool(_NOT.search(new))
