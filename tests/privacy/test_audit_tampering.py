"""Whoever has the file but not the key cannot alter it unseen; a power loss is told apart from that."""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from audit_stage import KEY, Stage
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.privacy.audit import ANCHOR_EVERY, AuditTrail
from agent_assist.privacy.audit.anchor import note_of
from agent_assist.privacy.audit.lines import Head, begins, signature, signed_line
from agent_assist.records.custody import Action, AuditVerdict

COUNT = 12


@cache
def trail_of_twelve() -> tuple[bytes, tuple[int, bytes]]:
    """A trail that was closed, and what its anchor remembers."""
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        trail = stage.open()
        for k in range(COUNT):
            trail.append(list(Action)[k % len(Action)], f"{k:032x}", {"k": k})
        trail.close()
        assert stage.anchor.held is not None
        return stage.path.read_bytes(), stage.anchor.held


@contextmanager
def written() -> Iterator[Stage]:
    with tempfile.TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        data, stage.anchor.held = trail_of_twelve()
        stage.path.write_bytes(data)
        yield stage


def checked(stage: Stage, data: bytes) -> AuditVerdict:
    stage.path.write_bytes(data)
    return stage.open().verify()


def held(lines: list[bytes]) -> tuple[int, bytes]:
    """What the anchor remembers of a trail that ends with these lines."""
    mac = signature(lines[-1].rstrip(b"\n"))
    assert mac is not None
    return len(lines), note_of(KEY, Head(len(lines), mac))


def named(verdict: AuditVerdict, line: int) -> bool:
    return f"Line {line} of" in verdict.problem


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_change_of_any_byte_is_found(data: st.DataObject) -> None:
    with written() as stage:
        whole = stage.path.read_bytes()
        at = data.draw(st.integers(0, len(whole) - 1))
        what = data.draw(st.binary(max_size=3).filter(lambda new: new != whole[at : at + 1]))
        changed = whole[:at] + what + whole[at + 1 :]
        if changed == whole[:-1]:
            return  # an end of line alone is put back, and nothing is lost
        verdict = checked(stage, changed)
        assert not verdict.good
        line = whole.count(b"\n", 0, at) + 1
        # Where the last line lost its end it looks as if it had been cut short: then the end is what is wrong.
        assert named(verdict, line) or line == COUNT or whole[at : at + 1] == b"\n"


@given(st.permutations(range(COUNT)))
@settings(max_examples=60, deadline=None)
def test_any_other_order_is_found_at_its_first_line(order: list[int]) -> None:
    with written() as stage:
        lines = stage.lines()
        verdict = checked(stage, b"".join(lines[k] for k in order))
        first = next((k for k, other in enumerate(order) if k != other), None)
        assert verdict.good is (first is None)
        assert first is None or named(verdict, first + 1)


@given(st.sets(st.integers(0, COUNT - 1), min_size=1))
@settings(max_examples=60, deadline=None)
def test_any_line_taken_out_is_found(out: set[int]) -> None:
    with written() as stage:
        left = [line for k, line in enumerate(stage.lines()) if k not in out]
        assert not checked(stage, b"".join(left)).good


@given(st.integers(0, COUNT), st.integers(0, COUNT - 1))
@settings(max_examples=60, deadline=None)
def test_a_line_put_in_is_found(at: int, which: int) -> None:
    with written() as stage:
        lines = stage.lines()
        verdict = checked(stage, b"".join((*lines[:at], lines[which], *lines[at:])))
        assert not verdict.good
        assert named(verdict, at + 1) or named(verdict, at + 2)


def test_a_line_signed_with_another_key_is_found() -> None:
    with written() as stage, tempfile.TemporaryDirectory() as other:
        forged = Stage(Path(other))
        trail = AuditTrail(forged.path, bytes(32), forged.anchor)
        for _ in range(COUNT):
            trail.append(Action.VIEW)
        verdict = checked(stage, forged.path.read_bytes())
        assert named(verdict, 1)


@given(st.integers(0, COUNT))
@settings(max_examples=30, deadline=None)
def test_an_end_cut_off_is_found_and_stays_found(left: int) -> None:
    with written() as stage:
        lines = stage.lines()
        verdict = checked(stage, b"".join(lines[:left]))
        assert verdict.good is (left == COUNT)
        trail = stage.open()
        for _ in range(2 * COUNT):
            trail.append(Action.VIEW)
        trail.close()
        assert stage.open().verify().good is (left == COUNT), "what is written later does not cover it up"


