"""One module for each format that conversations come in."""

from agent_assist.capture.format import Format
from agent_assist.capture.formats import json_lines, plain_text

REGISTRY: tuple[Format, ...] = (json_lines.FORMAT, plain_text.FORMAT)
"""In the order in which they are tried: plain text takes whatever is left."""
