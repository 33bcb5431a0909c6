from __future__ import annotations

import json
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from audit_stage import KEY, Stage

from agent_assist.errors import BugError, KnownError
from agent_assist.privacy.audit import ANCHOR_EVERY, AuditTrail, count_refusal
from agent_assist.records.custody import Action, AuditEntry


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_what_is_added_is_read_newest_first_and_holds(stage: Stage) -> None:
    trail = stage.open()
    made = [trail.append(Action.VIEW, f"{k:032x}", {"way": "window", "turns": k, "held": k > 1}) for k in range(5)]
    assert trail.entries(3) == made[:1:-1]
    assert [entry.n for entry in made] == [1, 2, 3, 4, 5]
    trail.close()
    again = stage.open()
    assert again.entries(100) == made[::-1]
    verdict = again.verify()
    assert (verdict.good, verdict.entries, verdict.problem, verdict.anchored) == (True, 5, "", True)


def test_the_file_is_read_without_the_product_and_by_this_person_alone(stage: Stage) -> None:
    trail = stage.open()
    trail.append(Action.ERASE, "1f", {"copies": 3})
    (line,) = [json.loads(line) for line in stage.lines()]
    mac = line.pop("mac")
    assert line == {"n": 1, "at": line["at"], "action": "erase", "subject": "1f", "detail": {"copies": 3}}
    assert line["at"].endswith("Z")
    assert len(bytes.fromhex(mac)) == 32
    if sys.platform != "win32":
        assert stat.S_IMODE(stage.path.stat().st_mode) == 0o600


def test_the_signature_is_the_documented_one(stage: Stage) -> None:
    """What docs/security.md tells a site to compute, with nothing of ours."""
    import hashlib
    import hmac

    trail = stage.open()
    for k in range(3):
        trail.append(Action.VIEW, "", {"k": k})
    before = bytes(32)
    for line in stage.lines():
        body, mac = line[:-75], bytes.fromhex(line[-67:-3].decode())
        assert hmac.new(KEY, before + body, hashlib.sha256).digest() == mac
        before = mac


@pytest.mark.parametrize(
    ("subject", "detail"),
    [
        ("anna@example.com", {}),
        ("/home/anna/history.db", {}),
        ("Jürgen", {}),
        ("x" * 81, {}),
        ("", {"why": "line\nbreak"}),
        ("", {"why": "C:\\Users\\anna"}),
        ("", {"a b@c": 1}),
    ],
)
def test_nothing_but_short_plain_words_is_taken(
    stage: Stage, subject: str, detail: dict[str, str | int | bool]
) -> None:
    trail = stage.open()
    with pytest.raises(BugError) as caught:
        trail.append(Action.VIEW, subject, detail)
    assert "anna" not in str(caught.value)
    assert stage.lines() == []
    assert trail.append(Action.VIEW).n == 1


def test_entries_are_in_the_order_of_their_numbers_though_the_clock_goes_back(stage: Stage) -> None:
    trail = stage.open()
    first = trail.append(Action.UNLOCK)
    stage.clock.now -= timedelta(days=400)
    second = trail.append(Action.LOCK)
    assert second.at < first.at
    assert [entry.n for entry in trail.entries(2)] == [2, 1]
    assert trail.verify().good


def test_the_newest_entries_of_a_long_trail_are_found_across_blocks(stage: Stage) -> None:
    trail = stage.open()
    for k in range(1200):  # some 150 bytes each: more than two blocks of 64 KiB
        trail.append(Action.SEARCH, "", {"k": k})
    assert [entry.detail["k"] for entry in trail.entries(700)] == list(range(1199, 499, -1))
    assert len(trail.entries(5000)) == 1200
    assert trail.entries(0) == []


