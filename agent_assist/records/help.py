"""What the language model and the rules around it propose, and how it comes in part by part."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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


class Source(StrEnum):
    """Where the sentences of a suggested reply come from."""

    COMPOSED = "composed"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Line:
    """A statement with the turns it stands on."""

    text: str
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something checkable that a turn says, found by rule and never by the language model.

    Attributes:
        kind: order_id, amount, date, duration, email, phone, link, reference; product: what is named twice or more.
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
        source: GENERATED where a sentence of the language model is part of it, else COMPOSED.
    """

    strategy: str
    text: str
    pillars: dict[Pillar, PillarState]
    empathy: float
    grounding: Grounding
    source: Source = Source.COMPOSED


@dataclass(frozen=True, slots=True)
class Choice:
    """What an agent did with one of the replies of a moment, as ranking learns from it. Holds no text.

    Attributes:
        conversation: its id, or a name that leads nowhere where that was erased.
        turns: how many turns it had then; with the conversation it names the moment.
        slot: the reply's place among those shown, from 0.
        features: what kind of reply it was, as the ranking names it.
        outcome: SHOWN where the agent did nothing with it.
    """

    conversation: str
    turns: int
    slot: int
    features: tuple[str, ...]
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class ContextUse:
    """How much of the language model's context a conversation took.

    Attributes:
        used: tokens of the conversation that the model has read.
        limit: tokens that fit.
        left_out: indices of the turns that did not fit at once.
        sections: in how many sections the conversation was read for the summary; 1 where it fits as a whole. With more
            than one, every turn was read for the summary, and `left_out` tells what the replies were written without.
    """

    used: int
    limit: int
    left_out: tuple[int, ...] = ()
    sections: int = 1


@dataclass(frozen=True, slots=True)
class Assist:
    """What the language model and the rules around it propose for one moment of a conversation.

    Attributes:
        notes: one sentence each on what is missing and why (a reply the guard refused, turns that did not fit).
        first_token_ms: from the request to the first word.
        ms: from the request to the whole result.
        tactic: how to bring a spike down, by its kind and cause; None where there is no recent spike.
    """

    summary: Summary
    next_actions: tuple[NextAction, ...]
    replies: tuple[Reply, ...]
    context: ContextUse
    model: str = ""
    notes: tuple[str, ...] = ()
    first_token_ms: float = 0.0
    ms: float = 0.0
    tactic: NextAction | None = None


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
