"""Children that die, hang or talk nonsense: the app goes on, soon, and leaves no process behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import bad_children
import psutil
import pytest
from llm_world import CHAT, ask

from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine, cores
from agent_assist.llm.engine import EngineEvent, EngineStopped, Loading, Message, Reading, Request, Role

SOON = 5.0
"""Seconds: far below the 180 after which silence counts as stuck, far above what a busy machine needs."""


@pytest.fixture
def engine_of(tmp_path: Path) -> Callable[[Callable[[Connection], None]], WorkerEngine]:
    """Makes an engine whose child is another one."""
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF")
    return lambda target: WorkerEngine("odd", file, "chatml", 1024, 1, target)


def children() -> list[psutil.Process]:
    return [c for c in psutil.Process().children() if "spawn_main" in " ".join(c.cmdline())]


@pytest.mark.parametrize("target", [bad_children.send_garbage, bad_children.send_too_much, bad_children.die])
def test_nonsense_and_death_are_a_stopped_engine(
    engine_of: Callable[[Callable[[Connection], None]], WorkerEngine], target: Callable[[Connection], None]
) -> None:
    engine = engine_of(target)
    before = children()
    started = time.monotonic()
    with pytest.raises(EngineStopped):
        ask(engine)
    assert time.monotonic() - started < SOON
    assert engine.process_id is None
    assert children() == before


@pytest.mark.parametrize("target", [bad_children.hang_in_load, bad_children.stop_in_the_middle_of_a_frame])
def test_a_child_that_hangs_while_it_loads_is_ended_by_a_cancel(
    engine_of: Callable[[Callable[[Connection], None]], WorkerEngine], target: Callable[[Connection], None]
) -> None:
    engine = engine_of(target)
    token = CancelToken(seconds=0.5)
    started = time.monotonic()
    with pytest.raises(Cancelled):
        engine.load(lambda _event: None, token)
    assert 2.0 < time.monotonic() - started < 2.5 + SOON, "the grace period"
    assert engine.process_id is None


def test_a_child_that_reads_nothing_more_is_ended_by_a_cancel(
    engine_of: Callable[[Callable[[Connection], None]], WorkerEngine],
) -> None:
    engine = engine_of(bad_children.hang_in_request)
    token = CancelToken()
    started = 0.0

    def stop(event: EngineEvent) -> None:
        nonlocal started
        if isinstance(event, Reading):
            started = time.monotonic()
            token.cancel()
            assert time.monotonic() - started < 1, "the one who cancels waits"

    long = Message(Role.USER, "This does not fit into a pipe. " * 100_000)
    with pytest.raises(Cancelled):
        engine.run(Request((long,)), stop, token)
    assert time.monotonic() - started < 2.0 + SOON
    assert engine.process_id is None


def test_closing_ends_a_request_that_hangs(
    engine_of: Callable[[Callable[[Connection], None]], WorkerEngine],
) -> None:
    engine = engine_of(bad_children.hang_in_request)
    threads: list[threading.Thread] = []

    def close(_event: EngineEvent) -> None:
        threads.append(threading.Thread(target=engine.close))
        threads[0].start()

    started = time.monotonic()
    with pytest.raises(Cancelled):
        engine.run(Request(CHAT), close, CancelToken())
    threads[0].join(SOON)
    assert not threads[0].is_alive()
    assert time.monotonic() - started < SOON
    assert engine.process_id is None


def test_a_crash_at_load_is_tried_again_without_special_units(
    engine_of: Callable[[Callable[[Connection], None]], WorkerEngine],
) -> None:
    engine = engine_of(bad_children.die_unless_plain)
    ask(engine)
    engine.close()
    first = time.monotonic()
    ask(engine)
    assert time.monotonic() - first < SOON
    engine.close()


def test_a_bug_in_the_child_is_ours_and_ends_it(
    engine_of: Callable[[Callable[[Connection], None]], WorkerEngine],
) -> None:
    engine = engine_of(bad_children.report_a_bug)
    with pytest.raises(BugError, match=r"session\.py"):
        ask(engine)
    assert engine.process_id is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    engine = WorkerEngine("gone", tmp_path / "gone.gguf", "chatml", 1024)
    with pytest.raises(KnownError, match="gone"):
        engine.load(lambda _event: None, CancelToken())


_DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _good: b"",
    "no model": lambda _good: b"<html>not found</html>" * 100,
    "magic and noise": lambda _good: b"GGUF\x03\x00\x00\x00" + bytes(range(256)) * 40,
    "header only": lambda good: good[:100_000],
    "half": lambda good: good[: len(good) // 2],
}


@pytest.mark.llm
@pytest.mark.parametrize("damage", _DAMAGE)
def test_a_damaged_file_is_refused(shelf: Path, tmp_path: Path, damage: str) -> None:
    file = tmp_path / "damaged.gguf"
    good = (shelf / "SmolLM2-135M-Instruct.Q4_1.gguf").read_bytes()
    file.write_bytes(_DAMAGE[damage](good))
    engine = WorkerEngine("damaged", file, "chatml", 1024, 1)
    started = time.monotonic()
    with pytest.raises(KnownError, match=r"models verify"):
        ask(engine)
    assert time.monotonic() - started < 4 * SOON
    assert engine.process_id is None


@pytest.mark.llm
def test_a_kill_in_the_middle_fails_soon_and_the_next_request_runs(smollm: WorkerEngine) -> None:
    ask(smollm)
    killed = 0.0

    def kill(event: EngineEvent) -> None:
        nonlocal killed
        if isinstance(event, Reading) and not killed:
            killed = time.monotonic()
            psutil.Process(smollm.process_id).kill()

    with pytest.raises(EngineStopped):
        smollm.run(Request((Message(Role.USER, "A long story. " * 700),)), kill, CancelToken())
    failed = time.monotonic()
    _, events = ask(smollm)
    again = time.monotonic()
    sys.stdout.write(f"failed {failed - killed:.3f} s after the kill; next request served in {again - failed:.3f} s")
    assert failed - killed < 2.0
    assert again - failed < 15.0
    assert any(isinstance(e, Loading) for e in events)


@pytest.mark.llm
def test_a_cancel_while_reading_takes_effect_at_once(smollm: WorkerEngine) -> None:
    token = CancelToken()
    cancelled = 0.0

    def stop(event: EngineEvent) -> None:
        nonlocal cancelled
        if isinstance(event, Reading):
            assert event.total > 2500
            cancelled = time.monotonic()
            token.cancel()

    ask(smollm)
    with pytest.raises(Cancelled):
        smollm.run(Request((Message(Role.USER, "Once upon a time there was a parcel. " * 350),)), stop, token)
    took = time.monotonic() - cancelled
    sys.stdout.write(f"cancelled within {took:.3f} s")
    assert took < 1.5, "0.3 s on a quiet machine"
    assert smollm.process_id is not None, "stopped, not killed"


@pytest.mark.llm
def test_the_app_never_imports_llama_cpp(smollm: WorkerEngine) -> None:
    ask(smollm)
    assert "llama_cpp" not in sys.modules


_PARENT = """
import sys
from agent_assist.llm import worker
from agent_assist.llm.child import Child
if __name__ == "__main__":
    print(Child(worker.main).process_id, flush=True)
    sys.stdin.read()
"""


def test_the_child_ends_with_the_app(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(_PARENT)
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as app:
        assert app.stdout is not None
        child = psutil.Process(int(app.stdout.readline()))
        assert child.is_running()
        app.kill()
    _, alive = psutil.wait_procs([child], timeout=SOON)
    assert all(c.status() == psutil.STATUS_ZOMBIE for c in alive)


def test_threads_are_cores_that_this_process_may_use() -> None:
    assert 1 <= cores() <= (psutil.cpu_count() or 1)
