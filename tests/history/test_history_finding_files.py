from __future__ import annotations

import random
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from below import decrypted
from finder_stage import KEY, Saved, Stage

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import volumes, words
from agent_assist.history.database import connect, run
from agent_assist.paths import Places
from agent_assist.records import Query


@pytest.fixture
def stage(places: Places) -> Iterator[Stage]:
    stage = Stage(places)
    yield stage
    stage.close()


def below(stage: Stage) -> bytes:
    return decrypted(stage.places.search_index, secrets.subkey(KEY, "search"))


def planted(how_many: int, seed: int = 1) -> list[str]:
    """Words of which no two begin alike: the index leaves out what a word has in common with the one before."""
    letters = random.Random(seed)
    return [
        f"{chr(97 + n // 676)}{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" + "".join(letters.choices("qxzjkv", k=9))
        for n in range(how_many)
    ]


def traces(raw: bytes, planted: list[str]) -> list[str]:
    return [word for word in planted if word[3:].encode() in raw]


def test_what_is_forgotten_leaves_no_trace_below_the_encryption(stage: Stage) -> None:
    gone, kept = planted(300), planted(300, seed=2)
    for number in range(30):
        some = slice(number * 10, number * 10 + 10)
        stage.save(2 * number, Saved([" ".join(gone[some]), "late"], customer=gone[number * 10], tags=gone[some]))
        stage.save(2 * number + 1, Saved([" ".join(kept[some]), "late"]))
    assert len(stage.find("late")) == 60
    assert len(traces(below(stage), gone)) > 280, "the decryption does not work: the test would see nothing"
    stage.erase(*range(0, 60, 2))
    assert traces(below(stage), gone) == []
    assert not [word for word in gone if word.encode().hex().encode() in below(stage)], "a tag is left"
    assert len(traces(below(stage), kept)) > 280
    assert len(stage.find("late")) == 30
    stage.finder.close()
    assert traces(below(stage), gone) == []


def test_what_a_forgotten_conversation_said_before_leaves_no_trace_either(stage: Stage) -> None:
    before = planted(40)
    stage.save(1, Saved([" ".join(before)]))
    stage.save(2, Saved(["late"]))
    assert stage.find("late") == [2]
    stage.save(1, Saved(["another text"]))
    assert stage.find("another") == [1]
    stage.erase(1)
    assert traces(below(stage), before) == []


def test_an_older_text_in_the_index_goes_with_what_was_saved_after_it(stage: Stage) -> None:
    before = planted(40)
    stage.save(1, Saved([" ".join(before)]))
    assert stage.find(before[0]) == [1]
    stage.save(1, Saved(["not in the index yet"]))
    stage.erase(1)
    assert traces(below(stage), before) == []


def test_what_was_replaced_is_gone_when_there_was_time(stage: Stage) -> None:
    before = planted(40)
    stage.save(1, Saved([" ".join(before)]))
    stage.finder.catch_up()
    stage.save(1, Saved(["another text"]))
    assert stage.finder.catch_up() == 0
    assert traces(below(stage), before) == []


def test_an_erasure_that_was_cut_short_is_finished_by_a_sweep(stage: Stage) -> None:
    gone = planted(40)
    stage.save(1, Saved([" ".join(gone)]))
    stage.save(2, Saved(["late"]))
    stage.finder.catch_up()
    del stage.saved[1]
    stage.run("DELETE FROM conversation WHERE id = 1")
    assert stage.find(gone[0]) == [], "the index is asked what the history still holds"
    stage.finder.close()
    stage.finder = stage.new_finder()
    stage.finder.sweep()
    assert traces(below(stage), gone) == []
    assert stage.find("late") == [2]


def test_no_key_of_a_conversation_means_no_words(stage: Stage) -> None:
    stage.save_all(["late one", "late two"])
    del stage.saved[1]
    assert stage.find("late") == [2]
    assert stage.finder.catch_up() == 0


# --- damage


def make_missing(path: Path) -> None:
    path.unlink()


def make_empty(path: Path) -> None:
    path.write_bytes(b"")


def make_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-5000])


def make_noise(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(20000))


def make_foreign(path: Path) -> None:
    path.unlink()
    foreign = connect(path, b"f" * 32)
    run(foreign, "CREATE TABLE about (words)")
    foreign.close()


def make_older(path: Path) -> None:
    file = connect(path, secrets.subkey(KEY, "search"))
    run(file, "UPDATE about SET words = '0'")
    file.close()


def make_newer(path: Path) -> None:
    file = connect(path, secrets.subkey(KEY, "search"))
    run(file, "PRAGMA user_version = 99")
    file.close()


@pytest.mark.parametrize(
    "damage", [make_missing, make_empty, make_short, make_noise, make_foreign, make_older, make_newer]
)
def test_an_index_that_is_no_use_is_made_again_in_silence(
    stage: Stage, damage: Callable[[Path], None], capfd: pytest.CaptureFixture[str]
) -> None:
    stage.save_all([f"late {word}" for word in planted(200)])
    stage.finder.catch_up()
    stage.finder.close()
    damage(stage.places.search_index)
    stage.finder = stage.new_finder()
    assert stage.find("late") == list(range(200, 0, -1))
    assert capfd.readouterr() == ("", "")


