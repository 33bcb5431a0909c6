"""How one stage of the training runs: batches of like length, AdamW, a moving average of the weights."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from agent_assist.records import Label
from models.emotion.network import Network
from models.emotion.recipe import Array, Examples
from models.emotion.tokens import Tokens

BATCH = 128
STEP = 8
"""Texts are padded to multiples of this: the mathematics library compiles anew for each length."""
HEAD_RATE = 10
"""The heads start from nothing and learn this much faster than the layers below."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Token numbers of texts with what they should give, `[texts, outputs]`."""

    ids: list[list[int]]
    truth: Array

    @classmethod
    def of(cls, tokens: Tokens, examples: Examples) -> Corpus:
        """The corpus of some examples."""
        return cls(tokens.of(examples.texts), examples.truth)


@dataclass(frozen=True, slots=True)
class Part:
    """What one head learns from in a stage.

    Attributes:
        head: its name.
        rows: of the corpus that may be used.
        share: how much of them each epoch takes; beyond 1, rows come more than once.
        weight: of its loss.
    """

    head: str
    corpus: Corpus
    rows: NDArray[np.intp]
    share: float = 1.0
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Stage:
    """Settings of a stage: `rate` is the highest learning rate, `forget` the moving average's share that stays."""

    epochs: int
    rate: float
    forget: float
    warm_up: float


def train(network: Network, parts: Sequence[Part], stage: Stage, seed: int) -> None:
    """Trains all heads named by the parts; the network ends up with the moving average of its weights."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    torch.set_num_threads(2)
    plan = [batch for _ in range(stage.epochs) for batch in _epoch(parts, random)]
    below = [p for name, p in network.named_parameters() if not name.startswith("heads.") and p.requires_grad]
    groups = [{"params": below, "lr": stage.rate}, {"params": network.heads.parameters(), "lr": HEAD_RATE * stage.rate}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / len(plan), stage.warm_up))
    learning = {name: p for name, p in network.named_parameters() if p.requires_grad}
    average = {name: p.detach().clone() for name, p in learning.items()}
    network.train()
    began = time.monotonic()
    for step, (part, rows) in enumerate(plan, 1):
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(_pad([part.corpus.ids[row] for row in rows]))[part.head]
        loss = part.weight * _loss(part.head, scores.float(), torch.from_numpy(part.corpus.truth[rows]))
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        with torch.no_grad():
            for name, p in learning.items():
                average[name].lerp_(p, 1 - min(stage.forget, step / (step + 10)))
        if step % 100 == 0 or step == len(plan):
            print(f"step {step} of {len(plan)}, {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
    with torch.no_grad():
        for name, p in learning.items():
            p.copy_(average[name])
    network.eval()


def _rate(done: float, warm_up: float) -> float:
    """Up in a straight line, down along a cosine."""
    return min(1.0, done / warm_up) * max(0.02, 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def _loss(head: str, scores: Tensor, truth: Tensor) -> Tensor:
    """Cross-entropy: of each output on its own, but of the product labels together, since one of them leads."""
    if head != "desk":
        return functional.binary_cross_entropy_with_logits(scores, truth, reduction="none").sum(1).mean()
    labels = len(Label)
    leading = functional.cross_entropy(scores[:, :labels], truth[:, :labels])
    levels = functional.binary_cross_entropy_with_logits(scores[:, labels:], truth[:, labels:], reduction="none")
    return leading + (levels * torch.tensor([3.0, 1.0, 1.0])).sum(1).mean()


def _epoch(parts: Sequence[Part], random: np.random.Generator) -> list[tuple[Part, NDArray[np.intp]]]:
    """Batches of texts of like length, those of all parts mixed."""
    batches = []
    for part in parts:
        count = round(part.share * len(part.rows))
        rounds = [random.permutation(part.rows) for _ in range(-(-count // len(part.rows)))]
        rows = np.concatenate(rounds)[:count]
        for start in range(0, count, 40 * BATCH):
            some = sorted(rows[start : start + 40 * BATCH], key=lambda row: len(part.corpus.ids[row]))
            batches += [(part, np.array(some[k : k + BATCH])) for k in range(0, len(some), BATCH)]
    return [batches[k] for k in random.permutation(len(batches))]


def _pad(ids: Sequence[Sequence[int]]) -> Tensor:
    longest = -(-max(map(len, ids)) // STEP) * STEP
    padded = np.zeros((len(ids), longest), dtype=np.int64)
    for row, some in enumerate(ids):
        padded[row, : len(some)] = some
    return torch.from_numpy(padded)


def outputs(network: Network, ids: Sequence[list[int]], head: str, raw: bool = False) -> Array:
    """What a head gives for each text: probabilities, or with `raw` log-odds."""
    network.eval()
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    found = np.zeros((len(ids), network.heads[head].out_features), dtype=np.float32)
    with torch.no_grad():
        for start in range(0, len(order), 256):
            rows = order[start : start + 256]
            scores = network(_pad([ids[row] for row in rows]))[head].float()
            found[rows] = (scores if raw else torch.sigmoid(scores)).numpy()
    return found


def write_state(network: Network, path: Path) -> None:
    """Keeps a stage's weights."""
    np.savez(path, **{name: value.numpy() for name, value in network.state_dict().items()})


def read_state(network: Network, path: Path) -> bool:
    """Takes a stage's weights up again; False where it has not been run."""
    if not path.exists():
        return False
    with np.load(path, allow_pickle=False) as arrays:
        network.load_state_dict({name: torch.from_numpy(arrays[name]) for name in arrays.files})
    network.eval()
    return True
