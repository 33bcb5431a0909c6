"""Conversations come in: text and bytes of any supported format become `Conversation` records."""

from agent_assist.capture.jsonl import bounded_lines, read_lines
from agent_assist.capture.reader import FORMATS, read
from agent_assist.capture.roles import swap_roles
from agent_assist.capture.sheet.choice import Choice as ColumnChoice
from agent_assist.capture.sheet.choice import parse as parse_columns
from agent_assist.capture.sheet.columns import Guess as TableGuess
from agent_assist.capture.tables import Tables

__all__ = [
    "FORMATS",
    "ColumnChoice",
    "TableGuess",
    "Tables",
    "bounded_lines",
    "parse_columns",
    "read",
    "read_lines",
    "swap_roles",
]
