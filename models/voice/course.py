"""One training run: its order, its steps, and its checkpoints."""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor

from agent_assist.errors import KnownError
from models.voice import tree
from models.voice.network import Network, parameters
from models.voice.prompts import Kind, Lesson

_SAVE_SECONDS = 120
_SAY_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Plan:
    """How a run learns.

    Attributes:
        rank: of the adapter.
        epochs: how often each example is seen.
        rate: the highest learning rate; it rises over the first `warm_up` part of all steps and falls as a cosine.
        together: lessons of one step.
        reply, summary, rewrite: what a token of each kind counts.
        seed: of the adapter's beginning and the order.
        data: SHA-256 of the examples; a run goes on only with the same.
    """

    rank: int = 16
    epochs: int = 1
    rate: float = 3e-4
    warm_up: float = 0.06
    together: int = 2
    reply: float = 1.0
    summary: float = 0.6
    rewrite: float = 0.5
    seed: int = 1
    data: str = ""

    @property
    def weights(self) -> dict[Kind, float]:
        """What a token of each kind counts."""
        return {Kind.REPLY: self.reply, Kind.SUMMARY: self.summary, Kind.REWRITE: self.rewrite}


class Course:
    """Trains a network's adapter.

    Args:
        plan: how.
        network: whose adapter is trained.
        lessons: what it learns from.
        checkpoint: where the state is kept; it is read if it is there.
        say: told a line now and then.

    Raises:
        KnownError: the checkpoint belongs to another plan.
    """

    def __init__(
        self, plan: Plan, network: Network, lessons: Sequence[Lesson], checkpoint: Path, say: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._network = network
        self._lessons = lessons
        self._checkpoint = checkpoint
        self._say = say
        self._steps = math.ceil(len(lessons) / plan.together)
        self._all = self._steps * plan.epochs
        self._optimiser = torch.optim.AdamW(parameters(network.adapter), lr=plan.rate, weight_decay=0.01)
        self._done = self._resumed()

    def run(self) -> None:
        """Every step that is left; a checkpoint is left also where somebody stops it."""
        saved = said = began = time.monotonic()
        tokens, losses, first = 0, list[float](), self._done
        try:
            for lessons in self._left():
                read, found = self._step(lessons)
                tokens, losses = tokens + read, [*losses[-19:], found]
                now = time.monotonic()
                if now - said > _SAY_SECONDS or self._done == self._all:
                    said, left = now, (now - began) / (self._done - first) * (self._all - self._done)
                    self._say(
                        f"step {self._done}/{self._all}  loss {sum(losses) / len(losses):.3f}  "
                        f"{tokens / (now - began):.0f} tokens/s  {left / 60:.0f} min left"
                    )
                if now - saved > _SAVE_SECONDS:
                    saved = now
                    self.save()
        finally:
            self.save()

    def save(self) -> None:
        """Writes the checkpoint: the old one or the new one is there at any moment."""
        part = self._checkpoint.with_suffix(".part")
        state = {
            "plan": asdict(self._plan),
            "done": self._done,
            "adapter": self._network.adapter.tensors,
            "optimiser": self._optimiser.state_dict(),
        }
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._checkpoint)

    def _resumed(self) -> int:
        if not self._checkpoint.exists():
            return 0
        state = torch.load(self._checkpoint, map_location=self._network.base.words.device, weights_only=True)
        if state["plan"] != asdict(self._plan):
            raise KnownError(
                f"{self._checkpoint} belongs to a run with other settings or examples. Give --work another folder."
            )
        with torch.no_grad():
            for name, tensor in self._network.adapter.tensors.items():
                tensor.copy_(state["adapter"][name])
        self._network.adapter.refresh()
        self._optimiser.load_state_dict(state["optimiser"])
        return int(state["done"])

    def _left(self) -> Iterator[list[Lesson]]:
        while self._done < self._all:
            epoch, step = divmod(self._done, self._steps)
            order = list(range(len(self._lessons)))
            random.Random(f"{self._plan.seed} {epoch}").shuffle(order)  # noqa: S311 - not a secret
            yield [self._lessons[i] for i in order[step * self._plan.together : (step + 1) * self._plan.together]]

    def _step(self, lessons: Sequence[Lesson]) -> tuple[int, float]:
        """Learns from some lessons; how many tokens were read, and the mean loss before."""
        for group in self._optimiser.param_groups:
            group["lr"] = self._plan.rate * self._slope()
        tokens, total = 0, 0.0
        for lesson in lessons:
            planted = tree.plant(lesson, self._plan.weights)
            found: Tensor = tree.loss(self._network, planted) / len(lessons)
            found.backward()
            self._network.adapter.collect()
            tokens, total = tokens + planted.count, total + found.item()
        torch.nn.utils.clip_grad_norm_(parameters(self._network.adapter), 1.0)
        self._optimiser.step()
        self._optimiser.zero_grad()
        self._network.adapter.refresh()
        self._done += 1
        return tokens, total

    def _slope(self) -> float:
        rising = max(1, round(self._all * self._plan.warm_up))
        if self._done < rising:
            return (self._done + 1) / rising
        return 0.02 + 0.98 * (1 + math.cos(math.pi * (self._done - rising) / max(1, self._all - rising))) / 2


def held_out_loss(network: Network, lessons: Sequence[Lesson]) -> dict[Kind, float]:
    """Mean cross entropy of an answer token of each kind over lessons."""
    totals, counts = dict.fromkeys(Kind, 0.0), dict.fromkeys(Kind, 0)
    for lesson in lessons:
        planted = tree.plant(lesson, dict.fromkeys(Kind, 1.0))
        kinds = [task.kind for task in lesson.tasks for _ in task.answer]
        with torch.no_grad():
            found = tree.hidden(network, planted)
            for kind in set(kinds):
                chosen = torch.tensor([k is kind for k in kinds], device=found.device)
                truth = planted.truth.to(found.device)[chosen]
                totals[kind] += network.loss(found[chosen], truth, torch.ones_like(truth, dtype=torch.float32)).item()
                counts[kind] += len(truth)
    return {kind: totals[kind] / counts[kind] for kind in Kind if counts[kind]}
