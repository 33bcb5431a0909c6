"""What a conversation asks of the next reply, worked out once while the agent types."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from agent_assist.assist.chat import plain as undressed
from agent_assist.assist.cite import stems
from agent_assist.assist.claims import plain
from agent_assist.assist.coach.table import step_patterns, whole_words
from agent_assist.assist.sentences import spans, split
from agent_assist.records import Conversation, Speaker

_SHARED = 2
_LONGEST = 70
_RETOLD = re.compile(
    r"\b(?:(?:(?:the|for the|my) )?(?:second|third|fourth|fifth|sixth|tenth|umpteenth|nth|2nd|3rd|\d+th) (?:\w+ )?"
    r"(?:time|call|chat|e-?mail|message|request|attempt|agent|person)(?! (?:your|my|his|her|their|the|a|an)\b)"
    r"|(?:called|rang|phoned|wrote|written|e-?mailed|messaged|asked|contacted|told you|explained|complained)"
    r"(?: \w+){0,3} (?:twice|(?:two|three|four|five|six|several|many|\d+) times|again|already|before)"
    r"|(?:I|I've|I have|we|we've) (?:have )?already (?:\w+ )?(?:told|said|explained|sent|given|gave|"
    r"asked|tried|done|did|provided)|again and again|(?:asked|told) (?:\w+ ){0,3}(?:twice|three times)"
    r"|how many (?:more )?times|same (?:thing|story|issue|problem) again)\b",
    re.IGNORECASE,
)
# Asked in anger or as a greeting: nobody waits for an answer.
_RHETORICAL = re.compile(
    r"\b(?:how (?:can|could|dare|do) you|(?:are|r) (?:you|u) (?:kidding|joking|serious|for real|even|people)|seriously|"
    r"really|what the|(?:isn't|is) (?:this|it|that) (?:a joke|normal|acceptable|ok(?:ay)?|fair|too much)|"
    r"do you (?:even|people|guys|think)|why (?:would|should|do|does|don't|can't|is it so|are you|am I)|who does that|"
    r"what kind of|you know|is anyone|hello|anyone|what(?:'s| is) (?:wrong with|the point|going on)|wtf|"
    r"(?:can|could|would|will) (?:you|u|someone|anyone|somebody) (?:please )?(?:help|assist))\b",
    re.IGNORECASE,
)
_YES = re.compile(
    r"^\W*(?:yes|yep|yeah|yup|of course|already)\b|\b(?:I did|already (?:did|done|tried))\b", re.IGNORECASE
)
_NOT_DONE = re.compile(r"\b(?:not|n't|never|haven't|if I|should I|can I|will|to) (?:\w+ )?$", re.IGNORECASE)
_BEFORE = 24
_WHEN = re.compile(
    r"\b(?:when (?:will|can|could|do|does|is|are|would|should|shall|am)|how (?:long|soon|much longer)|what time|"
    r"which day|by what date)\b",
    re.IGNORECASE,
)
_HOW_MUCH = re.compile(
    r"\b(?:how much(?! longer)|what (?:does|do|will|would) (?:it|this|that) cost|"
    r"what(?:'s| is) the (?:price|cost|fee))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Question:
    """Something the customer asked that nobody has answered yet.

    Attributes:
        text: as they asked it, at most 70 characters.
        stems: its content words, cut short.
        when: it asks for a time.
        how_much: it asks for an amount.
    """

    text: str
    stems: frozenset[str]
    when: bool
    how_much: bool


@dataclass(frozen=True, slots=True)
class Gift:
    """Something agents ask for that the customer has given.

    Attributes:
        asked: finds a sentence that asks for it.
        words: what the customer wrote.
    """

    asked: re.Pattern[str]
    words: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A step that the customer has tried.

    Attributes:
        asks: finds words that ask for it.
        words: what the customer wrote.
    """

    asks: re.Pattern[str]
    words: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a conversation before a word of the reply is written.

    Attributes:
        retold: the customer's words for having told it before; "" where there are none.
        told: how many turns of the customer tell the trouble of the last one.
        questions: asked since the last turn of an agent.
        gifts: what the customer has given.
        tried: the steps that they have tried.
        said: every word of the customer, small letters.
        sentences: what agents have written, sentence by sentence, small letters.
    """

    retold: str
    told: int
    questions: tuple[Question, ...]
    gifts: tuple[Gift, ...]
    tried: tuple[Tried, ...]
    said: str
    sentences: frozenset[str]


@lru_cache(maxsize=4)
def situation(conversation: Conversation) -> Situation:
    """What a conversation asks of the next reply; kept for the last few, since a draft is read at each key."""
    customer = [plain(undressed(turn.text)) for turn in conversation.customer_turns]
    matches = (m for text in reversed(customer) for m in _RETOLD.finditer(text))
    retold = next((m[0].strip() for m in matches), "")
    agents = (turn for turn in conversation.turns if turn.speaker is Speaker.AGENT)
    return Situation(
        retold=retold,
        told=_told(customer),
        questions=tuple(_questions(conversation)),
        gifts=_gifts(customer),
        tried=tuple(_tried(conversation)),
        said="\n".join(customer).lower(),
        sentences=frozenset(s.lower() for turn in agents for s in split(plain(turn.text))),
    )


def _told(customer: Sequence[str]) -> int:
    """How many turns tell what the last one tells."""
    if not customer:
        return 0
    last = stems(customer[-1])
    return sum(len(last & stems(text)) >= _SHARED for text in customer)


def _questions(conversation: Conversation) -> list[Question]:
    """Questions that stand open: asked since the last turn of an agent, and meant."""
    found: list[Question] = []
    for turn in reversed(conversation.turns):
        if turn.speaker is Speaker.AGENT:
            break
        if turn.speaker is Speaker.CUSTOMER:
            found[:0] = _asked(plain(undressed(turn.text)))
    return found


def _asked(text: str) -> list[Question]:
    made = []
    for sentence in split(text):
        words = frozenset(stems(sentence))
        if not sentence.rstrip("\"') ").endswith("?") or sentence.endswith("??") or _RHETORICAL.search(sentence):
            continue
        if len(sentence.split()) >= 3 and words:
            made.append(
                Question(shortened(sentence), words, bool(_WHEN.search(sentence)), bool(_HOW_MUCH.search(sentence)))
            )
    return made


def _tried(conversation: Conversation) -> Iterator[Tried]:
    """Steps that the customer says they did, or says yes to where an agent asked for them."""
    for asks, done in step_patterns():
        asked = False
        for turn in conversation.turns:
            text = plain(undressed(turn.text))
            if turn.speaker is Speaker.AGENT:
                asked = asks.search(text) is not None
            elif turn.speaker is Speaker.CUSTOMER:
                match = _done(text, done) or (_YES.search(text) if asked else None)
                if match is not None:
                    yield Tried(asks, _sentence_of(text, match.start()))
                    break


def _done(text: str, done: re.Pattern[str]) -> re.Match[str] | None:
    return next((m for m in done.finditer(text) if not _NOT_DONE.search(text[: m.start()][-_BEFORE:])), None)


def _sentence_of(text: str, at: int) -> str:
    return next((shortened(text[start:end]) for start, end in spans(text) if start <= at < end), "")


def _gifts(customer: Sequence[str]) -> tuple[Gift, ...]:
    # Imported here: the room of feelings brings numpy along, which a window that only starts does not need yet.
    from agent_assist.emotion.nudges import shipped_nudges

    found = []
    for thing in shipped_nudges().things.values():
        if not thing.given:
            continue
        given, asked = whole_words(thing.given), whole_words(thing.asked)
        match = next((m for text in reversed(customer) if (m := given.search(text))), None)
        if match is not None and match[0].strip():
            found.append(Gift(asked, shortened(match[0].strip())))
    return tuple(found)


def shortened(text: str) -> str:
    """A quotation on one line, cut at a word where it is long."""
    text = " ".join(text.split())
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:-") + " …"
