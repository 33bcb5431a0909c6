"""Changes of who keeps the history's key, and of the key itself; each survives a crash between any two of its steps.

Each change is one replacement of the key file. Before a keyring is given a key, the file names the new entry among its
leftovers, and after the file has let go of an entry it names the old one there: whatever a crash leaves in a keyring is
deleted at the next opening.
"""

from __future__ import annotations

import os
from contextlib import suppress

import msgspec

from agent_assist.errors import BugError, KnownError, Locked
from agent_assist.paths import Places
from agent_assist.secrets import key_file, keyrings, words, wrapping
from agent_assist.secrets.key_file import InKeyring, Keeper, KeyFile, Next
from agent_assist.secrets.keyrings import Entry, Refused
from agent_assist.secrets.wrapping import Wrapped


class WrongPassphrase(Locked):
    """What was typed does not open the history; ask again."""


def make_recovery(places: Places, key: bytes) -> str:
    """New recovery words; the words before no longer open the history.

    Args:
        places: where the key file is.
        key: the open history's.

    Returns:
        The words, as they are to be written down; they are kept nowhere.

    Raises:
        KnownError: the key is another one by now, or the key file cannot be written; the words before still count then.
    """
    made = words.make()
    with key_file.changing(places):
        file = _current(places, key)
        wrapped = wrapping.wrap(key, made, recovery_bound(file.id))
        key_file.replace(places, msgspec.structs.replace(file, recovery=wrapped))
    return made


def change_passphrase(places: Places, key: bytes, new: str) -> None:
    """Wraps the key with another passphrase, or with one in the place of the keyring, which then forgets it.

    Args:
        places: where the key file is.
        key: the open history's.
        new: at least `PASSPHRASE_LENGTH` characters.

    Raises:
        KnownError: the passphrase is too short, the key is another one by now, or the key file cannot be written.
    """
    wrapping.check_passphrase(new)
    with key_file.changing(places):
        file = _current(places, key)
        _hand_over(places, file, wrapping.wrap(key, new, file.id))


def move_to_keyring(places: Places, key: bytes) -> None:
    """Gives the key to the best keyring of this session; what kept it before goes once the keyring gave it back.

    Args:
        places: where the key file is.
        key: the open history's.

    Raises:
        KnownError: no keyring keeps it, the key is another one by now, or the key file cannot be written.
    """
    with key_file.changing(places):
        file = _current(places, key)
        if not _keeps(file.keeper, key):
            _hand_over(places, file, _into_keyring(places, file, key))


def begin_rekey(places: Places, key: bytes, passphrase: str | None) -> bytes:
    """A new key, kept as the one before is kept; until `finish_rekey` both are, and whatever opens the one opens both.

    Args:
        places: where the key file is.
        key: the open history's.
        passphrase: the one that keeps the key; not looked at where a keyring does.

    Returns:
        The new key, 32 bytes; that of the re-key that was begun before, where one was not finished.

    Raises:
        Locked: the passphrase is needed; `WrongPassphrase` where it is not the right one.
        KnownError: no keyring keeps the new key, the key is another one by now, or the key file cannot be written.
    """
    with key_file.changing(places):
        file = _current(places, key, rekeying=True)
        if file.following is not None:
            return open_following(places, file.following, key)
        identity, new = os.urandom(16).hex(), os.urandom(wrapping.KEY_BYTES)
        if isinstance(file.keeper, InKeyring):
            keeper: Keeper = _into_keyring(places, file, new)
        else:
            keeper = wrapping.wrap(new, _checked(file, file.keeper, key, passphrase), identity)
        sealed = wrapping.seal_next(key, new, identity)
        before = tuple(wrapping.seal_before(new, one, identity) for one in (key, *_open_before(places, file, key)))
        following = Next(identity, wrapping.fingerprint(new), keeper, sealed, before=before)
        key_file.replace(places, msgspec.structs.replace(file, following=following))
    return new


