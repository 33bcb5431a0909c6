"""The keys of conversations: never given out twice, gone for good once destroyed, and not lost with one file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from agent_assist.errors import BugError, KnownError
from agent_assist.history import History
from agent_assist.history.database import Damaged
from agent_assist.history.keys import ConversationKeys, twin_of
from agent_assist.history.sealing import Sealer
from agent_assist.paths import Places

KEY = b"k" * 32


@pytest.fixture
def keys(places: Places) -> Iterator[ConversationKeys]:
    with closing(ConversationKeys.open(places, KEY, make=True)) as opened:
        yield opened


def open_again(places: Places) -> ConversationKeys:
    return ConversationKeys.open(places, KEY)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def test_keys_are_there_after_closing_and_all_others(places: Places, keys: ConversationKeys) -> None:
    made = dict(keys.new() for _ in range(100))
    assert len(made) == len(set(made.values())) == 100
    assert {len(key) for key in made.values()} == {32}
    keys.close()
    with closing(open_again(places)) as again:
        assert again.many(made) == made
        assert not {number for number, _ in (again.new() for _ in range(100))} & made.keys()


def test_two_processes_are_given_different_keys_and_see_what_the_other_destroys(
    places: Places, keys: ConversationKeys
) -> None:
    with closing(open_again(places)) as other:
        mine, theirs = dict(keys.new() for _ in range(20)), dict(other.new() for _ in range(20))
        assert not mine.keys() & theirs.keys()
        assert keys.many(theirs) == theirs
        gone = next(iter(theirs))
        other.destroy([gone])
        assert keys.get(gone) is None
        assert keys.many(theirs) == {number: key for number, key in theirs.items() if number != gone}


def test_an_erasure_is_unfinished_until_it_is_said_to_be_done(places: Places, keys: ConversationKeys) -> None:
    (one, _), (two, _) = keys.new(), keys.new()
    keys.destroy([one, two])
    keys.finished([one])
    assert keys.unfinished() == (two,)
    keys.close()
    with closing(open_again(places)) as again:
        assert again.unfinished() == (two,)


def test_a_destroyed_key_is_in_neither_file(places: Places, keys: ConversationKeys) -> None:
    number, _ = keys.new()
    keys.destroy([number])
    keys.close()
    for path in (places.conversation_keys, twin_of(places.conversation_keys)):
        with closing(ConversationKeys.open(path, KEY)) as alone:
            assert alone.get(number) is None
        assert not path.with_name(path.name + "-journal").exists()


@pytest.mark.parametrize("which", ["first", "twin"])
@pytest.mark.parametrize("damage", [flip, Path.unlink, lambda path: path.write_bytes(b"no database")])
def test_one_file_that_is_damaged_or_missing_is_mended_from_the_other(
    places: Places, keys: ConversationKeys, which: str, damage: object
) -> None:
    assert callable(damage)
    made = dict(keys.new() for _ in range(100))
    secret = keys.secret("audit")
    keys.close()
    first, twin = places.conversation_keys, twin_of(places.conversation_keys)
    damage(first if which == "first" else twin)
    with closing(open_again(places)) as again:
        assert (again.many(made), again.secret("audit")) == (made, secret)
    for path in (first, twin):
        with closing(ConversationKeys.open(path, KEY)) as alone:
            assert (alone.many(made), alone.secret("audit")) == (made, secret)


def test_what_only_one_of_them_got_before_a_crash_is_in_both_afterwards(places: Places, keys: ConversationKeys) -> None:
    (gone, _), (kept, key) = keys.new(), keys.new()
    keys.close()
    first, twin = places.conversation_keys, twin_of(places.conversation_keys)
    with closing(ConversationKeys.open(twin, KEY)) as alone:  # the one that is written first
        alone.destroy([gone])
        fresh, fresh_key = alone.new()
    with closing(open_again(places)) as again:
        assert again.many([gone, kept, fresh]) == {kept: key, fresh: fresh_key}
        assert again.unfinished() == (gone,)
        assert again.new()[0] > fresh
    with closing(ConversationKeys.open(first, KEY)) as alone:
        assert alone.many([gone, kept, fresh]) == {kept: key, fresh: fresh_key}


def test_both_damaged_is_said_and_they_are_left_alone(places: Places, keys: ConversationKeys) -> None:
    keys.close()
    both = (places.conversation_keys, twin_of(places.conversation_keys))
    for path in both:
        flip(path)
    before = [path.read_bytes() for path in both]
    with pytest.raises(Damaged, match="Restore a backup"):
        open_again(places)
    assert [path.read_bytes() for path in both] == before


def test_another_key_opens_nothing_and_changes_nothing(places: Places, keys: ConversationKeys) -> None:
    keys.close()
    both = (places.conversation_keys, twin_of(places.conversation_keys))
    before = [path.read_bytes() for path in both]
    with pytest.raises(Damaged):
        ConversationKeys.open(places, b"w" * 32)
    assert [path.read_bytes() for path in both] == before


def test_a_history_without_its_keys_says_so_and_makes_none(places: Places) -> None:
    History.open(places).close()
    for path in (places.conversation_keys, twin_of(places.conversation_keys)):
        path.unlink()
    with pytest.raises(KnownError, match=r"keys of its conversations .* are missing\. Restore a backup"):
        History.open(places)
    assert not places.conversation_keys.exists()


def test_a_copy_opens_by_its_path_and_with_another_key_if_that_was_asked_for(
    places: Places, keys: ConversationKeys
) -> None:
    number, key = keys.new()
    keys.copy_to(places.home / "copy.db")
    keys.copy_to(places.home / "other.db", b"n" * 32)
    for name, opens in (("copy.db", KEY), ("other.db", b"n" * 32)):
        with closing(ConversationKeys.open(places.home / name, opens)) as copy:
            assert copy.get(number) == key
    with pytest.raises(Damaged):
        ConversationKeys.open(places.home / "other.db", KEY)


def test_what_is_sealed_opens_in_its_own_place_alone() -> None:
    sealer = Sealer(b"a" * 32)
    sealed = sealer.seal("turn", 3, "Where is my parcel?")
    assert b"parcel" not in sealed
    assert sealed != sealer.seal("turn", 3, "Where is my parcel?"), "the same nonce twice"
    assert sealer.open("turn", 3, sealed, str) == "Where is my parcel?"
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for kind, index, what, other in (
        ("turn", 4, sealed, sealer),
        ("spike", 3, sealed, sealer),
        ("turn", 3, flipped, sealer),
        ("turn", 3, b"", sealer),
        ("turn", 3, sealed, Sealer(b"b" * 32)),
    ):
        with pytest.raises(BugError) as caught:
            other.open(kind, index, what, str)
        assert "parcel" not in str(caught.value)
    with pytest.raises(BugError):
        sealer.open("turn", 3, sealed, int)


@pytest.mark.parametrize("damaged", ["one", "both"])
def test_a_damaged_page_is_never_copied_as_an_empty_one(places: Places, tmp_path: Path, damaged: str) -> None:
    with closing(ConversationKeys.open(places, KEY, make=True)) as keys:
        keys.reserve(200)
        key_id, key = keys.new()
        paths = (places.conversation_keys, twin_of(places.conversation_keys))
        for path in paths[: 1 if damaged == "one" else 2]:
            content = bytearray(path.read_bytes())
            for page in range(2, len(content) // 4096):  # while it is open: the check at the opening is over
                content[4096 * page + 100] ^= 1
            with path.open("r+b") as file:
                file.write(content)
        copy = tmp_path / "copy.db"
        if damaged == "both":
            with pytest.raises(Damaged):
                keys.copy_to(copy)
            assert list(tmp_path.glob("*copy*")) == []
            return
        keys.copy_to(copy)
    with closing(ConversationKeys.open(copy, KEY)) as copied:
        assert copied.get(key_id) == key
