"""Conversations come in: text and bytes of any supported format become `Conversation` records."""

from agent_assist.capture.jsonl import bounded_lines, read_lines
from agent_assist.capture.reader import FORMATS, read
from agent_assist.capture.roles import swap_roles

__all__ = ["FORMATS", "bounded_lines", "read", "read_lines", "swap_roles"]
