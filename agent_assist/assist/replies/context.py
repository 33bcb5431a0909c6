"""Everything about one moment that decides which sentences fit it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from agent_assist.assist.cite import stems
from agent_assist.assist.moment import Kind, Moment, is_solved
from agent_assist.assist.replies.bank import Heat, Situation, Slot, heat_of
from agent_assist.assist.replies.mirror import Mirrored, tidy
from agent_assist.assist.replies.situations import situations, tells
from agent_assist.assist.replies.slots import Slots, find_slots
from agent_assist.assist.replies.supposes import holding
from agent_assist.assist.sentences import split
from agent_assist.records import Conversation, Fact, Label, Speaker

_RHETORICAL = re.compile(
    r"\b(?:can|could|will|would) (?:you|u|someone|anyone|somebody|anybody)(?: \w+){0,3} (?:help|assist|"
    r"fix)\b[^?]*\?|\b(?:seriously|really|are you kidding|is this a joke|what kind of|how (?:is|can) (?:this|"
    r"that|you)|"
    r"how hard|how dare|why would|why should|"
    r"why do (?:you|i)|who (?:does|would)|what the|wtf|do you (?:even|people|guys)|don't you|can you believe|"
    r"are you (?:serious|people|guys)|"
    r"you (?:call|think)|what(?:'s| is) (?:wrong with you|the point)|isn't it|right|huh|eh|ok|okay)\b[^?]*\?|"
    r"^\W*(?:why|what|how|really|hello|huh)\W*\?",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"\b(?:refund\w*|money back|compensat\w*|reimburs\w*|credit(?:ed)? (?:me|my)|discount|upgrade me|waive|"
    r"for free|make an exception|"
    r"speak (?:to|with) (?:a |your |the )?(?:manager|supervisor)|bring (?:it |this |that )?back|(?:please|"
    r"can you|could you|you should) add|"
    r"extend|rebook|re-?open|exchange|change (?:my|the) (?:flight|date|order|booking))\b",
    re.IGNORECASE,
)
_TROUBLE_SITUATIONS = frozenset(
    (
        Situation.LATE,
        Situation.MISSING,
        Situation.DAMAGED,
        Situation.WRONG,
        Situation.CHARGE,
        Situation.ACCESS,
        Situation.OUTAGE,
        Situation.FAULT,
        Situation.REPAIR,
        Situation.STAFF,
        Situation.AGAIN,
        Situation.WAITING,
    )
)
_LONGEST = 8000  # characters of the customer's words that are searched, the last ones
_REFUSED = re.compile(
    r"\b(?:(?:we|i)(?:'re| are|'m| am)? (?:unable|not able|can't|cannot)|can't (?:offer|refund|change|waive)|"
    r"non-?refundable|not (?:possible|available|eligible)|all we can do|isn['’]t (?:something|possible))\b",
    re.IGNORECASE,
)
_FIGURES = (Slot.DURATION, Slot.AMOUNT, Slot.SINCE)
_FORMAL = re.compile(
    r"^\W*Dear (?:Sir|Madam|Customer|Mr|Ms|Mrs|Team)|\b(?:Yours (?:sincerely|faithfully)|Kind regards|Best regards)\b"
)
# What says that a person is under pressure or sad, and not only annoyed.
_PRESSED = re.compile(
    r"\b(?:urgent\w*|asap|emergency|deadline|exam|medic\w*|wedding|funeral|kids?|child\w*|baby|rent|stress\w*|"
    r"worr\w+|anxi\w+|panic\w*|desperate\w*|"
    r"scared|sad|crying|cried|heartbroken|devastat\w*|lonely|please help|help me|can't sleep|"
    r"lost everything|today|tonight|tomorrow)\b",
    re.IGNORECASE,
)
_NEAR = {
    Label.ANGER: (Label.FRUSTRATION,),
    Label.FRUSTRATION: (Label.ANGER, Label.STRESS),
    Label.STRESS: (Label.FRUSTRATION, Label.SADNESS),
    Label.SADNESS: (Label.STRESS,),
    Label.CONFUSION: (Label.NEUTRAL,),
    Label.NEUTRAL: (Label.CONFUSION, Label.SATISFACTION),
    Label.SATISFACTION: (Label.NEUTRAL,),
}
_FELT = {
    Kind.HOT: Label.FRUSTRATION,
    Kind.SAD: Label.SADNESS,
    Kind.CONFUSED: Label.CONFUSION,
    Kind.GLAD: Label.SATISFACTION,
}


@dataclass(frozen=True, slots=True)
class Context:
    """One moment of a conversation, as the choice of sentences sees it.

    Attributes:
        conversation: what is answered.
        moment: its end.
        heat: how upset the customer is.
        feeling: what the customer feels.
        situations: what it is about, likeliest first.
        slots: what can be said of it.
        told: stems of each sentence that the agent's side wrote.
        words: stems of the customer's words.
        flags: what holds of this moment; names as in `strategies.toml`.
        said: all turns of the customer.
        beside: for a slot with a figure, the situations told in the customer's sentence that it stands in.
        formal: whether the customer writes formally.
        seed: the same for the same moment, another for the next turn and for another conversation.
    """

    conversation: Conversation
    moment: Moment
    heat: Heat
    feeling: Label
    situations: tuple[Situation, ...]
    slots: Slots
    told: tuple[frozenset[str], ...]
    words: frozenset[str]
    flags: frozenset[str]
    seed: str
    formal: bool = False
    said: str = ""
    beside: Mapping[str, frozenset[Situation]] = field(default_factory=dict)

    @property
    def holding(self) -> frozenset[int]:
        """The rules about what sentences take for granted that hold here."""
        return holding(self.said, self.flags)

    @property
    def near(self) -> tuple[Label, ...]:
        """Feelings whose sentences also fit."""
        return _NEAR[self.feeling]

    def draw(self, name: str) -> float:
        """A number from 0 to 1 that is always the same for this moment and this name."""
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32


def find_context(
    conversation: Conversation,
    moment: Moment,
    facts: Sequence[Fact],
    clauses: Sequence[Mirrored] = (),
    matter: str | None = None,
) -> Context:
    """What the choice of sentences needs to know of a moment.

    Args:
        conversation: what is answered.
        moment: its end.
        facts: found in it.
        clauses: what the customer said, turned to them, beside what is found by rule.
        matter: what it is about, as `matter.find_matter` gives it.
    """
    heat = heat_of(moment.reading)
    if moment.kind in (Kind.HOT, Kind.SAD) and heat is Heat.CALM:
        heat = Heat.UNEASY
    heated = heat is not Heat.CALM
    slots = find_slots(conversation, facts, clauses, matter, calm=not heated)
    about = _about(conversation, moment, first=heated)
    feeling = moment.reading.label if moment.reading is not None and moment.reading.sure else None
    if (
        feeling in (Label.STRESS, Label.SADNESS)
        and moment.kind is Kind.HOT
        and not _PRESSED.search(_last(conversation))
    ):
        feeling = Label.FRUSTRATION
    if feeling is Label.SATISFACTION and moment.kind is not Kind.GLAD:
        feeling = Label.NEUTRAL
    told = tuple(
        frozenset(stems(s)) for t in conversation.turns if t.speaker is not Speaker.CUSTOMER for s in split(t.text)
    )
    words = frozenset(s for t in conversation.customer_turns for s in stems(tidy(t.text)))
    return Context(
        conversation,
        moment,
        heat,
        feeling or _FELT.get(moment.kind, Label.NEUTRAL),
        about,
        slots,
        tuple(t for t in told if t),
        words,
        frozenset(_flags(conversation, moment, about, slots)),
        f"{conversation.id}/{len(conversation.turns)}",
        any(_FORMAL.search(t.text) for t in conversation.customer_turns),
        "\n".join(tidy(t.text) for t in conversation.customer_turns)[-_LONGEST:],
        {name: _beside(conversation, slots.fixed[name]) for name in _FIGURES if name in slots.fixed},
    )


def _beside(conversation: Conversation, figure: str) -> frozenset[Situation]:
    """What the customer's sentences with a figure are about."""
    low = figure.lower()
    told = [s for t in conversation.customer_turns for s in split(t.text) if low in s.lower()]
    return frozenset(one for one in Situation if any(tells(one, tidy(s)) for s in told))


