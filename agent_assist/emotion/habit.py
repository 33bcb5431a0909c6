"""What the agents of a desk teach by correcting labels: "what you call worry is frustration here". Pure functions.

A habit is a set of shifts. Each says by how much one label gains on another that was read, and for turns of which
distress. It is fitted as a maximum a posteriori estimate of a logistic model with a Gaussian prior on the shift
(MacKay, "Information Theory, Inference, and Learning Algorithms", 2003, chapter 41): a correction is evidence that the
shift exceeds the margin, in log-odds, by which the model preferred its own label.

Only turns that read wrong are corrected, so that corrections alone would always ask for more. Each correction
therefore brings turns that were left alone with it: `LEFT_ALONE` of them, spread over the labels as they occur on a
desk, each one evidence against a shift away from its label. A label that an agent corrects again and again outweighs
its share of them; slips all over the place do not. And no shift reaches turns milder or fiercer than those it was
learnt from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent_assist.records import Correction, EmotionReading, Label

SHIFT_LIMIT = 2.5
"""A label gains no more than this, in log-odds: what reads beyond doubt as one label is never turned into another."""
OFFSET_LIMIT = 0.15
"""Distress moves by no more than this, either way."""
PRIOR = 0.5
"""Precision of the Gaussian prior of a shift: one correction alone moves little."""
STEEPNESS = 2.0
"""How sharply a margin tells a turn that is corrected from one that is not."""
LEFT_ALONE = 2.0
"""Customer turns that are read right for each that is corrected."""
LEFT_MARGIN = 1.5
"""The margin, in log-odds, at which such a turn stands against any other label."""
SHARES = {
    Label.ANGER: 0.08,
    Label.FRUSTRATION: 0.24,
    Label.CONFUSION: 0.06,
    Label.STRESS: 0.10,
    Label.SADNESS: 0.05,
    Label.SATISFACTION: 0.14,
    Label.NEUTRAL: 0.33,
}
"""How often each label occurs on a support desk: as in the turns of `models/emotion/data`, rounded."""
ALIKE = 4
"""Corrections of one label to another before anything is learnt of the two: fewer may be slips."""
TRIM = 0.1
"""Share of a shift's corrections at either end of distress that do not widen its reach."""
FADE = 0.1
"""Distress over which a shift fades out beyond its reach."""
OFFSET_PRIOR = 10.0
"""Corrections that the offset of distress starts with, as if none had moved it."""
AGENT_SAYS = 0.6
"""Share of the scores that goes to the label that the agent gave; what was read keeps the rest."""
_FLOOR = 1e-6
_SAME = 1e-6
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Meaning:
    """The range of distress (0 to 1) and of valence (-1 to 1) that a label stands for, both ends in it."""

    distress: tuple[float, float]
    valence: tuple[float, float]


MEANINGS = {
    Label.ANGER: Meaning((0.65, 1.0), (-1.0, -0.4)),
    Label.FRUSTRATION: Meaning((0.4, 0.85), (-1.0, -0.2)),
    Label.CONFUSION: Meaning((0.2, 0.6), (-0.7, 0.0)),
    Label.STRESS: Meaning((0.35, 1.0), (-1.0, -0.1)),
    Label.SADNESS: Meaning((0.35, 1.0), (-1.0, -0.3)),
    Label.SATISFACTION: Meaning((0.0, 0.1), (0.2, 1.0)),
    Label.NEUTRAL: Meaning((0.05, 0.35), (-0.3, 0.2)),
}
"""What a corrected turn is moved into, so that timeline, spikes and shift follow the agent's word. After the scale by
which the turns of `models/emotion/data` were labelled: 0.5 is where a team lead would want to be told."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One thing that a desk says otherwise.

    Attributes:
        said: the label that was read.
        given: the label that the desk gives.
        bias: what `given` gains on `said`, in log-odds, above 0 and at most `SHIFT_LIMIT`.
        reach: lowest and highest distress of the turns it was learnt from.
    """

    said: Label
    given: Label
    bias: float
    reach: tuple[float, float]

    def at(self, distress: float) -> float:
        """The bias for a turn of this distress."""
        beyond = max(0.0, self.reach[0] - distress, distress - self.reach[1])
        return self.bias * max(0.0, 1.0 - beyond / FADE)