def test_the_end_is_remembered_now_and_then_and_at_once_where_it_weighs(stage: Stage) -> None:
    trail = stage.open()
    for _ in range(ANCHOR_EVERY):
        trail.append(Action.VIEW)
    assert stage.anchor.held is not None
    assert stage.anchor.held[0] == 1, "a trail that has begun is remembered"
    trail.append(Action.VIEW)
    assert stage.anchor.held[0] == ANCHOR_EVERY + 1
    trail.append(Action.ERASE)
    assert stage.anchor.held[0] == ANCHOR_EVERY + 2
    trail.append(Action.VIEW)
    trail.close()
    assert stage.anchor.held[0] == ANCHOR_EVERY + 3
    writes = stage.anchor.writes
    stage.open().close()
    assert stage.anchor.writes == writes, "nothing new, nothing to remember"


def test_many_at_once_cost_one_visit_and_are_all_there_or_none(stage: Stage) -> None:
    trail = stage.open()
    trail.append(Action.UNLOCK)
    writes = stage.anchor.writes
    made = trail.append_all([(Action.RETAIN, f"{k:032x}", {"copies": k}) for k in range(500)])
    assert (len(made), made[-1].n, stage.anchor.writes) == (500, 501, writes + 1)
    with pytest.raises(BugError):
        trail.append_all([(Action.RETAIN, "1f", {}), (Action.RETAIN, "anna@example.com", {})])
    assert trail.append_all([]) == []
    assert trail.append(Action.LOCK).n == 502
    assert trail.verify().entries == 502
    assert trail.verify().good


def test_without_a_keyring_it_works_and_says_that_the_end_was_not_compared(stage: Stage) -> None:
    stage.anchor.locked = True
    trail = stage.open()
    for _ in range(40):
        trail.append(Action.EXPORT)
    verdict = trail.verify()
    assert (verdict.good, verdict.entries, verdict.anchored) == (True, 40, False)
    trail.close()
    stage.anchor.locked = False
    again = stage.open()
    assert again.entries(1)[0].detail == {"anchor": "new"}, "who reads it sees from where on the end is remembered"
    verdict = again.verify()
    assert (verdict.good, verdict.anchored) == (True, False)
    assert "when line 41 was written" in verdict.problem


def test_refused_attempts_are_told_at_the_next_unlock(stage: Stage) -> None:
    for _ in range(3):
        count_refusal(stage.path, stage.clock())
    entry = stage.open().entries(1)[0]
    assert entry.action is Action.UNLOCK_REFUSED
    assert entry.detail == {"count": 3, "first": "2026-03-01T12:00:01Z", "last": "2026-03-01T12:00:03Z"}
    assert len(stage.open().entries(10)) == 1, "told once"


def test_whatever_lies_where_refusals_are_counted_gets_into_the_trail(stage: Stage) -> None:
    stage.path.with_suffix(".refused").write_bytes(b"anna@example.com\n\xff\xfe " * 10)
    assert stage.open().entries(10) == []
    stage.path.with_suffix(".refused").unlink()
    stage.path.with_suffix(".refused").mkdir()
    count_refusal(stage.path, stage.clock())
    assert stage.open().entries(10) == []


def test_refusals_do_not_fill_the_disk(stage: Stage) -> None:
    for _ in range(1100):
        count_refusal(stage.path, stage.clock())
    assert stage.open().entries(1)[0].detail["count"] == 1000


def test_an_export_holds_every_line_and_the_verdict(stage: Stage, tmp_path: Path) -> None:
    trail = stage.open()
    for _ in range(4):
        trail.append(Action.VIEW)
    copy = tmp_path / "copy.jsonl"
    assert trail.export(copy) == 4
    lines = copy.read_bytes().splitlines(keepends=True)
    assert lines[:-1] == stage.lines()
    assert json.loads(lines[-1])["verdict"] == {"good": True, "entries": 4, "problem": "", "anchored": True}
    if sys.platform != "win32":
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with pytest.raises(KnownError, match="already a file"):
        trail.export(copy)


