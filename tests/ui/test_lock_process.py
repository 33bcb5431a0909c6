"""Locking in a process of its own, over the real product: afterwards its memory holds neither the key nor a phrase."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from agent_assist import secrets
from agent_assist.paths import Places

PASSPHRASE = "seven unlikely walnuts"
PROGRAM = Path(__file__).parent / "lock_program.py"
SECONDS = 60.0


class Locked:
    """The program under test; words go in and come out."""

    def __init__(self, places: Places, passphrase: str | None) -> None:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)}
        if passphrase is not None:
            environment["AGENT_ASSIST_PASSPHRASE"] = passphrase
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), str(places.home)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def tell(self, word: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{word}\n")
        self.process.stdin.flush()

    def wait(self, word: str) -> list[str]:
        """What the line says that begins with a word."""
        while True:
            line = self._lines.get(timeout=SECONDS)
            if line.split()[:1] == [word]:
                return line.split()[1:]

    def finds(self, *secret: bytes) -> list[int]:
        """How often each is found in the memory of the process and its children."""
        family = [self.process.pid, *(child.pid for child in psutil.Process(self.process.pid).children(recursive=True))]
        images = [b"".join(memory(pid)) for pid in family]
        return [sum(image.count(one) for image in images) for one in secret]

    def close(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self._reader.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)


def memory(pid: int) -> Iterator[bytes]:
    """Every readable page of a process."""
    of = Path(f"/proc/{pid}")
    with (of / "maps").open() as maps, (of / "mem").open("rb", 0) as pages:
        for line in maps:
            span, rights = line.split()[:2]
            if not rights.startswith("r") or "[v" in line:
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            try:
                pages.seek(first)
                yield pages.read(last - first)
            except (OSError, OverflowError):
                continue


@pytest.fixture
def readable() -> None:
    """Skips where a process may not read the memory of its children."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        next(memory(child.pid))
    except (OSError, StopIteration):
        pytest.skip("the memory of a process cannot be read here")
    finally:
        child.communicate(b"\n")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is how the memory is read")
@pytest.mark.usefixtures("readable")
def test_after_a_lock_neither_key_nor_text_is_in_memory(places: Places) -> None:
    key = secrets.database_key(places, PASSPHRASE)
    phrase = f"HERON-{os.urandom(6).hex().upper()}"
    hidden = (phrase.encode(), phrase.encode("utf-16-le"), key, key.hex().encode(), PASSPHRASE.encode())
    program = Locked(places, PASSPHRASE)
    try:
        program.wait("open")
        program.tell(f"paste {phrase}")
        program.wait("read")
        program.tell(f"draft {phrase}")
        program.wait("drafted")
        before, process = program.finds(*hidden), program.process.pid
        assert before[0] and before[1] and (before[2] or before[3]), "else the test finds nothing anywhere"
        program.tell("lock")
        told = program.wait("locked")
        assert told == ["40", "60", "400", "700", "draft"]
        assert program.process.poll() is None and program.process.pid == process, "the same process, become another"
        assert program.finds(*hidden) == [0, 0, 0, 0, 0]
        program.tell("quit")
        assert program.process.wait(SECONDS) == 0
    finally:
        program.close()
