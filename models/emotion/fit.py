"""Finds the numbers of the product layer on written support-desk turns, from scores of networks that did not see them.

The network and the table of cues each say something of a turn, in log-odds; the layer adds the two (Wolpert, 1992,
"Stacked generalization"). Some twenty numbers are all that is fitted, by maximum likelihood with a pull towards a plain
mean of the two, so that eighteen hundred turns are plenty.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from agent_assist.emotion.cues import find_cues
from agent_assist.emotion.head import Blend, Layer, Manifest, Outputs
from agent_assist.emotion.layer import look_up
from agent_assist.emotion.text import mask, says_something
from agent_assist.records import Label
from models.emotion.recipe import Array, DeskTurn, f1

ASKING = 2.5
"""Set by hand. The written turns call a plain question neutral; other raters hear in "So it is monthly, right?" a
customer who is not clear about something, and an agent does well to hear it too."""
TABLE_SHARE, LABEL_SHARE = 0.3, 0.75
"""What the table's word on distress, and on the label, weighs beside the network's. Set by hand: the written turns were
chosen for feeling that hides, and on them alone a fit nearly gives up the table, which knows the plain words that most
people use."""
NEARNESS = 0.02
"""Macro-F1 that an offset's move by one costs."""
PULL = 2.0
"""Strength of the prior: as much as this many turns that say "half network, half table"."""


def fit(turns: Sequence[DeskTurn], unseen: Array, fine: tuple[str, ...], thresholds: tuple[float, ...]) -> Layer:
    """The layer for written turns and the scores that networks gave them unseen, `[turns, outputs]`."""
    neutral = Blend(0.0, 0.5, 0.5)
    blank = Layer(neutral, dict.fromkeys(Label, 0.0), ASKING, neutral, neutral, neutral, 0, 0)
    bare = Manifest(fine, thresholds, blank, {})
    rows = [Outputs(bare, row) for row in unseen]
    words = []
    for turn, row in zip(turns, rows, strict=True):
        masked = mask(turn.text)
        words.append(look_up(row.probabilities, find_cues(masked, words=says_something(masked))))
    truth = torch.tensor([list(Label).index(turn.label) for turn in turns])
    network = torch.tensor([[row.labels[label] for label in Label] for row in rows])
    table = torch.tensor([[word.labels[label] for label in Label] for word in words])
    network, table = functional.log_softmax(network, 1), functional.log_softmax(table, 1)
    mixed = network + LABEL_SHARE * table
    share, offsets = _fit_labels(mixed, truth)
    offsets = _balance((share * mixed).numpy(), offsets, truth.numpy())

    def level(of_network: list[float], of_table: list[float], target: list[float]) -> Blend:
        columns = torch.tensor([of_network, of_table]).T
        base, *found = _fit_level(columns, torch.tensor(target))
        return Blend(round(base, 3), round(found[0], 3), round(found[1], 3))

    valence = level(
        [row.valence for row in rows], [word.valence for word in words], [(t.valence + 1) / 2 for t in turns]
    )
    both = [r.distress + TABLE_SHARE * w.distress for r, w in zip(rows, words, strict=True)]
    base, factor = _fit_level(torch.tensor(both)[:, None], torch.tensor([t.distress for t in turns]))
    distress = Blend(base, factor, factor * TABLE_SHARE)
    distress = _spread(distress, [distress.of(r.distress, w.distress) for r, w in zip(rows, words, strict=True)], turns)
    leans = [distress.of(r.distress, w.distress) for r, w in zip(rows, words, strict=True)]
    before, resting = _fit_before(turns, leans)
    return Layer(
        labels=Blend(0.0, round(share, 3), round(share * LABEL_SHARE, 3)),
        offsets={label: round(offset, 3) for label, offset in zip(Label, offsets, strict=True)},
        asking=ASKING,
        distress=distress,
        valence=Blend(valence.base / 2, valence.network / 2, valence.table / 2),
        urgency=level([r.urgency for r in rows], [w.urgency for w in words], [t.urgency for t in turns]),
        before=round(before, 3),
        resting=round(resting, 3),
    )


