"""Surface cues: what a turn says that a veteran listens for, found by the patterns of `layer.toml`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import msgspec

from agent_assist.records import Label

CAPITALS = "capitals"
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
_SHOUT = re.compile(r"\b[A-Z']{2,}(?:[ ][A-Z']+)*\b")


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one cue or one fine label adds. Distress, urgency and labels in log-odds, valence as a plain sum."""

    distress: float = 0.0
    urgency: float = 0.0
    valence: float = 0.0
    labels: dict[Label, float] = msgspec.field(default_factory=dict)


class Cue(Weights, frozen=True, forbid_unknown_fields=True):
    """One cue of the table.

    Attributes:
        patterns: regular expressions of whole words.
        signs: regular expressions of punctuation and emoji.
        mutes: cues and fine labels that do not count beside this one.
        shows: whether its words may be shown as evidence.
    """

    patterns: tuple[str, ...] = ()
    signs: tuple[str, ...] = ()
    mutes: tuple[str, ...] = ()
    shows: bool = True


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of `layer.toml`."""

    base: Weights
    fine: dict[str, Weights]
    cue: dict[str, Cue]


@dataclass(frozen=True, slots=True)
class Hit:
    """A cue found in a turn.

    Attributes:
        name: of the cue.
        strength: 1 for one find, less than 2 for many.
        spans: where it stands, in characters of the turn.
    """

    name: str
    strength: float
    spans: tuple[tuple[int, int], ...]


@cache
def table() -> Table:
    """The shipped table."""
    data = resources.files(__package__).joinpath("layer.toml").read_bytes()
    return msgspec.toml.decode(data, type=Table)


@cache
def _compiled() -> dict[str, re.Pattern[str]]:
    patterns = {}
    for name, cue in table().cue.items():
        # One pair of boundaries around all words: where no word starts, the search moves on after one look.
        words = [rf"(?<!\w)(?:{'|'.join(cue.patterns)})(?!\w)"] if cue.patterns else []
        sources = [*words, *cue.signs]
        if sources:
            patterns[name] = re.compile("|".join(sources), re.IGNORECASE)
    return patterns


def find_cues(masked: str, words: bool = True) -> tuple[Hit, ...]:
    """The cues of a masked turn; a cue that another one mutes is left out.

    Args:
        masked: a turn as `text.mask` returns it.
        words: False for a turn without words, where only emoji count.
    """
    hits = []
    for name, pattern in _compiled().items():
        if words or name.startswith("emoji"):
            spans = tuple(match.span() for match in pattern.finditer(masked) if match.end() > match.start())
            if spans:
                hits.append(Hit(name, _saturate(len(spans)), spans))
    if words and (hit := _find_capitals(masked)):
        hits.append(hit)
    muted = muted_by(hits)
    return tuple(hit for hit in hits if hit.name not in muted)


def muted_by(hits: Iterable[Hit]) -> set[str]:
    """Cues and fine labels that do not count beside these cues."""
    return {name for hit in hits for name in table().cue[hit.name].mutes}


def _saturate(count: int) -> float:
    return 2.0 * (1.0 - math.pow(0.5, count))


def _find_capitals(masked: str) -> Hit | None:
    """Shouting: at least two words of three letters or more in capitals, and a fifth of all words."""
    words = [match for match in _WORD.finditer(masked) if len(match.group()) > 1]
    loud = [word for word in words if word.group().isupper() and len(word.group()) > 2]
    if len(loud) < 2 or len(loud) < len(words) / 5:
        return None
    runs = tuple(match.span() for match in _SHOUT.finditer(masked))
    return Hit(CAPITALS, min(1.0, 0.4 + len(loud) / len(words)), runs)
