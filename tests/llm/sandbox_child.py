"""Main functions of processes that shut themselves in and then try to get out. They run in processes of their own."""

from __future__ import annotations

import ctypes
import fcntl
import json
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from agent_assist.egress import seccomp
from agent_assist.llm.sandbox import enter, landlock
from agent_assist.llm.sandbox.calls import DEADLY, HARMLESS, NEWEST, WEIGHED, numbers

LIBC = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH = 16
PAST_FILTERS = (335, 336)  # x86_64: the kernel's own probes return through these, and it filters them not


def call(number: int, *arguments: int) -> int:
    """A system call; what the kernel answered, or minus the error's number."""
    ctypes.set_errno(0)
    found: int = LIBC.syscall(ctypes.c_long(number), *(ctypes.c_long(one) for one in arguments))
    return -ctypes.get_errno() if found < 0 else found


def error_of(way: Callable[[], object]) -> int:
    """The number of the error that it fails with; 0 where it does not fail."""
    try:
        way()
    except OSError as error:
        return error.errno or -1
    except ValueError:  # how Python says that a limit was not lifted
        return 1
    return 0


def tries(pipe: Connection) -> None:
    """Gets a model's path, shuts itself in, tries everything, and tells what it got."""
    model, other = (Path(one) for one in json.loads(pipe.recv_bytes()))
    writable = os.open(other.with_name("open"), os.O_RDWR | os.O_CREAT)
    state = enter(model, None)
    ways: dict[str, Callable[[], object]] = {
        "read the model": lambda: model.read_bytes(),
        "read another file": lambda: other.read_bytes(),
        "read the password file": lambda: Path("/etc/passwd").read_bytes(),
        "read the environment": lambda: Path("/proc/self/environ").read_bytes(),
        "read the program's memory": lambda: Path("/proc/self/mem").read_bytes(),
        "list a folder": lambda: list(other.parent.iterdir()),
        "write the model": lambda: os.open(model, os.O_WRONLY),
        "append to the model": lambda: os.open(model, os.O_RDONLY | os.O_APPEND),
        "truncate the model": lambda: os.truncate(model, 0),
        "truncate what is open": lambda: os.ftruncate(writable, 0),
        "make a file": lambda: os.open(other.with_name("new"), os.O_RDONLY | os.O_CREAT),
        "make a nameless file": lambda: os.open(other.parent, os.O_RDWR | os.O_TMPFILE),
        "make a file in memory": lambda: os.memfd_create("new"),
        "make a folder": lambda: other.with_name("folder").mkdir(),
        "delete": lambda: other.unlink(),
        "rename": lambda: other.rename(other.with_name("renamed")),
        "link": lambda: os.link(other, other.with_name("link")),
        "symlink": lambda: other.with_name("symlink").symlink_to(other),
        "change rights": lambda: other.chmod(0o777),
        "change the open file's rights": lambda: os.fchmod(writable, 0o777),
        "TCP": lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM),
        "UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "UNIX": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_STREAM),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "pair": lambda: socket.socketpair(),
        "run a program": lambda: os.execv(sys.executable, [sys.executable]),
        "start a program": lambda: subprocess.run([sys.executable], check=True),
        "fork": os.fork,
        "kill the app": lambda: os.kill(os.getppid(), signal.SIGTERM),
        "kill itself from afar": lambda: os.kill(os.getpid(), signal.SIGTERM),
        "lift a limit": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
        "a terminal's keys": lambda: type_a_letter(),
        "a thread": a_thread,
        "memory": lambda: mmap.mmap(-1, 1 << 20).close(),
        "the time": lambda: os.times(),
        "stderr": lambda: os.write(2, b""),
    }
    told = {what: error_of(way) for what, way in ways.items()}
    pipe.send_bytes(json.dumps([state.filesystem, state.sockets, state.words, told]).encode())


def type_a_letter() -> None:
    """Types a letter into a terminal (TIOCSTI)."""
    fcntl.ioctl(0, 0x5412, b"x")


def a_thread() -> None:
    """Starts a thread, which finds itself held as well."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(error_of(lambda: Path("/etc/passwd").read_bytes())))
    thread.start()
    thread.join()
    if found != [13]:
        raise OSError(1, "the thread is free")


def deadly(pipe: Connection) -> None:
    """Gets a call's number, shuts itself in, and makes the call."""
    number = json.loads(pipe.recv_bytes())
    enter(Path(os.devnull), None)
    found = call(number, PTRACE_ATTACH if number == 101 else 0, 0, 0, 0, 0, 0)
    pipe.send_bytes(json.dumps(found).encode())


def unnamed(pipe: Connection) -> None:
    """Makes every call that no table names, one by one, without arguments; what each answered."""
    machine = seccomp.machine_name()
    named = set(PAST_FILTERS) | {
        number for table in (HARMLESS, WEIGHED, DEADLY) for number in numbers(table, machine).values()
    }
    enter(Path(os.devnull), None)
    answers = {number: call(number, 0, 0, 0, 0, 0, 0) for number in range(NEWEST + 60) if number not in named}
    pipe.send_bytes(json.dumps(answers).encode())


def clones(pipe: Connection) -> None:
    """Asks for new processes and namespaces, by flags; what each answered."""
    machine = seccomp.machine_name()
    clone, clone3, openat2 = (numbers(WEIGHED, machine)[name] for name in ("clone", "clone3", "openat2"))
    enter(Path(os.devnull), None)
    thread = 0x100 | 0x800 | 0x10000
    spaces = (0x20000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x80, 0x2000)
    flags = [17, 0x4111, 0x100, *(thread | one for one in spaces), *spaces]
    answers = [call(clone, one, 0, 0, 0, 0) for one in flags]
    pipe.send_bytes(json.dumps([answers, call(clone3, 0, 0), call(openat2, 0, 0, 0, 0)]).encode())


def landlock_alone(pipe: Connection) -> None:
    """Shuts itself in with Landlock only, which has to hold by itself; connects to a port of this machine."""
    model, other, port = json.loads(pipe.recv_bytes())
    abi = landlock.restrict([Path(model), Path("/nowhere/at/all")])

    def connect() -> None:
        with socket.socket() as one:
            one.connect(("127.0.0.1", port))

    ways: list[Callable[[], object]] = [
        lambda: Path(model).read_bytes(),
        lambda: Path(other).read_bytes(),
        lambda: Path(model).write_bytes(b""),
        lambda: Path(other).with_name("new").write_bytes(b""),
        lambda: subprocess.run(["/bin/true"], check=True),
        connect,
    ]
    pipe.send_bytes(json.dumps([abi, [error_of(way) for way in ways]]).encode())