def test_a_trail_that_is_begun_again_says_so_and_holds(stage: Stage) -> None:
    trail = stage.open()
    for _ in range(3):
        trail.append(Action.EXPORT)
    beside = stage.open()
    stage.path.write_bytes(b"".join(stage.lines()[:1]))
    old = trail.begin_again()
    assert old.exists()
    (first,) = trail.entries(10)
    # The cut was told in a line of its own: two entries were there.
    assert first.detail == {"began": "again", "before": 2, "good": False}
    assert trail.verify().good
    beside.append(Action.VIEW)  # another process that knew the longer one
    assert [entry.action for entry in beside.entries(10)] == [Action.VIEW, Action.VERIFY]
    assert trail.verify().good


@pytest.mark.parametrize("more", [0, 1, 20])
def test_another_process_goes_on_with_a_trail_that_was_begun_again_however_long_it_is_by_then(
    stage: Stage, more: int
) -> None:
    trail, beside = stage.open(), stage.open()
    trail.append(Action.VIEW)
    beside.append(Action.VIEW)
    trail.begin_again()
    for _ in range(more):
        trail.append(Action.VIEW)
    beside.append(Action.LOCK)
    for one in (trail, beside, stage.open()):
        verdict = one.verify()
        assert (verdict.good, verdict.entries, verdict.anchored) == (True, more + 2, True)


def test_a_cut_of_a_trail_that_was_begun_again_is_no_new_beginning(stage: Stage) -> None:
    trail = stage.open()
    trail.append(Action.VIEW)
    trail.begin_again()
    for _ in range(5):
        trail.append(Action.VIEW)
    stage.path.write_bytes(b"".join(stage.lines()[:3]))
    trail.append(Action.VIEW)
    assert not trail.verify().good


def test_an_older_trail_that_was_begun_again_and_is_put_back_is_found(stage: Stage) -> None:
    trail = stage.open()
    trail.append(Action.VIEW)
    trail.begin_again()
    trail.append(Action.EXPORT)
    older = trail.begin_again()
    trail.append(Action.EXPORT)
    stage.path.write_bytes(older.read_bytes())
    trail.append(Action.VIEW)
    assert not trail.verify().good


def test_beginning_again_never_writes_over_a_trail_that_was_set_aside(stage: Stage) -> None:
    still = stage.clock()
    trail = AuditTrail(stage.path, KEY, stage.anchor, lambda: still)
    kept: dict[Path, bytes] = {}
    for _ in range(3):
        trail.append(Action.EXPORT)
        before = stage.path.read_bytes()
        kept[trail.begin_again()] = before
    assert [path.name for path in kept] == [f"audit-20260301-120001{n}.jsonl" for n in ("", "-2", "-3")]
    assert {path: path.read_bytes() for path in kept} == kept


def test_a_key_of_another_length_is_ours_to_mend(stage: Stage) -> None:
    with pytest.raises(BugError):
        AuditTrail(stage.path, b"short", stage.anchor)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk to be had here")
def test_a_full_disk_is_said_and_nothing_is_left_half(stage: Stage) -> None:
    import resource
    import signal

    trail = stage.open()
    made: list[AuditEntry] = [trail.append(Action.VIEW)]
    size = stage.path.stat().st_size
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
        with pytest.raises(KnownError, match="cannot be written"):
            trail.append(Action.VIEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert stage.path.stat().st_size == size
    made.append(trail.append(Action.LOCK))
    assert trail.entries(10) == made[::-1]
    assert trail.verify().good


def test_a_trail_that_cannot_be_closed_in_order_keeps_nobody_from_locking(stage: Stage) -> None:
    trail = stage.open()
    trail.append(Action.VIEW)
    stage.path.rename(stage.path.with_name("moved"))
    stage.path.mkdir()
    with pytest.raises(KnownError, match="cannot be written or read"):
        trail.append(Action.LOCK)
    trail.close()
