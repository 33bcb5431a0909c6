from __future__ import annotations

import functools
import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from fake_keyring import MemoryKeyring
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring_stage import PASSPHRASE, ROOT, OnGnome, OnKeyring, OnMemory, entry, needs_gnome, use

from agent_assist import environment, secrets
from agent_assist.errors import KnownError, Locked
from agent_assist.history import History
from agent_assist.paths import Places
from agent_assist.secrets import KeyHome, WrongPassphrase, database_key, state


class OtherKeyring(MemoryKeyring):
    """Another kind of keyring."""


class WeakKeyring(MemoryKeyring):
    """One that keyring itself does not recommend."""

    priority = 0.5


# As the package keyrings.alt names its own.
PlaintextKeyring = type("PlaintextKeyring", (MemoryKeyring,), {"__module__": "keyrings.alt.file"})


@pytest.fixture(autouse=True)
def keyring_restored() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


class KeyringContract(OnKeyring):
    """What holds of every keyring that keeps the key."""

    def test_the_key_is_made_once_and_comes_back(self, places: Places) -> None:
        key = database_key(places)
        assert len(key) == 32
        assert database_key(places) == key

    def test_two_installations_have_keys_of_their_own(self, tmp_path: Path) -> None:
        one, two = Places(tmp_path / "one"), Places(tmp_path / "two")
        one.create()
        two.create()
        first, second = database_key(one), database_key(two)
        assert first != second
        assert (database_key(one), database_key(two)) == (first, second)

    def test_the_key_file_names_the_keyring_and_holds_no_key(self, places: Places, backend: KeyringBackend) -> None:
        key = database_key(places)
        text = places.key_file.read_text()
        named = json.loads(text)["key"]["keeper"]["entry"]["backend"]
        assert named == f"{type(backend).__module__}.{type(backend).__qualname__}"
        assert key.hex() not in text
        assert [p.name for p in places.home.iterdir()] == [places.key_file.name]

    def test_the_state_is_told(self, places: Places) -> None:
        assert state(places).home is KeyHome.NEW_KEYRING
        database_key(places)
        assert state(places) == secrets.KeyState(KeyHome.KEYRING, self.spoken)

    def test_a_key_that_the_keyring_lost_is_never_made_anew(self, places: Places, backend: KeyringBackend) -> None:
        database_key(places)
        file = places.key_file.read_bytes()
        backend.delete_password(secrets.SERVICE, entry(places))
        with pytest.raises(KnownError, match="no longer there") as caught:
            database_key(places)
        assert self.spoken in str(caught.value)
        assert places.key_file.read_bytes() == file
        assert backend.get_password(secrets.SERVICE, entry(places)) is None

    @pytest.mark.parametrize("changed", ["", "zz", "ab" * 32])
    def test_an_entry_that_is_another_key_is_refused(
        self, places: Places, backend: KeyringBackend, changed: str
    ) -> None:
        database_key(places)
        backend.set_password(secrets.SERVICE, entry(places), changed)
        with pytest.raises(KnownError, match="is not the key of this history"):
            database_key(places)

    def test_the_history_opens_with_it(self, places: Places) -> None:
        History.open(places).close()
        History.open(places).close()


class TestMemoryKeyring(OnMemory, KeyringContract):
    pass


