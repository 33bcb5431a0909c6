"""The worker's sandbox, tried from inside by real processes in the real kernel."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import psutil
import pytest
import sandbox_child
from llm_world import BRANCHES, ask

from agent_assist.egress import seccomp
from agent_assist.jobs import CancelToken
from agent_assist.llm import sandbox, wire
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import Branch, SandboxState
from agent_assist.llm.sandbox import filter as filters
from agent_assist.llm.sandbox import landlock
from agent_assist.llm.sandbox.calls import DEADLY, HARMLESS, WEIGHED, numbers

needs_linux = pytest.mark.skipif(not seccomp.machine_name(), reason="no sandbox on this system")
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
WORKS = {"read the model", "a thread", "memory", "the time", "stderr"}
FILES = {"read another file", "read the password file", "read the environment", "list a folder"}


def in_a_process(target: Callable[[Connection], None], told: object) -> tuple[Any, int]:
    """What a fresh process answers to `told`, None where it says nothing, and how it ended."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs,))
    process.start()
    theirs.close()
    try:
        ours.send_bytes(json.dumps(told).encode())
        answer = json.loads(ours.recv_bytes()) if ours.poll(60) else None
    except (EOFError, ConnectionError):
        answer = None
    finally:
        ours.close()
        process.join(60)
        if process.is_alive():
            process.kill()
            process.join()
    return answer, process.exitcode or 0


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """A model and another file."""
    for name in ("model", "other"):
        (tmp_path / name).write_text(name)
    return str(tmp_path / "model"), str(tmp_path / "other")


@needs_linux
@needs_landlock
def test_from_inside_nothing_works_but_computing(files: tuple[str, str], tmp_path: Path) -> None:
    answer, code = in_a_process(sandbox_child.tries, files)
    assert code == 0
    filesystem, sockets, words, told = answer
    assert filesystem
    assert sockets
    assert "Landlock" in words
    assert {what for what, error in told.items() if error == 0} == WORKS
    for what, error in told.items():
        assert error in (0, errno.EPERM, errno.EACCES, errno.ENOTTY), what
    assert {told[what] for what in FILES} == {errno.EACCES}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model", "open", "other"]
    assert (tmp_path / "model").read_text() == "model"


@needs_linux
@pytest.mark.parametrize("name", ["ptrace", "process_vm_readv", "io_uring_setup", "bpf", "unshare", "mount", "keyctl"])
def test_what_no_library_tries_ends_the_process(name: str) -> None:
    answer, code = in_a_process(sandbox_child.deadly, numbers(DEADLY, seccomp.machine_name())[name])
    assert (answer, code) == (None, -signal.SIGSYS)


@needs_linux
def test_every_other_call_fails_as_if_there_were_no_permission() -> None:
    answers, code = in_a_process(sandbox_child.unnamed, None)
    assert code == 0
    kinds = {int(number): -answer for number, answer in answers.items()}
    assert set(kinds.values()) == {errno.EPERM, errno.ENOSYS}
    assert {number for number, error in kinds.items() if error == errno.ENOSYS} == {n for n in kinds if n >= 463}


@needs_linux
def test_no_new_process_and_no_new_namespace() -> None:
    (answers, clone3, openat2), code = in_a_process(sandbox_child.clones, None)
    assert code == 0
    assert set(answers) == {-errno.EPERM}
    assert (clone3, openat2) == (-errno.ENOSYS, -errno.ENOSYS)


