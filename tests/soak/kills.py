"""Processes that are killed under load, one or two at a time."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist import secrets
from agent_assist.history import History
from agent_assist.paths import Places
from soak.tally import Tally
from soak.watching import Expected, first_lines, rest, working

_LONGEST_SECONDS = 0.8


def kill_under_load(folder: Path, rounds: int, seed: int, *, at_once: int = 1) -> Tally:
    """Kills a process, or several that work on the same history, at a random moment; looks at everything after each."""
    tally = Tally("kill -9 under load" if at_once == 1 else f"{at_once} processes at once, killed")
    chance, expected, places = random.Random(seed), Expected(), Places(folder / "data")
    places.create()
    key = secrets.database_key(places, PASSPHRASE)
    for number in range(rounds):
        tally.rounds += 1
        with ExitStack() as stack:
            children = [stack.enter_context(working(places.home, f"{seed} {number} {one}")) for one in range(at_once)]
            heard = [first_lines(child, 1 if number else 3) for child in children]
            time.sleep(chance.random() * _LONGEST_SECONDS)
            for child in children:
                child.kill()
            for child, lines in zip(children, heard, strict=True):
                expected.hear(said := [*lines, *rest(child)])
                tally.count("steps done before a kill", said.count("done"))
                tally.expect(not [line for line in said if line.startswith("KnownError")], f"it failed: {said[-1:]}")
        with History.open(places, key=key) as history:
            expected.check(history, tally)
    return tally
