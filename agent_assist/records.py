"""The records that travel between the rooms: frozen, without behaviour beyond derived properties.

Indices of turns are zero-based positions in `Conversation.turns` everywhere in the code and in JSON; the window and the
terminal show them one-based.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType


class Speaker(StrEnum):
    """Who wrote a turn."""

    CUSTOMER = "customer"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


class Label(StrEnum):
    """What a customer's turn is read as. The order is the order of the `scores` in JSON."""

    ANGER = "anger"
    FRUSTRATION = "frustration"
    CONFUSION = "confusion"
    STRESS = "stress"
    SADNESS = "sadness"
    SATISFACTION = "satisfaction"
    NEUTRAL = "neutral"


class Severity(StrEnum):
    """How strong a spike is."""

    LOW = "low"
    HIGH = "high"


class Pillar(StrEnum):
    """The four pillars of an empathetic reply."""

    LISTEN = "listen"
    OWN = "own"
    RESOLVE = "resolve"
    FOLLOW_UP = "follow_up"


class PillarState(StrEnum):
    """Whether a reply carries a pillar, lacks it, or does well without it in this moment."""

    GIVEN = "given"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


class Outcome(StrEnum):
    """What the agent did with a suggested reply."""

    SHOWN = "shown"
    COPIED = "copied"
    EDITED = "edited"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation.

    Attributes:
        i: position in the conversation, from 0.
        speaker: who wrote it.
        text: plain text, never empty; line breaks are kept.
        name: the name as it stood in the source, if any.
        at: when it was written; aware where the source named a zone, else naive local time.
    """

    i: int
    speaker: Speaker
    text: str
    name: str | None = None
    at: datetime | None = None


CustomerTurn = NewType("CustomerTurn", Turn)
"""A turn that the customer wrote. Only `Conversation.customer_turns` makes one, and emotion reads nothing else."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it came in.

    Attributes:
        id: stable for the same source text, or as the source gave it.
        source: name of the format it was read from ("plain", "jsonl", ...).
        turns: in order, `turns[k].i == k`.
        customer: the customer's name, where the source shows one.
        origin: "live" for real conversations, "roleplay" for practice.
        notes: what the parser left out or guessed, one sentence each, for the person who pasted it.
    """

    id: str
    source: str
    turns: tuple[Turn, ...]
    customer: str | None = None
    origin: str = "live"
    notes: tuple[str, ...] = ()

    @property
    def customer_turns(self) -> tuple[CustomerTurn, ...]:
        """The customer's turns, the only ones whose feeling is ever read."""
        return tuple(CustomerTurn(t) for t in self.turns if t.speaker is Speaker.CUSTOMER)


@dataclass(frozen=True, slots=True)
class EmotionReading:
    """What one customer turn is read as.

    Attributes:
        turn: index of the turn.
        label: the leading product label.
        distress: 0 (calm) to 1.
        valence: -1 (bad) to 1 (good).
        urgency: 0 to 1.
        scores: each label's share, 0 to 1, summing to 1.
        words: the words of the turn that show the feeling, as they stand in it, strongest first.
        fine: the classifier's 28 GoEmotions probabilities.
    """

    turn: int
    label: Label
    distress: float
    valence: float
    urgency: float
    scores: dict[Label, float]
    words: tuple[str, ...] = ()
    fine: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spike:
    """The moment at which a customer's distress turned up.

    Attributes:
        turn: index of the customer turn that shows it.
        kind: the feeling that rose.
        severity: low or high.
        distress: of that turn, 0 to 1.
        rise: over the customer's own running baseline, 0 to 1.
        trigger_turn: index of the turn it answers, None at the start of a conversation.
        evidence: the words that show it, as they stand in the turn.
        nudge: one sentence on what this moment needs from the agent.
    """

    turn: int
    kind: Label
    severity: Severity
    distress: float
    rise: float
    trigger_turn: int | None
    evidence: tuple[str, ...]
    nudge: str


