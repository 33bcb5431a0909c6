"""What the open places of the bank's sentences are filled with: drawn by rule from what the conversation carries."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agent_assist.assist.cite import stems
from agent_assist.assist.phrases import case_of, question_for
from agent_assist.assist.replies.bank import Slot
from agent_assist.assist.replies.mirror import Mirrored, is_bad, mirrored, tidy
from agent_assist.assist.replies.topic import topic
from agent_assist.assist.replies.words import things, words
from agent_assist.assist.sentences import split
from agent_assist.records import Conversation, Fact, Speaker

_I = re.IGNORECASE
_ALIKE = 0.6
_NEWEST = 3  # customer turns whose clauses are of now
_MINE = re.compile(r"\b(?:my|our|the|this)\s+((?:[a-z0-9'.-]+\s+){0,2}?[a-z0-9'-]+)\b", _I)
_BOUGHT = re.compile(
    r"\b(?:ordered|bought|purchased|booked)\s+(?:an?|some|two|the|this)\s+((?:[a-z-]+\s+){0,2}?[a-z-]+)\b", _I
)
_SINCE = re.compile(
    r"\bsince (?P<when>(?:last |this )?(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|weekend|"
    r"month|night|yesterday|"
    r"morning|afternoon)|(?:early |late |mid |the (?:start|beginning|end) of )?(?:january|february|march|april|"
    r"may|june|july|august|"
    r"september|october|november|december)|\d{1,2}(?::\d\d)? ?[ap]\.?m\b)",
    _I,
)
_LASTED = re.compile(
    r"\b(?:for|waiting|waited|been|after|over|almost|nearly|past|last|about|spent|took|taken|already|"
    r"than)\s+(?:the\s+|over\s+|about\s+|"
    r"almost\s+|nearly\s+|past\s+|last\s+|more than\s+|a\s+good\s+)*$",
    _I,
)
_AFTER_DURATION = re.compile(
    r"^\s*(?:now\b|and counting|and still|without|on hold|of waiting|later\b|waiting|already)", _I
)
_NOT_TROUBLE = re.compile(
    r"\b(?:less than|customer|member|subscriber|loyal|with you|trial|warranty|contract|guarantee|battery|"
    r"flight time|layover|drive|old|ago i bought|"
    r"allow|within|takes?|business days|policy|married|anniversary|said|told|next|notice|trip|visit)\b",
    _I,
)
_ASKED_FOR = re.compile(
    r"\b(?:cancel\w*|refund\w*|order\w*|help|fix|change|update|return\w*|replace\w*|where|when|how|lost|get)\b", _I
)
_SURE_THING = 0.7
_CAPITAL = re.compile(
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|"
    r"november|december"
)
_SHORT = tuple(
    (re.compile(rf"\b{short}\b"), long)
    for short, long in (("hrs?", "hours"), ("mins?", "minutes"), ("wks", "weeks"), ("wk", "week"), ("mths?", "months"))
)
_NAME = re.compile(r"^[A-Z][a-z'-]{1,15}$")


@dataclass(frozen=True, slots=True)
class Slots:
    """What can be said of one conversation.

    Attributes:
        fixed: what each slot is filled with; a slot that the conversation does not fill is missing.
        troubles: clauses for `{trouble}`, best first.
        stories: clauses for `{story}`, best first.
    """

    fixed: dict[str, str]
    troubles: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()

    def choices(self, slot: str) -> tuple[str, ...]:
        """What a slot can be filled with, best first; empty where the conversation has nothing for it."""
        if slot == Slot.TROUBLE:
            return self.troubles
        if slot == Slot.STORY:
            return self.stories
        return (self.fixed[slot],) if slot in self.fixed else ()


def find_slots(
    conversation: Conversation,
    facts: Sequence[Fact],
    clauses: Sequence[Mirrored] = (),
    matter: str | None = None,
    *,
    calm: bool = True,
) -> Slots:
    """What the bank's sentences can say of a conversation.

    Args:
        conversation: its customer's turns are looked at.
        facts: found in it.
        clauses: what the customer said, turned to them, beside what is found by rule.
        matter: what it is about, as `matter.find_matter` gives it.
        calm: whether the customer is: then how a long case began is past, and what merely happened can be said back.
    """
    said = sorted((*clauses, *mirrored(conversation)), key=lambda m: -m.score)
    turns = [t.i for t in conversation.customer_turns]
    fresh = {*turns[-_NEWEST:], *(() if calm else turns[:1])}
    said = [m for m in said if m.turn in fresh]
    fixed: dict[str, str] = {}
    case = case_of(facts, conversation.turns)
    if case != "this":
        fixed[Slot.CASE] = case
    for slot, value in (
        (Slot.THING, thing(conversation)),
        (Slot.DURATION, duration(conversation, facts)),
        (Slot.SINCE, since(conversation)),
        (Slot.AMOUNT, amount(conversation, facts)),
        (Slot.NAME, first_name(conversation)),
        (Slot.TOPIC, topic(conversation)),
        (Slot.QUESTION, missing(conversation, facts)),
        (Slot.MATTER, matter),
    ):
        if value is not None:
            fixed[slot] = value
    return Slots(
        fixed, _different([m.text for m in said if m.bad]), _different([m.text for m in said if calm or m.bad])
    )


def _different(texts: Sequence[str]) -> tuple[str, ...]:
    """The texts without those that say again what one before them says."""
    kept: list[tuple[str, set[str]]] = []
    for text in texts:
        words = stems(text)
        if not any(len(words & other) > _ALIKE * min(len(words), len(other)) for _, other in kept):
            kept.append((text, words))
    return tuple(text for text, _ in kept)


def thing(conversation: Conversation) -> str | None:
    """What it is about, as the customer calls it: "your standing desk", "the app"; None where no word is known."""
    counts: dict[str, float] = {}
    weight = 1.0
    for turn in reversed(conversation.customer_turns):
        text = tidy(turn.text)
        for match in (*_MINE.finditer(text), *_BOUGHT.finditer(text)):
            article = match[0].split()[0].lower()
            own = article in ("my", "our") or match.re is _BOUGHT
            noun = _noun(text, match.start(1))
            if (
                noun is not None
                and not text[: match.start()].rstrip().lower().endswith("not")
                and (own or noun.split()[-1].lower() in words().shared)
                and noun.split()[-1].lower() not in words().aside
            ):
                name = f"your {noun}" if own else f"the {noun}"
                told = next((s for s in split(text) if match[0] in s), text)
                central = is_bad(told) or "?" in told or bool(_ASKED_FOR.search(told))
                counts[name] = counts.get(name, 0.0) + weight * (1.0 if central else 0.5) * (1.0 if own else 0.8)
        weight *= 0.9
    best = max(counts, key=lambda n: counts[n], default="")
    return best if best and counts[best] >= _SURE_THING else None


def _noun(text: str, start: int) -> str | None:
    """The shortest noun phrase at a place that ends in a known thing and is not the beginning of a longer one."""
    found = re.findall(r"[\w'.-]+|[^\w\s]", text[start : start + 60])
    for n in range(1, 4):
        head = found[n - 1].rstrip(".").lower() if len(found) >= n else ""
        if not head or not head[0].isalnum():
            return None
        if head in things():
            following = found[n].rstrip(".").lower() if len(found) > n else ""
            if following in things() and n < 3:
                head, n = following, n + 1
            return " ".join(w.rstrip(".") for w in found[:n])
        if head in words().no_modifier or head.endswith(("'s", "ly", "n't")):
            return None
    return None


def duration(conversation: Conversation, facts: Sequence[Fact]) -> str | None:
    """How long the customer's trouble has lasted, in their words; None where no duration is sure to be that."""
    for fact in reversed(facts):
        turn = conversation.turns[fact.turn]
        if fact.kind != "duration" or turn.speaker is not Speaker.CUSTOMER:
            continue
        sentence = next((s for s in split(turn.text) if fact.value in s), "")
        before, _, after = sentence.partition(fact.value)
        if _NOT_TROUBLE.search(sentence) or not (_LASTED.search(before) or _AFTER_DURATION.match(after)):
            continue
        if re.search(r"\b(?:year|second)s?\b", fact.value, _I):
            continue
        return _spelled(fact.value)
    return None


