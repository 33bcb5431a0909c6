"""Copies made while others write."""

from __future__ import annotations

import os
import time
from pathlib import Path

import peewee
import pytest

from agent_assist.errors import Cancelled, KnownError
from agent_assist.history.copying import bare, copy, need_room, put_bytes, sweep
from agent_assist.history.database import Damaged, connect, run
from agent_assist.jobs import CancelToken

KEY, OTHER = b"k" * 32, b"o" * 32
ROWS = 1500  # about 6 MB: several steps


@pytest.fixture
def source(tmp_path: Path) -> peewee.SqliteDatabase:
    """A file in use, with rows still in its log."""
    database = connect(tmp_path / "source.db", KEY)
    run(database, "CREATE TABLE row (id INTEGER PRIMARY KEY, text BLOB)")
    add(database, ROWS)
    return database


def add(database: peewee.SqliteDatabase, count: int) -> None:
    with database.atomic():
        for _ in range(count):
            run(database, "INSERT INTO row (text) VALUES (randomblob(4000))")


def count(path: Path, key: bytes) -> int:
    with bare(path, key) as copied:
        assert copied.execute("PRAGMA cipher_integrity_check").fetchall() == []
        assert copied.execute("PRAGMA quick_check").fetchall() == [("ok",)]
        return int(copied.execute("SELECT count(*) FROM row").fetchone()[0])


def test_a_copy_is_one_whole_file_while_another_writes_at_every_step(
    source: peewee.SqliteDatabase, tmp_path: Path
) -> None:
    slowest, steps = 0.0, []

    def save(done: float) -> None:
        nonlocal slowest
        begun = time.perf_counter()
        add(source, 1)
        slowest = max(slowest, time.perf_counter() - begun)
        steps.append(done)

    target = tmp_path / "copy.db"
    copy(tmp_path / "source.db", KEY, target, KEY, save, CancelToken())
    assert count(target, KEY) == ROWS, "what it was when the copy began: no save of later on, and none twice"
    assert run(source, "SELECT count(*) FROM row") == ROWS + len(steps)
    assert steps == sorted(steps)
    assert steps[-1] == 1.0
    assert len(steps) > 20
    assert slowest < 1.0, "a writer waits for the disk, not for the copy"
    assert {one.name for one in tmp_path.iterdir()} >= {"copy.db"}
    assert not [one for one in tmp_path.iterdir() if one.name.startswith("copy.db-")]
    assert target.stat().st_mode & 0o077 == 0
    source.close()


def test_a_copy_may_have_another_key(source: peewee.SqliteDatabase, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    copy(tmp_path / "source.db", KEY, target, OTHER, lambda _done: None, CancelToken())
    assert count(target, OTHER) == ROWS
    with pytest.raises(Damaged):
        count(target, KEY)
    source.close()


def test_a_copy_that_is_stopped_leaves_nothing(source: peewee.SqliteDatabase, tmp_path: Path) -> None:
    token = CancelToken()

    def stop(done: float) -> None:
        if done > 0.3:
            token.cancel()

    with pytest.raises(Cancelled):
        copy(tmp_path / "source.db", KEY, tmp_path / "copy.db", KEY, stop, token)
    assert not (tmp_path / "copy.db").exists()
    add(source, 1)
    assert run(source, "PRAGMA wal_checkpoint(TRUNCATE)") == 0, "nobody holds an old view of the file"
    source.close()


def test_a_name_that_is_taken_is_left_alone(source: peewee.SqliteDatabase, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"somebody's")
    with pytest.raises(FileExistsError):
        copy(tmp_path / "source.db", KEY, tmp_path / "copy.db", KEY, lambda _done: None, CancelToken())
    assert (tmp_path / "copy.db").read_bytes() == b"somebody's"
    source.close()


def test_a_damaged_page_is_met_and_never_copied_as_an_empty_one(source: peewee.SqliteDatabase, tmp_path: Path) -> None:
    source.close()
    path = tmp_path / "source.db"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged):
        copy(path, KEY, tmp_path / "copy.db", KEY, lambda _done: None, CancelToken())
    assert not (tmp_path / "copy.db").exists()
    assert path.read_bytes() == content


def test_a_disk_without_room_is_said_before_anything_is_written(tmp_path: Path) -> None:
    huge = tmp_path / "huge"
    with huge.open("wb") as file:
        file.truncate(1 << 42)  # a hole: it takes no room itself
    with pytest.raises(KnownError, match="There is no room for a backup"):
        need_room(tmp_path, (huge,), "a backup")
    need_room(tmp_path, (tmp_path / "missing",), "a backup")


def test_a_small_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "note.json"
    put_bytes(b"one", path)
    put_bytes(b"two", path)
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(OSError, match="folder"):
        put_bytes(b"three", tmp_path / "folder.json")
    assert {one.name for one in tmp_path.iterdir()} == {"note.json", "folder.json"}


def test_only_what_nobody_writes_to_any_more_is_swept(tmp_path: Path) -> None:
    now = time.time()
    for name, age in ((".old.db.1.part", 4000), (".new.db.1.part", 10), ("old.part", 4000), (".old.txt", 4000)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (now - age,) * 2)
    sweep(tmp_path, now)
    assert {one.name for one in tmp_path.iterdir()} == {".new.db.1.part", "old.part", ".old.txt"}
