"""Power that goes while the history is written: what is on the disk then is a part of what was written.

The write-ahead log is brought to the disk at every commit, so what may be missing is its end. While it is moved into
the file, any of the moved pages may be there or not, for the log is still whole.
"""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist import secrets
from agent_assist.history import History
from agent_assist.paths import Places
from soak.load import version
from soak.tally import Tally

_PAGE = 4096
_LOG_HEADER = 32
State = dict[str, int]
"""The version of each conversation."""


def lose_power(folder: Path, rounds: int, seed: int) -> Tally:
    """Cuts the log at random bytes, and mixes pages of before and after it was moved; opens what is left."""
    tally, chance = Tally("power loss between log and file"), random.Random(seed)
    places = Places(folder / "data")
    places.create()
    key = secrets.database_key(places, PASSPHRASE)
    sizes, states = _record(places, key, folder, chance)
    log, files = (folder / "log").read_bytes(), ((folder / "before").read_bytes(), (folder / "after").read_bytes())
    for number in range(rounds):
        tally.rounds += 1
        cut = chance.randrange(len(log) + 1) if number % 2 else len(log)
        main = _mixed(*files, chance) if cut == len(log) else files[0]
        _lay_down(places, main, log[:cut])
        # A commit whose log is whole up to its end counts.
        wanted = states[max((i for i, size in enumerate(sizes) if size <= cut), default=0)]
        with History.open(places, key=key) as history:
            found = _versions(history, tally)
        tally.expect(found == wanted, f"log cut at {cut} of {len(log)}: {len(found)} conversations, not {len(wanted)}")
        tally.count("logs cut" if cut < len(log) else "moves cut")
    return tally


def _record(places: Places, key: bytes, folder: Path, chance: random.Random) -> tuple[list[int], list[State]]:
    """Works for a while, and keeps the size of the log and what was there after each step."""
    with History.open(places, key=key) as history:
        for number in range(5):
            history.save(version(f"c{number}", 1))
    state: State = {f"c{number}": 1 for number in range(5)}
    log = places.history.with_name(places.history.name + "-wal")
    with History.open(places, key=key) as history:
        shutil.copyfile(places.history, folder / "before")
        sizes, states = [0], [dict(state)]
        for _ in range(20):  # fewer pages than make SQLite move the log into the file
            identity = chance.choice([*state, f"c{len(state)}"])
            state[identity] = state.get(identity, 0) + 1
            history.save(version(identity, state[identity]))
            sizes.append(log.stat().st_size)
            states.append(dict(state))
        shutil.copyfile(log, folder / "log")
    shutil.copyfile(places.history, folder / "after")  # closing has moved the log
    return sizes, states


def _mixed(before: bytes, after: bytes, chance: random.Random) -> bytes:
    """The file with some pages as they were and some as they will be."""
    share = chance.random()
    pages = range(0, len(after), _PAGE)
    return b"".join(
        after[at : at + _PAGE] if at >= len(before) or chance.random() < share else before[at : at + _PAGE]
        for at in pages
    )


def _lay_down(places: Places, main: bytes, log: bytes) -> None:
    for end in ("-wal", "-shm"):
        places.history.with_name(places.history.name + end).unlink(missing_ok=True)
    places.history.write_bytes(main)
    if log:
        places.history.with_name(places.history.name + "-wal").write_bytes(log)


def _versions(history: History, tally: Tally) -> State:
    found: State = {}
    for item in history.list(limit=10_000):
        analysis = history.load(item.id)
        assert analysis.assist is not None
        number = int(analysis.assist.replies[0].text.rpartition(" ")[2])
        tally.expect(analysis == version(item.id, number), "half of a conversation is there")
        found[item.id] = number
    return found
