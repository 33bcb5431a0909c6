"""Named loggers. Customer text never reaches a log: messages carry counts, names of rooms and durations only."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

ROOT = "agent_assist"

# Without a handler Python would print warnings on stderr, into the answers of the command line.
logging.getLogger(ROOT).addHandler(logging.NullHandler())


def get(room: str) -> logging.Logger:
    """The logger of a room, `agent_assist.<room>`."""
    return logging.getLogger(f"{ROOT}.{room}")


def to_file(path: Path) -> None:
    """Sends warnings and above to a file of at most 1 MB, with one older copy. Calling it again changes nothing."""
    root = logging.getLogger(ROOT)
    if any(isinstance(h, logging.handlers.RotatingFileHandler) for h in root.handlers):
        return
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True
    )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
