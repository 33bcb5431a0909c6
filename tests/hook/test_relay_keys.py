"""The relay's token and secrets: in the keyring, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from fake_keyring import MemoryKeyring
from keyring.backends import fail

from agent_assist.capture.relay.keys import (
    DESKS,
    Keys,
    all_keys,
    forget_desk_secret,
    keep_desk_secret,
    new_relay_token,
    relay_token,
)
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Way
from agent_assist.secrets import database_key


@pytest.fixture(autouse=True)
def ring() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    one = MemoryKeyring()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)


def test_the_token_is_made_once_and_again_when_asked(places: Places) -> None:
    token = relay_token(places)
    assert len(token) == 43, "256 bits"
    assert relay_token(places) == token
    fresh = new_relay_token(places)
    assert fresh != token
    assert relay_token(places) == fresh


def test_it_lies_in_no_file(places: Places) -> None:
    relay_token(places)
    keep_desk_secret(places, Way.ZAMMAD, "zammad-token")
    assert list(places.home.iterdir()) == []


def test_two_installations_have_tokens_of_their_own(tmp_path: Path) -> None:
    one, two = Places(tmp_path / "one"), Places(tmp_path / "two")
    assert relay_token(one) != relay_token(two)


def test_the_history_s_key_is_another_entry(places: Places, ring: MemoryKeyring) -> None:
    key, token = database_key(places), relay_token(places)
    new_relay_token(places)
    assert len(ring.entries) == 2 and key.hex() != token
    assert database_key(places) == key


def test_secrets_are_kept_by_desk_and_forgotten(places: Places) -> None:
    keep_desk_secret(places, Way.CHATWOOT, "  whk_9f3c\n")
    assert all_keys(places, DESKS).secrets == {Way.CHATWOOT: "whk_9f3c"}
    keep_desk_secret(places, Way.CHATWOOT, "whk_2")
    keep_desk_secret(places, Way.ZAMMAD, "zt")
    assert all_keys(places, DESKS).secrets == {Way.CHATWOOT: "whk_2", Way.ZAMMAD: "zt"}
    assert all_keys(places, [Way.ZAMMAD]).secrets == {Way.ZAMMAD: "zt"}
    forget_desk_secret(places, Way.CHATWOOT)
    forget_desk_secret(places, Way.CHATWOOT)
    assert all_keys(places, DESKS).secrets == {Way.ZAMMAD: "zt"}


@pytest.mark.parametrize("typed", ["", " \n", "two\nlines", "x" * 1001, "tab\there", "\ud83d"])
def test_what_is_no_secret_is_refused_and_the_one_before_stays(places: Places, typed: str) -> None:
    keep_desk_secret(places, Way.ZAMMAD, "zt")
    with pytest.raises(KnownError, match="Zammad"):
        keep_desk_secret(places, Way.ZAMMAD, typed)
    assert all_keys(places, DESKS).secrets == {Way.ZAMMAD: "zt"}


def test_without_a_keyring_that_works_it_says_what_to_do(places: Places, ring: MemoryKeyring) -> None:
    ring.locked = True
    with pytest.raises(KnownError, match="Unlock it"):
        relay_token(places)
    ring.locked, ring.forgets = False, True
    with pytest.raises(KnownError, match="did not keep"):
        relay_token(places)
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring leaves it bare
    with pytest.raises(KnownError, match="none is running"):
        relay_token(places)


def test_a_passphrase_in_the_environment_is_no_way_around(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "correct horse battery")
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring leaves it bare
    with pytest.raises(KnownError, match="keyring"):
        relay_token(places)


def test_keys_never_show_themselves() -> None:
    shown = repr(Keys("the-token", {Way.ZAMMAD: "the-secret"}))
    assert "the-token" not in shown and "the-secret" not in shown
