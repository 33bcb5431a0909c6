"""Reads customer turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent_assist.emotion import text as texts
from agent_assist.emotion.cues import find_cues
from agent_assist.emotion.head import Head
from agent_assist.emotion.layer import combine, evidence
from agent_assist.encoder import Encoder
from agent_assist.errors import BugError
from agent_assist.records import CustomerTurn, EmotionReading, Speaker
from models.emotion import FOLDER

QUIET: Mapping[str, float] = {"neutral": 1.0}
"""The fine probabilities of a part that has no words."""
CHUNK = 256
"""Parts encoded in one go; their features take 5 MB."""


class EmotionReader:
    """Turns customer turns into readings. A reading depends on its turn alone, not on those read with it.

    Args:
        encoder: runs the network.

    Raises:
        KnownError: the head's files are missing or damaged.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._head = Head(FOLDER)

    def read(self, turns: Sequence[CustomerTurn]) -> tuple[EmotionReading, ...]:
        """One reading for each turn, in order.

        Of a turn beyond 400 characters each part is read, and the one of most distress counts.

        Raises:
            BugError: a turn is not the customer's; nobody else's feelings are ever read.
        """
        if any(turn.speaker is not Speaker.CUSTOMER for turn in turns):
            raise BugError("emotion was asked to read a turn that is not the customer's")
        masked = [texts.mask(turn.text) for turn in turns]
        parts = [texts.split(m) for m in masked]
        fine = iter(self._fine([part for some in parts for _, part in some]))
        return tuple(
            _read_turn(turn, some, [next(fine) for _ in some]) for turn, some in zip(turns, parts, strict=True)
        )

    def _fine(self, parts: Sequence[str]) -> list[Mapping[str, float]]:
        """Fine probabilities of each part; the encoder is not asked about parts without words."""
        result: list[Mapping[str, float]] = [QUIET] * len(parts)
        wordy = [k for k, part in enumerate(parts) if texts.says_something(part)]
        for start in range(0, len(wordy), CHUNK):
            some = wordy[start : start + CHUNK]
            features = self._encoder.features([texts.plain(parts[k]) for k in some])
            # One row at a time: a matrix product adds up in another order for another number of rows.
            for k, row in zip(some, features, strict=True):
                values = self._head.probabilities(row[None])[0]
                result[k] = dict(zip(self._head.names, values.tolist(), strict=True))
        return result


def _read_turn(
    turn: CustomerTurn, parts: Sequence[tuple[int, str]], fine: Sequence[Mapping[str, float]]
) -> EmotionReading:
    """The reading of the part that shows most distress, with the highest urgency of any part."""
    hits = [find_cues(part, words=texts.says_something(part)) for _, part in parts]
    levels = [combine(f, h) for f, h in zip(fine, hits, strict=True)]
    worst = max(range(len(parts)), key=lambda k: (levels[k].distress, abs(levels[k].valence)))
    start, part = parts[worst]
    own = turn.text[start : start + len(part)]
    chosen = levels[worst]
    return EmotionReading(
        turn=turn.i,
        label=chosen.label,
        distress=chosen.distress,
        valence=chosen.valence,
        urgency=max(level.urgency for level in levels),
        scores=chosen.scores,
        words=evidence(own, hits[worst], chosen.label),
        fine=dict(fine[worst]),
    )
