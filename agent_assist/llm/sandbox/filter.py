"""Which system calls the worker keeps, as a filter for the kernel."""

from __future__ import annotations

import errno
import os

from agent_assist.egress import seccomp
from agent_assist.egress.seccomp import ALLOW, KILL, Rule, Test, refuse
from agent_assist.llm.sandbox.calls import DEADLY, HARMLESS, NEWEST, WEIGHED, numbers

_CHANGING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | 0o20000000  # the last one: O_TMPFILE
# sched.h: a thread shares memory, signal handlers and the thread group; it is no new namespace and no tracer's.
_THREAD = 0x100 | 0x800 | 0x10000
_NOT_A_THREAD = 0x7E02_0000 | 0x2000 | 0x80
_NAMES = (15, 16, 0x53564D41)  # prctl: a thread's name, and that of a piece of memory
_FILE_MARKS = (0, 1, 2, 3, 4, 1030)  # fcntl: duplicate, close-on-exec, status
_FILE_QUERIES = (0x5401, 0x5421, 0x5450, 0x5451, 0x541B)  # ioctl: a terminal?, non-blocking, close-on-exec, how much


def make(machine: str, process: int) -> bytes:
    """The program for process number `process`: what is not named fails as if there were no permission.

    A library that merely tries something then goes on without it. What no library ever tries ends the process.
    """
    weighed = numbers(WEIGHED, machine)
    rules = [Rule(number, ALLOW) for number in numbers(HARMLESS, machine).values()]
    rules += [
        # Landlock decides which files are read; none is written, whatever it says.
        *(
            Rule(weighed[name], ALLOW, (Test(argument, (0,), _CHANGING),))
            for name, argument in (("openat", 2), ("open", 1))
            if name in weighed
        ),
        Rule(weighed["clone"], ALLOW, (Test(0, (_THREAD,), _THREAD | _NOT_A_THREAD),)),
        # Their arguments lie in memory, where no filter looks: the C library then takes the older calls above.
        Rule(weighed["clone3"], refuse(errno.ENOSYS)),
        Rule(weighed["openat2"], refuse(errno.ENOSYS)),
        Rule(weighed["prctl"], ALLOW, (Test(0, _NAMES),)),
        Rule(weighed["fcntl"], ALLOW, (Test(1, _FILE_MARKS),)),
        Rule(weighed["ioctl"], ALLOW, (Test(1, _FILE_QUERIES),)),
        Rule(weighed["ioctl"], refuse(errno.ENOTTY)),
        Rule(weighed["tgkill"], ALLOW, (Test(0, (process,)),)),  # abort() signals its own thread
        Rule(weighed["prlimit64"], ALLOW, (Test(0, (0, process)), Test(2, (0,)))),  # to ask; setting has an address
        *(Rule(number, KILL) for number in numbers(DEADLY, machine).values()),
    ]
    otherwise = [(0, refuse(errno.EPERM)), (NEWEST, refuse(errno.ENOSYS))]
    return seccomp.compile_filter(machine, rules, otherwise, KILL)
