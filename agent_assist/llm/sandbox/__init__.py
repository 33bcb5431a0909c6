"""The worker gives up what only somebody who broke into it could use, before it opens a file from outside.

On Linux: Landlock leaves it the model's files to read and nothing else, and a filter of system calls leaves it memory,
threads and time: no sockets, no programs, no processes, no writing. Elsewhere nothing holds it, and it says so.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path

from agent_assist.egress import seccomp
from agent_assist.llm.engine import SandboxState
from agent_assist.llm.sandbox import filter, landlock

_TASKS = Path("/proc/self/task")
# What the libraries ask about the machine when they compute for the first time; nothing of the person's is in it.
_MACHINE = tuple(map(Path, ("/sys/devices/system/cpu/online", "/sys/devices/system/cpu/possible", "/proc/cpuinfo")))


def enter(model: Path, voice: Path | None) -> SandboxState:
    """Shuts this process in, for good; call it while it has one thread, with all code loaded.

    Args:
        model: the file it may read.
        voice: the adapter it may read too, where there is one.

    Returns:
        What holds now. A kernel that lacks a part leaves the other part in force.
    """
    machine = seccomp.machine_name()
    if not machine:
        return SandboxState(words=f"nothing holds it: {platform.system()} on {platform.machine()} has no sandbox here")
    alone = len(os.listdir(_TASKS)) == 1  # noqa: PTH208  # names are enough
    abi = _restrict_files(model, voice)
    filtered = _filter_calls(machine)
    return SandboxState(abi > 0 and alone, filtered, _words(abi, alone, filtered))


def _restrict_files(model: Path, voice: Path | None) -> int:
    try:
        return landlock.restrict([model, *([voice] if voice else []), *_MACHINE])
    except OSError:
        return 0


def _filter_calls(machine: str) -> bool:
    try:
        seccomp.install_filter(filter.make(machine, os.getpid()))
    except OSError:
        return False
    return True


def _words(abi: int, alone: bool, filtered: bool) -> str:
    if not abi and not filtered:
        return "nothing holds it: this kernel has neither Landlock nor system call filters"
    holds = []
    if abi:
        holds.append(f"no files but the model's (Landlock {abi}{'' if alone else ', not for all threads'})")
    if filtered:
        holds.append("no connections, no programs, nothing written (seccomp)")
    lacks = "" if abi and filtered else f"; this kernel lacks {'seccomp' if abi else 'Landlock'}"
    return ", ".join(holds) + lacks
