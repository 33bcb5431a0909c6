"""The clipboard and the key on a real X server: the window in one process, the program that copies in another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

HERE = Path(__file__).parent
LONG = 30.0
TALK = (
    "Maria: hi, my parcel is late and nobody answers\n"
    "Tom: Hello Maria, thank you for contacting us. Can I have your order number?\n"
)


class Program:
    """A process of the test, spoken to line by line."""

    def __init__(self, script: str, display: str, *arguments: str) -> None:
        path = os.pathsep.join([str(HERE), str(HERE.parents[1])])
        env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": path}
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            env.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / script), *arguments],
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: Queue[str] = Queue()
        self._thread = Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def hear(self, seconds: float = LONG) -> str:
        return self._lines.get(timeout=seconds).strip()

    def close(self) -> None:
        self.process.communicate(timeout=LONG)
        self._thread.join(LONG)


@pytest.fixture
def display() -> Iterator[str]:
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        pytest.skip("no X server to copy on: install xvfb and xdotool")
    read, write = os.pipe()
    xvfb = subprocess.Popen(
        ["Xvfb", "-noreset", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=(write,),
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        name = f":{pipe.readline().strip()}"
    yield name
    xvfb.terminate()
    xvfb.wait(LONG)


@pytest.fixture
def watcher(display: str, tmp_path: Path) -> Iterator[Program]:
    program = Program("x11_watcher.py", display, str(tmp_path / "data"))
    try:
        assert json.loads(program.hear()) == ["ready", "xcb"]
    except Empty:
        program.process.kill()
        program.close()
        pytest.skip("Qt cannot open a window on an X server here: install its xcb libraries")
    yield program
    program.close()
    assert program.process.returncode == 0


@pytest.fixture
def copier(display: str) -> Iterator[Program]:
    program = Program("x11_copier.py", display)
    yield program
    program.close()


def copy(copier: Program, text: str, *marks: str, selected: bool = False) -> None:
    copier.tell(json.dumps({"text": text, "marks": marks, "selected": selected}))
    assert copier.hear() == "done"


def test_copies_of_another_program_and_its_selection(display: str, watcher: Program, copier: Program) -> None:
    copy(copier, TALK)
    assert json.loads(watcher.hear()) == ["offered", "A conversation with Maria was copied."]
    watcher.tell("accept")
    assert json.loads(watcher.hear()) == ["clipboard", TALK]
    copy(copier, f"{TALK}Maria: A-4711\n")
    assert json.loads(watcher.hear())[0] == "offered"
    copy(copier, f"{TALK}Maria: my secret\n", "x-kde-passwordManagerHint")
    assert json.loads(watcher.hear()) == ["gone", ""]
    copy(copier, f"{TALK}Maria: A-4712\n")
    assert json.loads(watcher.hear())[0] == "offered"
    copy(copier, "Customer: what I selected", selected=True)
    subprocess.run(["xdotool", "key", "ctrl+alt+a"], env={**os.environ, "DISPLAY": display}, check=True, timeout=LONG)
    assert json.loads(watcher.hear()) == ["gone", ""]  # what was copied is not what was asked for
    assert json.loads(watcher.hear()) == ["selection", "Customer: what I selected"]
