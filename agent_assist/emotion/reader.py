"""Reads customer turns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent_assist.emotion import text as texts
from agent_assist.emotion.cues import Hit, find_cues
from agent_assist.emotion.head import Outputs, Row, load_manifest
from agent_assist.emotion.layer import QUIET, Levels, combine, evidence
from agent_assist.encoder import Encoder
from agent_assist.errors import BugError
from agent_assist.records import CustomerTurn, EmotionReading, Speaker
from models.emotion import FOLDER

_KEPT_PARTS = 4000
"""Parts of turns whose readings are kept, the latest asked for: those of some hundred conversations."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one part of a turn is read as.

    Attributes:
        fine: the 28 fine scores; 0.5 and more means that the label is given.
        hits: the cues found in it.
        levels: what the product layer makes of both.
    """

    fine: Mapping[str, float]
    hits: tuple[Hit, ...]
    levels: Levels


class EmotionReader:
    """Turns customer turns into readings. A reading depends on its turn alone, not on those read with it.

    Args:
        encoder: runs the network.

    Raises:
        KnownError: the model's description is missing or damaged.
    """

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._manifest = load_manifest(FOLDER)
        self._recent: dict[bytes, Part] = {}
        """What `read` was asked of late, by digest: live conversations grow by turns, an explanation comes after."""

    @property
    def carried(self) -> tuple[float, float]:
        """How much of the former turn's distress stays, and the log-odds from which it counts."""
        return self._manifest.layer.before, self._manifest.layer.resting

    def read(self, turns: Sequence[CustomerTurn]) -> tuple[EmotionReading, ...]:
        """One reading for each turn, in order.

        Of a turn beyond 400 characters each part is read, and the one of most distress counts.

        Raises:
            BugError: a turn is not the customer's; nobody else's feelings are ever read.
        """
        if any(turn.speaker is not Speaker.CUSTOMER for turn in turns):
            raise BugError("emotion was asked to read a turn that is not the customer's")
        split = [texts.split(texts.mask(turn.text)) for turn in turns]
        masked = [part for some in split for _, part in some]
        read = self.read_parts(masked)
        self._keep(dict(zip(map(_digest, masked), read, strict=True)))
        parts = iter(read)
        return tuple(
            _read_turn(turn, some, [next(parts) for _ in some]) for turn, some in zip(turns, split, strict=True)
        )

    def _keep(self, read: dict[bytes, Part]) -> None:
        older = {key: part for key, part in self._recent.items() if key not in read}
        room = max(_KEPT_PARTS - len(read), 0)
        self._recent = {**dict(list(older.items())[-room:] if room else []), **read}

    def read_parts(self, masked: Sequence[str]) -> list[Part]:
        """What each masked part of a turn is read as; the network is not asked about parts without words."""
        keys = [_digest(part) for part in masked]
        fresh = {key: part for key, part in zip(keys, masked, strict=True) if key not in self._recent}
        found = self._recent | dict(zip(fresh, self._read_afresh(list(fresh.values())), strict=True))
        return [found[key] for key in keys]

    def _read_afresh(self, masked: Sequence[str]) -> list[Part]:
        rows = self._encoder.stream([texts.plain(part) for part in masked if texts.says_something(part)])
        return [self._part(part, next(rows) if texts.says_something(part) else None) for part in masked]

    def _part(self, masked: str, row: Row | None) -> Part:
        outputs = None if row is None else Outputs(self._manifest, row)
        hits = find_cues(masked, words=row is not None)
        fine = outputs.fine if outputs else dict.fromkeys(self._manifest.fine, 0.0) | QUIET
        return Part(fine, hits, combine(outputs, hits, self._manifest.layer))


def _digest(part: str) -> bytes:
    """Stands for a text, so that none is kept in memory."""
    return hashlib.blake2b(part.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _read_turn(turn: CustomerTurn, split: Sequence[tuple[int, str]], parts: Sequence[Part]) -> EmotionReading:
    """The reading of the part that shows most distress, with the highest urgency of any part."""
    worst = worst_of(parts)
    start, masked = split[worst]
    own = turn.text[start : start + len(masked)]
    chosen = parts[worst].levels
    return EmotionReading(
        turn=turn.i,
        label=chosen.label,
        distress=chosen.distress,
        valence=chosen.valence,
        urgency=max(part.levels.urgency for part in parts),
        scores=chosen.scores,
        words=evidence(own, parts[worst].hits, chosen.label),
        fine=dict(parts[worst].fine),
    )


def worst_of(parts: Sequence[Part]) -> int:
    """The part that shows most distress."""
    return max(range(len(parts)), key=lambda k: (parts[k].levels.distress, abs(parts[k].levels.valence)))
