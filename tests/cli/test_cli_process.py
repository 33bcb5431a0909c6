"""What only a process of its own shows: signals, pipes, exit statuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from cli_runs import CHAT, MAIN, child, line_of

SHELF = os.environ.get("AGENT_ASSIST_MODELS")
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals and pipes of a POSIX system")


def test_good_bad_and_wrong_have_their_exit_statuses(tmp_path: Path) -> None:
    good = child("analyze", "--no-llm", "--no-save", stdin=CHAT.encode())
    assert (good.code, good.err) == (0, "")
    assert "kettle" in good.out
    bad = child("analyze", str(tmp_path))
    assert (bad.code, bad.out, len(bad.errors)) == (1, "", 1)
    wrong = child("analyse")
    assert (wrong.code, wrong.out) == (2, "")
    assert "Traceback" not in wrong.err


def test_without_a_display_the_sample_is_shown_in_the_terminal() -> None:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    if sys.platform in ("win32", "darwin"):
        pytest.skip("there is always a display here")
    done = subprocess.run(MAIN, capture_output=True, env=environment, timeout=60)
    assert done.returncode == 0
    first, second = done.stderr.decode().splitlines()
    assert "no display here" in first
    assert "feelings only" in second and "No language model is installed" in second
    assert "frustration" in done.stdout.decode()


@unix
@pytest.mark.parametrize("command", [("analyze", "--sample", "--no-llm", "--no-save"), ("--help",), ("models", "list")])
def test_a_reader_that_goes_away_is_no_error(command: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)  # nobody reads from the first byte on
    with os.fdopen(writing, "wb") as out:
        done = subprocess.run([*MAIN, *command], stdout=out, stderr=subprocess.PIPE, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")


@unix
def test_batch_mode_answers_while_the_input_is_still_open() -> None:
    process = subprocess.Popen(
        [*MAIN, "analyze", "--lines", "--no-llm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        for n in range(32):
            process.stdin.write(line_of(f"c{n}", ("customer", "Where is it?")).encode())
        process.stdin.flush()
        assert b'"id":"c0"' in process.stdout.readline()
        process.stdin.close()
        rest = process.stdout.read()
    assert (process.returncode, rest.count(b"\n")) == (0, 31)


@unix
def test_ctrl_c_while_waiting_for_input_is_one_line() -> None:
    process = subprocess.Popen(
        [*MAIN, "analyze", "--lines", "--no-llm"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"".join(line_of(f"c{n}", ("customer", "Hi")).encode() for n in range(8)))
        process.stdin.flush()
        assert process.stdout.readline()  # it is at work
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b"agent-assist: stopped.\n"


@unix
@pytest.mark.llm
@pytest.mark.skipif(not SHELF, reason="AGENT_ASSIST_MODELS names no folder of language models")
def test_ctrl_c_while_the_model_works_is_one_line_and_leaves_no_process(own_folders: Path) -> None:
    data = own_folders / "data"
    data.mkdir()
    (data / "settings.toml").write_text('[llm]\nmodel = "smollm2-135m"\n')
    process = subprocess.Popen(
        [*MAIN, "analyze", "--lines", "--no-save"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "AGENT_ASSIST_MODELS": str(SHELF)},
        start_new_session=True,  # the signal goes to the whole group, as the terminal sends it
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        line = line_of("c0", ("customer", "My kettle is broken and I am angry."), ("agent", "Sorry to hear that."))
        process.stdin.write(line.encode() * 50)
        process.stdin.flush()
        assert process.stdout.readline()  # one answered, the next under way
        children = psutil.Process(process.pid).children(recursive=True)
        assert children
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(20) == 130
        assert process.stderr.read() == b"agent-assist: stopped.\n"
    _, alive = psutil.wait_procs(children, timeout=5)
    assert not alive, "the worker outlives the command"
