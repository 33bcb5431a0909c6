"""What opens the history when keyring or passphrase are lost, and key files of version 1."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import keyring
import pytest
from fake_keyring import MemoryKeyring
from keyring_stage import PASSPHRASE, entry, use, use_none

from agent_assist import secrets
from agent_assist.errors import KnownError, Locked
from agent_assist.paths import Places
from agent_assist.secrets import KeyHome, WrongPassphrase, database_key, database_keys, state
from agent_assist.secrets import words as words_module

NEW = "another passphrase altogether"

# Written by the version before this one, with PASSPHRASE.
FIRST_KEY = "18857560c2bc5d6fec7149a01ef753f271abd5d6be6bb597f5bd97274de6e00d"
FIRST = """{
  "version": 1,
  "id": "5c096ff8241cb738cec7533f5792a234",
  "keeper": {
    "kind": "argon2id-aes256gcm",
    "salt": "izrLgAqAoBUdh1Y3hzHzkg==",
    "nonce": "irR6FV0QrhNWaelM",
    "sealed": "2t/0z7hRgE4WBJ4hfwBEJBQWKYVYl7F+9IxSnPRq+cZA1qKRqNL2IAJy/ZPFf1Z7",
    "memory_kib": 65536,
    "passes": 3,
    "lanes": 1
  },
  "check": "502e75f6101dc1634fdc40c72724eb97891b12b97be1b861dbb00bc247ae6a7a"
}"""


class OtherKeyring(MemoryKeyring):
    """Another kind of keyring."""


@pytest.fixture(autouse=True)
def keyring_restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def backend() -> MemoryKeyring:
    made = MemoryKeyring()
    use(made)
    return made


def slipped(words: str) -> str:
    """With the last letter of the third group mistyped."""
    return words[:16] + ("A" if words[16] != "A" else "B") + words[17:]


# --- recovery words


def test_words_open_it_beside_the_passphrase_and_the_last_made_count(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    assert not state(places).recovery
    first = secrets.make_recovery(places, key)
    second = secrets.make_recovery(places, key)
    assert state(places) == secrets.KeyState(KeyHome.PASSPHRASE, recovery=True)
    for way in (PASSPHRASE, second, second.lower().replace("-", "")):
        assert database_key(places, way) == key
    with pytest.raises(WrongPassphrase):
        database_key(places, first)
    for group in second.split("-"):
        assert group.encode() not in places.key_file.read_bytes()


def test_a_forgotten_passphrase_is_replaced_with_the_help_of_the_words(places: Places) -> None:
    words = secrets.make_recovery(places, database_key(places, PASSPHRASE))
    with pytest.raises(Locked, match="Enter its passphrase or your recovery words"):
        database_key(places)
    with pytest.raises(WrongPassphrase, match="enter your recovery words"):
        database_key(places, "what was it again")
    secrets.change_passphrase(places, database_key(places, words), NEW)
    assert database_key(places, NEW) == database_key(places, words)


def test_a_mistyped_group_is_named(places: Places) -> None:
    words = secrets.make_recovery(places, database_key(places, PASSPHRASE))
    with pytest.raises(WrongPassphrase, match=r"^Group 3 of the recovery words is mistyped\. Look at it again\.$"):
        database_key(places, slipped(words))


def test_without_words_nobody_is_sent_to_look_for_any(places: Places) -> None:
    database_key(places, PASSPHRASE)
    with pytest.raises(WrongPassphrase, match="there are no recovery words"):
        database_key(places, "what was it again")
    with pytest.raises(Locked) as caught:
        database_key(places)
    assert "words" not in str(caught.value)


def test_words_open_nothing_where_there_is_no_history(places: Places) -> None:
    words = words_module.make()
    with pytest.raises(KnownError, match="Restore a backup first"):
        database_key(places, words)
    assert not list(places.home.iterdir())


def test_another_keyring_keeps_it_once_the_words_opened_it(places: Places, backend: MemoryKeyring) -> None:
    key = database_key(places)
    words = secrets.make_recovery(places, key)
    other = OtherKeyring()
    use(other)
    with pytest.raises(Locked, match=r"not available in this session\. Enter your recovery words, or start"):
        database_key(places)
    assert database_key(places, words) == key
    assert database_key(places) == key
    assert state(places).keyring == "the keyring test_secrets_losing.OtherKeyring"
    use(backend)  # it is here again: what it holds is kept there no more
    with pytest.raises(Locked):
        database_key(places)
    assert database_key(places, words) == key
    assert len(backend.entries) == 1
    use(other)


def test_where_no_keyring_works_it_stays_behind_the_words(places: Places, backend: MemoryKeyring) -> None:
    key = database_key(places)
    words = secrets.make_recovery(places, key)
    before = places.key_file.read_bytes()
    use_none()
    for _ in range(2):
        assert database_key(places, words) == key
    assert places.key_file.read_bytes() == before
    use(backend)
    assert database_key(places) == key


def test_a_locked_keyring_can_be_gone_round_with_the_words(places: Places, backend: MemoryKeyring) -> None:
    key = database_key(places)
    words = secrets.make_recovery(places, key)
    before = places.key_file.read_bytes()
    backend.locked = True
    with pytest.raises(Locked, match="Enter your recovery words, or unlock that keyring"):
        database_key(places)
    assert database_key(places, words) == key
    backend.locked = False
    assert database_key(places) == key
    assert json.loads(places.key_file.read_bytes())["key"]["keeper"] == json.loads(before)["key"]["keeper"]
    assert len(backend.entries) == 1


def test_wrong_words_for_a_lost_keyring_are_asked_for_again(places: Places, backend: MemoryKeyring) -> None:
    key = database_key(places)
    words = secrets.make_recovery(places, key)
    backend.entries.clear()
    with pytest.raises(WrongPassphrase, match="Group 3 of the recovery words is mistyped"):
        database_key(places, slipped(words))
    for wrong in (words_module.make(), PASSPHRASE):
        with pytest.raises(
            WrongPassphrase, match=r"not the recovery words .* without either the history cannot be read"
        ):
            database_key(places, wrong)
    assert not backend.entries
    assert database_key(places, words) == key


def test_losing_both_is_said_plainly(places: Places, backend: MemoryKeyring) -> None:
    database_key(places)
    backend.entries.clear()
    with pytest.raises(KnownError, match=r"Recovery words were never made\. .* the history cannot be read") as caught:
        database_key(places, PASSPHRASE)
    assert not isinstance(caught.value, Locked)


def test_an_interrupted_re_key_goes_on_with_the_words_alone(places: Places, backend: MemoryKeyring) -> None:
    old = database_key(places)
    words = secrets.make_recovery(places, old)
    new = secrets.begin_rekey(places, old, None)
    backend.entries.clear()
    use_none()
    assert database_keys(places, words) == secrets.Keys(old, new)
    secrets.finish_rekey(places, new)  # no keyring: the words keep it
    assert state(places) == secrets.KeyState(KeyHome.KEYRING, "the keyring fake_keyring.MemoryKeyring", recovery=True)
    assert database_keys(places, words) == secrets.Keys(new)
    use(backend)
    assert database_keys(places, words) == secrets.Keys(new)
    assert database_keys(places) == secrets.Keys(new)


# --- version 1


def test_a_file_of_version_1_opens_and_stays_as_it_is(places: Places) -> None:
    places.key_file.write_text(FIRST)
    assert database_key(places, PASSPHRASE).hex() == FIRST_KEY
    assert state(places) == secrets.KeyState(KeyHome.PASSPHRASE)
    with pytest.raises(WrongPassphrase):
        database_key(places, NEW)
    assert places.key_file.read_text() == FIRST


def test_a_file_of_version_1_becomes_2_at_its_first_change(places: Places) -> None:
    places.key_file.write_text(FIRST)
    key = database_key(places, PASSPHRASE)
    words = secrets.make_recovery(places, key)
    assert json.loads(places.key_file.read_bytes())["version"] == 2
    for way in (PASSPHRASE, words):
        assert database_key(places, way) == key
    new = secrets.begin_rekey(places, key, PASSPHRASE)
    secrets.finish_rekey(places, new)
    assert database_key(places, PASSPHRASE) == new


def test_a_damaged_file_of_version_1_is_said(places: Places) -> None:
    places.key_file.write_text(FIRST.replace('"passes": 3', '"passes": 2'))
    with pytest.raises(KnownError, match="damaged"):
        database_key(places, PASSPHRASE)


def test_a_keyring_s_file_of_version_1_opens_and_its_entry_goes_when_it_is_kept_elsewhere(
    places: Places, backend: MemoryKeyring
) -> None:
    key, identity = bytes(range(32)), "ab" * 16
    backend.entries[secrets.SERVICE, identity] = key.hex()
    fingerprint = hashlib.sha256(b"agent-assist key " + key.hex().encode()).hexdigest()
    name = "fake_keyring.MemoryKeyring"
    keeper = f'{{"kind":"keyring","backend":"{name}","fingerprint":"{fingerprint}"}}'
    check = hashlib.sha256((identity + keeper).encode()).hexdigest()
    places.key_file.write_text(f'{{"version": 1, "id": "{identity}", "keeper": {keeper}, "check": "{check}"}}')
    assert database_key(places) == key
    new = secrets.begin_rekey(places, key, None)
    assert database_keys(places) == secrets.Keys(key, new)
    secrets.finish_rekey(places, new)
    assert database_key(places) == new
    assert list(backend.entries) == [(secrets.SERVICE, entry(places))]
