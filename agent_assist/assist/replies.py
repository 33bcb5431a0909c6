"""Replies: the model says what is specific, the phrase bank what must not go wrong, the guard has the last word."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from agent_assist.assist import guard, pillars
from agent_assist.assist.actions import fires
from agent_assist.assist.chat import looks_english
from agent_assist.assist.cite import Citer, stems
from agent_assist.assist.moment import Moment
from agent_assist.assist.phrases import Kind, Strategy, bank, case_of, question_for
from agent_assist.assist.sentences import first_sentences, is_complete
from agent_assist.llm.engine import Branch
from agent_assist.records import Conversation, Fact, Grounding, Reply, Speaker

_LINE = r'root ::= [^\n\r<>{}|#*`\[\]()"“”?!]+'
_MAX_WORDS = 38
_MIN_ADDED = 3
_MIN_COVERAGE = 0.6
_MAX_SHARED = 0.7
# What the customer may, must or will do is the agent's to say, not the model's; what they cannot do, only they know.
_RULES = re.compile(
    r"\byou(?:['’]ll| will| can(?!['’]?t|not)| must| should| may| might want| are entitled)\b", re.IGNORECASE
)
_CANNOT = re.compile(r"\byou (?:can['’]?t|cannot|are not able|aren['’]t able)\b", re.IGNORECASE)
_ALREADY = re.compile(r"\balready\b", re.IGNORECASE)
_REFUSES = re.compile(
    r"\b(?:I|we)(?:['’]m| am|['’]re| are)? (?:still |currently )?(?:can['’]?t|cannot|unable|not able|won['’]?t)\b",
    re.IGNORECASE,
)
_SAID_CANNOT = re.compile(
    r"\b(?:can['’]?t|cannot|could(?: not|n['’]?t)|unable|(?:won['’]?t|not|n['’]t) (?:let|allow|able|open|work))\b",
    re.IGNORECASE,
)
_JOINT = re.compile(
    r"[,;.]\s+(?=(?:and |but |so )?(?:I|we|let|our|please|this|it|there|if|once|the)\b)"
    r"|,?\s+(?:and|but|so)\s+(?=(?:I|we|let|our)\b)",
    re.IGNORECASE,
)
_YOU = re.compile(r"\byou(?:r|rs|'re|'ve|'d|'ll)?\b", re.IGNORECASE)


class ReplyWriter:
    """Writes the replies for one moment of a conversation.

    Args:
        conversation: what is answered.
        moment: its end.
        facts: found in it.
    """

    def __init__(self, conversation: Conversation, moment: Moment, facts: Sequence[Fact]) -> None:
        self._conversation = conversation
        self._moment = moment
        self._facts = facts
        # The same moment always gets the same words; another conversation, or the next turn of this one, others.
        seed = f"{conversation.id}/{len(conversation.turns)}"
        self._turn = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
        self.strategies = bank().strategies(moment.kind)
        self._openings = self._distinct_openings()
        self._citer = Citer(conversation)
        self._said_cannot = any(_SAID_CANNOT.search(t.text) for t in conversation.customer_turns)
        self._said_already = any("already" in t.text.casefold() for t in conversation.customer_turns)
        self._done: list[str] = []

    def branches(self) -> list[Branch]:
        """One answer of the model for each strategy that has one; the others are made of phrases alone."""
        return [
            Branch(f"reply.{slot}", (), opening, max_tokens=48, sentences=1, grammar=_LINE)
            for slot, opening in enumerate(self._openings)
            if opening
        ]

    def draft(self, text: str) -> str:
        """What is shown while the model writes: its sentence, up to where the guard would object."""
        line = first_sentences(" ".join(text.split()), 1)
        objection = guard.first_finding(line, self._conversation)
        return line if objection is None else line[:objection].rstrip()

    def finish(self, slot: int, text: str, wants: str | None = None) -> Reply | None:
        """The reply of a slot.

        Args:
            slot: which strategy.
            text: what the model wrote, with the opening.
            wants: the summary's line on what the customer wants, to ask back; None where there is none.

        Returns:
            None where nothing worth showing came of it, or only a near copy of another slot's.
        """
        strategy = self.strategies[slot]
        first = self._first(slot, text) or self._pick(strategy.instead, slot)
        asks = asked_back(wants) if wants else None
        rest = [self._question(slot, asks) if name == "question" else self._pick(name, slot) for name in strategy.then]
        mended = guard.mend(" ".join([first, *rest]), self._conversation)
        if mended.text is None or self._said_before(mended.text):
            return None
        self._done.append(mended.text)
        return self._judge(strategy, mended.text)

    def _judge(self, strategy: Strategy, text: str) -> Reply:
        reading = self._moment.reading
        states = pillars.assess(text, reading, self._conversation.turns)
        grounding: Grounding = guard.check(text, self._conversation)
        return Reply(strategy.name, text, states, pillars.empathy(text, states, reading), grounding)

    def _first(self, slot: int, text: str) -> str | None:
        """The model's sentence, if it is one that an agent could send."""
        line = first_sentences(" ".join(text.split()), 1)
        opening = self._openings[slot]
        if not opening:
            return None
        if not is_complete(line) or not guard.check(line, self._conversation).ok or len(line.split()) > _MAX_WORDS:
            line = _first_clause(line)
        added = line.removeprefix(opening)
        if added == line or len(added.split()) < _MIN_ADDED or not _YOU.search(line):
            return None
        if _RULES.search(line) or _REFUSES.search(line) or (_ALREADY.search(line) and not self._said_already):
            return None
        if _CANNOT.search(line) and not self._said_cannot:
            return None
        if len(line.split()) > _MAX_WORDS or not guard.check(line, self._conversation).ok:
            return None
        if self._citer.grants_unsaid(line):
            return None
        # What it says has to be said: one word of the customer's is not enough to carry a story of the model's.
        return line if self._citer.coverage(added, (Speaker.CUSTOMER,)) >= _MIN_COVERAGE else None

    def _said_before(self, text: str) -> bool:
        words = stems(text)
        return any(len(words & stems(d)) > _MAX_SHARED * max(len(words | stems(d)), 1) for d in self._done)

    def _distinct_openings(self) -> list[str]:
        """An opening for each strategy, none that an agent has used in this conversation, where there is a choice."""
        said = " ".join(t.text.casefold() for t in self._conversation.turns)
        chosen: list[str] = []
        for strategy in self.strategies:
            if not strategy.openings:
                chosen.append("")
                continue
            k = self._turn % len(strategy.openings)
            turned = strategy.openings[k:] + strategy.openings[:k]
            fresh = [o for o in turned if o not in chosen and o.casefold() not in said]
            chosen.append((fresh or list(turned))[0])
        return chosen

    def _question(self, slot: int, asks: str | None) -> str:
        """One question: what is missing, else whether we have understood what they want."""
        customer = " ".join(t.text for t in self._conversation.customer_turns)
        missing = question_for(customer, self._facts)
        if missing is not None:
            return self._pick("question", slot).format_map({"question": missing})
        if asks is not None:
            return self._pick("confirm", slot).format_map({"wants": asks})
        return self._pick("help_calm_question" if self._moment.kind is Kind.CALM else "help", slot)

    def _pick(self, name: str, slot: int) -> str:
        choices = bank().phrases[name]
        # Other slots are filled by those who know them.
        return choices[(self._turn + slot) % len(choices)].replace("{case}", case_of(self._facts))


