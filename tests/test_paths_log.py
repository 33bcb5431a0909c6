from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.paths import Places, find_places

# --- paths


def test_the_data_folder_is_told_by_option_then_variable_then_platform(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGENT_ASSIST_HOME", str(tmp_path / "variable"))
    assert find_places(str(tmp_path / "option")).home == tmp_path / "option"
    assert find_places().home == tmp_path / "variable"
    monkeypatch.delenv("AGENT_ASSIST_HOME")
    assert own_folders in find_places().home.parents
    assert find_places().home.name == "agent-assist"


def test_a_relative_name_and_a_tilde_become_whole_names(
    tmp_path: Path, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find_places("data").home == tmp_path / "data"
    assert find_places("~/data").home == own_folders / "data"
    monkeypatch.setenv("AGENT_ASSIST_MODELS", "carried")
    assert find_places("data").carried_models == tmp_path / "carried"


def test_everything_lies_in_the_data_folder(places: Places) -> None:
    for one in (places.models, places.downloads, places.history, places.key_file, places.settings, places.log):
        assert one.parent == places.home
    assert places.carried_models is None


@pytest.mark.skipif(sys.platform == "win32", reason="modes of a POSIX system")
def test_the_folder_is_for_this_user_alone(tmp_path: Path) -> None:
    places = Places(tmp_path / "a" / "b")
    places.create()
    places.create()
    assert stat.S_IMODE(places.home.stat().st_mode) == 0o700


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(KnownError, match="--data-dir or AGENT_ASSIST_HOME"):
            Places(home).create()


@pytest.mark.skipif(sys.platform == "win32", reason="a working folder cannot be removed there")
def test_a_name_that_leads_nowhere_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KnownError, match="Name it in full"):
        find_places("~nobody-of-this-name/data")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(KnownError, match="Name it in full"):
        find_places("data")
    assert find_places(str(tmp_path)).home == tmp_path
    os.chdir(tmp_path)


# --- log


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "one.log"
    log.to_file(path)
    yield path
    log.to_file(tmp_path / "nothing-more.log")


def test_a_room_logs_to_the_file_and_nowhere_else(log_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.get("history").warning("%d rows", 3)
    assert "WARNING agent_assist.history 3 rows" in log_file.read_text(encoding="utf-8")
    assert capsys.readouterr() == ("", "")


def test_asking_for_the_file_again_logs_once(log_file: Path) -> None:
    log.to_file(log_file)
    log.get("cli").error("once")
    assert log_file.read_text(encoding="utf-8").count("once") == 1


def test_another_file_takes_the_place_of_the_first(log_file: Path, tmp_path: Path) -> None:
    log.get("cli").error("to the first")
    log.to_file(tmp_path / "two.log")
    log.get("cli").error("to the second")
    assert "second" not in log_file.read_text(encoding="utf-8")
    assert "second" in (tmp_path / "two.log").read_text(encoding="utf-8")


def test_no_file_is_made_before_something_is_logged(log_file: Path) -> None:
    log.get("cli").debug("too small to keep")
    assert not log_file.exists()


def test_the_file_stays_small(log_file: Path) -> None:
    for _ in range(30):
        log.get("cli").error("x" * 100_000)
    files = list(log_file.parent.glob("one.log*"))
    assert len(files) == 2
    assert sum(f.stat().st_size for f in files) <= 2_000_000


def test_a_file_that_cannot_be_written_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "folder.log"
    folder.mkdir()
    log.to_file(folder)
    log.get("cli").error("dropped")
    log.to_file(tmp_path / "nothing-more.log")
    assert capsys.readouterr() == ("", "")


def test_the_database_library_does_not_log_what_it_writes() -> None:
    import agent_assist.history  # noqa: F401  # its import sets the level

    assert logging.getLogger("peewee").level >= logging.WARNING
