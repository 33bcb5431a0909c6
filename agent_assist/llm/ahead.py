"""Tasks read ahead: what a request will probably ask for is read while nobody waits, in sequences of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent_assist.errors import Cancelled
from agent_assist.llm.answers import Answer
from agent_assist.llm.engine import MAX_BRANCHES
from agent_assist.llm.llama import Llama
from agent_assist.llm.plan import common, task_tree

_FIRST = 1 + MAX_BRANCHES
_PORTION = 32
"""Tokens of one call of the model: a request that comes meanwhile loses no more than one call's work."""


class Ahead:
    """The tasks that the model has read after the conversation, without writing from them.

    Args:
        model: its sequences from `MAX_BRANCHES` + 1 on are for this.
    """

    def __init__(self, model: Llama) -> None:
        self._model = model
        self._tasks: list[list[int]] = []
        self.cells = 0
        """Tokens that they take in the model's memory beside the conversation."""

    def drop(self) -> None:
        """Forgets them: the conversation changes, or their room is needed."""
        for k in range(len(self._tasks)):
            self._model.forget(_FIRST + k)
        self._tasks, self.cells = [], 0

    def read(self, answers: Sequence[Answer], start: int) -> int:
        """Reads the tasks of answers that will be asked for, in place of those read before.

        Args:
            answers: at most `MAX_BRANCHES`.
            start: length of the conversation, which sequence 0 holds.

        Returns:
            How many tokens were read.

        Raises:
            Cancelled: the model was told to stop; what was read until then stays known.
        """
        # The last token is left out: reading it again gives the logits that the first word is chosen from.
        tasks = [answer.tokens[:-1] for answer in answers]
        if all(any(common(task, known) == len(task) for known in self._tasks) for task in tasks):
            return 0
        self.drop()
        slots, _ = task_tree(tasks, start, first=_FIRST)
        self._tasks = [[] for _ in tasks]
        for k in range(len(tasks)):
            self._model.copy(0, _FIRST + k)
        for at in range(0, len(slots), _PORTION):
            part = [replace(slot, logits=False) for slot in slots[at : at + _PORTION]]
            try:
                self._model.decode(part)
            except Cancelled:
                for k, task in enumerate(self._tasks):
                    self._model.forget(_FIRST + k, start + len(task))
                raise
            self.cells += len(part)
            for slot in part:
                for sequence in slot.sequences:
                    self._tasks[sequence - _FIRST].append(slot.token)
        return len(slots)

    def begin(self, answers: Sequence[Answer], start: int) -> list[int]:
        """Lets each answer's sequence begin with the conversation and with what was read of its task.

        Returns:
            How many tokens of each task are known so, fewer than it has.
        """
        known = []
        for answer in answers:
            lengths = [common(task, answer.tokens[:-1]) for task in self._tasks]
            most = max(lengths, default=0)
            source = _FIRST + lengths.index(most) if most else 0
            self._model.copy(source, answer.sequence, start + most)
            known.append(most)
        return known
