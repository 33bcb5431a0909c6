"""The history's key: random, 256 bits, kept in the system keyring or wrapped with a passphrase. Never in plaintext.

What else is secret (`kept_secret`) lies in the system keyring or nowhere.

The only importer of keyring. `Places.key_file` says where the key is: it names the keyring that holds it, or carries
the key sealed with AES-256-GCM under Argon2id of the passphrase (RFC 9106). Which of the two is decided once, on first
use:

- a passphrase that was given (typed, or in `AGENT_ASSIST_PASSPHRASE`) is an explicit choice and wraps the key, also
  where a keyring works: a headless service must not depend on somebody's desktop session;
- else the system keyring, where one of its safe backends works;
- else `Locked`: nothing is created until somebody gives a passphrase.

Once a key file exists it is the only truth. A keyring that has lost the key, or another keyring in its place, is an
error that says so; a second key is never made beside it.
"""

from __future__ import annotations

import hashlib
import os
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import keyring
import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError

from agent_assist import environment
from agent_assist.environment import PASSPHRASE_VARIABLE
from agent_assist.errors import KnownError, Locked
from agent_assist.paths import Places

PASSPHRASE_LENGTH = 8
SERVICE = "agent-assist"

_KEY_BYTES = 32
_VERSION = 1
# RFC 9106's second recommendation (64 MiB, three passes), one lane because two cores are shared with the model: 0.14 s.
_MEMORY_KIB = 65_536
_PASSES = 3
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


class WrongPassphrase(Locked):
    """The passphrase that was given does not open the history; ask again."""


