"""What the agents of a desk teach by correcting labels: "what you call worry is frustration here". Pure functions.

A habit is a set of shifts: of the turns for which one label is right elsewhere, the desk gives another to this share.
Such shares are the error rates of an observer (Dawid and Skene, "Maximum likelihood estimation of observer error-rates
using the EM algorithm", Applied Statistics 28, 1979). The scores of a reading say how likely each label is elsewhere,
so that the desk says `given` with the score of `given` and that share of the score of `said`. A share is fitted to
what agents said, with a Beta prior, where its posterior peaks.

Only turns that read wrong are corrected, so that corrections alone would always ask for more. Each correction
therefore brings turns that were left alone with it: `LEFT_ALONE` of them, spread over the labels as they occur on a
desk, each one evidence against a shift away from its label. A label that an agent corrects again and again outweighs
its share of them; slips all over the place do not, nor do the mistakes of the reader, whose scores already tell that
it was not sure. And no shift reaches turns much milder or fiercer than those it was learnt from.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from agent_assist.records import Correction, EmotionReading, Label

SHARE_LIMIT = 0.6
"""A label hands on no more than this share of its score: enough to turn a plain reading, and the rest still shows."""
OFFSET_LIMIT = 0.15
"""Distress moves by no more than this, either way."""
PRIOR = 1.0
"""Turns that a share starts with, as if they had been left alone: a Beta(1, 2) prior."""
LEFT_ALONE = 1.2
"""Customer turns that are read right for each that is corrected."""
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
ALIKE = 5
"""Corrections of one label to another before anything is learnt of the two: fewer may be slips."""
ALIKE_SHARE = 0.12
"""Share of all corrections that they have to be besides: slips add up, too."""
TRIM = 0.1
"""Share of a shift's corrections at either end of distress that do not widen its reach."""
FADE = 0.2
"""Distress over which a shift fades out beyond its reach."""
OFFSET_PRIOR = 10.0
"""Corrections that the offset of distress starts with, as if none had moved it."""
AGENT_SAYS = 0.6
"""Share of the scores that goes to the label that the agent gave; what was read keeps the rest."""
SLIP = 0.05
"""What any label is given by a slip of the hand; a score below it says no more than that."""
_SAME = 1e-6
_HALVINGS = 40
_ROUNDS = 10


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
        said: the label that is right elsewhere.
        given: the label that the desk gives.
        share: of the score of `said` that goes to `given`, above 0 and at most `SHARE_LIMIT`.
        reach: lowest and highest distress of the turns it was learnt from.
    """

    said: Label
    given: Label
    share: float
    reach: tuple[float, float]

    def at(self, distress: float) -> float:
        """The share for a turn of this distress."""
        beyond = max(0.0, self.reach[0] - distress, distress - self.reach[1])
        return self.share * max(0.0, 1.0 - beyond / FADE)


@dataclass(frozen=True, slots=True)
class Habit:
    """What was learnt at a desk; the empty one reads as shipped.

    Attributes:
        shifts: in the order of the labels that are given.
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
        words = reading.words if label is reading.label else ()
        return replace(reading, label=label, scores=scores, distress=distress, words=words)

    def _shifted(self, reading: EmotionReading) -> dict[Label, float]:
        shares = [(shift, share) for shift in self.shifts if (share := shift.at(reading.distress)) > 0.0]
        if not shares:
            return reading.scores
        scores = dict(reading.scores)
        for shift, share in shares:
            # Of what was read, not of what another shift brought: "worry is frustration" and "frustration is anger"
            # are two habits, and make no worry anger.
            handed = sum(other for one, other in shares if one.said is shift.said)
            moved = reading.scores[shift.said] * share * min(1.0, SHARE_LIMIT / handed)
            scores[shift.said] -= moved
            scores[shift.given] += moved
        return scores


SHIPPED = Habit()
"""Nothing learnt."""


def learn(corrections: Sequence[Correction]) -> Habit:
    """The habit that these corrections show; the same for any order of them."""
    ordered = sorted(corrections, key=lambda c: (c.distress, c.label, *(c.scores.get(x, 0.0) for x in Label)))
    if not ordered:
        return SHIPPED
    shifts = [shift for given in Label for shift in _shifts(given, ordered)]
    moved = math.fsum(_into(MEANINGS[c.label].distress, c.distress) - c.distress for c in ordered)
    offset = moved / (OFFSET_PRIOR + len(ordered) * (1 + LEFT_ALONE))
    return Habit(
        shifts=tuple(shifts),
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
        words=reading.words if label is reading.label else (),
        corrected=True,
    )


def same_turn(correction: Correction, reading: EmotionReading) -> bool:
    """Whether a reading, as the model gave it, is of the text that was corrected.

    Ids of conversations come from outside and may be those of others: where what was read differs, so does the text
    (or the model), and the agent's word is not for it.
    """
    return all(abs(reading.scores[label] - correction.scores.get(label, 0.0)) < _SAME for label in reading.scores)


def _shifts(given: Label, corrections: Sequence[Correction]) -> list[Shift]:
    """What the desk calls `given` instead of something else, where enough speaks for it.

    The shares are found in turns, each with the others as they stand, until they hardly move: what one habit explains
    is no evidence of another. The posterior of all is concave, so that any order leads to the same.
    """
    asked = [c for c in corrections if c.label is given]
    enough = max(ALIKE, ALIKE_SHARE * len(corrections))
    led = {said: [c.distress for c in asked if _leading(c.scores) is said] for said in Label if said is not given}
    shares = {said: 0.0 for said, moved in led.items() if len(moved) >= enough}
    for _ in range(_ROUNDS if len(shares) > 1 else 1):
        for said in shares:
            odds = [
                _explained(c, {one: share for one, share in shares.items() if one is not said}) / c.scores[said]
                for c in asked
                if c.scores.get(said, 0.0) > 0.0
            ]
            # An agent who gives that very label says so in as many words.
            kept = LEFT_ALONE * len(corrections) * SHARES[said] + sum(c.label is said for c in corrections)
            shares[said] = _most_probable(odds, kept + PRIOR)
    return [Shift(said, given, share, _reach(led[said])) for said, share in shares.items() if share > 0.0]


def _explained(correction: Correction, shares: Mapping[Label, float]) -> float:
    """How likely this turn was to get its label: by itself, and by these shares of other labels."""
    own = max(SLIP, correction.scores.get(correction.label, 0.0))
    return math.fsum([own, *(share * correction.scores.get(said, 0.0) for said, share in shares.items())])


def _reach(moved: Sequence[float]) -> tuple[float, float]:
    """From which to which distress; `moved` comes sorted."""
    cut = int(TRIM * len(moved))
    return moved[cut], moved[-1 - cut]


def _most_probable(odds: Sequence[float], kept: float) -> float:
    """Where the posterior of a share peaks, 0 to `SHARE_LIMIT`: its logarithm is concave, its slope is halved down.

    Args:
        odds: for each turn that got the label, how much likelier it was to get it without a habit than to be one of
            those that a habit may move.
        kept: how many turns were left as they were.
    """

    def slope(share: float) -> float:
        return math.fsum(1.0 / (one + share) for one in odds) - kept / (1.0 - share)

    low, high = 0.0, SHARE_LIMIT
    if slope(low) <= 0.0:
        return 0.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0.0 else (low, middle)
    return low


def _leading(scores: Mapping[Label, float]) -> Label:
    return max(scores, key=lambda label: scores[label])


def _into(span: tuple[float, float], value: float) -> float:
    """The value, or the end of the span that is nearest to it."""
    return max(span[0], min(span[1], value))
