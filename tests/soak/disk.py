"""A disk that takes no more: files that may not grow (anybody), a small disk that is full (root)."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.paths import Places
from soak.load import version
from soak.tally import Tally
from soak.watching import Expected, working


def no_file_grows(folder: Path, rounds: int, seed: int) -> Tally:
    """Processes that may write files up to a random size only; each says so plainly, and loses nothing."""
    tally, chance = Tally("a file that may not grow (RLIMIT_FSIZE)"), random.Random(seed)
    for number in range(rounds):
        tally.rounds += 1
        places, expected = Places(folder / f"data{number}"), Expected()
        with History.open(places, PASSPHRASE) as history:
            history.save(version("first", 1))
        expected.saved["first"] = 1
        # Below what is there already, no step gets by; far above, some hundreds do.
        limit = chance.randrange(100_000, 900_000)
        with working(places.home, f"{seed} {number}", f"bytes={limit}") as child:
            assert child.stdout is not None
            *said, last = child.stdout.read().splitlines()
        tally.expect(last.startswith("KnownError: The disk"), f"it ended with {last[:80]}")
        expected.hear(said)
        tally.count("steps done before", said.count("done"))
        with History.open(places, PASSPHRASE) as history:
            expected.check(history, tally)
            history.save(version("after", 1))
    return tally


def full_disk(folder: Path, rounds: int, seed: int) -> Tally | None:
    """Fills a small disk; None where this process may not mount one."""
    tally = Tally("a full disk (1 MB)")
    for number in range(rounds):
        disk = folder / f"disk{number}"
        disk.mkdir()
        with _mounted(disk) as mounted:
            if not mounted:
                return None
            tally.rounds += 1
            _fill(Places(disk / "data"), f"{seed} {number}", tally)
    return tally


def _fill(places: Places, seed: str, tally: Tally) -> None:
    chance, expected = random.Random(seed), Expected()
    with History.open(places, PASSPHRASE) as history:
        for step in range(10_000):
            identity = f"c{step if chance.random() < 0.8 else step // 2}"
            number = expected.saved.get(identity, 0) + 1
            expected.open = [(identity, number)]
            try:
                history.save(version(identity, number))
            except KnownError as error:
                tally.expect("disk" in str(error), f"it said: {error}")
                break
            expected.saved[identity] = number
            tally.count("saves done before")
        expected.check(history, tally)
    with History.open(places, PASSPHRASE) as history:
        expected.check(history, tally)
        erased = next(iter(expected.saved))
        try:
            history.delete(erased)
        except KnownError:
            tally.count("erasures that need room first")
            expected.open = [(erased, None)]
        else:
            del expected.saved[erased]
            expected.erased.add(erased)
    with History.open(places, PASSPHRASE) as history:
        expected.check(history, tally)


@contextmanager
def _mounted(disk: Path) -> Iterator[bool]:
    if sys.platform != "linux" or os.geteuid() != 0:
        yield False
        return
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        yield False
        return
    try:
        yield True
    finally:
        subprocess.run(["/bin/umount", str(disk)], check=True)
