from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from history_samples import PASSPHRASE, make_analysis

import agent_assist
from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.history.database import connect, run
from agent_assist.paths import Places

ROOT = Path(agent_assist.__file__).parents[1]
CHILD = [sys.executable, str(Path(__file__).with_name("saving_child.py"))]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs limits, signals and modes of a POSIX system")


@contextmanager
def opened_with(places: Places, *pragmas: str) -> Iterator[History]:
    """An existing history, its connection changed."""
    with History.open(places) as history:
        for pragma in pragmas:
            run(history._database, f"PRAGMA {pragma}")
        yield history


def saved(history: History) -> list[str]:
    """The ids of what is saved, each looked at as a whole."""
    identities = [item.id for item in history.list(limit=100_000)]
    for identity in identities:
        assert history.load(identity) == make_analysis(identity), "half of a conversation is there"
    return identities


@pytest.fixture
def filled(places: Places) -> Places:
    with History.open(places) as history:
        for number in range(20):
            history.save(make_analysis(f"c{number}"))
    return places


# --- the file


@pytest.mark.parametrize(
    "content", [b"not a database", b"\0" * 20_000, os.urandom(20_000), b"SQLite format 3\0" + b"\1" * 8176]
)
def test_a_file_that_is_no_history_is_said_and_left_alone(places: Places, content: bytes) -> None:
    History.open(places).close()
    places.history.write_bytes(content)
    with pytest.raises(KnownError, match="damaged"):
        History.open(places)
    assert places.history.read_bytes() == content


def test_a_folder_in_its_place_is_said(places: Places) -> None:
    History.open(places).close()
    places.history.unlink()
    places.history.mkdir()
    with pytest.raises(KnownError, match="cannot be opened"):
        History.open(places)