@needs_gnome
class TestGnomeKeyring(OnGnome, KeyringContract):
    def test_a_locked_collection_is_said(self, places: Places) -> None:
        database_key(places)
        # Nobody answers its prompt here. In a process of its own: keyring leaves its connection open when refused.
        code = (
            "import secretstorage, sys, pathlib; from agent_assist import errors, secrets, paths\n"
            "secretstorage.get_default_collection(secretstorage.dbus_init()).lock()\n"
            "try: secrets.database_key(paths.Places(pathlib.Path(sys.argv[1])))\n"
            "except errors.KnownError as error: print(error)"
        )
        environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.SecretService.Keyring"}
        done = subprocess.run(
            [sys.executable, "-c", code, str(places.home)],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        assert "Secret Service keyring, which did not give it out. Unlock" in done.stdout


def test_a_locked_keyring_says_which_one_and_gives_the_key_later(places: Places) -> None:
    backend = MemoryKeyring()
    use(backend)
    key = database_key(places)
    backend.locked = True
    with pytest.raises(KnownError, match=r"MemoryKeyring, which did not give it out\. Unlock"):
        database_key(places)
    backend.locked = False
    assert database_key(places) == key


@pytest.mark.parametrize("now", [OtherKeyring, fail.Keyring, null.Keyring])
def test_another_keyring_than_the_one_that_has_the_key_is_said(places: Places, now: type[KeyringBackend]) -> None:
    use(MemoryKeyring())
    database_key(places)
    file = places.key_file.read_bytes()
    other = now()
    use(other)
    with pytest.raises(KnownError, match="MemoryKeyring, which is not available"):
        database_key(places, PASSPHRASE)
    assert places.key_file.read_bytes() == file
    assert not getattr(other, "entries", {})


def test_the_keyring_is_found_within_a_chain_of_several(places: Places) -> None:
    first = MemoryKeyring()

    class Chain(ChainerBackend):
        backends = [first, OtherKeyring()]  # noqa: RUF012  # as keyring's own chainer has it

    use(Chain())  # type: ignore[no-untyped-call]  # keyring leaves it bare
    key = database_key(places)
    use(first)
    assert database_key(places) == key


@pytest.mark.parametrize("flaw", ["locked", "forgets"])
def test_first_use_of_a_keyring_that_does_not_keep_anything_asks_for_a_passphrase(places: Places, flaw: str) -> None:
    backend = MemoryKeyring()
    setattr(backend, flaw, True)
    use(backend)
    with pytest.raises(Locked, match="AGENT_ASSIST_PASSPHRASE"):
        database_key(places)
    assert not places.key_file.exists()


@pytest.mark.parametrize("unsafe", [fail.Keyring, null.Keyring, WeakKeyring, PlaintextKeyring])
def test_without_a_safe_keyring_a_passphrase_is_asked_for(places: Places, unsafe: type[KeyringBackend]) -> None:
    use(unsafe())
    assert state(places) == secrets.KeyState(KeyHome.NEW_PASSPHRASE)
    with pytest.raises(Locked, match=r"set a passphrase .* AGENT_ASSIST_PASSPHRASE"):
        database_key(places)
    assert not list(places.home.iterdir())


def test_a_configured_keyring_that_does_not_exist_counts_as_none(tmp_path: Path) -> None:
    code = "import sys, pathlib; from agent_assist import secrets, paths; "
    code += "print(secrets.state(paths.Places(pathlib.Path(sys.argv[1]))).home)"
    for name in ("no.such.Keyring", "nothing", "keyring.backends.macOS.Keyring"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)],
            env={**os.environ, "PYTHON_KEYRING_BACKEND": name},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.stdout.strip(), done.stderr) == ("new: passphrase needed", "")


