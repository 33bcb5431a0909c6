"""What training and evaluation share: the written replies, the rated ones, their sides and the figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from agent_assist.assist.empathy import OUTPUTS, SIGNS, as_read
from agent_assist.assist.pillars import state
from agent_assist.records import Pillar, PillarState
from models.empathy import FOLDER

Array = NDArray[np.float32]

DATA = FOLDER / "data"
SIDES = 5
HELD = 0
"""Side of the written situations that is never trained on; the other four take turns in cross-validation."""
HIGHEST = 4
"""Best empathy of a written reply."""
RATED = "rated"
"""The output that learns what the raters of the public set say."""
ALL = (*OUTPUTS, RATED)
"""What the network gives in training; the last is not shipped."""


class _Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    text: str
    gives: tuple[Pillar, ...]
    signs: tuple[str, ...]
    empathy: int


class _Situation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: str
    needs: tuple[Pillar, ...]
    replies: tuple[_Reply, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A reply written for this project.

    Attributes:
        file: which one it stands in.
        before: what the customer said.
        text: the reply.
        needs: the pillars that the moment calls for.
        gives: those that the reply carries.
        signs: names of `SIGNS` that it shows.
        empathy: 0 to 4.
        side: 0 to 4, by the customer's words, so that all replies to them lie on one side.
    """

    file: str
    before: str
    text: str
    needs: frozenset[Pillar]
    gives: frozenset[Pillar]
    signs: frozenset[str]
    empathy: int
    side: int

    @property
    def states(self) -> dict[Pillar, PillarState]:
        """The state of each pillar, as the coach tells it."""
        return {p: state(p in self.needs, p in self.gives, p) for p in Pillar}


def side(before: str) -> int:
    """On which side the replies to some words of a customer lie."""
    return int.from_bytes(hashlib.sha256(before.strip().lower().encode()).digest()[:4], "big") % SIDES


def _situations(folder: Path) -> Iterator[tuple[Path, _Situation]]:
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_bytes().splitlines():
            yield path, msgspec.json.decode(line, type=_Situation)


@dataclass(frozen=True, slots=True)
class Said:
    """A customer's turn.

    Attributes:
        text: what was said.
        needs: the pillars that it calls for.
        side: as of the replies to it.
        answered: there are written replies to it, so that the network has seen it.
    """

    text: str
    needs: frozenset[Pillar]
    side: int
    answered: bool


def read_turns(folder: Path = DATA) -> list[Said]:
    """Each turn of a customer once."""
    turns = {situation.before: situation for _, situation in _situations(folder)}
    return [Said(text, frozenset(s.needs), side(text), bool(s.replies)) for text, s in turns.items()]


def read_written(folder: Path = DATA) -> list[Written]:
    """The written replies, file by file.

    Raises:
        ValueError: a sign that does not exist, or an empathy beyond the scale.
    """
    found = []
    for path, situation in _situations(folder):
        for reply in situation.replies:
            if not set(reply.signs) <= set(SIGNS) or not 0 <= reply.empathy <= HIGHEST:
                raise ValueError(f"{path.name}: unknown sign or empathy beyond 0 to 4: {reply.text[:60]}")
            found.append(
                Written(
                    path.stem,
                    situation.before,
                    reply.text,
                    frozenset(situation.needs),
                    frozenset(reply.gives),
                    frozenset(reply.signs),
                    reply.empathy,
                    side(situation.before),
                )
            )
    return found


def read_rated(data: Path) -> tuple[list[str], NDArray[np.float32]]:
    """The public replies and what each of the three raters gave them, 0 to 2, `[replies, 3]`."""
    lines = (data / "empathetic_personas" / "responses.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [str(row["text"]) for row in rows], np.array([row["scores"] for row in rows], dtype=np.float32)


def written_truth(replies: Sequence[Written]) -> Array:
    """What the network should give for written replies, `[replies, outputs]`; NaN where that is not known."""
    truth = np.full((len(replies), len(ALL)), np.nan, dtype=np.float32)
    for row, reply in enumerate(replies):
        gives = [p in reply.gives for p in Pillar]
        needs = [p in reply.needs for p in Pillar]
        signs = [s in reply.signs for s in SIGNS]
        truth[row, : len(OUTPUTS)] = [*gives, *needs, *signs, reply.empathy / HIGHEST]
    return truth


def rated_truth(scores: NDArray[np.float32]) -> Array:
    """What the network should give for rated replies: the raters' mean, 0 to 1."""
    truth = np.full((len(scores), len(ALL)), np.nan, dtype=np.float32)
    truth[:, ALL.index(RATED)] = scores.mean(axis=1) / 2
    return truth


def texts(replies: Sequence[Written]) -> list[str]:
    """Written replies as the network reads them."""
    return [as_read(reply.text, reply.before) for reply in replies]


def f1(predicted: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """F1, 0 to 1; 0 where nothing is predicted or true."""
    return float(2 * (predicted & truth).sum() / max(1, predicted.sum() + truth.sum()))


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0, equal values sharing theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts + 1) / 2
    result: NDArray[np.float64] = middle[place].astype(np.float64)
    return result


def spearman(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Rank correlation (Spearman, 1904), -1 to 1."""
    return float(np.corrcoef(ranks(one), ranks(other))[0, 1])


def partial(one: NDArray[np.float64], other: NDArray[np.float64], given: NDArray[np.float64]) -> float:
    """Rank correlation of two with a third held still."""
    a, b, c = spearman(one, other), spearman(one, given), spearman(other, given)
    return float((a - b * c) / np.sqrt((1 - b * b) * (1 - c * c)))
