"""The key file: who keeps the history's key, or the key wrapped; never the key itself.

Version 2. A file of version 1 (one keeper, no recovery words) is read as what it is, and is written as version 2 at its
first change. Every change replaces the file whole, so that a crash leaves the one before or the one after.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock
import msgspec

from agent_assist.errors import KnownError
from agent_assist.paths import Places, read_plain, sync
from agent_assist.secrets.keyrings import Entry
from agent_assist.secrets.wrapping import Sealed, Wrapped

_VERSION = 2
_PATIENCE = 10.0  # seconds; a change takes well under one
_FRESH = re.compile(r"\.[0-9a-f]{8}$")


class InKeyring(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="keyring", tag_field="kind"):
    """The key is an entry of a keyring."""

    entry: Entry


Keeper = InKeyring | Wrapped


class Next(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The key that a re-key leads to, while it is not finished.

    Attributes:
        id: of this key, random.
        fingerprint: of the key.
        keeper: who keeps it, once the re-key is finished.
        sealed: the key under the one before.
        recovery: wrapped by the recovery words, where they were typed meanwhile.
        before: the keys before it, under this key, newest first.
    """

    id: str
    fingerprint: str
    keeper: Keeper
    sealed: Sealed
    recovery: Wrapped | None = None
    before: tuple[Sealed, ...] | msgspec.UnsetType = msgspec.UNSET


class KeyFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the file says.

    Attributes:
        id: of this key, random; part of each wrap.
        keeper: who keeps the key.
        fingerprint: of the key; None where the file is of version 1 and a passphrase wraps it.
        recovery: the key, wrapped by the recovery words.
        following: the key of a re-key that is not finished.
        leftovers: entries of keyrings that are to be deleted, for nothing is kept in them any more.
        before: keys that this one replaced and that backups out of reach still have, each sealed under this key, newest
            first. Unset, not empty, where there are none: a file from before there were any keeps its check.
    """

    id: str
    keeper: Keeper
    fingerprint: str | None = None
    recovery: Wrapped | None = None
    following: Next | None = None
    leftovers: tuple[Entry, ...] = ()
    before: tuple[Sealed, ...] | msgspec.UnsetType = msgspec.UNSET


class _AnyVersion(msgspec.Struct):
    version: int


class _Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    key: KeyFile
    check: str


class _InKeyringOne(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="keyring", tag_field="kind"):
    backend: str
    fingerprint: str


class _One(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Version 1: the keyring's entry has the id for a name."""

    version: int
    id: str
    keeper: _InKeyringOne | Wrapped
    check: str


def read(places: Places) -> KeyFile | None:
    """What the key file says; None where neither it nor a history is there.

    Raises:
        KnownError: it is damaged, of a newer version, cannot be read, or is missing beside a history.
    """
    path = places.key_file
    # Looked at first: another process may be making both just now, and it makes the key file first.
    has_history = places.history.exists()
    try:
        data = read_plain(path)
    except FileNotFoundError:
        if has_history:
            raise KnownError(
                f"There is a history but its key file {path} is missing. Put the key file back from a backup; "
                "to start an empty history instead, move history.db away."
            ) from None
        return None
    except OSError as error:
        raise KnownError(f"The key file {path} cannot be read ({error.strerror}). Check its permissions.") from error
    try:
        return _decode(data, path)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise damaged(path) from None


def create(places: Places, made: KeyFile) -> KeyFile:
    """Writes the first key file, unless another process was first; what then counts.

    Raises:
        KnownError: it cannot be written.
    """
    _write(places.key_file, _encode(made), _place)
    written = read(places)
    if written is None:
        raise KnownError(f"The key file {places.key_file} vanished while it was made. Start Agent Assist again.")
    return written


def replace(places: Places, changed: KeyFile) -> None:
    """Puts another key file in the place of the one there; only within `changing`.

    Raises:
        KnownError: it cannot be written; the one before is whole then.
    """
    _write(places.key_file, _encode(changed), _swap)


@contextmanager
def changing(places: Places) -> Iterator[None]:
    """While it lasts no other process or thread changes the key file; what a crash left beside it is swept up.

    Raises:
        KnownError: another one has been at it for too long, or the folder cannot be written to.
    """
    path = places.key_file
    lock = filelock.FileLock(path.with_name(f"{path.name}.lock"), _PATIENCE, 0o600, thread_local=False)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise KnownError("Another Agent Assist is changing the history's key. Try again in a moment.") from None
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        _sweep(path)
        yield
    finally:
        lock.release()


def _decode(data: bytes, path: Path) -> KeyFile:
    version = msgspec.json.decode(data, type=_AnyVersion).version
    if version > _VERSION:
        raise KnownError(f"The key file {path} was written by a newer Agent Assist. Install that version.")
    if version == 1:
        return _from_one(msgspec.json.decode(data, type=_One), path)
    whole = msgspec.json.decode(data, type=_Whole)
    if version != _VERSION or whole.check != _checksum(whole.key):
        raise damaged(path)
    return whole.key


def _from_one(one: _One, path: Path) -> KeyFile:
    if one.check != hashlib.sha256(one.id.encode() + msgspec.json.encode(one.keeper)).hexdigest():
        raise damaged(path)
    if isinstance(one.keeper, Wrapped):
        return KeyFile(one.id, one.keeper)
    return KeyFile(one.id, InKeyring(Entry(one.keeper.backend, one.id)), one.keeper.fingerprint)


def _encode(made: KeyFile) -> bytes:
    return msgspec.json.format(msgspec.json.encode(_Whole(_VERSION, made, _checksum(made))))


def _checksum(made: KeyFile) -> str:
    """Tells a damaged file from a wrong passphrase."""
    return hashlib.sha256(msgspec.json.encode(made)).hexdigest()


def damaged(path: Path) -> KnownError:
    """What to say of a key file that is not whole."""
    return KnownError(
        f"The key file {path} is damaged. Put it back from a backup; without it the history cannot be read."
    )


def _unwritable(path: Path, error: OSError) -> KnownError:
    return KnownError(
        f"The key file {path} cannot be written ({error.strerror}). Check the folder's permissions and free space."
    )


# --- files


def _write(path: Path, data: bytes, put: Callable[[Path, Path], None]) -> None:
    """Writes a file whole and lasting beside `path`, and puts it there."""
    fresh = path.with_name(f"{path.name}.{os.urandom(4).hex()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123  # a mode
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        put(fresh, path)
        sync(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _swap(fresh: Path, path: Path) -> None:
    fresh.replace(path)


def _place(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)  # unlike a rename it never replaces what another process has just put there
    except FileExistsError:
        return
    except OSError:  # no hard links here: FAT, some network drives
        if not path.exists():
            fresh.replace(path)


def _sweep(path: Path) -> None:
    """Deletes what a process that was killed left beside the key file."""
    for one in path.parent.glob(f"{path.name}.*"):
        if _FRESH.search(one.name):
            with suppress(OSError):
                one.unlink()
