"""The product layer: the network's word and the table's on labels, distress, valence and urgency are added."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from agent_assist.emotion.cues import Cue, Hit, Weights, muted_by, table
from agent_assist.emotion.head import Layer, Outputs
from agent_assist.records import Label

MAX_WORDS = 4
SOFTNESS = 1.6
"""Divides the labels' log-odds: cues agree with each other more often than independent witnesses would."""
HEADROOM = 4.0
"""Log-odds of distress that no turn exceeds: ten angry cues are not ten times the evidence of one."""
CALM = (Label.NEUTRAL, Label.SATISFACTION)
CHECKING = "checking"
"""The cue of a customer who asks to have something explained."""
QUIET: dict[str, float] = {"neutral": 1.0}
"""The fine probabilities of a part that has no words."""


@dataclass(frozen=True, slots=True)
class Levels:
    """What network and table together make of one part of a turn; the ranges are those of `EmotionReading`."""

    scores: dict[Label, float]
    distress: float
    valence: float
    urgency: float

    @property
    def label(self) -> Label:
        """The leading label."""
        return max(self.scores, key=lambda label: self.scores[label])


@dataclass(frozen=True, slots=True)
class Word:
    """What the table alone says of a part, in log-odds; `valence` is a plain sum.

    Attributes:
        labels: up to a common constant.
    """

    labels: dict[Label, float]
    distress: float
    valence: float
    urgency: float


def combine(outputs: Outputs | None, hits: Sequence[Hit], layer: Layer) -> Levels:
    """Adds what the network says and what the table says; where the network was not asked the table speaks alone."""
    if outputs is None:
        word = look_up(QUIET, hits)
        return _levels(word.labels, word.distress, word.valence, word.urgency)
    word = look_up(outputs.probabilities, hits)
    labels = {
        label: layer.offsets[label] + layer.labels.of(outputs.labels[label], word.labels[label]) for label in Label
    }
    if any(hit.name == CHECKING for hit in hits):
        labels[Label.CONFUSION] += layer.asking
    return _levels(
        labels,
        layer.distress.of(outputs.distress, word.distress),
        layer.valence.of(outputs.valence, word.valence),
        layer.urgency.of(outputs.urgency, word.urgency),
    )


def look_up(fine: Mapping[str, float], hits: Sequence[Hit]) -> Word:
    """Adds up what the table gives for each fine probability and each cue."""
    base = table().base
    distress, urgency, valence = base.distress, base.urgency, base.valence
    logits = {label: base.labels.get(label, 0.0) for label in Label}
    for amount, weights in _found(fine, hits):
        distress += amount * weights.distress
        urgency += amount * weights.urgency
        valence += amount * weights.valence
        for label, step in weights.labels.items():
            logits[label] += amount * step
    labels = {label: logit / SOFTNESS for label, logit in logits.items()}
    return Word(labels, distress / (1 + max(0.0, distress) / HEADROOM), valence, urgency)


def _levels(labels: Mapping[Label, float], distress: float, valence: float, urgency: float) -> Levels:
    top = max(labels.values())
    shares = {label: math.exp(logit - top) for label, logit in labels.items()}
    total = sum(shares.values())
    return Levels(
        scores={label: share / total for label, share in shares.items()},
        distress=sigmoid(distress),
        valence=math.tanh(valence),
        urgency=sigmoid(urgency),
    )


def _found(fine: Mapping[str, float], hits: Sequence[Hit]) -> Iterator[tuple[float, Weights]]:
    muted = muted_by(hits)
    for name, weights in table().fine.items():
        if name not in muted:
            yield fine.get(name, 0.0), weights
    for hit in hits:
        yield hit.strength, table().cue[hit.name]


def evidence(text: str, hits: Sequence[Hit], label: Label) -> tuple[str, ...]:
    """The words that show `label`, as they stand in `text`, strongest first, at most four; none for a neutral turn."""
    if label is Label.NEUTRAL:
        return ()
    ranked = []
    for hit in hits:
        weight = _shows(table().cue[hit.name], label)
        if weight > 0:
            ranked += [(-weight, start, end) for start, end in hit.spans]
    chosen: list[tuple[int, int]] = []
    for _, start, end in sorted(ranked):
        if len(chosen) == MAX_WORDS:
            break
        if all(end <= s or start >= e for s, e in chosen):
            chosen.append((start, end))
    return tuple(dict.fromkeys(text[start:end].strip() for start, end in chosen))


def _shows(cue: Cue, label: Label) -> float:
    """How much a cue speaks for a label: what it adds to it, and for a feeling of distress also to distress."""
    if not cue.shows:
        return 0.0
    weight = cue.labels.get(label, 0.0)
    return weight + max(0.0, cue.distress) if weight > 0 and label not in CALM else weight


def sigmoid(x: float) -> float:
    """Log-odds to a share, 0 to 1; does not overflow."""
    return 0.5 * (1.0 + math.tanh(0.5 * x))
