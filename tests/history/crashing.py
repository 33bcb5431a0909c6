"""Ends a process just before the nth time that it touches the file system, as a kill or a power cut would."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.link", "os.mkdir", "os.truncate"})
"""What Python reports before it asks the system; https://docs.python.org/3/library/audit_events.html."""

CRASHED, FAILED = 9, 1


def crashed_at(point: int, work: Callable[[], object]) -> bool:
    """Does the work in a process of its own, which ends before its `point`th touch (from 0); False where it got by.

    Raises:
        AssertionError: the work raised something.
    """
    child = os.fork()
    if child == 0:
        _end_at(point, work)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, CRASHED), "the work failed"
    return code == CRASHED


def _end_at(point: int, work: Callable[[], object]) -> None:
    left = point

    def hook(event: str, _arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in _EVENTS:
            if left == 0:
                os._exit(CRASHED)
            left -= 1

    code = FAILED
    try:
        sys.addaudithook(hook)
        work()
        code = 0
    finally:
        os._exit(code)  # never back into the test's own run
