"""The process that takes this one's place when it locks. All that it is told is where the window stood.

A program cannot wipe its own memory: Python and Qt leave copies of every text behind. The system can: a process that
becomes another one, or ends, gives all its pages back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from agent_assist.environment import PASSPHRASE_VARIABLE

VARIABLE = "AGENT_ASSIST_LOCKED"
LOST = ("draft", "unkept", "unsaved", "undeleted", "words")
"""What a lock may cost: drafts, what was not kept, not saved, not deleted any more, recovery words nobody confirmed."""
_FARTHEST = 100_000  # pixels


@dataclass(frozen=True, slots=True)
class Handover:
    """What the locked process is told.

    Attributes:
        box: x, y, width and height of the window; None where it stands as ever.
        lost: names of `LOST`.
        by_itself: whether nobody was there.
    """

    box: tuple[int, int, int, int] | None = None
    lost: tuple[str, ...] = ()
    by_itself: bool = False


def written(handover: Handover) -> str:
    """A handover as the environment carries it."""
    return json.dumps({"box": handover.box, "lost": handover.lost, "by_itself": handover.by_itself})


def read(text: str) -> Handover:
    """A handover out of the environment; what is not right in it is left out: to be locked is all that counts."""
    try:
        told = json.loads(text)
    except ValueError:
        return Handover()
    if not isinstance(told, dict):
        return Handover()
    box, lost = told.get("box"), told.get("lost")
    return Handover(
        _box(box) if isinstance(box, list) else None,
        tuple(name for name in LOST if name in lost) if isinstance(lost, list) else (),
        told.get("by_itself") is True,
    )


def take_handover() -> Handover | None:
    """What the process before handed over; None where this one is not its successor. No child of ours inherits it."""
    text = os.environ.pop(VARIABLE, None)
    return None if text is None else read(text)


def command() -> list[str]:
    """The command line that this process was started with."""
    if getattr(sys, "frozen", False):
        return [sys.executable, *sys.argv[1:]]
    return [sys.executable, *sys.orig_argv[1:]]


def environment(handover: Handover) -> dict[str, str]:
    """What the successor inherits: not the passphrase, which would open the history again."""
    kept = {name: value for name, value in os.environ.items() if name != PASSPHRASE_VARIABLE}
    return {**kept, VARIABLE: written(handover)}


def give_way(handover: Handover) -> NoReturn:
    """Becomes the locked process; does not return.

    Raises:
        OSError: the program cannot be started again.
    """
    line = command()
    if sys.platform == "win32":  # there a process cannot become another one
        subprocess.Popen(line, env=environment(handover), close_fds=True)
        os._exit(0)
    os.execve(line[0], line, environment(handover))  # noqa: S606  # the very command line of this process


def _box(values: Iterable[object]) -> tuple[int, int, int, int] | None:
    numbers = [value for value in values if isinstance(value, int) and abs(value) <= _FARTHEST]
    if len(numbers) != 4:
        return None
    x, y, width, height = numbers
    return (x, y, width, height) if width > 0 and height > 0 else None