def test_wherever_a_bit_flips_it_finds_the_same(stage: Stage) -> None:
    stage.save_all([f"late {word}" for word in planted(150)])
    stage.finder.catch_up()
    stage.finder.close()
    path = stage.places.search_index
    whole = path.read_bytes()
    chance = random.Random(7)
    for at in (0, 20, 4096 - 10, *(chance.randrange(len(whole)) for _ in range(25))):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << chance.randrange(8)
        path.write_bytes(flipped)
        for suffix in ("-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        stage.finder = stage.new_finder()
        assert stage.find("late") == list(range(150, 0, -1)), at
        assert stage.find(planted(150)[77]) == [78], at
        stage.finder.close()


def test_an_index_of_a_later_history_is_made_again(stage: Stage) -> None:
    """As after an older backup was put in place of the history."""
    stage.save_all(["late one", "late two"])
    stage.finder.catch_up()
    stage.save(1, Saved(["late three"]))
    stage.finder.catch_up()
    stage.finder.close()
    stage.run("DELETE FROM conversation")
    stage.changes = 0
    stage.save(1, Saved(["late one"]))
    stage.save(2, Saved(["late two"]))
    stage.finder = stage.new_finder()
    assert stage.find("one") == [1]
    assert stage.find("late") == [2, 1]


def test_a_number_that_is_given_again_means_the_new_conversation(stage: Stage) -> None:
    stage.save_all(["late one", "late two"])
    stage.finder.catch_up()
    stage.erase(2)
    stage.changes = 1
    stage.save(3, Saved(["late three"]))
    assert stage.find("late") == [3, 1]
    assert stage.find("two") == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows refuses to delete an open file")
def test_two_finders_agree_after_one_has_made_the_file_again(stage: Stage) -> None:
    other = stage.new_finder()
    stage.save_all(["late one", "late two"])
    assert other.find(Query("late")) == stage.find("late") == [2, 1]
    other.rebuild()
    assert other.find(Query("late")) == [2, 1]
    stage.erase(1)
    assert other.find(Query("late")) == stage.find("late") == [2]
    other.close()
    assert b"one" not in below(stage)


CHILD = """
import sys
from pathlib import Path
from finder_stage import Saved, Stage
from agent_assist.paths import Places
stage = Stage(Places(Path(sys.argv[1])))
stage.save_all(f"late word{n}" for n in range(300))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(40):
    stage.finder.catch_up(7)
    assert len(stage.find("late")) == 200
stage.close()
"""


def test_two_processes_bring_it_up_to_date_at_once(stage: Stage) -> None:
    """They hold the same history, as two windows of one person do."""
    command = [sys.executable, "-c", CHILD, str(stage.places.home)]
    folder = str(Path(__file__).parent)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder) as child:
        assert child.stdin
        assert child.stdout
        assert child.stdout.readline() == "ready\n"
        stage.save_all(f"late word{n}" for n in range(300))
        child.stdin.write("go\n")
        child.stdin.flush()
        for _ in range(40):
            stage.finder.catch_up(11)
            assert stage.find("word7")[-1] == 8
            assert len(stage.find("late")) == 200
    assert child.returncode == 0
    assert stage.finder.find(Query("late"), 1000) == list(range(300, 0, -1))


def test_a_full_disk_leaves_what_is_in_the_index_to_be_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.save_all(["late one", "late two"])
    stage.finder.catch_up()

    def full(self: volumes.Volumes, entry: volumes.Entry) -> None:
        raise KnownError("The disk is full: the history was not changed. Free some space and try again.")

    monkeypatch.setattr(volumes.Volumes, "put", full)
    stage.save_all(["late three"])
    assert stage.find("late") == [2, 1]
    with pytest.raises(KnownError, match="full"):
        stage.finder.catch_up()
    monkeypatch.undo()
    assert stage.find("late") == [3, 2, 1]


# --- what it costs


def test_a_search_takes_in_the_newest_first_and_no_more_than_it_has_time_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent_assist.history.finding._PER_SEARCH", 30)
    monkeypatch.setattr("agent_assist.history.finding._AT_ONCE", 7)
    monkeypatch.setattr(volumes, "VOLUME", 16)
    stage.save_all(["late"] * 100)
    assert stage.find("late") == list(range(100, 70, -1))
    stage.save_all(["late"] * 5)
    assert stage.find("late") == list(range(105, 45, -1))
    assert stage.finder.catch_up(10) == 35
    assert stage.finder.catch_up(100) == 0
    assert stage.find("late") == list(range(105, 0, -1))
    stage.reads = 0
    stage.find("late")
    assert stage.finder.catch_up() == 0
    assert stage.reads == 0, "nothing is read twice"


def test_folding_is_that_of_the_history_without_accents() -> None:
    assert words.words("Ｃafé CAFE\u0301 Straße don't A-48213 naïve_x") == [
        *("cafe", "cafe", "strasse", "don", "t", "a", "48213", "naive", "x")
    ]
    assert words.words(string.punctuation + "\x00\ud800") == []
