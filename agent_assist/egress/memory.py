"""A process's memory holds customers' words and the history's key: it goes into no file and to no other program."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

_PR_SET_DUMPABLE = 4


def hide_memory() -> bool:
    """Lets no core file of this process be written, and on Linux no other program of this person look into it.

    Without the dumpable mark (prctl(2)) the kernel neither writes a core file nor hands one to a crash collector,
    which a limit alone does not prevent; and `/proc/PID/mem`, `/proc/PID/environ` and ptrace are for the system's
    administrator alone.

    Returns:
        Whether the system holds other programs off; where it does not, the limit alone was set, if there is one.
    """
    if sys.platform == "win32":
        return False
    import resource

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform != "linux":
        return False
    prctl = ctypes.CDLL(None).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    return bool(prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