def _last(conversation: Conversation) -> str:
    """What the customer wrote last."""
    turns = conversation.customer_turns
    return tidy(turns[-1].text) if turns else ""


def _about(conversation: Conversation, moment: Moment, *, first: bool) -> tuple[Situation, ...]:
    """What this moment is about: thanks only where nothing is left to do, a question only where one waits."""
    turns = conversation.customer_turns
    if moment.kind is Kind.GLAD:
        return (Situation.THANKS,)
    found = [s for s in situations(conversation, first=first) if s is not Situation.THANKS]
    if turns and conversation.turns[-1].i == turns[-1].i and asks(tidy(turns[-1].text)):
        calm = moment.kind in (Kind.CALM, Kind.CONFUSED)
        found.insert(0 if calm and not _TROUBLE_SITUATIONS & set(found) else len(found), Situation.QUESTION)
    return tuple(found)


def _flags(conversation: Conversation, moment: Moment, about: tuple[Situation, ...], slots: Slots) -> list[str]:
    turns = conversation.customer_turns
    last = _last(conversation)
    flags = []
    answered = conversation.turns[-1].speaker is Speaker.AGENT if conversation.turns else False
    if is_solved(last):
        flags.append("settled")
    elif moment.kind is not Kind.GLAD:
        flags.append("open")
    if asks(last) and not answered:
        flags.append("asks")
    trouble = moment.kind in (Kind.HOT, Kind.SAD) or bool(slots.troubles) or bool(_TROUBLE_SITUATIONS & set(about))
    if Situation.ASKED not in about and ((trouble and "asks" not in flags) or Slot.QUESTION in slots.fixed):
        flags.append("missing")
    if _WISH.search(last):
        flags.append("wish")
    if any(_REFUSED.search(t.text) for t in conversation.turns if t.speaker is Speaker.AGENT):
        flags.append("refused")
    if Situation.STEPS in about or Situation.ANSWERED in about:
        flags.append("sent")
    if len(turns) > 1 or Slot.DURATION in slots.fixed or {Situation.AGAIN, Situation.WAITING} & set(about):
        flags.append("lasting")
    flags.append("trouble" if trouble else "smooth")
    return flags


def asks(text: str) -> bool:
    """Whether a turn asks something that wants an answer, and not only says how bad it is."""
    return any(s.endswith("?") and len(s.split()) > 2 and not _RHETORICAL.search(s) for s in split(text))