@dataclass(frozen=True, slots=True)
class Mood:
    """Everything read from a conversation without the language model.

    Attributes:
        readings: one for each customer turn, in order.
        spikes: in order of their turns.
        shift: sentiment shift from start to end, -1 to 1; None where there are too few customer turns.
        risk: chance that the next customer turn is one of high distress, 0 to 1; None without customer turns.
        ms: time the reading took, milliseconds.
    """

    readings: tuple[EmotionReading, ...]
    spikes: tuple[Spike, ...] = ()
    shift: float | None = None
    risk: float | None = None
    ms: float = 0.0

    def of(self, turn: int) -> EmotionReading | None:
        """The reading of a turn, or None where it is not the customer's."""
        return next((r for r in self.readings if r.turn == turn), None)


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with the turns it stands on."""

    text: str
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something checkable that a turn says, found by rule and never by the language model.

    Attributes:
        kind: order_id, amount, date, duration, email, phone, link, reference.
        value: as it stands in the turn.
        turn: where it stands first.
    """

    kind: str
    value: str
    turn: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The case in short. A field that the conversation does not carry is None or empty, never invented."""

    issue: Line | None = None
    tried: tuple[Line, ...] = ()
    feeling: Line | None = None
    wants: Line | None = None
    open: tuple[Line, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class NextAction:
    """Something the agent can do next, and why."""

    text: str
    why: str
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Grounding:
    """What the guard found: `unsupported` names each claim that the conversation does not carry."""

    ok: bool
    unsupported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A suggested reply. What could not be checked stands in it as a visible `[confirm: ...]`.

    Attributes:
        strategy: name of the strategy it follows, as shown to the agent.
        text: ready to copy.
        pillars: the state of each pillar.
        empathy: 0 to 1, a rule-based estimate.
        grounding: the guard's verdict on `text`.
    """

    strategy: str
    text: str
    pillars: dict[Pillar, PillarState]
    empathy: float
    grounding: Grounding


@dataclass(frozen=True, slots=True)
class ContextUse:
    """How much of the language model's context a conversation took.

    Attributes:
        used: tokens of the conversation that the model has read.
        limit: tokens that fit.
        left_out: indices of the turns that did not fit and that the model has not read.
    """

    used: int
    limit: int
    left_out: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Assist:
    """What the language model and the rules around it propose for one moment of a conversation.

    Attributes:
        notes: one sentence each on what is missing and why (a reply the guard refused, turns that did not fit).
        first_token_ms: from the request to the first word.
        ms: from the request to the whole result.
    """

    summary: Summary
    next_actions: tuple[NextAction, ...]
    replies: tuple[Reply, ...]
    context: ContextUse
    model: str = ""
    notes: tuple[str, ...] = ()
    first_token_ms: float = 0.0
    ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Analysis:
    """A conversation with everything that was read from it; `assist` is None where no language model was asked."""

    conversation: Conversation
    mood: Mood
    assist: Assist | None = None


class Stage(StrEnum):
    """What the language model is doing for a request."""

    LOADING = "loading"
    READING = "reading"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a request stands; `done` is the share of the stage, 0 to 1, None where it cannot be told."""

    stage: Stage
    done: float | None = None


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """A reply as far as it is written. Replaces what was shown in its slot (0, 1, 2); not guarded yet."""

    slot: int
    strategy: str
    text: str


@dataclass(frozen=True, slots=True)
class ReplyReady:
    """A reply that is finished and guarded; None where the guard left nothing worth showing in that slot."""

    slot: int
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class SummaryDraft:
    """The summary with the fields that are finished so far."""

    summary: Summary


AssistEvent = Progress | ReplyDraft | ReplyReady | SummaryDraft


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """A saved conversation as a list shows it.

    Attributes:
        saved_at: when it was last saved, aware, UTC.
        turns: how many.
        peak: highest distress of a customer turn, None where nothing was read.
        label: the label of that turn.
        spikes: how many.
        excerpt: the issue line, or the first words of the customer; at most 160 characters.
    """

    id: str
    customer: str | None
    source: str
    saved_at: datetime
    turns: int
    peak: float | None
    label: Label | None
    spikes: int
    excerpt: str
