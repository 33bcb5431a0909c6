"""What a look at the files finds, and what it offers."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from backup_stage import Stage, flip
from history_samples import Clock, make_analysis

from agent_assist.history.database import connect, run
from agent_assist.history.health import check, offer
from agent_assist.history.keys import twin_of
from agent_assist.history.replacing import set_aside
from agent_assist.paths import Places
from agent_assist.records import Health

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def stage(places: Places, clock: Clock, tmp_path: Path) -> Stage:
    made = Stage(places, tmp_path / "copies", clock)
    made.save(*(f"c{number}" for number in range(8)))
    return made


def full(stage: Stage) -> Health:
    return check(stage.places, stage.key, full=True, now=NOW)


def quick(stage: Stage) -> Health:
    return check(stage.places, stage.key, full=False, now=NOW)


def test_a_good_history_is_good_and_remembers_when_that_was_seen(stage: Stage) -> None:
    assert quick(stage) == Health(True)
    assert full(stage) == Health(True, checked_at=NOW)
    assert quick(stage) == Health(True, checked_at=NOW)
    assert len(stage.ids()) == 8


def test_no_history_yet_is_good(tmp_path: Path) -> None:
    assert check(Places(tmp_path / "none"), b"k" * 32, full=True, now=NOW).good


def test_it_is_looked_at_while_it_is_used(stage: Stage) -> None:
    with stage.open() as history:
        for number in range(10):
            history.save(make_analysis(f"more{number}"))
            assert quick(stage).good
            assert full(stage).good


def test_every_flipped_bit_of_the_history_is_found(stage: Stage) -> None:
    key, good = stage.key, stage.places.history.read_bytes()
    for page in range(0, len(good), 4096):
        damaged = bytearray(good)
        damaged[page + random.randrange(4096)] ^= 1 << random.randrange(8)
        stage.places.history.write_bytes(damaged)
        found = check(stage.places, key, full=True, now=NOW)
        assert not found.good
        assert "damaged" in found.problem


def test_a_history_cut_short_is_found(stage: Stage) -> None:
    good = stage.places.history.read_bytes()
    stage.places.history.write_bytes(good[: len(good) // 2 // 4096 * 4096])
    assert not full(stage).good


def test_one_file_of_keys_heals_and_both_are_told(stage: Stage) -> None:
    keys = stage.places.conversation_keys
    for path in (keys, twin_of(keys)):
        flip(path, random.random())
        assert full(stage).good
        assert len(stage.ids()) == 8
    flip(keys)
    flip(twin_of(keys))
    assert not quick(stage).good


def test_keys_of_another_history_do_not_fit(stage: Stage, tmp_path: Path) -> None:
    keys = stage.places.conversation_keys
    kept = [path.read_bytes() for path in (keys, twin_of(keys))]
    with stage.open() as history:
        run(history._files.database, "UPDATE turn SET sealed = zeroblob(80) WHERE i = 3")
    assert not quick(stage).good, "the newest and the oldest are opened"
    assert not full(stage).good
    assert [path.read_bytes() for path in (keys, twin_of(keys))] == kept


def test_a_link_to_nowhere_is_found(stage: Stage) -> None:
    other = connect(stage.places.history, stage.key)
    run(other, "PRAGMA foreign_keys = 0")
    run(other, "UPDATE reading SET conversation_id = 4711 WHERE conversation_id = 3 AND turn = 2")
    other.close()
    assert not full(stage).good


def test_the_newest_good_backup_is_offered_and_the_damaged_file_never_deleted(stage: Stage) -> None:
    item = stage.back_up()
    flip(stage.places.history)
    found = offer(full(stage), stage.backups.newest_good(stage.key))
    assert found.newest_backup == item
    assert f"Restore the backup of {item.at.astimezone():%Y-%m-%d}" in found.problem
    assert "no good backup" in offer(full(stage), None).problem
    moved = set_aside(stage.places, NOW)
    assert full(stage).set_aside == moved
    assert offer(full(stage), item) == full(stage), "nothing to offer where nothing is wrong"
