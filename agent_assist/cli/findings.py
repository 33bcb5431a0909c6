"""What `agent-assist doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `ok` is False where the product needs it and it does not work.

    Attributes:
        advice: what to do; empty where nothing has to be done.
    """

    name: str
    ok: bool
    state: str
    advice: str = ""
