"""One bit of one file, flipped: it is mended, or said; nobody ever reads something else."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.history.backups import Backups
from agent_assist.history.health import check
from agent_assist.history.keys import twin_of
from agent_assist.paths import Places
from soak.load import version
from soak.tally import Tally

COUNT = 12


def flip_bits(folder: Path, rounds: int, seed: int) -> Tally:
    """Flips a bit anywhere in each of the files in turn, and looks at what is said and what is still there."""
    tally, chance = Tally("a flipped bit"), random.Random(seed)
    good = Places(folder / "good")
    with History.open(good, PASSPHRASE) as history:
        for number in range(COUNT):
            history.save(version(f"c{number}", 1))
        history.search("zebrafish")
    key = secrets.database_key(good, PASSPHRASE)
    Backups(good, good.backups).make(key)
    looks: list[tuple[str, Callable[[Places, Tally, bytes], None]]] = [
        ("history.db", _history),
        ("keys.db", _mended),
        ("keys-2.db", _mended),
        ("search.db", _mended),
        ("history.key.json", _key_file),
        ("a backup", _backup),
    ]
    for number in range(rounds):
        tally.rounds += 1
        places = Places(folder / "flipped")
        shutil.rmtree(places.home, ignore_errors=True)
        shutil.copytree(good.home, places.home)
        name, look = looks[number % len(looks)]
        flip(_file(places, name), chance)
        look(places, tally, key)
        tally.count(name)
    return tally


def flip(path: Path, chance: random.Random) -> None:
    """Flips one bit of a file."""
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def _file(places: Places, name: str) -> Path:
    if name == "a backup":
        return next(places.backups.glob("history-*.db"))
    return twin_of(places.conversation_keys) if name == "keys-2.db" else places.home / name


def _whole(places: Places, key: bytes | None) -> bool:
    """Whether everything is there; without a key the key file is asked for it."""
    with History.open(places, PASSPHRASE, key=key) as history:
        return (
            all(history.load(f"c{number}") == version(f"c{number}", 1) for number in range(COUNT))
            and len(history.list()) == COUNT
            and len(history.search("zebrafish")) == COUNT
        )


def _mended(places: Places, tally: Tally, key: bytes) -> None:
    tally.expect(_whole(places, key), "it was not mended")


def _history(places: Places, tally: Tally, key: bytes) -> None:
    try:
        tally.expect(_whole(places, key), "something else was read")
    except KnownError as error:
        tally.expect("damaged" in str(error), f"it said: {error}")
    health = check(places, key, full=True, now=datetime.now(UTC))
    tally.expect(not health.good and "damaged" in health.problem, "the check found nothing")
    _restored(places, tally, key)
    tally.expect(bool(list(places.home.glob("history.damaged-*.db"))), "the damaged file was not set aside")


def _key_file(places: Places, tally: Tally, _key: bytes) -> None:
    try:
        tally.expect(_whole(places, None), "something else was read")  # a blank between two values, say
    except KnownError:
        _restored(places, tally, None)


def _backup(places: Places, tally: Tally, key: bytes) -> None:
    backups = Backups(places, places.backups)
    tally.expect(backups.newest_good(key) is None, "a damaged backup was offered")
    before = places.history.read_bytes()
    try:
        backups.restore(_file(places, "a backup"), key)
    except KnownError:
        tally.expect(places.history.read_bytes() == before, "a restore that failed changed the history")
    else:
        tally.expect(False, "a damaged backup was restored")
    tally.expect(_whole(places, key), "the history suffered")


def _restored(places: Places, tally: Tally, key: bytes | None) -> None:
    count = Backups(places, places.backups).restore(_file(places, "a backup"), key, PASSPHRASE)
    tally.expect(count == COUNT, f"the backup holds {count}")
    tally.expect(_whole(places, key), "the backup did not bring everything back")
