"""What is read of a request, and in which order: arithmetic over token counts, without a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """One token of a batch: where it stands, which sequences it belongs to, whether its logits are wanted."""

    token: int
    pos: int
    sequences: tuple[int, ...]
    logits: bool = False


def choose_messages(sizes: Sequence[int], head: int, limit: int, gap: int) -> dict[int, int]:
    """Which messages are read where not all fit: the first `head`, then as many of the newest as there is room for.

    Args:
        sizes: tokens of each message.
        head: how many of the first are kept in any case, where there is a token for each.
        limit: tokens in all, more than `gap`.
        gap: tokens of the line that stands for what is left out.

    Returns:
        For each message kept, how many of its tokens, at least 1; fewer than it has only in the head and in the newest.
    """
    if sum(sizes) <= limit:
        return dict(enumerate(sizes))
    room = limit - gap
    newest = len(sizes) - 1
    # The head gets at most half of the room, in even shares; the newest message is kept whatever its length.
    head = min(head, newest, room // 2)
    keep = {i: min(sizes[i], room // (2 * head)) for i in range(head)}
    room -= sum(keep.values())
    for i in range(newest, head - 1, -1):
        take = min(sizes[i], room) if i == newest else sizes[i]
        if take > room:
            break
        keep[i] = take
        room -= take
    for i in range(head):
        more = min(sizes[i] - keep[i], room)
        keep[i] += more
        room -= more
    return dict(sorted(keep.items()))


def shorten(message: list[int], room: int) -> list[int]:
    """A message without its middle, where it is longer than `room`, at least 1."""
    if len(message) <= room:
        return message
    first = room // 2
    return message[:first] + message[first - room :]


def task_tree(
    tasks: Sequence[Sequence[int]], start: int, known: Sequence[int] = (), first: int = 1
) -> tuple[list[Slot], list[int]]:
    """Merges tasks that begin alike into a tree, depth first, in the order of the tasks.

    Args:
        tasks: tokens of each task; task k is written in sequence `first` + k.
        start: position of their first token.
        known: how many tokens of each task its sequence holds already; none by default.
        first: the sequence of the first task.

    Returns:
        The slots of the tree but for those that are known, and for each task the index of its last slot, whose logits
        are asked for; -1 where all of it is known.
    """
    held = known or [0] * len(tasks)
    slots: list[Slot] = []
    last = [-1] * len(tasks)

    def children(group: Sequence[int], depth: int) -> list[tuple[int, list[int], int]]:
        by_token: dict[int, list[int]] = {}
        for k in group:
            if depth < len(tasks[k]):
                by_token.setdefault(tasks[k][depth], []).append(k)
        return [(token, members, depth) for token, members in by_token.items()]

    stack = children(range(len(tasks)), 0)[::-1]
    while stack:
        token, members, depth = stack.pop()
        readers = [k for k in members if depth >= held[k]]
        finished = [k for k in readers if len(tasks[k]) == depth + 1]
        for k in finished:
            last[k] = len(slots)
        if readers:
            slots.append(Slot(token, start + depth, tuple(first + k for k in readers), bool(finished)))
        stack += children(members, depth + 1)[::-1]
    return slots, last


def common(a: Sequence[int], b: Sequence[int]) -> int:
    """How many tokens two lists begin with alike."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
