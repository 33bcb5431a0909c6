"""The system's keyring: the history's key, and other small secrets that lie there or nowhere.

The only importer of keyring. Nothing that a keyring answers, and no key, is ever part of an error.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable
from typing import TypeVar

import keyring
import msgspec
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError

from agent_assist.environment import PASSPHRASE_VARIABLE
from agent_assist.errors import KnownError
from agent_assist.paths import Places

SERVICE = "agent-assist"

# keyrings.alt keeps secrets in files, in plaintext or behind a prompt on the terminal, and the other packages of that
# namespace answer for cloud accounts; null and fail keep nothing.
_REFUSED = ("keyrings.", "keyring.backends.null", "keyring.backends.fail")
_SPOKEN = {
    "keyring.backends.SecretService": "the desktop's Secret Service keyring",
    "keyring.backends.libsecret": "the desktop's Secret Service keyring",
    "keyring.backends.kwallet": "KDE Wallet",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.macOS": "the macOS keychain",
}

T = TypeVar("T")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of one keyring.

    Attributes:
        backend: the class of the keyring, with its module.
        name: the user name of the entry; random.
    """

    backend: str
    name: str

    @property
    def spoken(self) -> str:
        """The keyring in words."""
        return _SPOKEN.get(self.backend.rpartition(".")[0], f"the keyring {self.backend}")


class Lost(Exception):
    """The keyring does not give the key out.

    Attributes:
        what: happened, as a sentence.
        remedy: what would bring the keyring's entry back, as the end of a sentence.
        gone: whether the entry itself is lost; else its keyring only does not work now.
    """

    def __init__(self, what: str, remedy: str, *, gone: bool) -> None:
        super().__init__(what)
        self.what, self.remedy, self.gone = what, remedy, gone


class Refused(KnownError):
    """No keyring of this session keeps what it is given."""


def new_entry() -> Entry | None:
    """A new name in the best keyring of this session, where nothing lies yet; None where there is no safe keyring."""
    backend = next(iter(_backends()), None)
    return None if backend is None else Entry(_name(backend), os.urandom(16).hex())


def store(entry: Entry, key: bytes) -> None:
    """Keeps a key.

    Raises:
        Refused: the keyring does not take it, or does not give it back.
    """
    refused = Refused(
        f"The history's key could not be kept in {entry.spoken}. "
        f"Unlock it and try again, or set a passphrase or {PASSPHRASE_VARIABLE}."
    )
    backend = _backend(entry)
    if backend is None:
        raise refused
    try:
        _ask(lambda: backend.set_password(SERVICE, entry.name, key.hex()))
        # A keyring may take a secret and forget it; better to know before anything is encrypted with it.
        kept = _ask(lambda: backend.get_password(SERVICE, entry.name))
    except _KeyringError:
        raise refused from None
    if kept != key.hex():
        raise refused


def fetch(entry: Entry, is_right: Callable[[bytes], bool]) -> bytes:
    """The key that an entry holds.

    Args:
        entry: where it was kept.
        is_right: tells the right key from another one.

    Raises:
        Lost: the keyring is not there, refuses, or holds nothing or something else.
    """
    backend = _backend(entry)
    if backend is None:
        raise Lost(
            f"The history's key is kept in {entry.spoken}, which is not available in this session.",
            "start Agent Assist where that keyring is running and unlocked",
            gone=False,
        )
    try:
        stored = _ask(lambda: backend.get_password(SERVICE, entry.name))
    except _KeyringError:
        what = f"The history's key is kept in {entry.spoken}, which did not give it out."
        raise Lost(what, "unlock that keyring and try again", gone=False) from None
    restore = f"restore that keyring (entry {SERVICE}, {entry.name})"
    if stored is None:
        raise Lost(f"The history's key was kept in {entry.spoken} but is no longer there.", restore, gone=True)
    key = _bytes(stored)
    if not is_right(key):
        raise Lost(f"The entry in {entry.spoken} is not the key of this history.", restore, gone=True)
    return key


def forget(entry: Entry) -> bool:
    """Deletes an entry; whether it is gone. Where its keyring does not run or refuses, it is not."""
    backend = _backend(entry)
    if backend is None:
        return False
    try:
        if _ask(lambda: backend.get_password(SERVICE, entry.name)) is not None:
            _ask(lambda: backend.delete_password(SERVICE, entry.name))
    except _KeyringError:
        return False
    return True


def kept_secret(places: Places, name: str) -> str | None:
    """A secret that the system keyring alone holds, never a file; raises KnownError where no keyring gives it out."""
    return _in_keyring(places, name, lambda backend, entry: backend.get_password(SERVICE, entry))


def keep_secret(places: Places, name: str, value: str | None) -> None:
    """Keeps a secret in the place of the one before; None forgets it. Raises as `kept_secret` does."""
    if value is not None:
        _in_keyring(places, name, lambda backend, entry: backend.set_password(SERVICE, entry, value))
    elif kept_secret(places, name) is not None:
        _in_keyring(places, name, lambda backend, entry: backend.delete_password(SERVICE, entry))
    if kept_secret(places, name) != value:
        raise KnownError("The system's keyring did not keep what it was given. Unlock it and try again.")


def _in_keyring(places: Places, name: str, operation: Callable[[KeyringBackend, str], T]) -> T:
    backend = next(iter(_backends()), None)
    if backend is None:
        raise KnownError("This needs the system's keyring, and none is running here. Start one and unlock it.")
    # Two installations of one person have secrets of their own.
    entry = f"{name} {hashlib.sha256(str(places.home).encode()).hexdigest()[:16]}"
    try:
        return _ask(lambda: operation(backend, entry))
    except _KeyringError:
        raise KnownError(f"This needs {Entry(_name(backend), entry).spoken}. Unlock it and try again.") from None


def _backends() -> list[KeyringBackend]:
    """The keyrings of this session that are safe to use, best first."""
    try:
        chosen = keyring.get_keyring()
        # The chainer answers from whichever keyring has the entry: name the one that really holds it.
        found: list[KeyringBackend] = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
        return [b for b in found if b.priority >= 1 and not _name(b).startswith(_REFUSED)]
    except _FAILURES + _MISCONFIGURED:
        return []


def _backend(entry: Entry) -> KeyringBackend | None:
    return next((b for b in _backends() if _name(b) == entry.backend), None)


class _KeyringError(Exception):
    """The keyring refused, is locked, or is not running."""


def _platform_failures() -> tuple[type[Exception], ...]:
    """What the platform's backends let through beside keyring's own errors; each package is a dependency of keyring."""
    if sys.platform == "win32":
        from win32ctypes.pywin32 import pywintypes  # type: ignore[import-untyped]  # ships no type information

        return (pywintypes.error,)
    if sys.platform == "linux":
        from jeepney import DBusErrorResponse  # type: ignore[import-untyped]  # ships no type information
        from secretstorage import SecretStorageException

        return (DBusErrorResponse, SecretStorageException)
    return ()


_FAILURES: tuple[type[Exception], ...] = (KeyringError, RuntimeError, OSError, *_platform_failures())
# A backend is configured (PYTHON_KEYRING_BACKEND, keyringrc.cfg) that does not exist.
_MISCONFIGURED: tuple[type[Exception], ...] = (ImportError, AttributeError, ValueError)


def _ask(operation: Callable[[], T]) -> T:
    try:
        return operation()
    except _FAILURES as error:
        # Only its kind goes on: nobody knows what a backend puts into a message.
        raise _KeyringError(type(error).__name__) from None


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _bytes(stored: str) -> bytes:
    try:
        return bytes.fromhex(stored)
    except ValueError:
        return b""
