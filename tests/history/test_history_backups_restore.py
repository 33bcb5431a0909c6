"""Backups put back: here, on another machine, over damage, and with a crash at any point."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import pytest
from backup_stage import Stage, flip
from crashing import crashed_at
from history_samples import PASSPHRASE, Clock, make_analysis

from agent_assist import secrets
from agent_assist.errors import KnownError, Locked
from agent_assist.history import History
from agent_assist.history.backups import Backups
from agent_assist.history.database import Damaged, connect
from agent_assist.history.keys import ConversationKeys, twin_of
from agent_assist.history.replacing import finish, found_aside
from agent_assist.paths import Places
from agent_assist.records import BackupKind

unix = pytest.mark.skipif(sys.platform == "win32", reason="forks")


@pytest.fixture
def stage(places: Places, clock: Clock, tmp_path: Path) -> Stage:
    made = Stage(places, tmp_path / "copies", clock)
    made.save("c1", "c2", "c3")
    return made


def another_machine(stage: Stage, tmp_path: Path, name: str = "other") -> Stage:
    return Stage(Places(tmp_path / name), stage.folder, stage.clock)


# --- here


def test_a_backup_comes_back_and_what_was_there_is_kept(stage: Stage) -> None:
    item = stage.back_up()
    stage.save("later")
    assert stage.backups.restore(item.path, stage.key) == 3
    assert stage.ids() == ["c1", "c2", "c3"]
    safety = next(one for one in stage.backups.list() if one.kind is BackupKind.SAFETY)
    assert stage.backups.restore(safety.path, stage.key) == 4
    assert stage.ids() == ["c1", "c2", "c3", "later"]
    stage.save("after")
    assert len(stage.ids()) == 5


def test_new_conversations_after_a_restore_take_no_key_of_the_ones_it_took_away(stage: Stage) -> None:
    item = stage.back_up()
    stage.save("later")
    stage.backups.restore(item.path, stage.key)
    stage.save("newer")
    stage.erase("newer")
    safety = next(one for one in stage.backups.list() if one.kind is BackupKind.SAFETY)
    stage.backups.restore(safety.path, stage.key)
    assert stage.ids() == ["c1", "c2", "c3", "later"]


def test_what_was_erased_since_stays_erased(stage: Stage) -> None:
    item = stage.back_up()
    stage.erase("c2")
    stage.backups.restore(item.path, stage.key)
    assert stage.ids() == ["c1", "c3"]
    with stage.open() as history:
        assert [one.id for one in history.search("zebrafish")] == ["c3", "c1"]


def test_a_history_that_another_window_has_open_is_not_replaced(stage: Stage) -> None:
    item = stage.back_up()
    with stage.open() as history:
        history.save(make_analysis("later"))
        with pytest.raises(KnownError, match="open in another"):
            stage.backups.restore(item.path, stage.key)
        history.save(make_analysis("latest"))
    assert stage.ids() == ["c1", "c2", "c3", "later", "latest"]


def test_a_damaged_backup_changes_nothing(stage: Stage) -> None:
    item = stage.back_up()
    stage.save("later")
    for where in (0.0, 0.4, 1.0):
        flip(item.path, where)
        with pytest.raises(Damaged):
            stage.backups.restore(item.path, stage.key)
        flip(item.path, where)
    with pytest.raises(KnownError, match="There is no backup"):
        stage.backups.restore(item.path.with_name("missing.db"), stage.key)
    assert stage.ids() == ["c1", "c2", "c3", "later"]
    assert [one.kind for one in stage.backups.list()] == [BackupKind.DAILY]
    assert not list(stage.places.home.glob(".*"))


def test_a_damaged_history_is_set_aside_and_the_backup_takes_its_place(stage: Stage) -> None:
    item = stage.back_up()
    flip(stage.places.history)
    damaged = stage.places.history.read_bytes()
    stage.backups.restore(item.path, stage.key)
    assert stage.ids() == ["c1", "c2", "c3"]
    (aside,) = found_aside(stage.places)
    assert aside.read_bytes()[4096:] == damaged[4096:], "all is there; the first page says whether there is a log"


def test_lost_keys_come_back_with_the_backup(stage: Stage) -> None:
    item = stage.back_up()
    keys = stage.places.conversation_keys
    for path in (keys, twin_of(keys)):
        flip(path, 0.01)
    with pytest.raises(KnownError):
        stage.open()
    stage.backups.restore(item.path, stage.key)
    assert stage.ids() == ["c1", "c2", "c3"]


@pytest.mark.parametrize("how", ["damaged", "missing"])
def test_a_lost_key_file_comes_back_with_the_backup(stage: Stage, how: str) -> None:
    item = stage.back_up()
    stage.save("later")
    if how == "missing":
        stage.places.key_file.unlink()
    else:
        flip(stage.places.key_file)
    with pytest.raises(KnownError):
        stage.open()
    stage.backups.restore(item.path, None, PASSPHRASE)
    assert stage.ids() == ["c1", "c2", "c3"]
    assert "safety" in [one.kind for one in stage.backups.list()]


def test_keys_that_are_older_than_the_backup_are_not_taken_for_erasures(stage: Stage) -> None:
    keys = stage.places.conversation_keys
    old = keys.read_bytes()
    for number in range(4):  # each opening takes new numbers
        stage.save(f"later{number}")
    item = stage.back_up()
    for path in (keys, twin_of(keys)):
        path.write_bytes(old)
    with pytest.raises(KnownError, match="older than the backup"):
        stage.backups.restore(item.path, stage.key)
    for path in (keys, twin_of(keys)):
        path.unlink()
    stage.backups.restore(item.path, stage.key)
    assert len(stage.ids()) == 7


@unix
def test_a_crash_at_any_point_of_a_restore_leaves_the_old_history_or_the_new(stage: Stage) -> None:
    item, key = stage.back_up(), stage.key
    stage.save("later")
    before = {one.name: one.read_bytes() for one in stage.places.home.iterdir() if one.is_file()}
    seen: set[int] = set()
    point = 0
    while True:
        for one in stage.places.home.iterdir():
            if one.is_file():
                one.unlink()
        for name, content in before.items():
            (stage.places.home / name).write_bytes(content)
        crashed = crashed_at(point, lambda: stage.backups.restore(item.path, key))
        finish(stage.places)
        seen.add(len(stage.ids()))
        if not crashed:
            break
        point += 3  # each third touch: the files that are put in place are all met by test_history_backups_replacing
    assert seen == {3, 4}
    assert point > 30


# --- elsewhere


def test_an_empty_machine_opens_it_with_the_passphrase(stage: Stage, tmp_path: Path) -> None:
    item = stage.back_up()
    other = another_machine(stage, tmp_path)
    with pytest.raises(Locked):
        other.backups.restore(item.path, None)
    with pytest.raises(secrets.WrongPassphrase):
        other.backups.restore(item.path, None, "not the right words")
    assert not other.places.history.exists()
    assert other.backups.restore(item.path, None, PASSPHRASE) == 3
    assert other.ids() == ["c1", "c2", "c3"]
    other.save("there")
    assert stage.ids() == ["c1", "c2", "c3"]


def test_a_machine_on_which_nothing_was_saved_yet_takes_it_over(stage: Stage, tmp_path: Path) -> None:
    item = stage.back_up()
    other = another_machine(stage, tmp_path)
    other.passphrase = "another passphrase"
    other.open().close()
    own, beside = other.key, Backups(other.places, other.places.backups, other.clock)
    beside.make(own)  # as it does on its first day
    assert other.backups.restore(item.path, own, PASSPHRASE) == 3
    other.passphrase = PASSPHRASE
    assert other.ids() == ["c1", "c2", "c3"]
    assert other.key == stage.key != own
    assert beside.make(other.key).conversations == 3
    assert found_aside(other.places) == ()


def test_a_machine_with_conversations_of_its_own_is_not_overwritten(stage: Stage, tmp_path: Path) -> None:
    item = stage.back_up()
    other = Stage(Places(tmp_path / "other"), tmp_path / "its backups", stage.clock)
    other.save("own")
    with pytest.raises(KnownError, match="another history"):
        other.backups.restore(item.path, other.key, PASSPHRASE)
    assert other.ids() == ["own"]


def test_without_the_files_beside_it_a_backup_says_so(stage: Stage, tmp_path: Path) -> None:
    item = stage.back_up()
    other = another_machine(stage, tmp_path)
    (stage.folder / "keys.db").unlink()
    with pytest.raises(KnownError, match=r"keys\.db"):
        other.backups.restore(item.path, None, PASSPHRASE)
    (stage.folder / "history.key.json").unlink()
    with pytest.raises(KnownError, match="another history"):
        other.backups.restore(item.path, None, PASSPHRASE)
    assert not other.places.history.exists()


# --- earlier versions


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(stage: Stage, tmp_path: Path) -> None:
    """Made by hand, as versions without backups were: a copy of history.db and of its key file."""
    old = Places(tmp_path / "old")
    old.create()
    key = secrets.database_key(old, PASSPHRASE)
    with closing(connect(old.history, key, journal="delete")) as database:
        statements = Path(__file__).with_name("m003.sql").read_text(encoding="utf-8")
        database.connection().executescript(statements)  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
    other = another_machine(stage, tmp_path)
    assert other.backups.restore(old.history, None, PASSPHRASE) == 2
    with other.open() as history:
        assert [item.id for item in history.list()] == ["c2", "c1"]
        assert len(history.load("c1").conversation.turns) == 8
        history.save(make_analysis("c1"))
    with closing(ConversationKeys.open(other.places, other.key)) as keys:
        assert len(keys.all_ids()) >= 2


def test_a_backup_of_a_newer_version_is_refused(stage: Stage) -> None:
    item = stage.back_up()
    with closing(connect(item.path, stage.key, journal="delete")) as database:
        database.execute_sql("PRAGMA user_version = 999")  # type: ignore[no-untyped-call]
    with pytest.raises(KnownError, match="newer"):
        stage.backups.restore(item.path, stage.key)
    assert stage.ids() == ["c1", "c2", "c3"]


def test_the_restored_history_is_opened_as_any_other(stage: Stage) -> None:
    item = stage.back_up()
    stage.backups.restore(item.path, stage.key)
    with History.open(stage.places, PASSPHRASE) as history:
        history.save(make_analysis("more"))
        history.delete("more")
        assert len(history.list()) == 3
