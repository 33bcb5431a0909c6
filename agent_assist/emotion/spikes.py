"""Spikes: the moments at which a customer's distress turned up. A pure function of the turns and their readings."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

from agent_assist.emotion.cues import find_cues
from agent_assist.emotion.text import mask
from agent_assist.records import EmotionReading, Label, Severity, Speaker, Spike, Turn

LEVEL = 0.55
"""Distress below which nothing is a spike."""
RISE = 0.2
"""How far a spike stands over the customer's own baseline, at least."""
CALMER = 0.42
"""Once a spike was raised, distress must come down to this before the next."""
HOT_START = 0.72
"""A first turn has no baseline: from here on it counts all the same."""
RESTING = 0.25
"""Baseline that the rise of a hot start is measured from."""
HIGH = 0.78
"""Distress from which a spike is of high severity."""
FORGET = 0.5
"""Share of the baseline that each turn replaces."""
FILLER_WORDS, FILLER_DISTRESS = 3, 0.3

KINDS = (Label.ANGER, Label.FRUSTRATION, Label.CONFUSION, Label.STRESS, Label.SADNESS)


def find_spikes(turns: Sequence[Turn], readings: Sequence[EmotionReading]) -> tuple[Spike, ...]:
    """The spikes of a conversation, in order.

    A spike needs a level and a rise over the running baseline of this customer; after one, distress must come down
    before there is another. A turn of at most three words that shows nothing ("ok", an order number) is passed over:
    it neither calms nor moves the baseline.

    Args:
        turns: of the conversation, `turns[k].i == k`.
        readings: of its customer turns, in order.
    """
    spikes = []
    baseline: float | None = None
    ready = True
    for reading in readings:
        if _is_filler(turns[reading.turn], reading):
            continue
        level = reading.distress
        if ready and _is_spike(level, baseline):
            spikes.append(_spike(turns, reading, level - (RESTING if baseline is None else baseline)))
            ready = False
        elif level <= CALMER:
            ready = True
        baseline = level if baseline is None else (1 - FORGET) * baseline + FORGET * level
    return tuple(spikes)


def _is_spike(level: float, baseline: float | None) -> bool:
    if baseline is None:
        return level >= HOT_START
    return level >= LEVEL and level - baseline >= RISE


def _is_filler(turn: Turn, reading: EmotionReading) -> bool:
    calm = reading.label is Label.NEUTRAL and reading.distress < FILLER_DISTRESS
    return calm and len(turn.text.split()) <= FILLER_WORDS


def _spike(turns: Sequence[Turn], reading: EmotionReading, rise: float) -> Spike:
    kind = max(KINDS, key=lambda label: reading.scores[label])
    return Spike(
        turn=reading.turn,
        kind=kind,
        severity=Severity.HIGH if reading.distress >= HIGH else Severity.LOW,
        distress=reading.distress,
        rise=max(0.0, rise),
        trigger_turn=_answered(turns, reading.turn),
        evidence=reading.words,
        nudge=_nudge(turns[reading.turn].text, kind),
    )


def _answered(turns: Sequence[Turn], turn: int) -> int | None:
    """The last turn before this one that an agent or a bot wrote."""
    return next((t.i for t in reversed(turns[:turn]) if t.speaker in (Speaker.AGENT, Speaker.BOT)), None)


@cache
def nudges() -> dict[str, dict[str, str]]:
    """The shipped sentences: `cues` by name of the cue, in order of precedence, and `kinds` by label."""
    return tomllib.loads(resources.files(__package__).joinpath("nudges.toml").read_text(encoding="utf-8"))


def _nudge(text: str, kind: Label) -> str:
    found = {hit.name for hit in find_cues(mask(text))}
    by_cue = nudges()["cues"]
    return next((by_cue[name] for name in by_cue if name in found), nudges()["kinds"][kind])
