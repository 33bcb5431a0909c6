"""The kernel's Landlock: which files a thread may still open, and that it may connect nowhere.

https://docs.kernel.org/userspace-api/landlock.html. It holds for the calling thread and for the threads and processes
that it starts afterwards, so it is entered while there is one thread alone.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from agent_assist.egress import seccomp

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same on every processor
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_READ_FILE = 1 << 2
# What each version of the interface (ABI) can forbid.
_FILES = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
_TCP_FROM, _TCP = 4, 0b11  # bind, connect
_SCOPES_FROM, _SCOPES = 6, 0b11  # abstract UNIX sockets, signals


class _Ruleset(ctypes.Structure):
    _fields_ = (("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64))


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def version() -> int:
    """The version (ABI) that this kernel has; 0 for none."""
    if sys.platform != "linux":
        return 0
    return max(0, _call(_CREATE, None, 0, _VERSION_FLAG))


def restrict(readable: Iterable[Path]) -> int:
    """Lets this thread, and what it starts from now on, read these files and no others, and connect nowhere.

    Files that are open stay so. What does not exist is left out.

    Returns:
        The version that holds; TCP is refused from 4 on.

    Raises:
        OSError: the kernel has no Landlock, or does not take it; nothing holds then.
    """
    abi = version()
    if not abi:
        raise OSError("this kernel has no Landlock")
    known = max(v for v in _FILES if v <= abi)
    wanted = _Ruleset(_FILES[known], _TCP if abi >= _TCP_FROM else 0, _SCOPES if abi >= _SCOPES_FROM else 0)
    # An older kernel knows a shorter record, and takes a longer one only where the rest is zero.
    rules = _checked(_call(_CREATE, ctypes.byref(wanted), ctypes.sizeof(wanted), 0))
    try:
        for path in readable:
            _let_read(rules, path)
        seccomp.renounce_rights(ctypes.CDLL(None, use_errno=True))
        _checked(_call(_RESTRICT, rules, 0))
    finally:
        os.close(rules)
    return abi


def _let_read(rules: int, path: Path) -> None:
    try:
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        rule = _Beneath(_READ_FILE, file)
        _checked(_call(_ADD, rules, _PATH_BENEATH, ctypes.byref(rule), 0))
    finally:
        os.close(file)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    found: int = libc.syscall(ctypes.c_long(number), *(_word(one) for one in arguments))
    return found


def _word(argument: object) -> object:
    """A C long for a number: as an int it would leave the upper half of its register as it was."""
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(found: int) -> int:
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return found
