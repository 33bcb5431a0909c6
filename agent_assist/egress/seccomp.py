"""Filters of system calls (seccomp(2)): what a process gives up for good, also for its threads and children.

A filter sees a call's number and its arguments as numbers, and never what they point to. It is written here as rules,
tried in order; the first that fits decides.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALLOW = 0x7FFF_0000
KILL = 0x8000_0000  # the whole process, at once


def refuse(error: int = errno.EPERM) -> int:
    """The verdict that makes a call fail with `error`."""
    return 0x0005_0000 | error


@dataclass(frozen=True, slots=True)
class Machine:
    """What differs between processors.

    Attributes:
        audit: how the kernel names the processor's calls (linux/audit.h).
        seccomp: number of seccomp(2).
        ceiling: numbers from here on are another interface's; 0 for none.
    """

    audit: int
    seccomp: int
    ceiling: int


_MACHINES = {
    "x86_64": Machine(0xC000_003E, 317, 0x4000_0000),
    "aarch64": Machine(0xC000_00B7, 277, 0),
}


def machine_name() -> str:
    """The processor, x86_64 or aarch64; "" where no filter can be made."""
    if sys.platform != "linux" or sys.maxsize < 1 << 32:  # a 32-bit Python on a 64-bit kernel has other numbers
        return ""
    name = os.uname().machine
    return name if name in _MACHINES else ""


@dataclass(frozen=True, slots=True)
class Test:
    """A condition on an argument's lower 32 bits: `value & mask` is one of `among`.

    Attributes:
        argument: 0 to 5.
        negate: none of them instead.
    """

    argument: int
    among: tuple[int, ...]
    mask: int = 0xFFFF_FFFF
    negate: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """What becomes of one call where all its tests hold."""

    number: int
    verdict: int
    tests: tuple[Test, ...] = ()


# Instructions of classic BPF (linux/bpf_common.h): load a word, and it, compare it, return.
_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in seccomp_data


def _op(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _argument(test: Test, skip: int) -> list[bytes]:
    """Goes on behind itself where the test holds, else `skip` instructions further."""
    code = [_op(_LOAD, _ARGUMENTS + 8 * test.argument), _op(_AND, test.mask)]
    for k, value in enumerate(test.among):
        left = len(test.among) - k - 1
        if test.negate:
            code.append(_op(_EQUAL, value, left + skip, 0))
        else:
            code.append(_op(_EQUAL, value, left, 0 if left else skip))
    return code


def _rule(rule: Rule) -> list[bytes]:
    """One rule: number, tests, verdict. Behind tests the number is loaded again for the next rule."""
    if not rule.tests:
        return [_op(_EQUAL, rule.number, 0, 1), _op(_RETURN, rule.verdict)]
    body = [_op(_RETURN, rule.verdict)]
    for test in reversed(rule.tests):
        body = _argument(test, len(body)) + body
    return [_op(_EQUAL, rule.number, 0, len(body) + 1), *body, _op(_LOAD, _NUMBER)]


def compile_filter(machine: str, rules: Iterable[Rule], otherwise: Sequence[tuple[int, int]], foreign: int) -> bytes:
    """A program for the kernel.

    Args:
        machine: as `machine_name` says.
        rules: tried in order.
        otherwise: verdicts of what no rule names: (first number, verdict), from number 0 on, ascending.
        foreign: verdict of calls through another processor's interface.
    """
    made = _MACHINES[machine]
    code = [
        _op(_LOAD, _ARCHITECTURE),
        _op(_EQUAL, made.audit, 1, 0),
        _op(_RETURN, foreign),
        _op(_LOAD, _NUMBER),
    ]
    if made.ceiling:
        code += [_op(_AT_LEAST, made.ceiling, 0, 1), _op(_RETURN, foreign)]
    for rule in rules:
        code += _rule(rule)
    for first, verdict in reversed(otherwise):
        # Nothing comes behind the last one: a jump past it would be refused.
        code += [_op(_AT_LEAST, first, 0, 1)] if first else []
        code.append(_op(_RETURN, verdict))
    return b"".join(code)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER = 1
_TSYNC = 1


def install_filter(program: bytes) -> None:
    """Puts a filter on every thread of this process; nothing takes it off again.

    Raises:
        OSError: the kernel does not take it; nothing has changed then but that no new rights can be had.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    renounce_rights(libc)
    made = _Program(len(program) // 8, program)
    number = _MACHINES[machine_name()].seccomp
    found = libc.syscall(ctypes.c_long(number), _SET_MODE_FILTER, _TSYNC, ctypes.byref(made))
    if found > 0:
        raise OSError(errno.EBUSY, "a thread has a filter of its own")
    if found < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def renounce_rights(libc: ctypes.CDLL) -> None:
    """No program that this process starts has more rights than it (prctl(2), no_new_privs).

    Raises:
        OSError: the kernel is older than that.
    """
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, *[ctypes.c_ulong(n) for n in (1, 0, 0, 0)]) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
