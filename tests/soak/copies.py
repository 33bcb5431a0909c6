"""Backups under load, and processes that are killed while they make or restore one."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist import secrets
from agent_assist.history import History
from agent_assist.history.backups import Backups
from agent_assist.history.replacing import finish
from agent_assist.paths import Places
from soak.load import version
from soak.tally import Tally
from soak.watching import ENVIRONMENT, Expected, first_lines, rest, working

_OLD, _NEW = 40, 60


def back_up_under_load(folder: Path, rounds: int, seed: int) -> Tally:
    """Backs up while a process saves and erases; restores each copy elsewhere and looks that nothing is half there."""
    tally, places, expected = Tally("a backup under load"), Places(folder / "data"), Expected()
    History.open(places, PASSPHRASE).close()
    key = secrets.database_key(places, PASSPHRASE)
    for number in range(rounds):
        tally.rounds += 1
        backups = Backups(places, folder / f"backups{number}")
        with working(places.home, f"{seed} {number}") as child:
            lines = first_lines(child, 40)
            before = Expected(dict(expected.saved))
            before.hear(lines)
            item = backups.make(key)
            expected.hear([*lines, *rest(child)])
        with History.open(places, key=key) as history:
            expected.check(history, tally)
        elsewhere = Places(folder / f"elsewhere{number}")
        Backups(elsewhere, elsewhere.backups).restore(item.path, None, PASSPHRASE)
        with History.open(elsewhere, PASSPHRASE) as history:
            items = history.list(limit=1_000_000)
            for one in items:
                analysis = history.load(one.id)
                assert analysis.assist is not None
                said = int(analysis.assist.replies[0].text.rpartition(" ")[2])
                tally.expect(analysis == version(one.id, said), "half of a conversation is in the backup")
            # Whoever erases goes on while the copy gets its name: what is erased last may be counted and not come back.
        lost = before.saved.keys() - expected.erased - {one.id for one in items}
        tally.expect(not lost, f"{len(lost)} of {item.conversations} did not come back")
        tally.expect(len(items) <= (item.conversations or 0), "more came back than were counted")
        tally.count("conversations brought back", len(items))
    return tally


def kill_while_copying(folder: Path, rounds: int, seed: int) -> Tally:
    """Kills a process that makes and restores backups without a pause: what opens is the old or the new, whole."""
    tally, chance = Tally("kill -9 while backing up and restoring"), random.Random(seed)
    places = Places(folder / "data")
    with History.open(places, PASSPHRASE) as history:
        for number in range(_OLD):
            history.save(version(f"c{number}", 1))
    key = secrets.database_key(places, PASSPHRASE)
    Backups(places, places.backups).make(key)
    with History.open(places, PASSPHRASE) as history:
        for number in range(_OLD, _NEW):
            history.save(version(f"c{number}", 1))
    Backups(places, places.backups).make(key)
    for _ in range(rounds):
        tally.rounds += 1
        command = [sys.executable, "-m", "soak.copies", str(places.home)]
        with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as child:
            first_lines(child, 1)
            time.sleep(chance.random())
            child.kill()
        tally.count("finished at the next start", finish(places))
        with History.open(places, key=key) as history:
            items = history.list(limit=1000)
            tally.expect(len(items) in (_OLD, _NEW), f"{len(items)} conversations are there")
            for one in items:
                tally.expect(history.load(one.id) == version(one.id, 1), "half of a conversation is there")
        tally.count("old" if len(items) == _OLD else "new")
        for item in Backups(places, places.backups).list()[:3]:
            tally.expect(Backups(places, places.backups).verify(item.path, key) is not None, "a backup is bad")
    return tally


def main() -> None:
    """Restores one backup after the other, until it is killed."""
    places = Places(Path(sys.argv[1]))
    key = secrets.database_key(places, PASSPHRASE)
    backups = Backups(places, places.backups)
    two = [next(item for item in backups.list() if item.conversations == count) for count in (_OLD, _NEW)]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        for item in two:
            backups.restore(item.path, key)


if __name__ == "__main__":
    main()
