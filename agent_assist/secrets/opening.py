"""The history's key as it is asked for: from the keyring, with the passphrase, or with the recovery words."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from enum import StrEnum

from agent_assist import environment
from agent_assist.environment import PASSPHRASE_VARIABLE
from agent_assist.errors import KnownError, Locked
from agent_assist.paths import Places
from agent_assist.secrets import changing, key_file, keyrings, words, wrapping
from agent_assist.secrets.changing import WrongPassphrase, recovery_bound
from agent_assist.secrets.key_file import InKeyring, KeyFile
from agent_assist.secrets.keyrings import Lost, Refused
from agent_assist.secrets.wrapping import PASSPHRASE_LENGTH, Wrapped


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
        recovery: whether recovery words open it too.
        rekeying: whether a change of the key was begun and is not finished.
    """

    home: KeyHome
    keyring: str | None = None
    recovery: bool = False
    rekeying: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """The database key, 32 bytes; `next` is the one that an unfinished re-key leads to, None where there is none."""

    current: bytes = field(repr=False)
    next: bytes | None = field(default=None, repr=False)


def passphrase_from_environment() -> str | None:
    """The passphrase or the recovery words in `AGENT_ASSIST_PASSPHRASE`; None where it is unset or empty."""
    return environment.passphrase()


def state(places: Places) -> KeyState:
    """Where the history's key is, or would go. Asks no keyring for anything and writes nothing.

    Raises:
        KnownError: the key file is damaged, or missing beside a history.
    """
    file = key_file.read(places)
    if file is None:
        entry = keyrings.new_entry()
        return KeyState(KeyHome.NEW_PASSPHRASE) if entry is None else KeyState(KeyHome.NEW_KEYRING, entry.spoken)
    recovery, rekeying = file.recovery is not None, file.following is not None
    if isinstance(file.keeper, InKeyring):
        return KeyState(KeyHome.KEYRING, file.keeper.entry.spoken, recovery, rekeying)
    return KeyState(KeyHome.PASSPHRASE, None, recovery, rekeying)


def database_key(places: Places, passphrase: str | None = None) -> bytes:
    """The history's key, as `database_keys` gives it; in the middle of a re-key the one before it."""
    return database_keys(places, passphrase).current


def database_keys(places: Places, passphrase: str | None = None) -> Keys:
    """The history's key; made on first use. The folder `places.home` has to exist.

    Where the keyring has lost it and the recovery words bring it back, a keyring that works now keeps it again.

    Args:
        places: where the key file is.
        passphrase: what the person typed: the passphrase or the recovery words. Not needed, and not looked at, where
            the keyring already holds the key.

    Raises:
        Locked: a passphrase or the words are needed and none were given.
        WrongPassphrase: they are not the right ones.
        KnownError: the keyring does not give the key back and there are no recovery words, the key file is damaged,
            missing beside a history or cannot be written, or a new passphrase is too short.
    """
    file = key_file.read(places) or _create(places, passphrase)
    key, by_words = _open(file, passphrase)
    following = None if file.following is None else changing.open_following(places, file.following, key)
    if by_words is not None:
        changing.keep_again(places, key, following, by_words)
    elif file.leftovers:
        changing.sweep(places)
    return Keys(key, following)


def _create(places: Places, passphrase: str | None) -> KeyFile:
    key, identity = os.urandom(wrapping.KEY_BYTES), os.urandom(16).hex()
    keeper = _new_in_keyring(key) if passphrase is None else _new_wrapped(key, passphrase, identity)
    made = KeyFile(identity, keeper, wrapping.fingerprint(key))
    written = key_file.create(places, made)
    if written.id != made.id and isinstance(keeper, InKeyring):  # another process was first
        keyrings.forget(keeper.entry)
    return written


def _new_in_keyring(key: bytes) -> InKeyring:
    entry = keyrings.new_entry()
    if entry is None:
        raise Locked(
            "This system has no keyring to keep the history's key in: "
            f"set a passphrase of at least {PASSPHRASE_LENGTH} characters, or {PASSPHRASE_VARIABLE}."
        )
    try:
        keyrings.store(entry, key)
    except Refused as error:
        raise Locked(str(error)) from None
    return InKeyring(entry)


def _new_wrapped(key: bytes, passphrase: str, identity: str) -> Wrapped:
    if words.read(passphrase) is not None:
        raise KnownError("There is no history here that recovery words could open. Restore a backup first.")
    wrapping.check_passphrase(passphrase)
    return wrapping.wrap(key, passphrase, identity)


def _open(file: KeyFile, typed: str | None) -> tuple[bytes, str | None]:
    """The key, and the recovery words where it was they that opened it."""
    if isinstance(file.keeper, Wrapped):
        return _with_passphrase(file, file.keeper, typed)
    try:
        return keyrings.fetch(file.keeper.entry, lambda found: wrapping.is_key(found, file.fingerprint or "")), None
    except Lost as lost:
        return _without_keyring(file, lost, typed)


def _with_passphrase(file: KeyFile, keeper: Wrapped, typed: str | None) -> tuple[bytes, str | None]:
    if typed is None:
        what = "its passphrase or your recovery words" if file.recovery else "its passphrase"
        raise Locked(f"The history is locked. Enter {what}, or set {PASSPHRASE_VARIABLE}.")
    by_words = _with_words(file, typed)
    if by_words is not None:
        return by_words
    key = wrapping.unwrap(keeper, typed, file.id)
    if key is not None:
        return key, None
    if file.recovery is None:
        raise WrongPassphrase(
            "The passphrase does not open the history. Try again; there are no recovery words to enter instead."
        )
    slip = words.mistyped(typed)
    raise WrongPassphrase(
        f"{slip} Look at it again."
        if slip
        else "That does not open the history. Try again, or enter your recovery words."
    )


def _without_keyring(file: KeyFile, lost: Lost, typed: str | None) -> tuple[bytes, str | None]:
    remedy = lost.remedy[0].upper() + lost.remedy[1:]
    if file.recovery is None and lost.gone:
        raise KnownError(
            f"{lost.what} Recovery words were never made. {remedy}; without the key the history cannot be read."
        )
    if file.recovery is None:
        raise KnownError(f"{lost.what} {remedy}.")
    if typed is None:
        raise Locked(f"{lost.what} Enter your recovery words, or {lost.remedy}.")
    by_words = _with_words(file, typed)
    if by_words is not None:
        return by_words
    slip = words.mistyped(typed) or "These are not the recovery words that were made last."
    last = "; without either the history cannot be read" if lost.gone else ""
    raise WrongPassphrase(f"{lost.what} {slip} Enter your recovery words again, or {lost.remedy}{last}.")


def _with_words(file: KeyFile, typed: str) -> tuple[bytes, str] | None:
    made = words.read(typed)
    if file.recovery is None or made is None:
        return None
    key = wrapping.unwrap(file.recovery, made, recovery_bound(file.id))
    return None if key is None else (key, made)