def test_a_passphrase_wraps_the_key(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    assert len(key) == 32
    assert database_key(places, PASSPHRASE) == key
    assert state(places) == secrets.KeyState(KeyHome.PASSPHRASE)
    assert key.hex() not in places.key_file.read_text()
    assert PASSPHRASE not in places.key_file.read_text()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no mode bits; the user's profile folder is private")
def test_the_key_file_is_its_owner_s_alone(places: Places) -> None:
    database_key(places, PASSPHRASE)
    assert stat.S_IMODE(places.key_file.stat().st_mode) == 0o600


def test_a_wrong_passphrase_can_be_asked_for_again(places: Places) -> None:
    key = database_key(places, PASSPHRASE)
    for wrong in ("correct horse batterY", "short", ""):
        with pytest.raises(WrongPassphrase):
            database_key(places, wrong)
    with pytest.raises(Locked) as caught:
        database_key(places)
    assert not isinstance(caught.value, WrongPassphrase)
    assert database_key(places, PASSPHRASE) == key


def test_accents_count_as_the_same_however_they_are_composed(places: Places) -> None:
    assert database_key(places, "caf\u00e9 cr\u00e8me") == database_key(places, "cafe\u0301 cre\u0300me")


def test_a_passphrase_of_bytes_that_are_no_text_works(places: Places) -> None:
    odd = b"pass\xff\xfephrase".decode(errors="surrogateescape")  # as os.environ hands such bytes on
    assert database_key(places, odd) == database_key(places, odd)


@pytest.mark.parametrize("short", ["", "1234567"])
def test_a_new_passphrase_has_a_least_length(places: Places, short: str) -> None:
    with pytest.raises(KnownError, match="at least 8"):
        database_key(places, short)
    assert not list(places.home.iterdir())


def test_a_given_passphrase_is_preferred_to_a_keyring_on_first_use(places: Places) -> None:
    backend = MemoryKeyring()
    use(backend)
    database_key(places, PASSPHRASE)
    assert state(places).home is KeyHome.PASSPHRASE
    assert not backend.entries


def test_the_environment_gives_the_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    assert secrets.passphrase_from_environment() is None
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", "")
    assert secrets.passphrase_from_environment() is None
    monkeypatch.setenv("AGENT_ASSIST_PASSPHRASE", PASSPHRASE)
    assert secrets.passphrase_from_environment() == PASSPHRASE


def test_a_history_without_its_key_file_gets_no_new_key(places: Places) -> None:
    places.history.write_bytes(b"something")
    use(MemoryKeyring())
    for act in (lambda: state(places), lambda: database_key(places), lambda: database_key(places, PASSPHRASE)):
        with pytest.raises(KnownError, match=r"its key file .* is missing"):
            act()
    assert not places.key_file.exists()
    assert places.history.read_bytes() == b"something"


def test_a_key_file_of_a_newer_version_is_left_alone(places: Places) -> None:
    database_key(places, PASSPHRASE)
    newer = json.dumps({**json.loads(places.key_file.read_bytes()), "version": 3, "more": []})
    places.key_file.write_text(newer)
    with pytest.raises(KnownError, match="newer Agent Assist"):
        database_key(places, PASSPHRASE)
    assert places.key_file.read_text() == newer


def test_a_key_file_that_cannot_be_read_is_a_plain_error(places: Places) -> None:
    places.key_file.mkdir()
    with pytest.raises(KnownError, match="cannot be read"):
        database_key(places, PASSPHRASE)


def test_a_key_file_that_cannot_be_written_is_a_plain_error(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="cannot be written"):
        database_key(Places(tmp_path / "missing"), PASSPHRASE)


@functools.cache
def good_key_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        places = Places(Path(folder))
        database_key(places, PASSPHRASE)
        return places.key_file.read_bytes()


@settings(max_examples=60, deadline=None)
@given(at=st.integers(0, 2000), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_key_file_is_said_and_left_as_it_is(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int, cut: bool
) -> None:
    places = Places(tmp_path_factory.mktemp("key"))
    good = good_key_file()
    at %= len(good)
    damaged = good[:at] if cut else good[:at] + bytes([byte]) + good[at + 1 :]
    places.key_file.write_bytes(damaged)
    try:
        same = state(places) == secrets.KeyState(KeyHome.PASSPHRASE)
    except KnownError as error:
        assert "damaged" in str(error) or "newer" in str(error)
    else:
        assert same and json.loads(damaged) == json.loads(good)
    assert places.key_file.read_bytes() == damaged


def test_of_two_first_uses_at_once_one_key_counts(places: Places) -> None:
    code = "import sys, pathlib; from agent_assist import secrets, paths; sys.stdin.readline(); "
    code += "print(secrets.database_key(paths.Places(pathlib.Path(sys.argv[1])), 'correct horse battery').hex())"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(places.home)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for child in children:
        assert child.stdin is not None
        child.stdin.write("go\n")
        child.stdin.flush()
    keys = {child.communicate(timeout=60)[0].strip() for child in children}
    assert keys == {database_key(places, PASSPHRASE).hex()}
    assert [p.name for p in places.home.iterdir()] == [places.key_file.name]


def test_a_child_process_gets_no_passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in environment.SECRET_VARIABLES:
        monkeypatch.setenv(name, PASSPHRASE)
    code = "import os; print([name for name in os.environ if 'PASSPHRASE' in name])"
    with environment.hidden_passphrase():
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert (environment.passphrase(), environment.new_passphrase()) == (PASSPHRASE, PASSPHRASE)


def test_a_first_use_that_came_second_leaves_nothing_in_the_keyring(places: Places) -> None:
    class Slow(MemoryKeyring):
        """Another first use of the same folder is done with it before this one is."""

        def set_password(self, service: str, username: str, password: str) -> None:
            super().set_password(service, username, password)
            if not first:
                first.append(b"")
                first[0] = database_key(places)

    first: list[bytes] = []
    backend = Slow()
    use(backend)
    assert database_key(places) == first[0]
    assert list(backend.entries) == [(secrets.SERVICE, entry(places))]