def _fit_labels(both: Tensor, truth: Tensor) -> tuple[float, list[float]]:
    """A factor and an offset for each label."""
    values = torch.tensor([0.5] + [0.0] * len(Label), requires_grad=True)
    start = values.detach().clone()

    def loss() -> Tensor:
        scores = values[0] * both + values[1:]
        return functional.cross_entropy(scores, truth, reduction="sum") + PULL * ((values - start) ** 2).sum()

    factor, *offsets = _minimise(values, loss)
    return factor, offsets


def _fit_level(columns: Tensor, target: Tensor) -> list[float]:
    """Base and factors for a level, 0 to 1, from columns of log-odds."""
    values = torch.tensor([0.0] + [0.5] * columns.shape[1], requires_grad=True)
    start = values.detach().clone()

    def loss() -> Tensor:
        scores = values[0] + columns @ values[1:]
        entropy = functional.binary_cross_entropy_with_logits(scores, target, reduction="sum")
        return entropy + PULL * ((values - start) ** 2).sum()

    return _minimise(values, loss)


def _balance(scores: Array, offsets: list[float], truth: NDArray[np.int64]) -> list[float]:
    """Offsets that raise macro-F1, near the ones found: likelihood alone gives up the rare labels."""
    start = np.array(offsets)
    given = np.eye(len(Label), dtype=np.bool_)[truth]

    def worth(values: NDArray[np.float64]) -> float:
        chosen = np.eye(len(Label), dtype=np.bool_)[(scores + values).argmax(axis=1)]
        return float(f1(chosen, given).mean() - NEARNESS * ((values - start) ** 2).sum())

    best = start.copy()
    for _ in range(8):
        for label in range(len(best)):
            for step in (-0.4, -0.2, -0.1, 0.1, 0.2, 0.4):
                tried = best.copy()
                tried[label] += step
                if worth(tried) > worth(best) + 1e-9:
                    best = tried
    result: list[float] = best.tolist()
    return result


def _spread(blend: Blend, leans: Sequence[float], turns: Sequence[DeskTurn]) -> Blend:
    """The same distress, spread as widely as the readers' is: a fit by likelihood huddles around the mean."""
    lean = np.array(leans)
    # The ends of the scale are cut: beyond them a little more means a lot in log-odds.
    given = np.clip([turn.distress for turn in turns], 0.15, 0.85)
    factor = np.log(given / (1 - given)).std() / lean.std()
    shift = lean.mean() * (1 - factor)
    return Blend(
        *(round(float(v), 3) for v in (blend.base * factor + shift, blend.network * factor, blend.table * factor))
    )


def _fit_before(turns: Sequence[DeskTurn], leans: Sequence[float]) -> tuple[float, float]:
    """How much of the former turn's distress stays, with everything else as it is, and from where it counts."""
    rows = [
        (leans[k], leans[k - 1], turns[k].distress)
        for k in range(1, len(turns))
        if turns[k].conversation == turns[k - 1].conversation
    ]
    own, former, target = torch.tensor(rows).T
    best = np.linspace(0, 0.5, 51)
    losses = [
        float(functional.binary_cross_entropy_with_logits(own + share * (former - former.mean()).clamp(min=0), target))
        for share in best
    ]
    return float(best[int(np.argmin(losses))]), float(former.mean())


def _minimise(values: Tensor, loss: Callable[[], Tensor]) -> list[float]:
    optimiser = torch.optim.LBFGS([values], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> Tensor:
        optimiser.zero_grad()
        total = loss()
        total.backward()  # type: ignore[no-untyped-call,unused-ignore]
        return total

    optimiser.step(closure)  # type: ignore[no-untyped-call,unused-ignore]
    result: list[float] = values.detach().tolist()
    return result
