"""What the columns of the network's output mean, and the numbers that go with them: `labels.json`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from agent_assist.encoder import MANIFEST
from agent_assist.errors import KnownError
from agent_assist.records import Label

Row = NDArray[np.float32]


class Blend(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the network's word for something and the table's are added, in log-odds."""

    base: float
    network: float
    table: float

    def of(self, network: float, table: float) -> float:
        """`base + network * n + table * t`."""
        return self.base + self.network * network + self.table * table


class Layer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of the product layer. `models.emotion.fit` finds them on turns that the network has not seen.

    Attributes:
        labels: for the label scores, `base` unused; `offsets` is added to each label instead.
        asking: added to confusion where the customer asks to have something explained or checks their understanding.
        before: added to distress for each unit of log-odds by which the customer's former turn stood over `resting`.
        resting: log-odds of distress at which the former turn adds nothing.
    """

    labels: Blend
    offsets: dict[Label, float]
    asking: float
    distress: Blend
    valence: Blend
    urgency: Blend
    before: float
    resting: float


class Manifest(msgspec.Struct, frozen=True):
    """`labels.json`.

    Attributes:
        fine: the GoEmotions labels, first columns of the output.
        thresholds: the probability from which each counts as given; tuned on held-out training texts.
        layer: numbers of the product layer.
        sha256: of the shipped files, by name.
    """

    fine: tuple[str, ...]
    thresholds: tuple[float, ...]
    layer: Layer
    sha256: dict[str, str]


class Outputs:
    """One row of the network's output, taken apart.

    The columns are the fine labels, then the product labels in the order of `Label`, then distress, valence, urgency;
    all as log-odds.
    """

    def __init__(self, manifest: Manifest, row: Row) -> None:
        fine, rest = row[: len(manifest.fine)], row[len(manifest.fine) :]
        self.probabilities: dict[str, float] = dict(zip(manifest.fine, _sigmoid(fine), strict=True))
        self.fine: dict[str, float] = dict(zip(manifest.fine, _sigmoid(fine - _odds(manifest.thresholds)), strict=True))
        self.labels: dict[Label, float] = dict(zip(Label, rest.tolist(), strict=False))
        self.distress, self.valence, self.urgency = rest[len(Label) :].tolist()


def load_manifest(folder: Path) -> Manifest:
    """Reads `labels.json`.

    Raises:
        KnownError: it is missing or damaged.
    """
    try:
        manifest = msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise KnownError(f"The emotion model in {folder} is damaged. Install Agent Assist again.") from error
    if len(manifest.fine) != len(manifest.thresholds):
        raise KnownError(f"The emotion model in {folder} does not fit its labels. Install Agent Assist again.")
    return manifest


@cache
def _odds(shares: tuple[float, ...]) -> NDArray[np.float64]:
    """Thresholds as log-odds; the same ones for every turn that is read."""
    given = np.array(shares)
    odds: NDArray[np.float64] = np.log(given / (1 - given))
    return odds


def _sigmoid(x: NDArray[np.floating]) -> list[float]:
    values: list[float] = (0.5 * (1 + np.tanh(0.5 * x))).tolist()
    return values
