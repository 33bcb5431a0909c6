"""Changes of who keeps the history's key, and of the key itself."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import filelock
import keyring
import pytest
from fake_keyring import MemoryKeyring
from keyring.backend import KeyringBackend
from keyring_stage import PASSPHRASE, ROOT, OnGnome, OnKeyring, OnMemory, entry, needs_gnome, use, use_none

from agent_assist import secrets
from agent_assist.errors import BugError, KnownError, Locked
from agent_assist.paths import Places
from agent_assist.secrets import KeyHome, WrongPassphrase, database_key, database_keys, state

NEW = "another passphrase altogether"


@pytest.fixture(autouse=True)
def keyring_restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


class ChangingContract(OnKeyring):
    """What holds of every keyring that keeps the key, or comes to keep it."""

    def test_a_passphrase_in_the_place_of_the_keyring(self, places: Places, backend: KeyringBackend) -> None:
        key = database_key(places)
        name = entry(places)
        secrets.change_passphrase(places, key, NEW)
        assert state(places) == secrets.KeyState(KeyHome.PASSPHRASE)
        assert database_key(places, NEW) == key
        assert backend.get_password(secrets.SERVICE, name) is None

    def test_the_keyring_in_the_place_of_a_passphrase(self, places: Places) -> None:
        key = database_key(places, PASSPHRASE)
        secrets.move_to_keyring(places, key)
        assert state(places) == secrets.KeyState(KeyHome.KEYRING, self.spoken)
        assert database_key(places) == key
        secrets.move_to_keyring(places, key)
        assert database_key(places) == key

    def test_a_new_key(self, places: Places, backend: KeyringBackend) -> None:
        old = database_key(places)
        name = entry(places)
        new = secrets.begin_rekey(places, old, None)
        assert state(places).rekeying
        assert database_keys(places) == secrets.Keys(old, new)
        secrets.finish_rekey(places, new)
        assert not state(places).rekeying
        assert database_keys(places) == secrets.Keys(new)
        assert entry(places) != name
        assert backend.get_password(secrets.SERVICE, name) is None

    def test_recovery_words_open_it_when_the_entry_is_gone_and_it_is_kept_again(
        self, places: Places, backend: KeyringBackend
    ) -> None:
        key = database_key(places)
        words = secrets.make_recovery(places, key)
        backend.delete_password(secrets.SERVICE, entry(places))
        with pytest.raises(Locked, match=r"no longer there.*Enter your recovery words"):
            database_key(places)
        assert database_key(places, words.lower().replace("-", " ")) == key
        assert database_key(places) == key
        assert state(places) == secrets.KeyState(KeyHome.KEYRING, self.spoken, recovery=True)


class TestMemoryKeyring(OnMemory, ChangingContract):
    pass


@needs_gnome
class TestGnomeKeyring(OnGnome, ChangingContract):
    pass


def test_another_passphrase(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    secrets.change_passphrase(places, key, NEW)
    assert database_key(places, NEW) == key
    with pytest.raises(WrongPassphrase):
        database_key(places, PASSPHRASE)


@pytest.mark.parametrize("short", ["", "1234567"])
def test_another_passphrase_has_a_least_length(places: Places, short: str) -> None:
    key = database_key(places, PASSPHRASE)
    with pytest.raises(KnownError, match="at least 8"):
        secrets.change_passphrase(places, key, short)
    assert database_key(places, PASSPHRASE) == key


@pytest.mark.parametrize("flaw", ["locked", "forgets", "none"])
def test_a_keyring_that_does_not_keep_it_changes_nothing(places: Places, flaw: str) -> None:
    key = database_key(places, PASSPHRASE)
    if flaw == "none":
        use_none()
    else:
        backend = MemoryKeyring()
        setattr(backend, flaw, True)
        use(backend)
    with pytest.raises(KnownError, match="passphrase"):
        secrets.move_to_keyring(places, key)
    assert state(places).home is KeyHome.PASSPHRASE
    assert database_key(places, PASSPHRASE) == key


def test_an_entry_whose_keyring_does_not_run_is_deleted_when_it_does(places: Places) -> None:
    backend = MemoryKeyring()
    use(backend)
    key = database_key(places)
    use_none()
    secrets.change_passphrase(places, key, NEW)
    assert database_key(places, NEW) == key
    assert backend.entries
    use(backend)
    assert database_key(places, NEW) == key
    assert not backend.entries
    assert b"MemoryKeyring" not in places.key_file.read_bytes()


def test_a_new_key_behind_a_passphrase_needs_that_passphrase(places: Places) -> None:
    old = database_key(places, PASSPHRASE)
    words = secrets.make_recovery(places, old)
    before = places.key_file.read_bytes()
    with pytest.raises(Locked, match="needs the passphrase"):
        secrets.begin_rekey(places, old, None)
    for wrong in (NEW, words):
        with pytest.raises(WrongPassphrase):
            secrets.begin_rekey(places, old, wrong)
    assert places.key_file.read_bytes() == before
    new = secrets.begin_rekey(places, old, PASSPHRASE)
    assert new != old
    for way in (PASSPHRASE, words):
        assert database_keys(places, way) == secrets.Keys(old, new)


def test_a_new_key_ends_the_old_recovery_words(places: Places) -> None:
    old = database_key(places, PASSPHRASE)
    words = secrets.make_recovery(places, old)
    new = secrets.begin_rekey(places, old, PASSPHRASE)
    secrets.finish_rekey(places, new)
    assert not state(places).recovery
    assert database_key(places, PASSPHRASE) == new
    with pytest.raises(WrongPassphrase):
        database_key(places, words)
    again = secrets.make_recovery(places, new)
    assert database_key(places, again) == new


def test_the_new_key_opens_those_before_until_they_are_let_go(places: Places) -> None:
    first = database_key(places, PASSPHRASE)
    assert secrets.keys_before(places, first) == ()
    second = secrets.begin_rekey(places, first, PASSPHRASE)
    secrets.finish_rekey(places, second)
    third = secrets.begin_rekey(places, second, PASSPHRASE)
    assert secrets.keys_before(places, second) == (first,)
    secrets.finish_rekey(places, third)
    assert secrets.keys_before(places, third) == (second, first)
    with pytest.raises(KnownError, match="Another Agent Assist has changed"):
        secrets.keys_before(places, first)
    secrets.let_go_of_before(places, third)
    assert secrets.keys_before(places, third) == ()
    assert database_key(places, PASSPHRASE) == third


def test_a_re_key_that_was_begun_twice_is_one(places: Places) -> None:
    old = database_key(places, PASSPHRASE)
    new = secrets.begin_rekey(places, old, PASSPHRASE)
    assert secrets.begin_rekey(places, old, None) == new
    secrets.finish_rekey(places, new)
    secrets.finish_rekey(places, new)
    assert database_keys(places, PASSPHRASE) == secrets.Keys(new)


def test_in_the_middle_of_a_re_key_nothing_else_is_changed(places: Places) -> None:
    old = database_key(places, PASSPHRASE)
    new = secrets.begin_rekey(places, old, PASSPHRASE)
    for act in (
        lambda: secrets.change_passphrase(places, old, NEW),
        lambda: secrets.make_recovery(places, old),
        lambda: secrets.move_to_keyring(places, old),
    ):
        with pytest.raises(KnownError, match="was interrupted"):
            act()
    with pytest.raises(BugError):
        secrets.finish_rekey(places, old)
    assert database_keys(places, PASSPHRASE) == secrets.Keys(old, new)


def test_whoever_still_has_the_old_key_changes_nothing(places: Places) -> None:
    old = database_key(places, PASSPHRASE)
    secrets.finish_rekey(places, secrets.begin_rekey(places, old, PASSPHRASE))
    before = places.key_file.read_bytes()
    for act in (
        lambda: secrets.change_passphrase(places, old, NEW),
        lambda: secrets.make_recovery(places, old),
        lambda: secrets.move_to_keyring(places, old),
        lambda: secrets.begin_rekey(places, old, PASSPHRASE),
        lambda: secrets.finish_rekey(places, old),
    ):
        with pytest.raises(KnownError, match="Another Agent Assist has changed"):
            act()
    assert places.key_file.read_bytes() == before


def test_a_new_key_is_not_finished_where_nothing_would_keep_it(places: Places) -> None:
    backend = MemoryKeyring()
    use(backend)
    old = database_key(places)
    new = secrets.begin_rekey(places, old, None)
    use_none()
    with pytest.raises(KnownError, match="No keyring"):
        secrets.finish_rekey(places, new)
    use(backend)
    assert database_keys(places) == secrets.Keys(old, new)
    secrets.finish_rekey(places, new)
    assert database_keys(places) == secrets.Keys(new)
    assert len(backend.entries) == 1


def test_a_new_key_that_the_keyring_lost_meanwhile_is_kept_again_when_it_is_finished(places: Places) -> None:
    backend = MemoryKeyring()
    use(backend)
    old = database_key(places)
    new = secrets.begin_rekey(places, old, None)
    for name, held in list(backend.entries.items()):
        if held == new.hex():
            del backend.entries[name]
    secrets.finish_rekey(places, new)
    assert database_keys(places) == secrets.Keys(new)
    assert len(backend.entries) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no mode bits; the user's profile folder is private")
def test_each_change_leaves_a_file_of_its_owner_s_alone_and_nothing_beside_it(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    left = places.key_file.with_name(f"{places.key_file.name}.0a1b2c3d")
    left.write_text("what a killed process left")
    secrets.make_recovery(places, key)
    secrets.change_passphrase(places, key, NEW)
    secrets.finish_rekey(places, secrets.begin_rekey(places, key, NEW))
    assert stat.S_IMODE(places.key_file.stat().st_mode) == 0o600
    lock = places.key_file.with_name(f"{places.key_file.name}.lock")
    assert {p.name for p in places.home.iterdir()} <= {places.key_file.name, lock.name}


def test_sub_keys_differ_by_purpose_and_by_key() -> None:
    keys = [secrets.subkey(bytes([n]) * 32, purpose) for n in (1, 2) for purpose in ("search", "conversation keys")]
    assert len(set(keys)) == 4
    assert {len(key) for key in keys} == {32}
    # Fixed for ever: files are encrypted with it.
    assert keys[0].hex() == "04b30bcea93755a3f6f57d5c355dddaac7842c49dbfea0641197adb893e7d811"


def test_no_key_and_no_words_are_in_what_python_shows_of_them(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    words = secrets.make_recovery(places, key)
    shown = [repr(database_keys(places, PASSPHRASE)), repr(state(places))]
    for wrong in (NEW, words[:-1] + ("A" if words[-1] != "A" else "B")):
        with pytest.raises(WrongPassphrase) as caught:
            database_key(places, wrong)
        shown += [str(caught.value), repr(caught.value)]
    for text in shown:
        assert key.hex() not in text and repr(key)[2:-1] not in text
        assert not any(group in text for group in words.split("-"))
        assert NEW not in text


def at_once(code: str, places: Places, *arguments: str) -> list[str]:
    """What processes print that run the same code at the same moment, one for each argument."""
    start = "import sys, pathlib\nfrom agent_assist import secrets\nfrom agent_assist.paths import Places\n"
    start += "places, given = Places(pathlib.Path(sys.argv[1])), sys.argv[2]\nsys.stdin.readline()\n"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", start + code, str(places.home), one],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for one in arguments
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    printed = [child.communicate(timeout=60)[0].strip() for child in children]
    assert all(child.returncode == 0 for child in children)
    return printed


def test_of_changes_at_once_the_last_counts_whole(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    given = [f"{NEW} {n}" for n in range(3)]
    at_once(f"secrets.change_passphrase(places, bytes.fromhex('{key.hex()}'), given)", places, *given)
    opened = 0
    for passphrase in given:
        try:
            assert database_key(places, passphrase) == key
            opened += 1
        except WrongPassphrase:
            pass
    assert opened == 1


def test_of_recovery_words_made_at_once_the_last_count(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    made = at_once(f"print(secrets.make_recovery(places, bytes.fromhex('{key.hex()}')))", places, "", "", "")
    opened = 0
    for words in made:
        try:
            assert database_key(places, words) == key
            opened += 1
        except WrongPassphrase:
            pass
    assert opened == 1


def test_of_re_keys_at_once_one_new_key_comes(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    code = f"print(secrets.begin_rekey(places, bytes.fromhex('{key.hex()}'), given).hex())"
    (new,) = set(at_once(code, places, PASSPHRASE, PASSPHRASE, PASSPHRASE))
    assert database_keys(places, PASSPHRASE).next == bytes.fromhex(new)


def test_a_change_does_not_wait_for_ever_for_another_process(
    places: Places, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    key = database_key(places, PASSPHRASE)
    monkeypatch.setattr("agent_assist.secrets.key_file._PATIENCE", 0.05)
    with filelock.FileLock(f"{places.key_file}.lock"), pytest.raises(KnownError, match="Another Agent Assist"):
        secrets.make_recovery(places, key)
    assert not json.loads(places.key_file.read_bytes())["key"]["recovery"]
