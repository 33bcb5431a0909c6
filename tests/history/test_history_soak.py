"""A few rounds of what `make soak` does by the hundred: kills, full disks, flipped bits, power loss, wrong clocks."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest
from soak import clocks, copies, disk, flips, kills, power
from soak.tally import Tally

SEED = random.randrange(1_000_000)
unix = pytest.mark.skipif(sys.platform == "win32", reason="needs limits and signals of a POSIX system")


def good(tally: Tally) -> None:
    assert tally.problems == [], f"seed {SEED}: {tally}"
    assert tally.rounds > 0


@unix
def test_a_killed_process_loses_nothing_and_leaves_no_half_of_anything(tmp_path: Path) -> None:
    tally = kills.kill_under_load(tmp_path, 6, SEED)
    good(tally)
    assert tally.counts["steps done before a kill"] >= 6


@unix
def test_two_processes_at_once_that_are_killed_lose_nothing(tmp_path: Path) -> None:
    good(kills.kill_under_load(tmp_path, 2, SEED, at_once=2))


@unix
def test_a_process_that_is_killed_while_it_restores_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    good(copies.kill_while_copying(tmp_path, 3, SEED))


@unix
def test_a_backup_made_under_load_is_whole(tmp_path: Path) -> None:
    tally = copies.back_up_under_load(tmp_path, 1, SEED)
    good(tally)
    assert tally.counts["conversations brought back"] >= 1


def test_each_kind_of_file_with_a_flipped_bit_is_mended_or_said(tmp_path: Path) -> None:
    tally = flips.flip_bits(tmp_path, 6, SEED)
    good(tally)
    assert len(tally.counts) == 6


def test_every_part_of_the_log_that_power_left_opens_as_of_a_commit(tmp_path: Path) -> None:
    good(power.lose_power(tmp_path, 16, SEED))


@unix
def test_files_that_may_not_grow_lose_nothing(tmp_path: Path) -> None:
    good(disk.no_file_grows(tmp_path, 2, SEED))


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    tally = disk.full_disk(tmp_path, 1, SEED)
    if tally is None:
        pytest.skip("needs the right to mount a small disk (root); the limit on a file's size is tested anyway")
    good(tally)


def test_a_clock_that_jumps_loses_nothing(tmp_path: Path) -> None:
    good(clocks.jump(tmp_path, 15, SEED))