@needs_landlock
def test_landlock_holds_by_itself(files: tuple[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        (abi, errors), _ = in_a_process(sandbox_child.landlock_alone, [*files, server.getsockname()[1]])
    assert abi == landlock.version()
    assert errors[:5] == [0, *[errno.EACCES] * 4]
    assert errors[5] == (errno.EACCES if abi >= 4 else 0)


# --- the filter as it is made, for both processors


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_tables_name_no_call_twice(machine: str) -> None:
    tables = [numbers(table, machine) for table in (HARMLESS, WEIGHED, DEADLY)]
    every = [number for table in tables for number in table.values()]
    assert len(every) == len(set(every))
    for needed in ("clone", "openat", "futex", "read", "write", "mmap", "exit_group"):
        assert any(needed in table for table in tables[:2])


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_decides_as_the_rules_say(machine: str) -> None:
    program = filters.make(machine, 4711)
    known = {**numbers(WEIGHED, machine), **numbers(HARMLESS, machine), **numbers(DEADLY, machine)}
    run = BpfMachine(program, {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]).run
    eperm, enosys = seccomp.refuse(errno.EPERM), seccomp.refuse(errno.ENOSYS)
    assert run(known["read"]) == seccomp.ALLOW
    assert run(known["openat"], 0, 0, os.O_CLOEXEC) == seccomp.ALLOW
    for flag in (os.O_WRONLY, os.O_RDWR, os.O_CREAT, os.O_TRUNC, os.O_APPEND, 0o20000000):
        assert run(known["openat"], 0, 0, os.O_CLOEXEC | flag) == eperm
    assert run(known["clone"], 0x3D0F00) == seccomp.ALLOW
    assert run(known["clone"], 0x3D0F00 | 0x10000000) == eperm
    assert run(known["clone"], 17) == eperm
    assert run(known["clone3"]) == enosys
    assert run(known["tgkill"], 4711) == seccomp.ALLOW
    assert run(known["tgkill"], 4712) == eperm
    assert run(known["prlimit64"], 4711, 7, 0) == seccomp.ALLOW
    assert run(known["prlimit64"], 0, 7, 1) == eperm
    assert run(known["prlimit64"], 1, 7, 0) == eperm
    assert run(known["ptrace"]) == seccomp.KILL
    assert run({"x86_64": 41, "aarch64": 198}[machine], 1) == eperm
    assert run(600) == enosys
    foreign = BpfMachine(program, 0x40000003).run
    assert foreign(known["read"]) == seccomp.KILL
    if machine == "x86_64":
        assert run(0x40000000) == seccomp.KILL


class BpfMachine:
    """Runs a filter as the kernel does, for the few instructions that ours are made of."""

    def __init__(self, program: bytes, architecture: int) -> None:
        import struct

        self.code = list(struct.iter_unpack("HBBI", program))
        self.architecture = architecture

    def run(self, number: int, *arguments: int) -> int:
        words = {0: number, 4: self.architecture, **{16 + 8 * k: one for k, one in enumerate((*arguments, 0, 0, 0))}}
        at = value = 0
        while True:
            code, yes, no, operand = self.code[at]
            at += 1
            match code:
                case 0x20:
                    value = words[operand] & 0xFFFFFFFF
                case 0x54:
                    value &= operand
                case 0x15:
                    at += yes if value == operand else no
                case 0x35:
                    at += yes if value >= operand else no
                case 0x06:
                    return int(operand)
                case _:
                    raise AssertionError(f"instruction {code:#x}")


# --- what the app is told


def test_a_system_without_a_sandbox_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seccomp, "machine_name", lambda: "")
    state = sandbox.enter(Path(os.devnull), None)
    assert not state.filesystem
    assert not state.sockets
    assert state.words.startswith("nothing holds it: ")


def test_the_state_crosses_the_wire() -> None:
    frame = wire.Loaded(3, SandboxState(True, True, "all of it"))
    assert wire.decode_from_worker(wire.encode(frame)) == frame
    assert wire.decode_from_worker(b'{"type":"Loaded","id":3}') == wire.Loaded(3, SandboxState())


@needs_linux
@needs_landlock
def test_the_real_worker_is_held_and_writes_all_the_same(smollm: WorkerEngine) -> None:
    fresh = WorkerEngine("smollm2-135m", smollm._path, "chatml", 2048, 2)
    assert fresh.sandbox is None
    try:
        fresh.load(lambda _event: None, CancelToken())
        assert fresh.sandbox is not None
        assert (fresh.sandbox.filesystem, fresh.sandbox.sockets) == (True, True)
        held = Branch("held", (), "", max_tokens=4, grammar='root ::= "yes" | "no"')
        warm = Branch("warm", (), "I am", max_tokens=6, temperature=0.7)
        result, _ = ask(fresh, (*BRANCHES, held, warm))
        assert result.texts["held"] in ("yes", "no")
        assert len(result.texts["warm"]) > len("I am")
        assert fresh.process_id is not None
        _every_thread_is_held(fresh.process_id)
    finally:
        fresh.close()


def _every_thread_is_held(process: int) -> None:
    threads = psutil.Process(process).threads()
    assert len(threads) > 1
    for thread in threads:
        status = Path(f"/proc/{process}/task/{thread.id}/status").read_text()
        assert "Seccomp:\t2" in status
        assert "NoNewPrivs:\t1" in status
