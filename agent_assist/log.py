"""Named loggers. Customer text never reaches a log: messages carry counts, names of rooms and durations only."""

from __future__ import annotations

import logging
import logging.handlers
import traceback
from contextlib import suppress
from pathlib import Path

ROOT = "agent_assist"

_MAX_BYTES = 1_000_000

# Without a handler Python would print warnings on stderr, into the answers of the command line.
logging.getLogger(ROOT).addHandler(logging.NullHandler())


class _QuietFile(logging.handlers.RotatingFileHandler):
    """A log file that is no reason to fail: what cannot be written (a full disk, a folder in its place) is dropped."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # logging's name
        """See logging.Handler. Its own would print a traceback on stderr."""


def get(room: str) -> logging.Logger:
    """The logger of a room, `agent_assist.<room>`."""
    return logging.getLogger(f"{ROOT}.{room}")


def to_file(path: Path) -> None:
    """Sends what is logged to a file of at most 1 MB, with one older copy, and to no other file any more."""
    root = logging.getLogger(ROOT)
    for handler in [h for h in root.handlers if isinstance(h, _QuietFile)]:
        if handler.baseFilename == str(path):
            return
        root.removeHandler(handler)
        with suppress(OSError):  # a full disk refuses what is left in its buffer
            handler.close()
    handler = _QuietFile(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)


def describe(error: BaseException) -> str:
    """An exception's type and places, innermost first. Its message is left out: it may hold customer text."""
    frames = reversed(traceback.extract_tb(error.__traceback__))
    return f"{type(error).__name__} at " + " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in frames)
