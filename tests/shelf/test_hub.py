from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf_world import FILE, MODEL, NAME, NOWHERE, REVISION, Web, catalogue, entry_text, serve

from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.fetch import Fetch, FetchProgress, SourceError, Step
from agent_assist.llm.hub import fetch_from_hub, reachable
from agent_assist.llm.shelf import Shelf
from agent_assist.paths import Places
from models.catalog import Catalog

HALF = len(MODEL) // 2


def fetch_of(models: Catalog, folder: Path, token: CancelToken | None = None) -> Fetch:
    return Fetch(models.get(NAME), folder, token=token or CancelToken())


def test_the_pinned_file_is_fetched_with_progress(web: Web, shelf: Shelf, places: Places) -> None:
    seen: list[FetchProgress] = []
    path = shelf.install(NAME, seen.append)
    assert path == places.models / FILE
    assert path.read_bytes() == MODEL
    assert web.paths == [f"/tiny/models/resolve/{REVISION}/{FILE}"]
    downloading = [p.done_bytes for p in seen if p.step is Step.DOWNLOADING]
    assert downloading == sorted(downloading)
    assert (downloading[0], downloading[-1]) == (0, len(MODEL))
    assert {p.total_bytes for p in seen} == {len(MODEL)}
    assert seen[-1].step is Step.CHECKING


def test_a_cut_connection_goes_on_where_it_stopped(web: Web, shelf: Shelf) -> None:
    web.cuts = [1_000_000, 500_000]
    assert shelf.install(NAME).read_bytes() == MODEL
    assert web.starts == [0, 1_000_000, 1_500_000]


def test_a_server_without_ranges_begins_again(web: Web, shelf: Shelf) -> None:
    web.cuts, web.ranges = [1_000_000], False
    assert shelf.install(NAME).read_bytes() == MODEL
    assert web.starts == [0, 1_000_000]


def test_the_next_call_goes_on_after_a_cancel(web: Web, shelf: Shelf, places: Places) -> None:
    token = CancelToken()

    def stop_at_half(progress: FetchProgress) -> None:
        if progress.done_bytes >= HALF:
            token.cancel()

    with pytest.raises(Cancelled):
        shelf.install(NAME, stop_at_half, token)
    assert shelf.installed() == ()
    assert list(places.models.iterdir()) == []
    kept = (places.downloads / NAME / "hub.part").stat().st_size
    assert kept >= HALF
    assert shelf.install(NAME).read_bytes() == MODEL
    assert web.starts == [0, kept]


@pytest.mark.parametrize("silent", [True, False])
def test_cancelling_takes_no_time_though_the_server_is_stuck(web: Web, shelf: Shelf, silent: bool) -> None:
    web.silent, web.stalls = silent, not silent
    token = CancelToken()
    stuck: list[FetchProgress] = []
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(shelf.install, NAME, stuck.append, token)
        until = time.monotonic() + 5
        while not (web.starts if silent else stuck and stuck[-1].done_bytes == HALF) and time.monotonic() < until:
            time.sleep(0.01)
        begun = time.monotonic()
        token.cancel()
        with pytest.raises(Cancelled):
            job.result(timeout=5)
        assert time.monotonic() - begun < 2
    web.release.set()


def test_a_wrong_file_is_refused_named_and_deleted(web: Web, shelf: Shelf, places: Places) -> None:
    web.body = MODEL[:-1] + bytes([MODEL[-1] ^ 1])
    with pytest.raises(KnownError) as caught:
        shelf.install(NAME)
    message = str(caught.value)
    assert f"the official address (its {FILE} is refused: SHA-256 " in message
    assert shelf.entry(NAME).sha256 in message
    assert shelf.installed() == ()
    assert [p for p in places.home.rglob("*") if p.is_file() and p.stat().st_size > 1000] == []


@pytest.mark.parametrize("status", [404, 500])
def test_a_status_is_named(web: Web, shelf: Shelf, status: int) -> None:
    web.status = status
    with pytest.raises(KnownError, match=rf"the official address \(it answered with status {status}\)"):
        shelf.install(NAME)


def test_another_page_is_not_kept(web: Web, tmp_path: Path) -> None:
    web.body = b"<html>Please sign in to this network</html>"
    with pytest.raises(SourceError, match="is not there with its 3,000,004 bytes"):
        fetch_from_hub(fetch_of(catalogue(hub=web.url), tmp_path))
    assert not (tmp_path / "hub.part").exists()


def test_a_server_that_never_gets_further_is_given_up(web: Web, tmp_path: Path) -> None:
    web.cuts = [1_000_000] + [0] * 10
    with pytest.raises(SourceError, match="broke off after 1,000,000 of"):
        fetch_from_hub(fetch_of(catalogue(hub=web.url), tmp_path))
    assert len(web.starts) <= 5


def test_nobody_there_is_found_out_quickly(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(SourceError, match="no connection: "):
        fetch_from_hub(fetch_of(catalogue(hub=NOWHERE), tmp_path))
    assert time.monotonic() - begun < 1


def test_a_model_without_an_address_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="none is known"):
        fetch_from_hub(fetch_of(catalogue(entry_text(hub=False)), tmp_path))


def test_a_part_that_is_too_long_is_thrown_away(web: Web, tmp_path: Path) -> None:
    (tmp_path / "hub.part").write_bytes(bytes(len(MODEL) + 1))
    assert fetch_from_hub(fetch_of(catalogue(hub=web.url), tmp_path)).read_bytes() == MODEL


def test_reachable_asks_without_fetching(web: Web) -> None:
    assert reachable(web.url + "/x", CancelToken())
    assert web.starts == []
    web.status = 404
    assert not reachable(web.url + "/x", CancelToken())
    assert not reachable(NOWHERE + "/x", CancelToken())


@settings(max_examples=15, deadline=None)
@given(have=st.integers(0, 400), cuts=st.sets(st.integers(1, 200), max_size=4), ranges=st.booleans())
def test_whatever_breaks_the_bytes_are_right(have: int, cuts: set[int], ranges: bool) -> None:
    body = b"GGUF" + bytes(range(256)) + b"x" * 140
    with tempfile.TemporaryDirectory() as folder, serve() as web:
        web.body, web.cuts, web.ranges = body, sorted(cuts), ranges
        if ranges:
            Path(folder, "hub.part").write_bytes(body[:have])
        fetch = fetch_of(catalogue(entry_text(model=body), hub=web.url), Path(folder))
        assert fetch_from_hub(fetch).read_bytes() == body
