"""A command watched from outside: which sockets it and all its processes make, and what they connect to.

The kernel itself reports (seccomp_unotify(2)): each socket(2), connect(2) and sendto(2) of the command's whole tree of
processes waits until it was noted here, native code included. Nothing is traced, preloaded or run as root. Calls that a
filter of the product refuses never come so far: they make no socket.

Run as a file it is the launcher: it puts the filter on itself, hands the kernel's reports out, becomes the command.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

CALLS = {
    "x86_64": {41: "socket", 42: "connect", 44: "sendto"},
    "aarch64": {198: "socket", 203: "connect", 206: "sendto"},
}
USER_NOTIF = 0x7FC0_0000
NEW_LISTENER = 1 << 3
RECEIVE, SEND = 0xC050_2100, 0xC018_2101
GO_ON = 1


@dataclass
class Seen:
    """What a command did.

    Attributes:
        sockets: address family of each socket that was made.
        connects: address family of each address that was connected or sent to; 0 where it could not be read.
    """

    code: int = 0
    out: str = ""
    err: str = ""
    sockets: list[int] = field(default_factory=list)
    connects: list[int] = field(default_factory=list)


def watch(command: Sequence[str], environment: dict[str, str], given: str = "") -> Seen:
    """Runs a command to its end; everything of its tree that deals with sockets is noted."""
    ours, theirs = socket.socketpair()
    launcher = [sys.executable, __file__, str(theirs.fileno()), *command]
    process = subprocess.Popen(
        launcher, env=environment, pass_fds=[theirs.fileno()], stdin=-1, stdout=-1, stderr=-1, text=True
    )
    with ours, process:
        theirs.close()
        _, (listener, *_), _, _ = socket.recv_fds(ours, 1, 1)
        seen = Seen()
        noting = threading.Thread(target=_note_all, args=(listener, seen))
        noting.start()
        seen.out, seen.err = process.communicate(given)
        noting.join()
        os.close(listener)
    seen.code = process.returncode
    return seen


def _note_all(listener: int, seen: Seen) -> None:
    """Until the last process of the tree has ended."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    while True:
        ready = poll.poll()
        if not ready[0][1] & select.POLLIN:
            return
        report = bytearray(80)
        try:
            fcntl.ioctl(listener, RECEIVE, report)
        except FileNotFoundError:  # it was killed while it waited
            continue
        number, process, _, call, _, _, *arguments = struct.unpack("QIIiIQ6Q", report)
        _note(seen, process, call, arguments)
        try:
            fcntl.ioctl(listener, SEND, struct.pack("QqiI", number, 0, 0, GO_ON))
        except FileNotFoundError:
            continue


def _note(seen: Seen, process: int, call: int, arguments: list[int]) -> None:
    name = next(table[call] for table in CALLS.values() if call in table)
    if name == "socket":
        seen.sockets.append(arguments[0])
        return
    address = arguments[1] if name == "connect" else arguments[4]
    if address:
        seen.connects.append(_family(process, address))


def _family(process: int, address: int) -> int:
    try:
        with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            return int.from_bytes(memory.read(2), sys.byteorder)
    except OSError:
        return 0


def _launch(door: int, command: list[str]) -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from agent_assist.egress import seccomp

    machine = seccomp.machine_name()
    rules = [seccomp.Rule(number, USER_NOTIF) for number in CALLS[machine]]
    program = seccomp.compile_filter(machine, rules, [(0, seccomp.ALLOW)], seccomp.KILL)
    libc = ctypes.CDLL(None, use_errno=True)
    seccomp.renounce_rights(libc)
    record = ctypes.create_string_buffer(program, len(program))
    filters = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(record))
    number = {"x86_64": 317, "aarch64": 277}[machine]
    listener = libc.syscall(ctypes.c_long(number), 1, NEW_LISTENER, filters)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "no listener")
    with socket.socket(fileno=door) as out:  # taken over, not made
        socket.send_fds(out, [b"x"], [listener])
    os.close(listener)
    os.execv(command[0], command)


if __name__ == "__main__":
    _launch(int(sys.argv[1]), sys.argv[2:])
