"""The table of rules: one row for each kind of slip, with what is done about it and why."""

from __future__ import annotations

from agent_assist.assist.guard.binding import BINDING
from agent_assist.assist.guard.elliptic import ELLIPTIC
from agent_assist.assist.guard.manner import MANNER

RULES = (*MANNER, *BINDING, *ELLIPTIC)
"""In the order in which they are tried; of overlapping rewrites the first that fits names the sentence."""
