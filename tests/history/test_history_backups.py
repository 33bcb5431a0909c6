"""Backups made, listed, verified and thinned out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from backup_stage import Stage, flip
from history_samples import Clock, make_analysis

from agent_assist.errors import Cancelled, KnownError
from agent_assist.history.database import Damaged
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import BackupKind


@pytest.fixture
def stage(places: Places, clock: Clock, tmp_path: Path) -> Stage:
    made = Stage(places, tmp_path / "elsewhere", clock)
    made.save("c1", "c2")
    return made


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def test_a_backup_is_one_file_that_says_when_why_and_how_many(stage: Stage) -> None:
    stage.clock.now = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
    told: list[float] = []
    item = stage.backups.make(stage.key, on_progress=told.append)
    assert item.path.name == f"history-20260105-{item.at:%H%M%S}-auto-2.db"
    assert names(stage.folder) == {item.path.name, "keys.db", "history.key.json"}
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert item.conversations == 2
    assert item.size == item.path.stat().st_size
    assert stage.backups.list() == [item]
    assert stage.backups.verify(item.path, stage.key) == item
    assert all(one.stat().st_mode & 0o077 == 0 for one in stage.folder.iterdir())


def test_a_backup_may_be_made_while_the_history_is_open_and_used(stage: Stage) -> None:
    with stage.open() as history:
        history.save(make_analysis("c3"))
        first = stage.backups.make(stage.key, on_progress=lambda _done: history.save(make_analysis("c4")))
        assert first.conversations == 3, "what was there when it began"
        assert stage.backups.make(stage.key, BackupKind.MANUAL).conversations == 4


def test_two_backups_of_one_second_have_two_names(stage: Stage) -> None:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    backups = type(stage.backups)(stage.places, stage.folder, lambda: now)
    assert len({backups.make(stage.key).path for _ in range(3)}) == 3


def test_the_list_says_why_each_is_kept_newest_first_and_knows_no_other_file(stage: Stage) -> None:
    assert stage.backups.list() == []
    for _ in range(40):
        stage.clock.now += timedelta(days=1)
        assert stage.backups.due()
        stage.backups.make(stage.key)
        assert not stage.backups.due()
        stage.backups.prune()
    stage.backups.make(stage.key, BackupKind.MANUAL)
    for name in ("history-20260105-100000-auto-x.db", "history-99999999-000000-auto-1.db", "mine.db", ".h.db.1.part"):
        (stage.folder / name).touch()
    items = stage.backups.list()
    kinds = [item.kind for item in items]
    assert kinds == [BackupKind.MANUAL] + 12 * [BackupKind.DAILY] + kinds[13:]
    assert set(kinds[13:]) == {BackupKind.WEEKLY, BackupKind.MONTHLY}
    assert [item.at for item in items] == sorted((item.at for item in items), reverse=True)


def test_a_backup_that_is_stopped_leaves_nothing(stage: Stage) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        stage.backups.make(stage.key, token=token)
    assert names(stage.folder) == set()
    assert stage.ids() == ["c1", "c2"]


def test_a_folder_with_another_history_s_backups_is_refused(stage: Stage, tmp_path: Path) -> None:
    other = Stage(Places(tmp_path / "other"), stage.folder, stage.clock)
    other.save("theirs")
    theirs = other.back_up()
    before = names(stage.folder)
    with pytest.raises(KnownError, match="another history"):
        stage.back_up()
    assert names(stage.folder) == before
    assert other.backups.verify(theirs.path, other.key).conversations == 1


def test_a_folder_that_cannot_be_made_is_said(stage: Stage) -> None:
    stage.folder.write_text("a file in its place")
    with pytest.raises(KnownError, match="cannot be written to"):
        stage.back_up()
    assert stage.backups.list() == []
    assert stage.backups.due()


def test_a_damaged_history_never_becomes_a_backup(stage: Stage) -> None:
    good = stage.back_up()
    flip(stage.places.history)
    with pytest.raises(Damaged):
        stage.back_up()
    assert [item.path for item in stage.backups.list()] == [good.path]


@pytest.mark.parametrize("where", [0.0, 0.001, 0.3, 0.6, 1.0])
def test_a_flipped_bit_makes_a_backup_bad_and_the_one_before_is_offered(stage: Stage, where: float) -> None:
    older = stage.back_up()
    stage.clock.now += timedelta(days=1)
    newer = stage.back_up()
    assert stage.backups.newest_good(stage.key) == newer
    flip(newer.path, where)
    with pytest.raises(Damaged):
        stage.backups.verify(newer.path, stage.key)
    assert stage.backups.newest_good(stage.key) == older
    flip(older.path, where)
    assert stage.backups.newest_good(stage.key) is None


def test_a_backup_of_another_key_is_not_good(stage: Stage) -> None:
    item = stage.back_up()
    with pytest.raises(Damaged):
        stage.backups.verify(item.path, b"w" * 32)
