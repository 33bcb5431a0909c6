"""What was read from a conversation without the language model."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


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


SURE = 0.45
"""Share of the scores from which a label is more than a guess."""


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
        fine: the classifier's 28 GoEmotions scores, 0 to 1; 0.5 and more means that the label is given.
        corrected: whether `label` is what the agent said, not what was read.
    """

    turn: int
    label: Label
    distress: float
    valence: float
    urgency: float
    scores: dict[Label, float]
    words: tuple[str, ...] = ()
    fine: dict[str, float] = field(default_factory=dict)
    corrected: bool = False

    @property
    def sure(self) -> bool:
        """Whether the label may be shown as a word; one that is not sure is shown as neutral grey, not as a guess."""
        return self.corrected or self.scores[self.label] >= SURE

    @property
    def runners_up(self) -> tuple[Label, ...]:
        """The two labels after the leading one, likelier first."""
        others = sorted((label for label in self.scores if label is not self.label), key=lambda x: -self.scores[x])
        return tuple(others[:2])


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a turn reads as it does: found by leaving words out and reading what remains.

    Attributes:
        turn: index of the turn.
        spans: start and end in the turn's text, with what leaving them out took from the label (log-odds, above 0);
            strongest first, at most four.
        cause_turn: index of the agent's turn that it answers, None at the start of a conversation.
        cause: name of what in that turn (or in this one) set it off, "" where none was recognised; see `Spike.cause`.
    """

    turn: int
    spans: tuple[tuple[int, int, float], ...]
    cause_turn: int | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """What an agent said a turn should be read as. Holds no text.

    Attributes:
        conversation: id of the conversation.
        turn: index of the customer's turn.
        label: the agent's word for it.
        scores: what the model gave, before anything that was learnt at this desk.
        distress: likewise.
    """

    conversation: str
    turn: int
    label: Label
    scores: dict[Label, float]
    distress: float


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
        nudge: one sentence on what this moment needs from the agent; "" where one was given a moment ago.
        cause: name of what set it off, by the table of nudges; "" where none was recognised.
    """

    turn: int
    kind: Label
    severity: Severity
    distress: float
    rise: float
    trigger_turn: int | None
    evidence: tuple[str, ...]
    nudge: str
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """The moment at which a distressed customer was relieved.

    Attributes:
        turn: index of the customer turn that shows it.
        since: index of the customer turn of most distress before it.
        fall: by how much distress came down since then, 0 to 1.
    """

    turn: int
    since: int
    fall: float


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """A customer who says that life is hard for them now, and what that asks of the agent.

    Attributes:
        turn: index of the customer turn that says so.
        kind: bereavement, illness, self_harm, hardship or abuse.
        words: the words that say so, as they stand in the turn.
        guidance: one or two sentences on how to treat it; never about selling or keeping the customer.
    """

    turn: int
    kind: str
    words: tuple[str, ...]
    guidance: str


@dataclass(frozen=True, slots=True)
class Mood:
    """Everything read from a conversation without the language model.

    Attributes:
        readings: one for each customer turn that could be read, in order.
        spikes: in order of their turns.
        shift: sentiment shift from start to end, -1 to 1; None where there are too few customer turns.
        risk: chance that the next customer turn is one of high distress, 0 to 1; None without customer turns.
        ms: time the reading took, milliseconds.
        unread: indices of the customer turns in a language that is not read.
        recoveries: in order of their turns.
        vulnerable: in order of their turns, each kind once.
    """

    readings: tuple[EmotionReading, ...]
    spikes: tuple[Spike, ...] = ()
    shift: float | None = None
    risk: float | None = None
    ms: float = 0.0
    unread: tuple[int, ...] = ()
    recoveries: tuple[Recovery, ...] = ()
    vulnerable: tuple[Vulnerability, ...] = ()

    def of(self, turn: int) -> EmotionReading | None:
        """The reading of a turn, or None where it is not the customer's."""
        return next((r for r in self.readings if r.turn == turn), None)
