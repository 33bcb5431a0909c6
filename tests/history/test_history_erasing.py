"""Erasing destroys the key: no copy of the files gives the conversation back, and a crash on the way is finished."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from history_samples import PASSPHRASE, Clock, make_analysis
from test_history_at_rest import decrypted, raw_bytes

import agent_assist
from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.history.database import connect
from agent_assist.history.keys import twin_of
from agent_assist.paths import Places
from agent_assist.records import Analysis, Conversation, Mood, Outcome, Query, Speaker, Turn

ROOT = Path(agent_assist.__file__).parents[1]
CHILD = Path(__file__).with_name("erasing_child.py")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals of a POSIX system")


def of(customer: str | None, identity: str, *texts: str) -> Analysis:
    turns = tuple(Turn(i, Speaker.CUSTOMER, text) for i, text in enumerate(texts or ("hello", identity)))
    return Analysis(Conversation(identity, "plain", turns, customer), Mood(()))


def ids(history: History, words: str = "") -> set[str]:
    return {item.id for item in history.search(words)}


def rows_of(places: Places, table: str) -> int:
    database = connect(places.history, secrets.database_key(places, PASSPHRASE))
    try:
        return int(database.execute_sql(f"SELECT count(*) FROM {table}").fetchone()[0])  # type: ignore[no-untyped-call]
    finally:
        database.close()


def test_no_planted_phrase_is_in_any_file(places: Places) -> None:
    phrases = [f"planted{n:04}phrase" for n in range(200)]
    with History.open(places) as history:
        for n in range(0, len(phrases), 10):
            history.save(of(f"{phrases[n]} Lee", f"c{n}", *phrases[n : n + 10]))
        history.set_tags("c0", ["plantedtag"])
        history.add_follow_up("c0", "planted follow-up", date(2026, 2, 1))
        assert len(history.search(phrases[15])) == 1
        history.catch_up()
        raw, below = raw_bytes(places), b""
        assert Path(f"{places.history}-wal").stat().st_size > 4096
    raw, below = raw + raw_bytes(places), decrypted(places)
    for phrase in (*phrases, "planted"):
        assert phrase.encode() not in raw
        assert phrase.encode() not in below, "below the encryption of the file texts are sealed"


def test_a_copy_of_the_history_does_not_give_back_what_was_erased(places: Places, tmp_path: Path) -> None:
    with History.open(places, PASSPHRASE) as history:
        history.save(make_analysis("gone"))
        history.save(make_analysis("kept"))
    copy = tmp_path / "copy.db"
    shutil.copy(places.history, copy)
    with History.open(places, PASSPHRASE) as history:
        history.finished(history.delete("gone"))
    shutil.copy(copy, places.history)  # the older file, with the database key and the keys of today
    with History.open(places, PASSPHRASE) as history:
        assert ids(history) == {"kept"}
        with pytest.raises(KnownError, match="not in the history"):
            history.load("gone")
        assert history.sweep() == 1
        assert history.count() == 1
        assert history.load("kept") == make_analysis("kept")
    assert rows_of(places, "turn") == 8


@unix
@pytest.mark.parametrize("point", ["before", "keys", "rows"])
def test_an_erasure_that_was_killed_is_finished_at_the_next_opening(places: Places, point: str) -> None:
    with History.open(places, PASSPHRASE) as history:
        history.save(of("Anna", "gone", "zebrafish one", "quokka two"))
        history.save(of("Ben", "kept", "zebrafish three"))
        assert ids(history, "zebrafish") == {"gone", "kept"}
    command = [sys.executable, str(CHILD), str(places.home), "gone", point]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=False, timeout=60)
    assert done.returncode == -9, done.stderr
    with History.open(places, PASSPHRASE) as history:
        there = {"gone", "kept"} if point == "before" else {"kept"}
        assert {item.id for item in history.list()} == ids(history, "zebrafish") == there
        assert [c.name for c in history.customers("anna")] == (["Anna"] if point == "before" else [])
        assert bool(history.unfinished()) == (point != "before")
        history.finished(history.unfinished())
        assert history.unfinished() == ()
    assert rows_of(places, "turn") == (3 if point == "before" else 1)
    assert rows_of(places, "customer") == (2 if point == "before" else 1)


def test_a_customer_s_row_and_key_go_with_their_last_conversation(places: Places, history: History) -> None:
    for identity, customer in (("a", "Anna Lee"), ("b", "ANNA  lee"), ("c", "Ben")):
        history.save(of(customer, identity))
    assert [(c.name, c.conversations) for c in history.customers()] == [("Ben", 1), ("ANNA  lee", 2)]
    assert [item.id for item in history.customer("anna lee")] == ["b", "a"]
    assert len(history.delete("a")) == 1
    assert [(c.name, c.conversations) for c in history.customers("le")] == [("ANNA  lee", 1)]
    assert len(history.delete("b")) == 2, "the key of the conversation and that of the customer"
    assert history.customer("Anna Lee") == []
    assert [c.name for c in history.customers()] == ["Ben"]
    history.save(of("Anna Lee", "d"))
    assert [item.id for item in history.customer("Anna Lee")] == ["d"]


def test_a_customer_who_turns_out_to_be_another_leaves_no_row(history: History) -> None:
    history.save(of("Ana", "a", "x", "y"))
    history.save(of("Anna", "a", "x", "y"))
    assert [c.name for c in history.customers()] == ["Anna"]
    assert history.customer("Ana") == []


def test_what_is_held_is_not_erased_and_nothing_else_is_then(history: History) -> None:
    for identity in ("a", "b"):
        history.save(of(None, identity))
    history.set_held("a", True)
    with pytest.raises(KnownError, match="legal hold"):
        history.delete_many(["b", "a"])
    assert ids(history) == {"a", "b"}
    assert [item.id for item in history.find(Query(held=True))] == ["a"]
    history.save(of(None, "a", "hello", "a", "more"))
    assert [item.held for item in history.list() if item.id == "a"] == [True]
    history.set_held("a", False)
    history.delete_many(["b", "a"])
    assert history.list() == []


def test_what_is_due_is_older_than_the_days_it_is_kept_and_not_held(places: Places) -> None:
    clock = Clock()
    with History.open(places, clock=clock) as history:
        for day, identity in ((1, "old"), (2, "held"), (20, "new")):
            clock.now = datetime(2026, 1, day, 12, tzinfo=UTC)
            history.save(of(None, identity))
        history.set_held("held", True)
        assert [item.id for item in history.due(10, date(2026, 1, 25))] == ["old"]
        assert history.due(40, date(2026, 1, 25)) == []


def test_tags_and_originals_stay_with_the_conversation_however_it_grows(places: Places, history: History) -> None:
    history.save(of("Anna", "a", "x"), {"[name 1]": "Anna"})
    history.set_tags("a", [" vip ", "vip", "", "refund"])
    history.save(of("Anna", "a", "x", "y"), {"[name 2]": "Ben"})
    history.save(of("Anna", "a", "x", "y", "z"))
    assert history.list()[0].tags == ("vip", "refund")
    assert history.originals("a") == {"[name 1]": "Anna", "[name 2]": "Ben"}
    assert ids(history, "vip") | {item.id for item in history.find(Query(tag="vip"))} == {"a"}


def test_follow_ups_are_kept_done_and_erased_with_their_conversation(history: History, clock: Clock) -> None:
    for identity in ("a", "b"):
        history.save(of(None, identity))
    later = history.add_follow_up("a", "Ask the carrier", date(2026, 3, 2))
    sooner = history.add_follow_up("b", " Call back ", date(2026, 3, 1))
    assert history.follow_ups() == [sooner, later]
    assert sooner.text == "Call back"
    history.finish_follow_up(sooner.id)
    assert history.follow_ups() == [later]
    assert history.follow_ups(open_only=False) == [dataclasses.replace(sooner, done_at=clock.now), later]
    history.delete("a")
    assert history.follow_ups() == []
    history.remove_follow_up(sooner.id)
    assert history.follow_ups(open_only=False) == []
    for act in (history.remove_follow_up, history.finish_follow_up):
        with pytest.raises(KnownError, match="not there any more"):
            act(sooner.id)
    with pytest.raises(KnownError, match="few words"):
        history.add_follow_up("b", "  ", date(2026, 3, 1))


def test_the_name_in_the_audit_trail_never_changes_and_tells_nothing(places: Places) -> None:
    with History.open(places) as history:
        history.save(of("Anna", "a"))
        history.save(of("Anna", "b"))
        first, other = history.audit_name("a"), history.audit_name("b")
    key = secrets.database_key(places)
    History.rekey(places, key, b"n" * 32)
    with History.open(places, key=b"n" * 32) as history:
        history.save(of("Anna", "a", "hello", "a", "more"))
        assert history.audit_name("a") == first != other
        assert len(first) == 16
        assert int(first, 16) >= 0


@pytest.mark.parametrize("done", ["nothing", "history", "keys", "twin", "all"])
def test_a_new_key_opens_everything_wherever_the_change_was_cut_short(places: Places, done: str) -> None:
    with History.open(places) as history:
        history.save(make_analysis())
        history.record_outcome("c1", 0, Outcome.COPIED)
        assert ids(history, "quokka") == {"c1"}
    old, new = secrets.database_key(places), b"n" * 32
    files = (places.history, places.conversation_keys, twin_of(places.conversation_keys))
    before = {path: path.read_bytes() for path in files}
    History.rekey(places, old, new)
    keep = {"nothing": (), "history": files[:1], "keys": files[1:2], "twin": files[2:], "all": files}[done]
    for path in files:
        if path not in keep:
            path.write_bytes(before[path])
    History.rekey(places, old, new)
    with pytest.raises(KnownError):
        History.open(places, key=old)
    with History.open(places, key=new) as history:
        assert history.load("c1") == make_analysis()
        assert history.outcomes("c1")[0].outcome is Outcome.COPIED
        assert ids(history, "quokka") == {"c1"}
