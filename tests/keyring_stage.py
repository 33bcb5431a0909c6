"""Keyrings to test with: one in memory, and GNOME's own on a session bus of the test's."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring
import pytest
from fake_keyring import MemoryKeyring
from keyring.backend import KeyringBackend
from keyring.backends import SecretService, fail

from agent_assist import secrets
from agent_assist.paths import Places

PASSPHRASE = "correct horse battery"
ROOT = Path(secrets.__file__).parents[2]

_TOOLS = ("dbus-daemon", "gnome-keyring-daemon")
needs_gnome = pytest.mark.skipif(
    sys.platform != "linux" or not all(map(shutil.which, _TOOLS)),
    reason="GNOME Keyring is not installed here (Debian: apt-get install dbus gnome-keyring)",
)


def use(backend: KeyringBackend) -> None:
    """From here on this is the session's keyring."""
    keyring.set_keyring(backend)


def use_none() -> None:
    """From here on there is no keyring."""
    use(fail.Keyring())  # type: ignore[no-untyped-call]  # keyring leaves it bare


def entry(places: Places) -> str:
    """The user name under which the keyring keeps this installation's key."""
    return str(json.loads(places.key_file.read_bytes())["key"]["keeper"]["entry"]["name"])


class OnKeyring:
    """Tests that hold of every keyring that keeps the key; a subclass gives a working one."""

    spoken: str

    @pytest.fixture
    def backend(self) -> KeyringBackend:
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def chosen(self, backend: KeyringBackend) -> Iterator[None]:
        before = keyring.get_keyring()
        use(backend)
        yield
        keyring.set_keyring(before)


class OnMemory(OnKeyring):
    spoken = "the keyring fake_keyring.MemoryKeyring"

    @pytest.fixture
    def backend(self) -> KeyringBackend:
        return MemoryKeyring()


class OnGnome(OnKeyring):
    """To be marked with `needs_gnome`."""

    spoken = "the desktop's Secret Service keyring"

    @pytest.fixture
    def backend(self, session_bus: None) -> KeyringBackend:
        return SecretService.Keyring()  # type: ignore[no-untyped-call]  # keyring leaves it bare

    @pytest.fixture
    def session_bus(self, own_folders: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """A session bus of the test's own, with a new unlocked keyring in the test's home."""
        bus_command = ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"]
        keyring_command = ["gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"]
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(own_folders))
        with running(bus_command) as address:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
            with running(keyring_command, b"password\n"):
                yield


@contextmanager
def running(command: list[str], told: bytes = b"") -> Iterator[str]:
    """A daemon that says one line once it is ready; gives that line."""
    daemon = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert daemon.stdin is not None and daemon.stdout is not None
    try:
        daemon.stdin.write(told)
        daemon.stdin.close()
        yield daemon.stdout.readline().decode().strip()
    finally:
        daemon.terminate()
        daemon.wait(10)
        daemon.stdout.close()
