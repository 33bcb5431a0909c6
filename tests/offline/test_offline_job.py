"""The whole main job without a network, and what it connects to when there is one: nothing."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import watched

import agent_assist
from agent_assist.egress import seccomp
from agent_assist.paths import MODELS_VARIABLE

ROOT = Path(agent_assist.__file__).parents[1]
MAIN = [sys.executable, str(ROOT / "main.py"), "--quiet"]
MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
LOCAL = {int(socket.AF_UNIX), 16}  # programs of this machine; its kernel
INTERNET = {int(socket.AF_INET), int(socket.AF_INET6)}
CHAT = (
    "Customer: My kettle arrived broken and nobody answers my mails.\n"
    "Agent: I am sorry to hear that. May I have the order number?\n"
    "Customer: It is K-77120. This is the third time, I am furious!\n"
)
DRAFT = "Sorry for the wombat. We will see."

Run = Callable[..., str]
"""Runs a command of the product in some way; what it printed."""


@pytest.fixture
def desk(shelf: Path, tmp_path: Path) -> dict[str, str]:
    """The environment of an installation with the small real model."""
    if not (shelf / MODEL).is_file():
        pytest.skip("needs smollm2-135m on the shelf")
    home = tmp_path / "data"
    home.mkdir(mode=0o700)
    (home / "settings.toml").write_text('[llm]\nmodel = "smollm2-135m"\nthreads = 1\n')
    own = {"AGENT_ASSIST_HOME": str(home), MODELS_VARIABLE: str(shelf), "AGENT_ASSIST_PASSPHRASE": "correct horse"}
    return {**os.environ, **own, "OMP_NUM_THREADS": "1"}


def main_job(run: Run, folder: Path) -> None:
    """Analyses, saves, finds, shows and coaches; every answer is looked at."""
    chat = folder / "chat.txt"
    chat.write_text(CHAT)
    analysis = json.loads(run("analyze", str(chat), "--json"))
    assert analysis["turns"][2]["emotion"]["label"] in ("anger", "frustration")
    assert analysis["summary"] is not None
    saved = json.loads(run("history", "list", "--json"))
    assert len(saved) == 1
    found = json.loads(run("history", "search", "kettle", "--json"))
    assert [one["id"] for one in found] == [saved[0]["id"]]
    assert "K-77120" in run("history", "show", saved[0]["id"], "--json")
    coached = run("coach", "--conversation", str(chat), "--draft", DRAFT, "--json")
    assert json.loads(coached)


@pytest.mark.llm
def test_the_whole_job_runs_where_there_is_no_network(desk: dict[str, str], tmp_path: Path) -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("no unshare(1) here: a network namespace is made with it")
    alone = [unshare, "--user", "--map-root-user", "--net"]
    look = [*alone, sys.executable, "-c", "import socket; print([name for _, name in socket.if_nameindex()])"]
    there = subprocess.run(look, capture_output=True, text=True)
    if there.returncode != 0:
        pytest.skip(f"this system gives no network namespace: {there.stderr.strip()}")
    assert json.loads(there.stdout.replace("'", '"')) == ["lo"]

    def run(*arguments: str) -> str:
        done = subprocess.run([*alone, *MAIN, *arguments], env=desk, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    main_job(run, tmp_path)


@pytest.mark.llm
def test_the_whole_job_makes_no_socket_that_could_leave(desk: dict[str, str], tmp_path: Path) -> None:
    sockets: list[int] = []
    connects: list[int] = []

    def run(*arguments: str) -> str:
        seen = watch([*MAIN, *arguments], desk)
        assert seen.code == 0, seen.err
        sockets.extend(seen.sockets)
        connects.extend(seen.connects)
        return seen.out

    main_job(run, tmp_path)
    assert set(sockets) <= LOCAL
    assert set(connects) <= LOCAL | {0}


def test_the_watcher_sees_every_way_out(tmp_path: Path) -> None:
    """In a process and in its child, in Python and in native code; without it the test above proves nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        child = f"import socket; socket.create_connection(('127.0.0.1', {port})).close()"
        code = (
            "import ctypes, socket, subprocess, sys\n"
            f"subprocess.run([sys.executable, '-c', {child!r}], check=True)\n"
            "ctypes.CDLL(None).socket(10, 2, 0)\n"
            f"socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', {port}))\n"
            "print(sys.stdin.read())"
        )
        seen = watch([sys.executable, "-c", code], dict(os.environ), "given")
    assert (seen.code, seen.out) == (0, "given\n"), seen.err
    assert sorted(seen.sockets) == [2, 2, 10]
    assert seen.connects == [2, 2]
    assert set(seen.sockets) == INTERNET


def watch(command: list[str], environment: dict[str, str], given: str = "") -> watched.Seen:
    """See `watched.watch`; skips where the kernel does not report."""
    if not seccomp.machine_name():
        pytest.skip("system calls are not reported on this system")
    seen = watched.watch(command, environment, given)
    assert "no listener" not in seen.err, seen.err
    return seen
