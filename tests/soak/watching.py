"""Children that work on a history, and what must be there once they have ended."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from agent_assist.errors import KnownError
from agent_assist.history import History
from soak.load import version
from soak.tally import Tally

_TESTS = Path(__file__).parents[1]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(map(str, (_TESTS.parent, _TESTS, _TESTS / "history"))),
    "OMP_NUM_THREADS": "1",
}


@dataclass
class Expected:
    """What a history has to hold.

    Attributes:
        saved: the version of each conversation whose save has returned last.
        erased: conversations whose erasure has returned.
        open: the step of each process that had begun and not returned when it ended: (conversation, version), or
            (conversation, None) for an erasure. It may have happened or not, but not by half.
    """

    saved: dict[str, int] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)
    open: list[tuple[str, int | None]] = field(default_factory=list)

    def hear(self, lines: Iterable[str]) -> None:
        """Takes in what one process said until its end."""
        begun: tuple[str, int | None] | None = None
        for line in lines:
            what, *words = line.split()
            if what == "save":
                begun = words[0], int(words[1])
            elif what == "erase":
                begun = words[0], None
            elif what == "done" and begun is not None:
                self._done(*begun)
                begun = None
        if begun is not None:
            self.open.append(begun)

    def _done(self, identity: str, number: int | None) -> None:
        if number is None:
            self.saved.pop(identity, None)
            self.erased.add(identity)
        else:
            self.saved[identity] = number

    def check(self, history: History, tally: Tally) -> None:
        """Looks whether the history holds what it has to and nothing else; what was open is settled then."""
        allowed: dict[str, set[int | None]] = {one: {number} for one, number in self.saved.items()}
        for identity, number in self.open:
            allowed.setdefault(identity, {None}).add(number)
        there = {item.id for item in history.list(limit=1_000_000)}
        tally.expect(not (there & self.erased), "what was erased is there again")
        tally.expect(there <= allowed.keys(), "something is there that nobody saved")
        for identity, numbers in allowed.items():
            found = self._found(history, identity, numbers, tally) if identity in there else None
            tally.expect(found in numbers, f"version {found} is there, not {sorted(map(str, numbers))}")
            if found is None:
                self.saved.pop(identity, None)
                self.erased.add(identity)
            else:
                self.saved[identity] = found
        tally.count("conversations looked at", len(allowed))
        self.open.clear()

    def _found(self, history: History, identity: str, numbers: set[int | None], tally: Tally) -> int | None:
        try:
            analysis = history.load(identity)
        except KnownError as error:
            tally.expect(False, f"a conversation that is listed does not load: {error}")
            return None
        whole = [number for number in numbers if number is not None and analysis == version(identity, number)]
        tally.expect(bool(whole), "half of a conversation is there")
        return whole[0] if whole else None


@contextmanager
def working(home: Path, seed: str, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A process that works on the history in `home` until it is killed."""
    command = [sys.executable, "-m", "soak.load", str(home), seed, *options]
    child = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def first_lines(child: subprocess.Popen[str], count: int) -> list[str]:
    """Waits until the process has said so many lines."""
    assert child.stdout is not None
    return [child.stdout.readline().strip() for _ in range(count)]


def rest(child: subprocess.Popen[str]) -> list[str]:
    """Kills the process and takes in what it had said; a line that was cut short does not count."""
    assert child.stdout is not None
    child.kill()
    return [line.strip() for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
