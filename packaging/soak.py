"""Does to the history what the tests do a few times, hundreds of times: `make soak`. Prints a table; fails if one does.

The numbers of rounds are those of about a quarter of an hour on two cores; `ROUNDS=0.1` does a tenth of them. `SEED`
does the same again: each run has another, which it says.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

_ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(_ROOT), str(_ROOT / "tests"), str(_ROOT / "tests" / "history")]

from soak import clocks, copies, disk, flips, kills, power  # noqa: E402  # the path is made above
from soak.tally import Tally  # noqa: E402

Scenario = Callable[[Path, int, int], Tally | None]

_SCENARIOS: tuple[tuple[int, Scenario], ...] = (
    (100, kills.kill_under_load),
    (25, partial(kills.kill_under_load, at_once=2)),
    (5, partial(kills.kill_under_load, at_once=4)),
    (40, copies.kill_while_copying),
    (15, copies.back_up_under_load),
    (200, flips.flip_bits),
    (400, power.lose_power),
    (30, disk.no_file_grows),
    (15, disk.full_disk),
    (200, clocks.jump),
)


def main() -> int:
    """Runs the scenarios; 1 where one of them saw something that should not happen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=float, default=1.0, help="share of the rounds to do")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="makes the same happen again")
    options = parser.parse_args()
    _say(f"seed {options.seed}")
    problems: list[str] = []
    for rounds, scenario in _SCENARIOS:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            tally = scenario(Path(folder), max(2, round(rounds * options.rounds)), options.seed)
        if tally is None:
            _say("a full disk (1 MB): left out, only root may mount one")
            continue
        counts = ", ".join(f"{count:,} {what}" for what, count in tally.counts.items())
        verdict = f"{len(tally.problems)} PROBLEMS" if tally.problems else "good"
        seconds = time.monotonic() - begun
        _say(f"{tally.name:42} {tally.rounds:4} rounds {seconds:6.0f} s  {verdict:12} {counts}")
        problems += [f"{tally.name}: {problem}" for problem in tally.problems]
    _say("\n".join(problems[:50]))
    return 1 if problems else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
