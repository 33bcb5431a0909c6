"""Redaction: what tells who somebody is, or opens what is theirs, is found and replaced by readable placeholders.

One module for each kind of value; `Redactor` is the way in. docs/redaction.md tells what is found and how well.
"""

from agent_assist.privacy.redaction.kinds import Kind, Level, restore
from agent_assist.privacy.redaction.redactor import Redacted, Redactor

__all__ = ["Kind", "Level", "Redacted", "Redactor", "redact", "restore"]


def redact(text: str, level: Level | str, region: str = "") -> str:
    """One text on its own with placeholders; see `Redactor` for the arguments."""
    return Redactor(level, region=region).text(text)
