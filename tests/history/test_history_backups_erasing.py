"""What erasing and re-keying do to backups that lie elsewhere."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from backup_stage import Stage, flip
from history_samples import PASSPHRASE, Clock, make_analysis, make_correction

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import History, folders
from agent_assist.history.backups import Backups
from agent_assist.history.copying import bare
from agent_assist.history.database import Damaged, connect
from agent_assist.history.keys import ConversationKeys
from agent_assist.paths import Places


@pytest.fixture
def stage(places: Places, clock: Clock, tmp_path: Path) -> Stage:
    made = Stage(places, tmp_path / "copies", clock)
    made.save("c1", "c2", "c3")
    return made


def erase(stage: Stage, *identities: str) -> tuple[int, str]:
    """Erases as the product does: here first, then in the backups; what was reached is finished."""
    with stage.open() as history:
        gone = [key for identity in identities for key in history.delete(identity)]
        copies, unreached = stage.backups.forget(stage.key, gone)
        if not unreached:
            history.finished(gone)
    return copies, unreached


def refs(path: Path, key: bytes) -> list[str]:
    with bare(path, key) as database:
        return [row[0] for row in database.execute("SELECT ref FROM conversation ORDER BY ref").fetchall()]


def test_an_erasure_takes_the_rows_out_of_every_backup(stage: Stage, tmp_path: Path) -> None:
    with stage.open() as history:
        history.add_correction(make_correction("c2"))
    paths = [stage.back_up().path for _ in range(3)]
    own = Backups(stage.places, tmp_path / "by hand", stage.clock).make(stage.key).path
    assert erase(stage, "c2") == (4, "")
    for path in (*paths, own):
        assert refs(path, stage.key) == ["c1", "c3"]
        assert stage.backups.verify(path, stage.key).conversations == 2
        with bare(path, stage.key) as database:
            for table in ("turn", "reading", "spike", "assist", "suggestion"):
                (owners,) = database.execute(f"SELECT count(DISTINCT conversation_id) FROM {table}").fetchone()
                assert owners == 2
            assert database.execute("SELECT ref FROM correction").fetchall() == [(None,)]
        assert not [one for one in path.parent.iterdir() if one.name.endswith(("-journal", "-wal", ".part"))]
    assert erase(stage, "c1") == (4, "")
    assert stage.ids() == ["c3"]


def test_a_customer_is_taken_out_with_the_last_conversation(stage: Stage) -> None:
    path = stage.back_up().path
    erase(stage, "c1", "c2", "c3")
    with bare(path, stage.key) as database:
        assert database.execute("SELECT count(*) FROM customer").fetchone() == (0,)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_a_folder_out_of_reach_is_told_and_done_when_it_is_back(stage: Stage, tmp_path: Path) -> None:
    path = stage.back_up().path
    away = tmp_path / "unplugged"
    stage.folder.rename(away)
    copies, unreached = erase(stage, "c2")
    assert copies == 0
    assert str(stage.folder) in unreached
    with stage.open() as history:
        pending = history.unfinished()
        assert pending
    away.rename(stage.folder)
    assert refs(path, stage.key) == ["c1", "c2", "c3"]
    assert stage.backups.forget(stage.key, pending) == (1, "")
    assert refs(path, stage.key) == ["c1", "c3"]


def test_the_keys_beside_the_backups_are_renewed_with_each_erasure(stage: Stage, tmp_path: Path) -> None:
    item = stage.back_up()
    before = Places(tmp_path / "copied by hand")
    shutil.copytree(stage.folder, before.home)
    erase(stage, "c2")
    with closing(ConversationKeys.open(stage.folder / "keys.db", stage.key)) as keys:
        left = keys.all_ids()
    with closing(ConversationKeys.open(before.conversation_keys, stage.key)) as keys:
        assert len(keys.all_ids() - left) == 1
    # A copy of the backup from before opens with the folder's keys, but for what was erased.
    shutil.copyfile(before.home / item.path.name, item.path)
    other = Stage(Places(tmp_path / "other"), stage.folder, stage.clock)
    assert other.backups.restore(item.path, None, PASSPHRASE) == 2
    assert other.ids() == ["c1", "c3"]


def test_what_is_erased_while_it_is_copied_is_not_in_the_backup(stage: Stage) -> None:
    with stage.open() as history:
        seen: list[float] = []

        def erase_once(done: float) -> None:
            if not seen:
                gone = history.delete("c2")
                stage.backups.forget(stage.key, gone)
            seen.append(done)

        item = stage.backups.make(stage.key, on_progress=erase_once)
    assert seen
    assert item.conversations == 2
    assert refs(item.path, stage.key) == ["c1", "c3"]


def test_a_damaged_backup_does_not_keep_the_others_from_being_cleaned(stage: Stage) -> None:
    paths = [stage.back_up().path for _ in range(3)]
    flip(paths[1], 0.0)
    copies, unreached = erase(stage, "c2")
    assert copies == 2
    assert unreached
    for path in (paths[0], paths[2]):
        assert refs(path, stage.key) == ["c1", "c3"]


def test_a_backup_of_an_earlier_version_is_told(stage: Stage) -> None:
    path = stage.back_up().path
    with closing(connect(path, stage.key, journal="delete")) as database:
        database.execute_sql("PRAGMA user_version = 4")  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
    assert str(stage.folder) in erase(stage, "c2")[1]


def test_folders_are_remembered_until_they_are_let_go(stage: Stage, tmp_path: Path) -> None:
    stage.back_up()
    other = Backups(stage.places, tmp_path / "usb", stage.clock)
    other.make(stage.key)
    assert folders.known(stage.places) == (stage.folder, tmp_path / "usb")
    shutil.rmtree(tmp_path / "usb")
    assert "usb" in erase(stage, "c1")[1]
    folders.let_go(stage.places, tmp_path / "usb")
    assert erase(stage, "c2") == (1, "")
    (stage.places.home / "backup-folders.json").write_text("not a list")
    assert folders.known(stage.places) == ()


# --- another key


def rekey(stage: Stage) -> tuple[bytes, bytes]:
    """Re-keys as the product does, but for the backups."""
    old = stage.key
    new = secrets.begin_rekey(stage.places, old, PASSPHRASE)
    History.rekey(stage.places, old, new)
    return old, new


def test_a_re_key_encrypts_the_backups_anew(stage: Stage) -> None:
    paths = [stage.back_up().path for _ in range(2)]
    old, new = rekey(stage)
    told: list[float] = []
    assert stage.backups.rekey((old,), new, told.append) == ""
    assert told[-1] == 1.0
    secrets.finish_rekey(stage.places, new)
    stage.backups.renew_mirrors(new)
    for path in paths:
        assert stage.backups.verify(path, new).conversations == 3
        with pytest.raises(Damaged):
            refs(path, old)
    assert stage.backups.rekey((old,), new) == "", "again, as after an interruption"
    stage.backups.restore(paths[0], new)
    assert stage.ids() == ["c1", "c2", "c3"]


def test_a_folder_left_half_done_opens_on_another_machine(stage: Stage, tmp_path: Path) -> None:
    first, second = stage.back_up().path, stage.back_up().path
    old, new = rekey(stage)
    kept = second.read_bytes()
    stage.backups.rekey((old,), new)
    second.write_bytes(kept)  # as if it had not come to this one
    for number, path in enumerate((first, second)):
        other = Stage(Places(tmp_path / f"other{number}"), stage.folder, stage.clock)
        assert other.backups.restore(path, None, PASSPHRASE) == 3


def test_a_backup_from_before_a_re_key_opens_with_the_words_of_then(stage: Stage, tmp_path: Path) -> None:
    path = stage.back_up().path
    away = tmp_path / "unplugged"
    shutil.move(stage.folder, away)
    with stage.open() as history:
        gone = history.delete("c2")
    old, new = rekey(stage)
    assert str(stage.folder) in stage.backups.rekey((old,), new)
    secrets.finish_rekey(stage.places, new)
    shutil.move(away, stage.folder)
    with pytest.raises(KnownError, match="another key"):
        stage.backups.restore(path, new)
    assert stage.backups.restore(path, new, PASSPHRASE) == 2
    assert stage.ids() == ["c1", "c3"]
    assert stage.key == new
    with stage.open() as history:
        history.save(make_analysis("after"))
        assert set(gone) <= set(history.unfinished())