def _spelled(value: str) -> str:
    value = re.sub(r"(\d)(?=[a-z])", r"\1 ", value.lower())
    for short, long in _SHORT:
        value = short.sub(long, value)
    return re.sub(r"^(?:over|about|almost|nearly|the|past|last) ", "", value)


def since(conversation: Conversation) -> str | None:
    """Since when, as the customer says: "since Saturday"."""
    for turn in reversed(conversation.customer_turns):
        for match in _SINCE.finditer(turn.text):
            sentence = next((s for s in split(turn.text) if match[0] in s), turn.text)
            if not _NOT_TROUBLE.search(sentence):
                return "since " + " ".join(_dated(word.lower()) for word in match["when"].split())
    return None


def _dated(word: str) -> str:
    """A word of a date as it is written: days and months with a capital."""
    return word.capitalize() if _CAPITAL.fullmatch(word) else word


def amount(conversation: Conversation, facts: Sequence[Fact]) -> str | None:
    """The one amount that the customer speaks of; None where there are several, or none."""
    own = {f.value for f in facts if f.kind == "amount" and conversation.turns[f.turn].speaker is Speaker.CUSTOMER}
    return own.pop() if len(own) == 1 else None


def first_name(conversation: Conversation) -> str | None:
    """The customer's first name, where the source shows one that looks like a name."""
    name = (conversation.customer or "").split()
    return (
        name[0]
        if name and _NAME.match(name[0]) and name[0] not in ("Customer", "Client", "User", "Guest", "Visitor")
        else None
    )


def missing(conversation: Conversation, facts: Sequence[Fact]) -> str | None:
    """The question that still needs an answer here; None where none is known, or where an agent has asked it."""
    customer = " ".join(t.text for t in conversation.customer_turns)
    question = question_for(customer, facts)
    if question is None:
        return None
    asked = " ".join(t.text.lower() for t in conversation.turns if t.speaker is Speaker.AGENT)
    about = re.search(r"order number|screen", question)
    if about and re.search(r"order (?:number|no|id|#)|error (?:message|code)|screen", asked):
        return None
    return question
