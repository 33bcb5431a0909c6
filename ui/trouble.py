"""An error that is ours, in words, and what a person may send us of it."""

from __future__ import annotations

import platform

from PySide6.QtCore import qVersion

import agent_assist
from agent_assist import log
from agent_assist.errors import BugError

OURS = (
    "Something went wrong on our side. Your saved conversations are safe. "
    "Try again, or copy a report without customer text."
)


def report(error: BaseException) -> str:
    """What to send us: versions, and where in the code it happened. No message, no customer text."""
    return "\n".join(
        (
            f"Agent Assist {agent_assist.__version__}, Python {platform.python_version()}, Qt {qVersion()}",
            platform.platform(),
            str(error) if isinstance(error, BugError) else log.describe(error),
        )
    )
