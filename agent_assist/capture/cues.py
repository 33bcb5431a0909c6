"""Who a message sounds like, by the phrases of `cues.toml`."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

import msgspec

_LOOKED_AT = 3000
_END = 200
_CAP = 5.0


class _Cue(msgspec.Struct):
    weight: float
    patterns: list[str]


class _Cues(msgspec.Struct):
    agent: list[_Cue]
    customer: list[_Cue]


def _compiled(cues: list[_Cue]) -> tuple[tuple[float, re.Pattern[str]], ...]:
    return tuple((cue.weight, re.compile("|".join(cue.patterns), re.I)) for cue in cues)


_TABLE = msgspec.convert(tomllib.loads(files(__package__).joinpath("cues.toml").read_text("utf-8")), _Cues)
_AGENT = _compiled(_TABLE.agent)
_CUSTOMER = _compiled(_TABLE.customer)


def lean(text: str) -> float:
    """Who a message sounds like: -5 (surely a customer) over 0 (nothing tells) to 5 (surely an agent)."""
    looked_at = text if len(text) <= _LOOKED_AT else text[: _LOOKED_AT - _END] + "\n" + text[-_END:]
    agent = sum(weight for weight, pattern in _AGENT if pattern.search(looked_at))
    customer = sum(weight for weight, pattern in _CUSTOMER if pattern.search(looked_at))
    return max(-_CAP, min(_CAP, agent - customer))