def test_an_end_cut_off_while_it_runs_is_told_by_the_program_that_runs() -> None:
    with written() as stage:
        trail = stage.open()
        trail.append(Action.VIEW)  # not at the anchor yet
        stage.path.write_bytes(b"".join(stage.lines()[:-1]))
        trail.append(Action.VIEW)
        trail.close()
        newest, told = stage.open().entries(2)
        assert newest.action is Action.VIEW
        assert told.detail == {"found": "missing lines", "known": COUNT + 1, "there": COUNT}
        assert named(stage.open().verify(), COUNT + 1)


@pytest.mark.parametrize("left", [1, 10])
def test_a_cut_whose_note_in_the_keyring_was_deleted_is_told_as_one_that_cannot_be_known(left: int) -> None:
    with written() as stage:
        stage.anchor.held = None
        verdict = checked(stage, b"".join(stage.lines()[:left]))
        assert (verdict.good, verdict.anchored) == (True, False)
        assert f"was not there when line {left + 1} was written" in verdict.problem
        assert stage.anchor.held is not None
        trail = stage.open()
        for _ in range(2 * ANCHOR_EVERY):
            trail.append(Action.EXPORT)
        trail.close()
        assert stage.open().verify().problem == verdict.problem, "what is written later does not cover it up"
        stage.anchor.held = None
        line = left + 2 + 2 * ANCHOR_EVERY
        assert f"when line {line} was" in stage.open().verify().problem, "the second time shows behind the first"
        trail = stage.open()
        trail.begin_again()
        again = trail.verify()
        assert (again.good, again.problem, again.anchored) == (True, "", True)


def test_a_note_that_is_deleted_while_it_runs_is_told() -> None:
    with written() as stage:
        trail = stage.open()
        stage.anchor.held = None
        assert f"line {COUNT + 1} " in trail.verify().problem
        assert trail.verify().entries == COUNT + 1, "told once"


def test_who_can_write_to_the_keyring_makes_no_note_of_an_earlier_line() -> None:
    """Its signature can be read in the file; the seal beside it takes the key."""
    with written() as stage:
        lines = stage.lines()[:4]
        count, note = held(lines)
        stage.anchor.held = (count, note[:32] + bytes(32))
        verdict = checked(stage, b"".join(lines))
        assert (verdict.good, verdict.anchored) == (True, False)
        assert "when line 5 was written" in verdict.problem
        assert stage.open().entries(1)[0].detail == {"anchor": "of another trail"}


def test_a_cut_does_not_pass_behind_a_keyring_that_was_locked_at_the_opening() -> None:
    with written() as stage:
        stage.anchor.locked = True
        stage.path.write_bytes(b"".join(stage.lines()[:4]))
        trail = stage.open()
        trail.append(Action.EXPORT)
        stage.anchor.locked = False
        trail.append(Action.EXPORT)
        trail.close()
        assert not stage.open().verify().good


def test_a_trail_of_another_key_begins_without_an_alarm_and_says_so_in_its_first_line() -> None:
    """As after a history was set aside that nobody could open any more."""
    with written() as stage:
        stage.path.rename(stage.path.with_name("aside"))
        trail = AuditTrail(stage.path, bytes(32), stage.anchor, stage.clock)
        trail.append(Action.UNLOCK)
        first = trail.entries(9)[-1]
        assert (first.n, first.detail) == (1, {"anchor": "of another trail"})
        trail.close()
        verdict = AuditTrail(stage.path, bytes(32), stage.anchor, stage.clock).verify()
        assert (verdict.good, verdict.problem, verdict.anchored) == (True, "", True)


def test_a_file_that_is_gone_is_found() -> None:
    with written() as stage:
        stage.path.unlink()
        assert not stage.open().verify().good


def test_what_a_cut_can_hide_is_what_is_documented() -> None:
    """After a kill, the lines since the last visit to the keyring: fewer than ANCHOR_EVERY, none of them weighty."""
    with written() as stage:
        trail = stage.open()
        for _ in range(ANCHOR_EVERY - 1):
            trail.append(Action.VIEW)
        del trail  # killed: never closed
        lines = stage.lines()
        assert checked(stage, b"".join(lines[:COUNT])).good
        stage.anchor.held = held(lines[:COUNT])
        assert not checked(stage, b"".join(lines[: COUNT - 1])).good