class KeyHome(StrEnum):
    """Where the history's key is, or where it would go on first use."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105  # a place, not a passphrase
    NEW_KEYRING = "new: keyring available"
    NEW_PASSPHRASE = "new: passphrase needed"  # noqa: S105  # as above


@dataclass(frozen=True, slots=True)
class KeyState:
    """Where the history's key is, for the window and the doctor.

    Attributes:
        home: kept already, or new.
        keyring: the keyring that holds or would hold it, in words; None where a passphrase wraps it.
    """

    home: KeyHome
    keyring: str | None = None


class _InKeyring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="keyring", tag_field="kind"):
    backend: str
    fingerprint: str


class _Wrapped(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="argon2id-aes256gcm", tag_field="kind"):
    salt: bytes
    nonce: bytes
    sealed: bytes
    # Bounded, so that a damaged file cannot ask for all memory or for minutes.
    memory_kib: Annotated[int, msgspec.Meta(ge=8_192, le=1_048_576)] = _MEMORY_KIB
    passes: Annotated[int, msgspec.Meta(ge=1, le=16)] = _PASSES
    lanes: Annotated[int, msgspec.Meta(ge=1, le=16)] = 1


class _KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    id: str
    keeper: _InKeyring | _Wrapped
    check: str


class _AnyVersion(msgspec.Struct):
    version: int


def passphrase_from_environment() -> str | None:
    """The passphrase in `AGENT_ASSIST_PASSPHRASE`; None where it is unset or empty."""
    return environment.passphrase()


def state(places: Places) -> KeyState:
    """Where the history's key is, or would go. Asks no keyring for anything and writes nothing.

    Raises:
        KnownError: the key file is damaged, or missing beside a history.
    """
    file = _read(places)
    if file is not None:
        if isinstance(file.keeper, _InKeyring):
            return KeyState(KeyHome.KEYRING, _spoken(file.keeper.backend))
        return KeyState(KeyHome.PASSPHRASE)
    backend = next(iter(_backends()), None)
    if backend is None:
        return KeyState(KeyHome.NEW_PASSPHRASE)
    return KeyState(KeyHome.NEW_KEYRING, _spoken(_name(backend)))


def database_key(places: Places, passphrase: str | None = None) -> bytes:
    """The history's key, 32 bytes; made on first use. The folder `places.home` has to exist.

    Args:
        places: where the key file is.
        passphrase: what the person typed. Not needed, and not looked at, where the keyring already holds the key.

    Raises:
        Locked: a passphrase is needed and none was given.
        WrongPassphrase: it is not the right one.
        KnownError: the keyring does not give the key back, the key file is damaged, missing beside a history or cannot
            be written, or a new passphrase is too short.
    """
    file = _read(places) or _create(places, passphrase)
    if isinstance(file.keeper, _InKeyring):
        return _fetch(file.id, file.keeper)
    if passphrase is None:
        raise Locked(f"The history is locked. Enter its passphrase, or set {PASSPHRASE_VARIABLE}.")
    return _unwrap(file.id, file.keeper, passphrase)


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


def _create(places: Places, passphrase: str | None) -> _KeyFile:
    key, identity = os.urandom(_KEY_BYTES), os.urandom(16).hex()
    keeper = _store(identity, key) if passphrase is None else _wrap(identity, key, passphrase)
    file = _KeyFile(_VERSION, identity, keeper, _checksum(identity, keeper))
    _write(places.key_file, msgspec.json.format(msgspec.json.encode(file)))
    # Read back: where two processes started at once, the file of the first one counts for both.
    written = _read(places)
    if written is None:
        raise KnownError(f"The key file {places.key_file} vanished while it was made. Start Agent Assist again.")
    return written


# --- the system keyring


def _store(identity: str, key: bytes) -> _InKeyring:
    backend = next(iter(_backends()), None)
    if backend is None:
        raise Locked(
            "This system has no keyring to keep the history's key in: "
            f"set a passphrase of at least {PASSPHRASE_LENGTH} characters, or {PASSPHRASE_VARIABLE}."
        )
    refused = (
        f"The history's new key could not be kept in {_spoken(_name(backend))}. "
        f"Unlock it and try again, or set a passphrase or {PASSPHRASE_VARIABLE}."
    )
    try:
        _ask(lambda: backend.set_password(SERVICE, identity, key.hex()))
        # A keyring may take a secret and forget it; better to know before anything is encrypted with it.
        if _ask(lambda: backend.get_password(SERVICE, identity)) != key.hex():
            raise Locked(refused)
    except _KeyringError as error:
        raise Locked(refused) from error
    return _InKeyring(_name(backend), _fingerprint(key.hex()))


def _fetch(identity: str, keeper: _InKeyring) -> bytes:
    spoken = _spoken(keeper.backend)
    backend = next((b for b in _backends() if _name(b) == keeper.backend), None)
    if backend is None:
        raise KnownError(
            f"The history's key is kept in {spoken}, which is not available in this session. "
            "Start Agent Assist where that keyring is running and unlocked."
        )
    try:
        stored = _ask(lambda: backend.get_password(SERVICE, identity))
    except _KeyringError as error:
        raise KnownError(
            f"The history's key is kept in {spoken}, which did not give it out. Unlock that keyring and try again."
        ) from error
    if stored is None:
        raise KnownError(
            f"The history's key was kept in {spoken} but is no longer there. "
            f"Restore that keyring (entry {SERVICE}, {identity}); without the key the history cannot be read."
        )
    if _fingerprint(stored) != keeper.fingerprint:
        raise KnownError(
            f"The entry in {spoken} is not the key of this history. "
            f"Restore that keyring (entry {SERVICE}, {identity}); without the key the history cannot be read."
        )
    return bytes.fromhex(stored)


def _in_keyring(places: Places, name: str, operation: Callable[[KeyringBackend, str], T]) -> T:
    backend = next(iter(_backends()), None)
    if backend is None:
        raise KnownError("This needs the system's keyring, and none is running here. Start one and unlock it.")
    # Two installations of one person have secrets of their own.
    entry = f"{name} {hashlib.sha256(str(places.home).encode()).hexdigest()[:16]}"
    try:
        return _ask(lambda: operation(backend, entry))
    except _KeyringError as error:
        raise KnownError(f"This needs {_spoken(_name(backend))}. Unlock it and try again.") from error


def _backends() -> list[KeyringBackend]:
    """The keyrings of this session that are safe to use, best first."""
    try:
        chosen = keyring.get_keyring()
        # The chainer answers from whichever keyring has the entry: name the one that really holds it.
        found: list[KeyringBackend] = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
        return [b for b in found if b.priority >= 1 and not _name(b).startswith(_REFUSED)]
    except _FAILURES + _MISCONFIGURED:
        return []


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
        raise _KeyringError(type(error).__name__) from error


def _name(backend: KeyringBackend) -> str:
    return f"{type(backend).__module__}.{type(backend).__qualname__}"


def _spoken(backend: str) -> str:
    return _SPOKEN.get(backend.rpartition(".")[0], f"the keyring {backend}")


def _fingerprint(stored: str) -> str:
    """Tells a changed keyring entry from a damaged history. Of a random 256-bit key a hash gives nothing away."""
    return hashlib.sha256(b"agent-assist key " + stored.encode()).hexdigest()


# --- the passphrase


def _wrap(identity: str, key: bytes, passphrase: str) -> _Wrapped:
    if len(passphrase) < PASSPHRASE_LENGTH:
        raise KnownError(f"The passphrase is too short: it needs at least {PASSPHRASE_LENGTH} characters.")
    draft = _Wrapped(salt=os.urandom(16), nonce=os.urandom(12), sealed=b"")
    sealed = AESGCM(_stretch(draft, passphrase)).encrypt(draft.nonce, key, identity.encode())
    return msgspec.structs.replace(draft, sealed=sealed)


def _unwrap(identity: str, keeper: _Wrapped, passphrase: str) -> bytes:
    try:
        return AESGCM(_stretch(keeper, passphrase)).decrypt(keeper.nonce, keeper.sealed, identity.encode())
    except InvalidTag:
        raise WrongPassphrase("The passphrase does not open the history. Try again.") from None


def _stretch(keeper: _Wrapped, passphrase: str) -> bytes:
    # NFC, because keyboards of different systems compose accents differently (RFC 8265, OpaqueString).
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    salt, passes, lanes, memory = keeper.salt, keeper.passes, keeper.lanes, keeper.memory_kib
    return Argon2id(salt=salt, length=_KEY_BYTES, iterations=passes, lanes=lanes, memory_cost=memory).derive(secret)


# --- the key file


def _read(places: Places) -> _KeyFile | None:
    path = places.key_file
    # Looked at first: another process may be making both just now, and it makes the key file first.
    has_history = places.history.exists()
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        if has_history:
            raise KnownError(
                f"There is a history but its key file {path} is missing. Put the key file back from a backup; "
                "to start an empty history instead, move history.db away."
            ) from None
        return None
    except OSError as error:
        raise KnownError(f"The key file {path} cannot be read ({error.strerror}). Check its permissions.") from error
    damaged = f"The key file {path} is damaged. Put it back from a backup; without it the history cannot be read."
    try:
        if msgspec.json.decode(data, type=_AnyVersion).version > _VERSION:
            raise KnownError(f"The key file {path} was written by a newer Agent Assist. Install that version.")
        file = msgspec.json.decode(data, type=_KeyFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise KnownError(damaged) from error
    if file.check != _checksum(file.id, file.keeper):
        raise KnownError(damaged)
    return file


def _checksum(identity: str, keeper: _InKeyring | _Wrapped) -> str:
    """Tells a damaged file from a wrong passphrase."""
    return hashlib.sha256(identity.encode() + msgspec.json.encode(keeper)).hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Writes the key file whole and lasting, unless there is one already: then that one stays."""
    fresh = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  # a mode
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _place(fresh, path)
    except OSError as error:
        raise KnownError(
            f"The key file {path} cannot be written ({error.strerror}). Check the folder's permissions and free space."
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def _place(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)  # unlike a rename it never replaces what another process has just put there
    except FileExistsError:
        return
    except OSError:  # no hard links here: FAT, some network drives
        if path.exists():
            return
        fresh.replace(path)
    if sys.platform != "win32":  # where a folder can be opened, its entry is made to last too
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