def test_a_flipped_bit_is_met_and_never_read_as_something_else(filled: Places) -> None:
    good = filled.history.read_bytes()
    said = 0
    for page in range(len(good) // 4096):
        damaged = bytearray(good)
        damaged[page * 4096 + random.randrange(4096)] ^= 1 << random.randrange(8)
        filled.history.write_bytes(damaged)
        try:
            with History.open(filled) as history:
                assert len(saved(history)) == 20
                assert len(history.search("zebrafish")) == 20
        except KnownError as error:
            said += 1
            assert "damaged" in str(error)
        assert filled.history.read_bytes() == damaged
    assert said > len(good) // 4096 // 2


def test_a_file_cut_short_is_said(filled: Places) -> None:
    good = filled.history.read_bytes()
    filled.history.write_bytes(good[: len(good) // 2 // 4096 * 4096])
    with pytest.raises(KnownError, match="damaged"), History.open(filled) as history:
        saved(history)


# --- the disk


def test_a_full_file_is_said_and_nothing_is_lost(filled: Places) -> None:
    with opened_with(filled, "max_page_count = 1") as history:  # as small as it is now
        with pytest.raises(KnownError, match="disk is full") as caught:
            for number in range(100):
                history.save(make_analysis(f"more{number}"))
        assert "Free some space" in str(caught.value)
        before = saved(history)
        assert set(before) >= {f"c{number}" for number in range(20)}
        run(history._database, "PRAGMA max_page_count = 100000")
        history.save(make_analysis("after"))
        assert saved(history) == ["after", *before]


@unix
def test_a_disk_that_takes_no_more_bytes_is_said_and_nothing_is_lost(places: Places) -> None:
    done = subprocess.run(
        [*CHILD, str(places.home), "bytes=300000"],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    *told, last = done.stdout.splitlines()
    assert last.startswith("KnownError: The disk")
    assert done.stderr == ""
    with History.open(places, PASSPHRASE) as history:
        assert sorted(saved(history)) == sorted(told)
        history.save(make_analysis("after"))
    assert told


def test_a_really_full_disk_is_said_and_nothing_is_lost(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0 or not _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)):
        pytest.skip("needs the right to mount a small disk (root); the limit on a file's size is tested anyway")
    try:
        places, told = Places(disk / "data"), []
        with History.open(places) as history:
            with pytest.raises(KnownError, match="disk is full"):
                for number in range(1000):
                    history.save(make_analysis(f"c{number}"))
                    told.append(f"c{number}")
            assert sorted(saved(history)) == sorted(told)
        with History.open(places) as history:
            assert sorted(saved(history)) == sorted(told)
        assert _mount("-o", "remount,size=4m", str(disk))
        with History.open(places) as history:
            assert sorted(saved(history)) == sorted(told)
            history.delete(told[0])
            history.save(make_analysis("after"))
            assert sorted(saved(history)) == sorted(["after", *told[1:]])
        assert len(told) > 5
    finally:
        subprocess.run(["/bin/umount", str(disk)], check=True)


def _mount(*arguments: str) -> bool:
    return subprocess.run(["/bin/mount", *arguments], capture_output=True, check=False).returncode == 0


@unix
@pytest.mark.parametrize("protect", ["file", "folder"])
def test_what_may_not_be_written_to_is_said(protect: str) -> None:
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # pytest's own folders are closed to another user
    try:
        places = Places(folder / "data")
        with History.open(places, PASSPHRASE) as history:
            history.save(make_analysis())
        folder.chmod(0o755)
        places.key_file.chmod(0o444)
        places.history.chmod(0o444)
        places.home.chmod(0o777 if protect == "file" else 0o555)
        command = [*CHILD, str(places.home), *(["user=65534"] if os.geteuid() == 0 else [])]
        done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, check=True, timeout=60)
        assert done.stdout.startswith("KnownError: The ")
        assert "cannot be written to" in done.stdout or "cannot be opened" in done.stdout
        assert len(done.stdout.splitlines()) == 1
        places.home.chmod(0o700)
        places.history.chmod(0o600)
        with History.open(places, PASSPHRASE) as history:
            assert saved(history) == ["c1"]
    finally:
        shutil.rmtree(folder)


# --- other processes


def test_while_another_process_writes_a_save_says_so_and_works_afterwards(
    filled: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_assist.history.database.BUSY_MS", 20)
    other = connect(filled.history, secrets.database_key(filled))
    with History.open(filled) as history:
        with other.atomic("EXCLUSIVE"):
            with pytest.raises(KnownError, match="Another Agent Assist is writing"):
                history.save(make_analysis("mine"))
            assert len(saved(history)) == 20, "reading waits for nobody"
        history.save(make_analysis("mine"))
        assert len(saved(history)) == 21
    other.close()


def test_a_file_that_another_program_holds_is_said_at_once_on_opening(
    filled: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_assist.history.database.BUSY_MS", 20)
    other = connect(filled.history, secrets.database_key(filled))
    run(other, "PRAGMA locking_mode = EXCLUSIVE")
    with other.atomic("EXCLUSIVE"), pytest.raises(KnownError, match="Another Agent Assist"):
        History.open(filled)
    other.close()


@contextmanager
def saving(places: Places) -> Iterator[Callable[[int], list[str]]]:
    """A child that saves; the function given reads the next ids that it says, and all at its end with -1."""
    child = subprocess.Popen([*CHILD, str(places.home)], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    out = child.stdout
    assert out is not None

    def told(count: int) -> list[str]:
        if count >= 0:
            return [out.readline().strip() for _ in range(count)]
        child.kill()
        return [line.strip() for line in out.read().splitlines(keepends=True) if line.endswith("\n")]

    try:
        yield told
    finally:
        child.kill()
        child.wait()
        out.close()


def test_two_processes_save_at_once(places: Places) -> None:
    with History.open(places, PASSPHRASE) as history, saving(places) as told:
        theirs = told(1)
        for number in range(20):
            history.save(make_analysis(f"mine{number}"))
        theirs += told(20) + told(-1)
        assert set(saved(history)) >= {*theirs, *(f"mine{number}" for number in range(20))}


def test_several_processes_make_the_history_at_once(places: Places) -> None:
    with saving(places) as one, saving(places) as two, saving(places) as three:
        first = [told(1)[0] for told in (one, two, three)]
        for told in (one, two, three):
            first += told(-1)
    with History.open(places, PASSPHRASE) as history:
        assert set(saved(history)) >= set(first)


@unix
def test_a_killed_process_loses_nothing_that_it_said_was_saved(places: Places) -> None:
    everything: list[str] = []
    for _ in range(4):
        with saving(places) as told:
            everything += told(random.randint(1, 60))
            everything += told(-1)
        with pytest.raises(KnownError, match="damaged"):
            connect(places.history, b"w" * 32)  # a wrong key must not harm what waits in the write-ahead log
        with History.open(places, PASSPHRASE) as history:
            there = saved(history)
        assert set(there) >= set(everything)
        assert len(there) <= len(everything) + 4, "at most one save each was done but not yet said"
