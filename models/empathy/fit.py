"""How the network learns: pairs of a reply and what it answers, several outputs at once. PyTorch, training only."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from models.emotion.network import Network
from models.empathy.recipe import ALL, Array

STEP = 16
"""Texts are padded to multiples of this: the mathematics library compiles anew for each length."""
HEAD = "reply"
HEAD_RATE = 10
"""The head starts from nothing and learns this much faster than the layers below."""
WARM_UP = 0.1
WEIGHTS = [3.0 if name == "empathy" else 2.0 if name == "rated" else 1.0 for name in ALL]


@dataclass(frozen=True, slots=True)
class Course:
    """How long and how hard to learn.

    Attributes:
        rounds: how often each written reply is seen.
        rated_rounds: how often each rated reply is.
        rate: highest learning rate of the layers.
        batch: texts a step.
        frozen: lowest layers that stay as they are.
        forget: share of the moving average of the weights that stays with each step.
    """

    rounds: int = 14
    rated_rounds: int = 4
    rate: float = 2e-4
    batch: int = 32
    frozen: int = 0
    forget: float = 0.98


def learn(
    network: Network,
    ids: Sequence[list[int]],
    truth: Array,
    rows: Sequence[NDArray[np.intp]],
    course: Course,
    seed: int,
) -> None:
    """Trains the network; it ends up with the moving average of its weights.

    Args:
        network: with a head named `HEAD`.
        ids: token numbers of all texts.
        truth: what each should give, NaN where unknown.
        rows: written replies and rated ones that may be used.
        course: how long and how hard.
        seed: of the order and of the values left out.
    """
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    network.freeze_below(course.frozen)
    plan = _plan(ids, rows, course, random)
    below = [p for name, p in network.named_parameters() if not name.startswith("heads.") and p.requires_grad]
    groups = [
        {"params": below, "lr": course.rate},
        {"params": network.heads.parameters(), "lr": HEAD_RATE * course.rate},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.02, betas=(0.9, 0.98), fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step / len(plan)))
    learning = {name: p for name, p in network.named_parameters() if p.requires_grad}
    average = {name: p.detach().clone() for name, p in learning.items()}
    weights = torch.tensor(WEIGHTS)
    network.train()
    for step, some in enumerate(plan, 1):
        with torch.autocast("cpu", torch.bfloat16):
            scores = network(pad([ids[row] for row in some]))[HEAD]
        loss = _loss(scores.float(), torch.from_numpy(truth[some]), weights)
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimiser.step()
        optimiser.zero_grad()
        schedule.step()
        with torch.no_grad():
            for name, p in learning.items():
                average[name].lerp_(p, 1 - min(course.forget, step / (step + 10)))
    with torch.no_grad():
        for name, p in learning.items():
            p.copy_(average[name])
    network.eval()


def _loss(scores: Tensor, truth: Tensor, weights: Tensor) -> Tensor:
    """Cross-entropy of what is known."""
    known = ~truth.isnan()
    each = functional.binary_cross_entropy_with_logits(scores, truth.nan_to_num(0.0), reduction="none")
    return (each * known * weights).sum(1).mean()


def _rate(done: float) -> float:
    """Up in a straight line, down along a cosine."""
    return min(1.0, done / WARM_UP) * max(0.02, 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def _plan(
    ids: Sequence[list[int]], rows: Sequence[NDArray[np.intp]], course: Course, random: np.random.Generator
) -> list[NDArray[np.intp]]:
    """Batches of texts of like length, written and rated ones apart, in random order."""
    batches = []
    for some, rounds in zip(rows, (course.rounds, course.rated_rounds), strict=True):
        for _ in range(rounds):
            order = random.permutation(some)
            for start in range(0, len(order), 8 * course.batch):
                near = np.array(sorted(order[start : start + 8 * course.batch], key=lambda row: len(ids[row])))
                batches += [near[k : k + course.batch] for k in range(0, len(near), course.batch)]
    return [batches[k] for k in random.permutation(len(batches))]


def pad(ids: Sequence[Sequence[int]]) -> Tensor:
    """Token numbers side by side, filled up with 0."""
    longest = -(-max(map(len, ids)) // STEP) * STEP
    padded = np.zeros((len(ids), longest), dtype=np.int64)
    for row, some in enumerate(ids):
        padded[row, : len(some)] = some
    return torch.from_numpy(padded)


def outputs(network: Network, ids: Sequence[list[int]]) -> Array:
    """What the network says of texts, in log-odds, `[texts, outputs]`."""
    network.eval()
    order = sorted(range(len(ids)), key=lambda row: len(ids[row]))
    found = np.zeros((len(ids), len(ALL)), dtype=np.float32)
    with torch.no_grad():
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            found[rows] = network(pad([ids[row] for row in rows]))[HEAD].float().numpy()
    return found