# --- power loss


@given(st.integers(1, 400), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_line_that_a_power_loss_cut_short_is_closed_off_and_everything_holds(length: int, zeros: bool) -> None:
    with written() as stage:
        before = stage.path.read_bytes()
        trail = stage.open()
        trail.append(Action.VIEW, "a" * 32)
        line = stage.path.read_bytes()[len(before) :]
        stage.anchor.held = held(before.splitlines())
        cut = line[: min(length, len(line) - 1)]
        if zeros:
            cut = cut[: len(cut) // 2] + bytes(len(cut) - len(cut) // 2)
        stage.path.write_bytes(before + cut)
        again = stage.open()
        verdict = again.verify()
        assert (verdict.good, verdict.entries) == (True, COUNT + 1)
        whole = cut == line[:-1]
        assert again.entries(1)[0].detail == ({} if whole else {"torn": len(cut)})
        again.append(Action.VIEW)
        again.close()
        last = stage.open()
        assert last.verify().good
        assert last.entries(1)[0].n == COUNT + 2
        # The bytes of a cut line are signed too.
        data = bytearray(stage.path.read_bytes())
        data[len(before)] ^= 1
        assert not checked(stage, bytes(data)).good


def test_a_cut_line_is_told_apart_from_bytes_that_nobody_of_us_wrote() -> None:
    for rubbish in (b"x", b"{}", b'{"n":99,"at":"', b"\0\0x"):
        with written() as stage:
            verdict = checked(stage, stage.path.read_bytes() + rubbish)
            assert named(verdict, COUNT + 1), rubbish
    assert begins(Head(12), b'{"n":13,"at":"2026')
    assert not begins(Head(12), b"")


# --- several at once, and kills

ADDER = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from audit_stage import KEY, Kept
from agent_assist.privacy.audit import AuditTrail
from agent_assist.records.custody import Action
trail = AuditTrail(Path(sys.argv[1]), KEY, Kept())
print("ready", flush=True)
for k in range(int(sys.argv[2])):
    trail.append(Action.VIEW, "", {{"who": sys.argv[3], "k": k}})
"""


def adder(path: Path, count: int, who: str) -> subprocess.Popen[bytes]:
    code = ADDER.format(tests=str(Path(__file__).parent))
    return subprocess.Popen([sys.executable, "-c", code, str(path), str(count), who], stdout=subprocess.PIPE)


def test_two_processes_add_to_one_chain(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    children = [adder(stage.path, 60, who) for who in ("one", "two")]
    for child in children:
        child.communicate(timeout=60)
        assert child.returncode == 0
    trail = stage.open()
    entries = [entry for entry in trail.entries(1000) if entry.action is Action.VIEW]
    assert trail.verify().good
    for who in ("one", "two"):
        assert [e.detail["k"] for e in reversed(entries) if e.detail["who"] == who] == list(range(60))


def test_kills_at_any_moment_lose_nothing_that_was_kept(tmp_path: Path) -> None:
    stage, rng = Stage(tmp_path), random.Random(11)
    for _ in range(4):
        child = adder(stage.path, 100_000, "killed")
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(rng.random() * 0.1)  # the moment of the kill is what is tried
        child.kill()
        child.communicate()
        trail = stage.open()
        assert trail.verify().good
        count = len(trail.entries(1_000_000))
        trail.append(Action.UNLOCK)
        assert len(trail.entries(1_000_000)) == count + 1


@pytest.mark.parametrize("count", [20_000])
def test_a_long_trail_stays_quick(tmp_path: Path, count: int) -> None:
    """`docs/security.md` has the figures for 100,000; here only that nothing grows with the square of the length."""
    stage, head, at = Stage(tmp_path), Head(), datetime(2026, 3, 1, tzinfo=UTC)
    with stage.path.open("wb") as file:
        for _ in range(count):
            line, head = signed_line(KEY, head, at, Action.VIEW, "ab" * 16, {"way": "window"}, b"")
            file.write(line)
    stage.anchor.held = (head.count, note_of(KEY, head))
    began = time.perf_counter()
    trail = stage.open()
    trail.append(Action.VIEW)
    assert trail.entries(200)[0].n == count + 1
    assert time.perf_counter() - began < 0.5
    assert trail.verify().good
    assert time.perf_counter() - began < 5