_PERSON = (
    (re.compile(r"\b(?:the customer|they|them)\b(?!['’])", re.IGNORECASE), "you"),
    (re.compile(r"\bthey['’](re|ve|d|ll)\b", re.IGNORECASE), r"you'\1"),
    (re.compile(r"\bher\b(?=\s*$|\s+(?:to|for|about|back|again|with|a|an|the)\b)", re.IGNORECASE), "you"),
    (re.compile(r"\b(?:the customer['’]s|their|his|her)\b", re.IGNORECASE), "your"),
    (re.compile(r"\btheirs\b", re.IGNORECASE), "yours"),
    (re.compile(r"\b(?:themselves|himself|herself)\b", re.IGNORECASE), "yourself"),
    (re.compile(r"\b(?:he|she|him)\b", re.IGNORECASE), "you"),
    (re.compile(r"\byou is\b"), "you are"),
    (re.compile(r"\byou was\b"), "you were"),
    (re.compile(r"\byou has\b"), "you have"),
    (re.compile(r"\byou (want|need)s\b"), r"you \1"),
)
# Only what customers ask a desk for can be asked back: "do you want to ..." after anything else is odd at best.
_WANTS = re.compile(
    r"^The customer wants (?P<what>(?:to (?:cancel|get|receive|have|return|replace|exchange|change|update|upgrade|"
    r"downgrade|move|keep|stop|close|reschedule|book|track|use|access|download|install|reset|arrange|speak|talk|pay|"
    r"renew|order)|(?:a|an|the|their|his|her) (?:full |new |partial )?(?:refund|replacement|call ?back|copy|repair|"
    r"exchange|discount|credit|solution|resolution|explanation|answer|invoice))\b[^.,;:!?]*)"
)
_NOT_ASKED = re.compile(r"\b(?:you|your|not|stupid|idiot\w*|human|person|agent)\b", re.IGNORECASE)


def asked_back(wants: str) -> str | None:
    """The summary's line on what the customer wants, turned to the customer.

    Returns:
        "The customer wants to cancel their order." as "to cancel your order"; None where that does not work out.
    """
    match = _WANTS.match(wants)
    if match is None or _NOT_ASKED.search(match["what"]):
        return None
    text = match["what"].strip()
    for pattern, instead in _PERSON:
        text = pattern.sub(instead, text)
    return text


def _first_clause(line: str) -> str:
    """A sentence up to where it turns to what we do: most slips of the model stand behind such a joint."""
    clause = _JOINT.split(line, maxsplit=1)[0].rstrip(" ,;")
    return clause + "." if clause and clause[-1].isalnum() else clause


def none_offered(conversation: Conversation) -> str | None:
    """Why no replies are written at all, in one sentence; None where they are."""
    if not conversation.customer_turns:
        return "There is no turn of the customer to answer. If the roles are the wrong way round, swap them."
    if fires("safety", conversation) or _at_risk(conversation):
        return (
            "The customer may be at risk of harming themselves. No replies are written for this: "
            "follow your site's guidance, and get help from a person now."
        )
    if not looks_english(conversation):
        return (
            "This conversation does not seem to be in English. Feelings and replies work for English only: "
            "those messages are not read, and no replies are written."
        )
    return None


def _at_risk(conversation: Conversation) -> bool:
    """Whether the notice above the conversation says that the customer may harm themselves."""
    # Imported here: the room of feelings brings numpy along, which a window that only starts does not need yet.
    from agent_assist.emotion.vulnerable import find_vulnerable

    return any(one.kind == "self_harm" for one in find_vulnerable(conversation.customer_turns))
