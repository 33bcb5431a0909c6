"""Answers written side by side: tasks are read in the order of the answers, and each is written as soon as its is read.

One call of the model carries the next token of every answer that is begun, and a portion of the tasks that are not yet
read. So the first answer's words do not wait for the last one's task.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent_assist.llm.answers import Answer
from agent_assist.llm.engine import EndReason
from agent_assist.llm.llama import BATCH, Llama
from agent_assist.llm.plan import Slot

_FIRST_PORTION = 32
"""Tokens of tasks read before the first word, where that does: a few openings."""
_PORTION = 96
"""Tokens of tasks read beside each later step. Fewer would cost more calls; more would hold the first words up."""

Tell = Callable[[dict[str, str], dict[str, EndReason]], None]


def write(model: Llama, answers: Sequence[Answer], slots: Sequence[Slot], last: Sequence[int], tell: Tell) -> None:
    """Reads the tasks and writes every answer to its end.

    Args:
        model: whose sequences hold what comes before the tasks.
        answers: in the order of their importance.
        slots: the tree of their tasks, see `plan.task_tree`.
        last: for each answer, the index of the slot whose logits begin it.
        tell: gets the pieces of each step, and who ended.

    Raises:
        Cancelled: the model was told to stop.
    """
    live: list[Answer] = []
    read, portion = 0, max(_FIRST_PORTION, min(last, default=0) + 1)
    while live or read < len(slots):
        part = slots[read : read + min(portion, BATCH - len(live))]
        model.decode([*(Slot(a.next, a.position, (a.sequence,), True) for a in live), *part])
        chosen = list(enumerate(live))
        for answer, at in zip(answers, last, strict=True):
            if read <= at < read + len(part):
                answer.position = slots[at].pos
                chosen.append((len(live) + at - read, answer))
        read, portion = read + len(part), _PORTION
        pieces = {a.branch.key: a.choose(model, output) for output, a in chosen}
        ended = {a.branch.key: a.reason for _, a in chosen if a.reason is not None}
        live = [a for _, a in chosen if a.reason is None]
        tell({key: piece for key, piece in pieces.items() if piece}, ended)
