"""Measures the history with 100,000 conversations: as it ships, and on plain SQLite with nothing sealed.

    python packaging/bench_history.py [--conversations N] [--keep DIR]

`make bench-history` runs it. Both sides are filled with the same made-up conversations by the same code and are then
given the same mixed load in turns; on the plain side the same tables lie in plain files of the same SQLite, and what is
sealed otherwise is only packed. With --keep, a folder that was filled before is used again. The table goes to stderr,
JSON to stdout.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench_side import Figures, Took, serve

SIDES = ("sealed", "plain")
FULL, FEW = 100_000, 1000
ROUNDS = 12
_FILLED = "filled.json"


@dataclass(frozen=True)
class Figure:
    """One row of the table: where its value is, and what is asked of it."""

    name: str
    path: tuple[str, ...]
    unit: str
    most: float | None = None


TABLE = (
    Figure("filling", ("fill_s",), "s"),
    Figure("index of words, each conversation", ("index_ms",), "ms"),
    Figure("files", ("size_mb",), "MB"),
    Figure("open after unlock, worst of 5", ("open", "worst"), "ms", 500),
    Figure("the disk alone, a write that lasts, p95", ("disk", "p95"), "ms"),
    Figure("save of a turn with its reading, p50", ("save", "p50"), "ms"),
    Figure("save of a turn with its reading, p95", ("save", "p95"), "ms", 5),
    Figure("the same, of the processor alone", ("save", "processor_p95"), "ms"),
    Figure("search, p50", ("search", "p50"), "ms"),
    Figure("search, p95", ("search", "p95"), "ms", 50),
    Figure("customer's page, p95", ("page", "p95"), "ms", 100),
    Figure("customer's page, most conversations", ("page", "worst"), "ms"),
    Figure("list, p95", ("list", "p95"), "ms"),
    Figure("load, p95", ("load", "p95"), "ms"),
    Figure("list of customers, p95", ("customers", "p95"), "ms"),
    Figure("erase, p95", ("erase", "p95"), "ms"),
    Figure("backup", ("backup_s",), "s", 60),
    Figure("save while backing up, p95", ("save_in_backup", "p95"), "ms"),
    Figure("longest stop of a 5 ms clock while backing up", ("backup_stop_ms",), "ms"),
)
MOST_RATIO = 1.3


# --- both sides


class Asked:
    """One side's process."""

    def __init__(self, side: str, folder: Path, conversations: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, side, str(folder), conversations))
        self._process.start()
        theirs.close()

    def begin(self, name: str, *values: object) -> None:
        """Asks for something; `end` waits for it."""
        self._pipe.send((name, values))

    def end(self) -> Figures:
        """The figures of what was asked for last."""
        try:
            figures: Figures = self._pipe.recv()
        except EOFError:
            raise SystemExit("one side stopped, see above") from None
        return figures

    def ask(self, name: str, *values: object) -> Figures:
        """The figures of something, alone on the machine."""
        self.begin(name, *values)
        return self.end()

    def close(self) -> None:
        """Ends the process."""
        self._pipe.close()
        self._process.join()


@contextmanager
def both_sides(folder: Path, conversations: int) -> Iterator[dict[str, Asked]]:
    """A process for each side."""
    sides = {side: Asked(side, folder / side, conversations) for side in SIDES}
    try:
        yield sides
    finally:
        for side in sides.values():
            side.close()


def measure(folder: Path, conversations: int) -> Figures:
    """Fills both sides where they are not filled yet, and measures them."""
    filled = folder / _FILLED
    with both_sides(folder, conversations) as sides:
        if not filled.exists():
            _tell(f"filling {conversations} conversations, on both sides at once")
            for side in sides.values():
                side.begin("fill")
            told: Figures = {name: side.end() for name, side in sides.items()}
            told = {name: told[name] | sides[name].ask("size") for name in SIDES}
            filled.write_text(json.dumps({"conversations": conversations} | told))
        told = json.loads(filled.read_text())
        if told["conversations"] != conversations:
            raise SystemExit(f"{folder} was filled with {told['conversations']} conversations: name another folder")
        figures: Figures = {name: told[name] for name in SIDES}
        for work in ("open", "disk", "save", "search", "erase"):
            _tell(work)
            for name, side in sides.items():
                figures[name] |= side.ask(work)
        _tell("mixed load")
        figures["mixed"] = _mixed(sides, ROUNDS if conversations >= FEW else 2)
        _tell("backup")
        figures["sealed"] |= sides["sealed"].ask("backup", str(folder / "backups"))
    return {"machine": _machine(), "conversations": conversations} | figures


def _mixed(sides: dict[str, Asked], rounds: int) -> Figures:
    """The same rounds on both sides, by turns, so that what else the machine does falls on both."""
    spent: dict[str, list[Took]] = {name: [] for name in SIDES}
    for number in range(rounds):
        for name in SIDES if number % 2 else reversed(SIDES):
            spent[name].append(sides[name].ask("mixed", number)["mixed"])
    pairs = list(zip(*(spent[name] for name in SIDES), strict=True))
    return {
        "ratio": median(sealed.clock / plain.clock for sealed, plain in pairs),
        "processor_ratio": median(sealed.processor / plain.processor for sealed, plain in pairs),
        "seconds": {name: sum(one.clock for one in times) for name, times in spent.items()},
    }


def _machine() -> Figures:
    return {"processors": os.cpu_count(), "system": platform.platform(), "python": platform.python_version()}


def _value(figures: Figures, path: tuple[str, ...]) -> float | None:
    *above, last = path
    for name in above:
        figures = figures.get(name, {})
    value: float | None = figures.get(last)
    return value


def table(figures: Figures) -> str:
    """The figures for a person."""
    lines = [f"{'':50}{'sealed':>12}{'plain':>12}{'asked':>10}"]
    for figure in TABLE:
        sealed, plain = (_value(figures[side], figure.path) for side in SIDES)
        cells = [f"{value:9.1f} {figure.unit:2}" if value is not None else "" for value in (sealed, plain)]
        asked = "" if figure.most is None else f"<= {figure.most:g}"
        missed = " missed" if figure.most is not None and sealed is not None and sealed > figure.most else ""
        lines.append(f"{figure.name:50}{cells[0]:>12}{cells[1]:>12}{asked:>10}{missed}")
    ratio = figures["mixed"]["ratio"]
    missed = " missed" if ratio > MOST_RATIO else ""
    lines.append(f"{'the same mixed load, times plain':50}{ratio:>9.2f}{'':15}{f'<= {MOST_RATIO}':>10}{missed}")
    return "\n".join(lines)


def _tell(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {line}\n")


def main() -> None:
    """Runs it."""
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("--conversations", type=int, default=FULL, help="how many to save on each side, 100 and more")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="folder to fill, or to use again where it is filled")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-history-") as temporary:
        folder: Path = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measure(folder, given.conversations)
    sys.stderr.write(table(figures) + "\n")
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
