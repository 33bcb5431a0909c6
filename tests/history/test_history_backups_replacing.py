"""Files put in place, with a crash before each touch of the file system."""

from __future__ import annotations

import errno
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from crashing import crashed_at

from agent_assist.errors import BugError, KnownError
from agent_assist.history.copying import part
from agent_assist.history.replacing import finish, found_aside, replace_files, set_all_aside, set_aside, staged
from agent_assist.paths import Places

NOW = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
unix = pytest.mark.skipif(sys.platform == "win32", reason="forks")


@pytest.fixture
def old(places: Places) -> Places:
    """An installation whose files say that they are the old ones."""
    places.history.write_bytes(b"old history")
    places.history.with_name("history.db-wal").write_bytes(b"old log")
    places.conversation_keys.write_bytes(b"old keys")
    places.search_index.write_bytes(b"old index")
    return places


def lay_down(places: Places) -> None:
    staged(places.history).write_bytes(b"new history")
    staged(places.conversation_keys).write_bytes(b"new keys")


def replace(places: Places, *aside: str) -> None:
    lay_down(places)
    replace_files(places, ("history.db", "keys.db"), aside, NOW)


def contents(places: Places) -> dict[str, bytes]:
    """The files that somebody may open; what was only begun has a dot before its name."""
    return {one.name: one.read_bytes() for one in places.home.iterdir() if not one.name.startswith(".")}


NEW = {"history.db": b"new history", "keys.db": b"new keys"}


def test_new_files_take_the_place_of_the_old_and_their_log(old: Places) -> None:
    replace(old)
    assert contents(old) == NEW
    assert not finish(old), "nothing is left to do"
    assert contents(old) == NEW


def test_what_nothing_else_holds_is_set_aside_with_its_log(old: Places) -> None:
    replace(old, "history.db")
    assert contents(old) == NEW | {
        "history.damaged-20260105-100000.db": b"old history",
        "history.damaged-20260105-100000.db-wal": b"old log",
    }
    assert [one.name for one in found_aside(old)] == ["history.damaged-20260105-100000.db"]


@unix
@pytest.mark.parametrize("aside", [(), ("history.db", "keys.db")])
def test_a_crash_at_any_point_leaves_the_old_files_or_the_new(old: Places, aside: tuple[str, ...]) -> None:
    before = contents(old)
    whole = set()
    point = 0
    while True:
        for one in old.home.iterdir():
            one.unlink()
        for name, content in before.items():
            (old.home / name).write_bytes(content)
        lay_down(old)
        crashed = crashed_at(point, lambda: replace_files(old, ("history.db", "keys.db"), aside, NOW))
        again = 0  # what mends it may crash too
        while crashed_at(again, lambda: finish(old)):
            again += 1
        found = contents(old)
        kept = {name: content for name, content in found.items() if ".damaged-" not in name}
        assert kept in (before, NEW)
        if aside and kept != before:
            assert {b"old history", b"old log", b"old keys"} <= set(found.values())
        whole.add(kept["history.db"])
        if not crashed:
            break
        point += 1
    assert whole == {b"old history", b"new history"}
    assert point > 5


def test_what_was_only_begun_goes_once_its_process_must_have_ended(old: Places) -> None:
    lay_down(old)
    part(old.history).write_bytes(b"begun")
    finish(old)
    assert len(list(old.home.glob(".*"))) == 3, "another process may be at it"
    for one in old.home.glob(".*"):
        os.utime(one, (time.time() - 7200,) * 2)
    finish(old)
    assert list(old.home.glob(".*")) == []
    with pytest.raises(BugError):
        replace_files(old, ("history.db",), (), NOW)
    assert old.history.read_bytes() == b"old history"


def test_a_damaged_note_is_said_and_changes_nothing(old: Places) -> None:
    lay_down(old)
    (old.home / "restore.json").write_bytes(b'{"stamp": "')
    with pytest.raises(KnownError, match="Delete it"):
        finish(old)
    assert old.history.read_bytes() == b"old history"
    (old.home / "restore.json").unlink()
    assert not finish(old)


def test_a_damaged_history_is_set_aside_and_never_over_another(old: Places) -> None:
    first = set_aside(old, NOW)
    assert [one.name for one in first] == [
        "history.damaged-20260105-100000.db-wal",
        "history.damaged-20260105-100000.db",
    ]
    assert not old.history.exists()
    assert not old.search_index.exists(), "it is made again"
    assert set_aside(old, NOW) == ()
    old.history.write_bytes(b"another")
    set_aside(old, NOW)
    assert {one.read_bytes() for one in found_aside(old)} == {b"old history", b"another"}


def test_a_history_that_is_set_aside_half_way_never_stays_apart_from_its_keys(
    old: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"history.db", "history.db-wal", "keys.db", "history.key.json", "backup-folders.json"}
    for name in names:
        (old.home / name).write_bytes(b"old")
    rename, left = Path.rename, 3

    def busy(path: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if not left:
            raise OSError(errno.EBUSY, "busy")
        return rename(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", busy)
        with pytest.raises(KnownError, match="Close every other"):
            set_all_aside(old, NOW)
    finish(old)
    (aside,) = old.home.glob("set-aside-*")
    assert {one.name for one in aside.iterdir()} >= names
    assert not [name for name in names if (old.home / name).exists()]
    assert set_all_aside(old, NOW) != aside, "another history, another folder"