def finish_rekey(places: Places, key: bytes) -> None:
    """Lets go of the key before: nothing opens it any more, and a keyring's entry of it is deleted.

    The recovery words go with it, unless they were typed to open the history since the re-key was begun. Only the new
    key still opens the one before, for backups that could not be reached, until `let_go_of_before`. Does nothing where
    it was done before.

    Args:
        places: where the key file is.
        key: the new one, with which everything is encrypted by now.

    Raises:
        KnownError: nothing would keep the new key, or the key file cannot be written; both keys are kept then.
    """
    with key_file.changing(places):
        file = _existing(places)
        following = file.following
        if following is None:
            _check_key(file, key)
            _tidy(places, file)
            return
        if not wrapping.is_key(key, following.fingerprint):
            raise BugError("a re-key was to be finished with another key")
        keeper = _surely_kept(places, file, following, key)
        leftovers = (
            *file.leftovers,
            *_entries(file.keeper),
            *_entries(following.keeper),
        )  # `_tidy` spares those in use
        again, before = following.recovery, following.before
        kept = KeyFile(following.id, keeper, following.fingerprint, again, leftovers=leftovers, before=before)
        key_file.replace(places, kept)
        _tidy(places, kept)


def keys_before(places: Places, key: bytes) -> tuple[bytes, ...]:
    """The keys that were replaced and that backups out of reach may still have, newest first; mostly none.

    Args:
        places: where the key file is.
        key: the open history's.

    Raises:
        KnownError: the key is another one by now, or the key file is damaged.
    """
    file = _existing(places)
    if not file.before:
        return ()
    _check_key(file, key)
    return _open_before(places, file, key)


def let_go_of_before(places: Places, key: bytes) -> None:
    """Lets go of the keys before, once every backup has the present one.

    Args:
        places: where the key file is.
        key: the open history's.

    Raises:
        KnownError: the key is another one by now, or the key file cannot be written.
    """
    with key_file.changing(places):
        file = _current(places, key)
        if file.before:
            key_file.replace(places, msgspec.structs.replace(file, before=msgspec.UNSET))


def keep_again(places: Places, key: bytes, following: bytes | None, typed: str) -> None:
    """After the recovery words opened it: a keyring that works now keeps the key again, if it was to be in one.

    Where none does, the words go on opening it. They will open the key of an unfinished re-key as well.

    Args:
        places: where the key file is.
        key: the history's.
        following: the key of an unfinished re-key.
        typed: the words, as `words.read` gives them.
    """
    with suppress(KnownError), key_file.changing(places):
        file = _current(places, key, rekeying=True)
        if following is not None and file.following is not None:
            wrapped = wrapping.wrap(following, typed, recovery_bound(file.following.id))
            marked = msgspec.structs.replace(file.following, recovery=wrapped)
            file = msgspec.structs.replace(file, following=marked)
            key_file.replace(places, file)
        if isinstance(file.keeper, InKeyring) and not _keeps(file.keeper, key):
            _hand_over(places, file, _into_keyring(places, file, key))


def sweep(places: Places) -> None:
    """Deletes the entries of keyrings that nothing is kept in any more, as far as their keyrings work now."""
    with suppress(KnownError), key_file.changing(places):
        _tidy(places, _existing(places))


def recovery_bound(identity: str) -> str:
    """What the recovery words' wrap of a key is bound to: another thing than the passphrase's."""
    return f"{identity} recovery"


def open_following(places: Places, following: Next, key: bytes) -> bytes:
    """The key of an unfinished re-key.

    Raises:
        KnownError: the file was put together from two.
    """
    opened = wrapping.open_next(key, following.sealed, following.id)
    if opened is None or not wrapping.is_key(opened, following.fingerprint):
        raise key_file.damaged(places.key_file)
    return opened


def _open_before(places: Places, file: KeyFile, key: bytes) -> tuple[bytes, ...]:
    opened = [wrapping.open_before(key, one, file.id) for one in file.before or ()]
    if None in opened:  # put together from two files
        raise key_file.damaged(places.key_file)
    return tuple(filter(None, opened))


