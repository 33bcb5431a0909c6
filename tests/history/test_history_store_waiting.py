"""Who waits for whom: others at the same file make no opening fail, and an erasure does not wait for a copy."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from history_samples import make_analysis

from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.history.copying import bare
from agent_assist.history.database import BUSY_MS, connect, run
from agent_assist.paths import Places

KEY = b"k" * 32


def test_who_makes_the_file_waits_for_another_that_is_at_it(places: Places) -> None:
    """SQLite does not wait by itself where it changes the way of the journal."""
    places.create()
    connect(places.history, KEY, journal="delete").close()
    with bare(places.history, KEY, writing=True) as other:
        other.execute("BEGIN IMMEDIATE")
        threading.Timer(0.2, lambda: other.execute("COMMIT")).start()
        database = connect(places.history, KEY)
    try:
        assert run(database, "PRAGMA journal_mode") == "wal"
        assert run(database, "PRAGMA busy_timeout") == BUSY_MS
    finally:
        database.close()


def test_who_waits_too_long_is_told(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    places.create()
    connect(places.history, KEY, journal="delete").close()
    monkeypatch.setattr("agent_assist.history.database.BUSY_MS", 100)
    with bare(places.history, KEY, writing=True) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(KnownError, match="Another Agent Assist"):
            connect(places.history, KEY)


def test_erasing_does_not_wait_for_a_copy_and_the_log_is_cut_at_the_next_write(places: Places) -> None:
    log = Path(f"{places.history}-wal")
    with History.open(places, key=KEY) as history:
        history.save(make_analysis("a"))
        history.save(make_analysis("b"))
        with bare(places.history, KEY, writing=True) as copying:
            copying.execute("BEGIN")
            copying.execute("SELECT count(*) FROM conversation").fetchone()
            begun = time.monotonic()
            history.delete("a")
            assert time.monotonic() - begun < BUSY_MS / 2000
            history.set_tags("b", ["vip"])
            assert log.stat().st_size > 0
            copying.execute("COMMIT")
        history.set_tags("b", ["vip", "late"])
        assert log.stat().st_size == 0
        assert [item.tags for item in history.list()] == [("vip", "late")]


@pytest.mark.parametrize("content", [b"no history" * 1000])
def test_what_is_said_of_a_file_names_it_without_its_folder(places: Places, content: bytes) -> None:
    History.open(places, key=KEY).close()
    places.history.write_bytes(content)
    with pytest.raises(KnownError, match=r"^The history \(history\.db\) is damaged .* Restore a backup\.$") as caught:
        History.open(places, key=KEY)
    assert str(places.home) not in str(caught.value)
