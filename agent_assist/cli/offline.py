"""What `agent-assist doctor` tries to prove that nothing leaves: each of our processes tries to get out.

It tries addresses that are reserved for documentation (RFC 5737, RFC 3849) and a name that no one may own (RFC 6761).
A try counts as refused only where our guard or the kernel said no before anything was sent; a network that is merely
not there proves nothing.
"""

from __future__ import annotations

import ctypes
import errno
import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from agent_assist import egress
from agent_assist.cli.findings import Finding
from agent_assist.environment import hidden_passphrase
from agent_assist.errors import KnownError
from agent_assist.llm.engine import SandboxState

_SECONDS = 30.0
_HOST, _HOST6, _NAME, _PORT = "192.0.2.1", "2001:db8::1", "agent-assist.invalid", 443


class _Report(msgspec.Struct, frozen=True):
    """What became of the tries of one process: by what was tried, whether it was refused."""

    tries: dict[str, bool]
    sandbox: SandboxState | None = None

    @property
    def got_out(self) -> list[str]:
        return [what for what, refused in self.tries.items() if not refused]


def look(sandbox: SandboxState | None) -> list[Finding]:
    """Tries it in this process and in ones like the worker and the browser's host; two findings.

    Args:
        sandbox: what the worker that loaded a model told of itself; None takes what the tried one tells.

    Raises:
        KnownError: a process does not start, or does not come to an end.
    """
    here = _Report(_tries())
    host, worker = _in_a_process(_as_host), _in_a_process(_as_worker)
    return [_guard({"here": here, "in the browser's host": host, "in the worker": worker}), _cage(worker, sandbox)]


def _guard(reports: dict[str, _Report]) -> Finding:
    out = [f"{what} {where}" for where, report in reports.items() for what in report.got_out]
    if out:
        return Finding(
            "egress guard", False, f"not refused: {', '.join(out)}", "Please report it: this may never happen."
        )
    count = sum(len(report.tries) for report in reports.values())
    return Finding("egress guard", True, f"{count} tries to get out, all refused before anything was sent")


def _cage(report: _Report, told: SandboxState | None) -> Finding:
    state = told or report.sandbox or SandboxState()
    if report.got_out:
        return Finding("worker sandbox", False, f"does not hold: {', '.join(report.got_out)}", "Please report it.")
    return Finding("worker sandbox", True, state.words)


def _tries() -> dict[str, bool]:
    """Every way out that Python has. Nothing is tried where no guard stands: it would be let through."""
    ways: dict[str, Callable[[], object]] = {
        "TCP": lambda: _connect(socket.AF_INET, (_HOST, _PORT)),
        "TCP over IPv6": lambda: _connect(socket.AF_INET6, (_HOST6, _PORT)),
        "UDP": lambda: _send((_HOST, _PORT)),
        "looking up a name": lambda: socket.getaddrinfo(_NAME, _PORT),
    }
    return {what: egress.installed() and _refused(way) for what, way in ways.items()}


def _connect(family: socket.AddressFamily, address: tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as one:
        one.settimeout(1.0)
        one.connect(address)


def _send(address: tuple[str, int]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"", address)


def _refused(way: Callable[[], object]) -> bool:
    try:
        way()
    except egress.Refused:
        return True
    except OSError as error:
        # The kernel refused the socket itself, or has no IPv6: there was nothing to send with.
        return error.errno in (errno.EPERM, errno.EACCES, errno.EAFNOSUPPORT)
    return False


def _native_tries() -> dict[str, bool]:
    """What code could try that Python does not see; only for processes that the kernel holds."""
    libc = ctypes.CDLL(None, use_errno=True)
    kinds = {"TCP": socket.SOCK_STREAM, "UDP": socket.SOCK_DGRAM, "raw": socket.SOCK_RAW}
    return {f"a {what} socket of native code": _no_socket(libc, kind) for what, kind in kinds.items()}


def _no_socket(libc: ctypes.CDLL, kind: int) -> bool:
    made: int = libc.socket(int(socket.AF_INET), int(kind), 0)
    if made >= 0:
        os.close(made)
    return made < 0


def _as_host(pipe: Connection) -> None:
    """A process that begins as `agent-assist native-host` does, and as every command that needs no network."""
    egress.install()
    sealed = egress.seal()
    pipe.send_bytes(msgspec.json.encode(_Report(_tries() | (_native_tries() if sealed else {}))))


def _as_worker(pipe: Connection) -> None:
    """A process that begins and shuts itself in as the language model's does."""
    from agent_assist.llm import sandbox

    egress.install()
    libc = ctypes.CDLL(None)  # loading code is over once it is shut in
    state = sandbox.enter(Path(os.devnull), None)
    tries = _tries()
    if state.sockets:
        tries |= _native_tries() | {"another program": _fails(_run_python), "another process": _no_child(libc)}
    if state.filesystem:
        tries["reading a file"] = _fails(lambda: os.open(__file__, os.O_RDONLY))
        tries["writing a file"] = _fails(lambda: os.open(os.devnull, os.O_WRONLY))
    pipe.send_bytes(msgspec.json.encode(_Report(tries, state)))


def _run_python() -> None:
    os.execv(sys.executable, [sys.executable, "-c", ""])  # noqa: S606  # ourselves, and only to see it refused


def _no_child(libc: ctypes.CDLL) -> bool:
    child: int = libc.fork()
    if child == 0:
        os._exit(0)
    return child < 0


def _fails(way: Callable[[], object]) -> bool:
    try:
        way()
    except OSError:
        return True
    return False


def _in_a_process(target: Callable[[Connection], None]) -> _Report:
    """Runs a fresh process to its end; what it found."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs,), name="agent-assist-doctor", daemon=True)
    try:
        with hidden_passphrase():
            process.start()
        theirs.close()
        if ours.poll(_SECONDS):
            return msgspec.json.decode(ours.recv_bytes(), type=_Report)
    except (OSError, EOFError, msgspec.MsgspecError) as error:
        raise KnownError(
            "A process that was to try the network did not come to an end. Close other programs, then try again."
        ) from error
    finally:
        if process.pid is not None:
            process.kill()
            process.join()
        ours.close()
    raise KnownError("A process that was to try the network takes too long. Close other programs, then try again.")
