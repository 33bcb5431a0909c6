"""Finds what the rules and the cues weigh, and how the network is added, on what may be trained on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from agent_assist.assist.empathy import NEEDS, OUTPUTS, Blend, features, turn_features, weighed
from agent_assist.records import Pillar, Speaker, Turn
from models.empathy.recipe import Array, Said, Written, f1, written_truth

HOLD, HOLD_TURNS = 1.0, 6.0
"""How strongly each weight is held at 0, for what is learnt from replies and from customers' turns."""
SEEN = 3
"""How often a feature must be seen to be weighed."""
NEAR = 0.01
"""How much worse than the best F1 still counts as best."""
SMALL = 0.02
"""Weights below are left out."""
SHARE = 0.35
"""Of the network in what a reply gives, shows and is worth. In cross-validation anything from 0.3 to 0.5 does as well,
and better than either the network or the table alone."""
SHIFTS = tuple(step / 4 for step in range(-8, 9))
"""Tried at the threshold of a need, in log-odds: a rare one is chosen too seldom at even odds."""

Wide = NDArray[np.float64]


def fit_tables(replies: Sequence[Written], turns: Sequence[Said]) -> dict[str, dict[str, float]]:
    """What each rule and cue weighs in each output, in log-odds.

    Args:
        replies: what replies give, show and are worth is learnt from them.
        turns: what a moment needs is learnt from them.
    """
    truth = written_truth(replies).astype(np.float64)
    seen = [features(reply.text, [_turn(reply.before)]) for reply in replies]
    tables = {name: _weigh(seen, truth[:, k], HOLD) for k, name in enumerate(OUTPUTS) if not name.startswith(NEEDS)}
    return tables | {f"{NEEDS}{pillar}": _need_table(turns, pillar) for pillar in Pillar}


def _need_table(turns: Sequence[Said], pillar: Pillar) -> dict[str, float]:
    seen = [turn_features([_turn(turn.text)]) for turn in turns]
    return _weigh(seen, np.array([float(pillar in turn.needs) for turn in turns]), HOLD_TURNS)


def fit_blends(turns: Sequence[Said], fresh: Sequence[Said], network: Array) -> dict[str, Blend]:
    """How the network's word and the table's are added in each output.

    Args:
        turns: all that may be learnt from.
        fresh: those of them that the network has not seen.
        network: what it says of them, `[fresh, outputs]`.
    """
    blends = {name: Blend(0.0, SHARE, round(1 - SHARE, 3)) for name in OUTPUTS}
    for pillar in Pillar:
        name = f"{NEEDS}{pillar}"
        said = network[:, OUTPUTS.index(name)].astype(np.float64)
        truth = np.array([pillar in turn.needs for turn in fresh])
        both = np.stack([np.ones(len(fresh)), said, _unseen_table(turns, fresh, pillar)], axis=1)
        base, share, rest = logistic(both, truth.astype(np.float64), 0, HOLD)
        odds = both @ np.array([base, share, rest])
        # The middle of the best ones: a single turn more or less moves the best.
        reached = [f1(odds + shift > 0, truth) for shift in SHIFTS]
        shift = float(np.median([s for s, value in zip(SHIFTS, reached, strict=True) if value >= max(reached) - NEAR]))
        blends[name] = Blend(round(float(base) + shift, 3), round(float(share), 3), round(float(rest), 3))
    return blends


def _unseen_table(turns: Sequence[Said], fresh: Sequence[Said], pillar: Pillar) -> Wide:
    """What a table says of each fresh turn that was made without the turns of its side."""
    tables = {s: _need_table([t for t in turns if t.side != s], pillar) for s in {turn.side for turn in fresh}}
    return np.array([weighed(tables[turn.side], turn_features([_turn(turn.text)])) for turn in fresh])


def _turn(before: str) -> Turn:
    return Turn(0, Speaker.CUSTOMER, before)


def _weigh(rows: Sequence[Mapping[str, float]], truth: Wide, hold: float) -> dict[str, float]:
    """The weights of the features that are seen often enough and matter."""
    seen = Counter(name for row in rows for name, value in row.items() if value)
    names = [name for name, count in seen.items() if count >= SEEN]
    inputs = np.array([[row.get(name, 0.0) for name in names] for row in rows])
    values = logistic(inputs, truth, names.index("base"), hold)
    return {n: round(float(v), 3) for n, v in zip(names, values, strict=True) if abs(v) >= SMALL}


def logistic(inputs: Wide, truth: Wide, base: int, hold_at: float) -> Wide:
    """Logistic regression by Newton's method with a penalty (ridge) on every weight but the base."""
    hold = np.full(inputs.shape[1], hold_at)
    hold[base] = 1e-6

    def loss(values: Wide) -> float:
        odds = inputs @ values
        return float((np.logaddexp(0, odds) - truth * odds).sum() + 0.5 * (hold * values**2).sum())

    values = np.zeros(inputs.shape[1])
    for _ in range(100):
        chance = 0.5 * (1 + np.tanh(0.5 * (inputs @ values)))
        gradient = inputs.T @ (chance - truth) + hold * values
        curve = (inputs * (chance * (1 - chance))[:, None]).T @ inputs + np.diag(hold)
        step = np.linalg.solve(curve, gradient)
        while loss(values - step) > loss(values) and np.abs(step).max() > 1e-9:
            step *= 0.5
        values = values - step
        if np.abs(step).max() < 1e-6:
            break
    return values