@dataclass(frozen=True, slots=True)
class Habit:
    """What was learnt at a desk; the empty one reads as shipped.

    Attributes:
        shifts: in the order of the labels.
        offset: added to the distress of every turn, within `OFFSET_LIMIT`.
        count: corrections it stands on.
    """

    shifts: tuple[Shift, ...] = ()
    offset: float = 0.0
    count: int = 0

    def apply(self, reading: EmotionReading) -> EmotionReading:
        """The reading as this desk would have it.

        Scores sum to 1 and distress stays in 0 to 1, moved by at most `OFFSET_LIMIT`. A turn whose label changes is
        moved towards what its new label means. Where nothing was learnt about a turn, its scores stay bit for bit, and
        so does a whole reading that the agent corrected.
        """
        if reading.corrected or not self.count:
            return reading
        scores = self._shifted(reading)
        label = reading.label if scores is reading.scores else max(scores, key=lambda one: scores[one])
        wanted = reading.distress + self.offset
        if label is not reading.label:
            wanted = _into(MEANINGS[label].distress, wanted)
        step = max(-OFFSET_LIMIT, min(OFFSET_LIMIT, wanted - reading.distress))
        distress = max(0.0, min(1.0, reading.distress + step)) if step else reading.distress
        return replace(reading, label=label, scores=scores, distress=distress)

    def _shifted(self, reading: EmotionReading) -> dict[Label, float]:
        gains = {s.given: s.at(reading.distress) for s in self.shifts if s.said is reading.label}
        if not any(gains.values()):
            return reading.scores
        raised = {label: share * math.exp(gains.get(label, 0.0)) for label, share in reading.scores.items()}
        total = sum(raised.values())
        return {label: share / total for label, share in raised.items()}


SHIPPED = Habit()
"""Nothing learnt."""


def learn(corrections: Sequence[Correction]) -> Habit:
    """The habit that these corrections show; the same for any order of them."""
    ordered = sorted(corrections, key=lambda c: (c.distress, c.label, *(c.scores.get(x, 0.0) for x in Label)))
    if not ordered:
        return SHIPPED
    cells = ((said, given) for said in Label for given in Label if given is not said)
    shifts = (_shift(said, given, ordered) for said, given in cells)
    moved = math.fsum(_into(MEANINGS[c.label].distress, c.distress) - c.distress for c in ordered)
    offset = moved / (OFFSET_PRIOR + len(ordered) * (1 + LEFT_ALONE))
    return Habit(
        shifts=tuple(shift for shift in shifts if shift is not None),
        offset=max(-OFFSET_LIMIT, min(OFFSET_LIMIT, offset)),
        count=len(ordered),
    )


def corrected(reading: EmotionReading, label: Label) -> EmotionReading:
    """The reading with the agent's word for it; distress and valence come as near as that label's meaning allows."""
    meaning = MEANINGS[label]
    scores = {one: (1 - AGENT_SAYS) * share for one, share in reading.scores.items()}
    scores[label] = scores.get(label, 0.0) + AGENT_SAYS
    return replace(
        reading,
        label=label,
        distress=_into(meaning.distress, reading.distress),
        valence=_into(meaning.valence, reading.valence),
        scores=scores,
        corrected=True,
    )


def same_turn(correction: Correction, reading: EmotionReading) -> bool:
    """Whether a reading, as the model gave it, is of the text that was corrected.

    Ids of conversations come from outside and may be those of others: where what was read differs, so does the text
    (or the model), and the agent's word is not for it.
    """
    return all(abs(reading.scores[label] - correction.scores.get(label, 0.0)) < _SAME for label in reading.scores)


def _shift(said: Label, given: Label, corrections: Sequence[Correction]) -> Shift | None:
    """What `given` gains on `said`; None where too little speaks for it."""
    here = [(c, _margin(c.scores, said, given)) for c in corrections if _leading(c.scores) is said]
    moved = [(c.distress, margin) for c, margin in here if c.label is given]
    if len(moved) < ALIKE:
        return None
    # An agent who gives back the label that was read leaves the turn alone in so many words.
    kept = [margin for c, margin in here if c.label is said]
    left = LEFT_ALONE * len(corrections) * SHARES[said]
    bias = _most_probable([margin for _, margin in moved], kept, left)
    if bias <= 0.0:
        return None
    cut = int(TRIM * len(moved))
    return Shift(said, given, bias, (moved[cut][0], moved[-1 - cut][0]))  # corrections come sorted by distress


def _most_probable(moved: Sequence[float], kept: Sequence[float], left: float) -> float:
    """Where the posterior of a shift peaks, 0 to `SHIFT_LIMIT`: its logarithm is concave, its slope is halved down.

    Args:
        moved: margins that the shift has to exceed.
        kept: margins that it has to stay below.
        left: how many turns were left alone beside them.
    """

    def slope(shift: float) -> float:
        up = math.fsum(_sigmoid(STEEPNESS * (margin - shift)) for margin in moved)
        down = math.fsum(_sigmoid(STEEPNESS * (shift - margin)) for margin in kept)
        alone = left * _sigmoid(STEEPNESS * (shift - LEFT_MARGIN))
        return STEEPNESS * (up - down - alone) - PRIOR * shift

    low, high = 0.0, SHIFT_LIMIT
    if slope(low) <= 0.0:
        return 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)
    return low


def _leading(scores: Mapping[Label, float]) -> Label:
    return max(scores, key=lambda label: scores[label])


def _margin(scores: Mapping[Label, float], said: Label, given: Label) -> float:
    """By how much the model preferred one label to another, log-odds."""
    return math.log(max(_FLOOR, scores.get(said, 0.0)) / max(_FLOOR, scores.get(given, 0.0)))


def _into(span: tuple[float, float], value: float) -> float:
    """The value, or the end of the span that is nearest to it."""
    return max(span[0], min(span[1], value))


def _sigmoid(x: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * x))