def _existing(places: Places) -> KeyFile:
    file = key_file.read(places)
    if file is None:
        raise KnownError(f"The key file {places.key_file} is missing. Put it back from a backup.")
    return file


def _current(places: Places, key: bytes, *, rekeying: bool = False) -> KeyFile:
    """The key file as it is now, if `key` is its key.

    Args:
        places: where it is.
        key: what the caller holds to be the key.
        rekeying: whether it may be in the middle of a re-key.
    """
    file = _existing(places)
    _check_key(file, key)
    if file.following is not None and not rekeying:
        raise KnownError("A change of the history's key was interrupted. Open the history again: that finishes it.")
    return msgspec.structs.replace(file, fingerprint=wrapping.fingerprint(key))


def _check_key(file: KeyFile, key: bytes) -> None:
    if file.fingerprint is not None and not wrapping.is_key(key, file.fingerprint):
        raise KnownError(
            "Another Agent Assist has changed the history's key meanwhile. Close this one and open it again."
        )


def _checked(file: KeyFile, keeper: Wrapped, key: bytes, passphrase: str | None) -> str:
    """The passphrase, if it is the one that keeps the key."""
    if not passphrase:
        raise Locked("A new key needs the passphrase that keeps the history. Enter it and try again.")
    if wrapping.unwrap(keeper, passphrase, file.id) != key:
        raise WrongPassphrase(
            "That is not the passphrase that keeps the history's key. Try again, or set another passphrase first."
        )
    return passphrase


def _into_keyring(places: Places, file: KeyFile, key: bytes) -> InKeyring:
    """Keeps a key under a new entry, which the key file names as a leftover until it names it as the keeper."""
    entry = keyrings.new_entry()
    if entry is None:
        raise Refused(
            "No keyring of this system works here, so none can keep the history's key. Start one, or set a passphrase."
        )
    key_file.replace(places, msgspec.structs.replace(file, leftovers=(*file.leftovers, entry)))
    try:
        keyrings.store(entry, key)
    except Refused:
        if keyrings.forget(entry):
            key_file.replace(places, file)
        raise
    return InKeyring(entry)


def _hand_over(places: Places, file: KeyFile, keeper: Keeper) -> None:
    leftovers = (*file.leftovers, *_entries(file.keeper))
    changed = msgspec.structs.replace(file, keeper=keeper, leftovers=leftovers)
    key_file.replace(places, changed)
    _tidy(places, changed)


def _surely_kept(places: Places, file: KeyFile, following: Next, key: bytes) -> Keeper:
    """Who keeps the new key, looked at before the old one is let go of."""
    if not isinstance(following.keeper, InKeyring) or _keeps(following.keeper, key):
        return following.keeper
    try:
        return _into_keyring(places, file, key)
    except Refused:
        if following.recovery is None:
            raise
        return following.keeper  # the words open it


def _keeps(keeper: Keeper, key: bytes) -> bool:
    """Whether a keyring keeps the key and gives it out."""
    if not isinstance(keeper, InKeyring):
        return False
    try:
        keyrings.fetch(keeper.entry, lambda found: found == key)
    except keyrings.Lost:
        return False
    return True


def _entries(keeper: Keeper) -> tuple[Entry, ...]:
    return (keeper.entry,) if isinstance(keeper, InKeyring) else ()


def _tidy(places: Places, file: KeyFile) -> None:
    """Deletes the leftovers; what cannot be deleted or written now is left for another time."""
    used = {*_entries(file.keeper), *(_entries(file.following.keeper) if file.following else ())}
    outdated = [one for one in file.leftovers if one not in used]
    left = tuple(one for one in outdated if not keyrings.forget(one))
    if left != file.leftovers:
        with suppress(KnownError):
            key_file.replace(places, msgspec.structs.replace(file, leftovers=left))
