"""Renders turns in the shapes that people paste, for the round trips of the tests."""

from __future__ import annotations

from collections.abc import Sequence

Said = tuple[str, str]
"""A speaker's name and what was said."""

WEEKDAY_LINE = "Monday, 5 January 2026"


def render(shape: str, turns: Sequence[Said]) -> str:
    """One text of all turns; times go up by a minute from 09:00."""
    if shape == "dated":
        return "\n".join([WEEKDAY_LINE, *(_line("brackets", i, *turn) for i, turn in enumerate(turns))])
    return "\n".join(_line(shape, i, *turn) for i, turn in enumerate(turns))


def _line(shape: str, i: int, name: str, text: str) -> str:
    clock = f"{9 + i // 60:02}:{i % 60:02}"
    return {
        "inline": f"{name}: {text}",
        "bold": f"**{name}:** {text}",
        "full-width": f"{name}：{text}",
        "colon-below": f"{name}:\n{text}",
        "brackets": f"[{clock}] {name}: {text}",
        "brackets-am": f"[{clock}\u202fAM] \u200e{name}: {text}",
        "bare-time": f"{clock} {name}: {text}",
        "iso": f"2026-01-05 {clock} {name}: {text}",
        "seconds": f"({clock}:11) {name}: {text}",
        "phone": f"25/01/2026, {clock} - {name}: {text}",
        "time-in-parentheses-below": f"{name} ({clock} AM):\n{text}\n",
        "team-chat": f"{name}  {clock} AM\n{text}\n",
        "today-at": f"{name} — Today at {clock} AM\n{text}\n",
        "time-below": f"{name}\n{clock}\n{text}\n",
        "date-below": f"{name}\nMon, 5 Jan 2026, {clock}\n{text}",
        "aside": f"{name}  Jan 5, 2026 {clock}  (via e-mail)\n{text}\n",
        "name-only": f"{name}\n{text}\n",
        "crlf-inline": f"{name}: {text}".replace("\n", "\r\n") + "\r",
    }[shape]


SHAPES = (
    "inline",
    "bold",
    "full-width",
    "colon-below",
    "brackets",
    "brackets-am",
    "bare-time",
    "iso",
    "seconds",
    "phone",
    "time-in-parentheses-below",
    "team-chat",
    "today-at",
    "time-below",
    "date-below",
    "aside",
    "name-only",
    "crlf-inline",
    "dated",
)
