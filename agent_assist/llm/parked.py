"""Conversations that were left for another one, as the model holds them.

Coming back to one costs a copy of some milliseconds and not a reading of seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from agent_assist.llm.plan import common

ROOM = 256 * 1024 * 1024
"""Bytes that they take at most: some 9,000 tokens of the default model, or fifteen chats of half an hour."""


@dataclass(frozen=True, slots=True, eq=False)
class Parked:
    """One conversation: its tokens, and what the model holds of them."""

    tokens: tuple[int, ...]
    state: NDArray[np.uint8]


class Parking:
    """The conversations that were left most recently, as many as there is room for.

    Args:
        room: bytes that they take at most.
    """

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._parked: list[Parked] = []

    def __len__(self) -> int:
        return len(self._parked)

    def put(self, parked: Parked) -> None:
        """Keeps a conversation, in the place of what it has grown from; the oldest give way to it."""
        if parked.state.nbytes > self._room:
            return
        self._parked = [p for p in self._parked if p.tokens != parked.tokens[: len(p.tokens)]]
        self._parked.append(parked)
        while sum(p.state.nbytes for p in self._parked) > self._room:
            del self._parked[0]

    def take(self, tokens: Sequence[int], least: int) -> Parked | None:
        """Hands out the conversation that begins most like `tokens`; it is not kept any more.

        Args:
            tokens: of the conversation that is to be read.
            least: how many tokens have to be alike for it to be worth it.

        Returns:
            None where there is none.
        """
        best = max(self._parked, key=lambda p: common(p.tokens, tokens), default=None)
        if best is None or common(best.tokens, tokens) < least:
            return None
        self._parked.remove(best)
        return best
