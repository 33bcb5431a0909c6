"""A clock that jumps by years, back and forth, between saves, backups and the runs that delete."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

from history_samples import PASSPHRASE

from agent_assist import secrets
from agent_assist.history import History
from agent_assist.history.backups import Backups
from agent_assist.paths import Places
from soak.load import version
from soak.tally import Tally

_START = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
_JUMP_DAYS = 3000


def jump(folder: Path, rounds: int, seed: int) -> Tally:
    """Saves and backs up every day, on some of them with a clock that is years off; looks at what is left."""
    tally, chance, now = Tally("a clock that jumps"), random.Random(seed), _START
    places = Places(folder / "data")
    backups = Backups(places, folder / "backups", lambda: now)
    with History.open(places, PASSPHRASE, clock=lambda: now) as history:
        key = secrets.database_key(places, PASSPHRASE)
        for day in range(rounds):
            tally.rounds += 1
            wrong = chance.random() < 0.2
            off = timedelta(days=chance.randint(-_JUMP_DAYS, _JUMP_DAYS)) if wrong else timedelta()
            now = _START + timedelta(days=day) + off
            history.save(version(f"c{day}", 1))
            if backups.due():
                made = backups.make(key)
                before = len(backups.list())
                gone = backups.prune()
                tally.expect(gone <= 3, f"{gone} backups went at once")
                tally.expect(made.path.exists(), "the backup that was just made is gone")
                tally.expect(len(backups.list()) == before - gone, "another one went")
                tally.count("backups made")
        tally.expect(len(history.list()) == rounds, "a conversation is missing from the list")
        for day in range(rounds):
            tally.expect(history.load(f"c{day}") == version(f"c{day}", 1), "a conversation is not what was saved")
    kept = [item for item in backups.list() if item.conversations == rounds]
    tally.expect(bool(kept), "the newest backup is gone")
    tally.count("backups kept", len(backups.list()))
    return tally
