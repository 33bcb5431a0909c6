"""Putting a backup in the place of the history, on this machine or on another one.

What was erased since the backup was made stays erased: the keys of the conversations that are here count, not those
beside the backup. Only where there are none here, on another machine say, do the backup's own keys and key file come
with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from sqlcipher3 import dbapi2  # type: ignore[import-untyped]  # ships no type information

from agent_assist import secrets
from agent_assist.errors import KnownError, Locked
from agent_assist.history import folders
from agent_assist.history.copying import bare, copy, damaged, discard, need_room, put_bytes
from agent_assist.history.database import Damaged
from agent_assist.history.keys import ConversationKeys, twin_of
from agent_assist.history.mirrors import is_ours
from agent_assist.history.replacing import finish, replace_files, staged, stamp_of
from agent_assist.history.taking_out import erased_in, take_out
from agent_assist.history.verifying import is_sealed, verify
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places

_BUSY_MS = 500
_BESIDE = ".restore-"
_LINEAGE = "customer"
"""A secret that each history has from its first day on, and that a re-key does not change."""

_ELSEWHERE = (
    "The backup is of another history than the one here. Restore it into a data folder of its own (--data-dir), or "
    "erase what is here first."
)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What opens a backup.

    Attributes:
        key: of the backup.
        here: the key of the history that is here; None where there is none, or nothing opens it.
        key_file: the key file beside the backup, where the one here does not open it.
        others: keys that the file of conversation keys beside it may have instead: a re-key was interrupted there.
    """

    key: bytes
    here: bytes | None
    key_file: bytes | None = None
    others: tuple[bytes, ...] = ()


def opens(path: Path, key: bytes) -> bool:
    """Whether a file opens with a key; False too where it is damaged."""
    try:
        with bare(path, key):
            return True
    except Damaged:
        return False


def key_of(path: Path, keys: tuple[bytes, ...]) -> bytes:
    """The one of these keys that a file opens with.

    Raises:
        Damaged: none does.
    """
    for key in keys:
        if opens(path, key):
            return key
    raise damaged(path)


def restore(
    places: Places,
    path: Path,
    key: bytes | None,
    words: str | None,
    keep_safe: Callable[[bytes], None],
    now: datetime,
) -> int:
    """Looks through a backup, copies what is here, and puts the backup in its place.

    Args:
        places: the installation; nobody has its history open.
        path: the backup. On another machine the files that lie beside it come with it.
        key: the database key; None where it is not known, because the history does not open or is not there.
        words: passphrase or recovery words for the key file that is here, or for the one beside the backup.
        keep_safe: makes a backup of what is here, with its key.
        now: the time now, aware, UTC.

    Returns:
        How many conversations there are now.

    Raises:
        Damaged: the backup is not to be relied on; nothing was changed.
        Locked: it needs a passphrase or recovery words; `secrets.WrongPassphrase` where they are not the right ones.
        KnownError: another process has the history open, the backup is of another history, or there is no room.
            Nothing was changed.
    """
    finish(places)
    places.create()
    for left in places.home.glob(f"{_BESIDE}*"):
        shutil.rmtree(left, ignore_errors=True)
    if not path.is_file():
        raise KnownError(f"There is no backup {path}. Choose one of the list, or connect the drive that it is on.")
    opened = _open(places, path, key, words)
    need_room(places.home, (path,), "the restored history")
    coming = (places.history, places.conversation_keys, places.key_file)
    try:
        for one in coming:
            discard(staged(one))
        return _replace(places, path, opened, keep_safe, now)
    except OSError as error:
        raise KnownError(
            f"The backup cannot be copied to {places.home} ({error.strerror}). Check the permissions and free space."
        ) from error
    finally:
        for one in coming:
            discard(staged(one))


def _replace(places: Places, path: Path, opened: _Opened, keep_safe: Callable[[bytes], None], now: datetime) -> int:
    whole = opened.here is None or (opened.key != opened.here and _is_empty(places.history, opened.here))
    names = [places.history.name]
    with _keys(places, path, opened, whole=whole) as (keys, own, key):
        copy(path, opened.key, staged(places.history), key, lambda _done: None, CancelToken())
        if keys is not None:  # what was erased since the backup was made
            take_out(staged(places.history), key, erased_in(staged(places.history), key, keys))
        count = verify(staged(places.history), key, keys)
        if keys is not None and not own:
            keys.copy_to(staged(places.conversation_keys))
            names.append(places.conversation_keys.name)
    if opened.key_file is not None and (whole or key == opened.key):
        put_bytes(opened.key_file, staged(places.key_file))
        names.append(places.key_file.name)
    # Of an empty history nothing is kept; what else is replaced may be all that opens what was set aside before.
    aside = [] if whole and opened.here is not None else [name for name in names[1:] if (places.home / name).exists()]
    if not _is_kept_safe(places.history, opened.here, keep_safe):
        aside.append(places.history.name)
    replace_files(places, tuple(names), tuple(aside), now)
    if whole and places.backups.exists() and not is_ours(places.backups, key):
        # Of the empty history that was here: the next backup would be refused.
        places.backups.rename(places.backups.with_name(f"{places.backups.name}-{stamp_of(now)}"))
        folders.let_go(places, places.backups)
    return count


# --- the history that is here


def _is_kept_safe(history: Path, key: bytes | None, keep_safe: Callable[[bytes], None]) -> bool:
    """Copies what is here; False where it cannot be read, and is to be set aside as it is."""
    if not history.exists():
        return True
    if key is None:
        return False
    try:
        release(history, key, "restore the backup")
        if not _is_empty(history, key):
            keep_safe(key)
            release(history, key, "restore the backup")  # nobody may have opened it meanwhile
    except Damaged:
        return False
    return True


def release(history: Path, key: bytes, what: str) -> None:
    """Moves the log into the file, which succeeds only while no other process has it open.

    Args:
        history: the file, which is there.
        key: of the file.
        what: is to be done again once nobody has it open, in words.

    Raises:
        KnownError: one has.
    """
    with bare(history, key, writing=True) as database:
        database.execute(f"PRAGMA busy_timeout = {_BUSY_MS:d}")
        try:
            database.execute("PRAGMA journal_mode = DELETE")
        except dbapi2.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY":
                raise
            raise KnownError(
                f"The history is open in another Agent Assist. Close it there, then {what} again."
            ) from error


def refuse_open(history: Path) -> None:
    """Looks whether a process has a history open whose key is not known.

    A connection that asks for the whole file gets it, or not, before it reads the first page. A log that a crash left
    is moved into the file thereby, page by page as it was encrypted.

    Raises:
        KnownError: one has.
    """
    if not history.exists():
        return
    with closing(dbapi2.connect(f"{history.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_MS / 1000)) as probe:
        try:
            probe.execute("PRAGMA cipher_log_level = NONE")
            probe.execute("PRAGMA locking_mode = EXCLUSIVE")
            probe.execute("SELECT count(*) FROM sqlite_master")
        except dbapi2.OperationalError as error:
            if error.sqlite_errorname == "SQLITE_BUSY":
                raise KnownError(
                    "The history is open in another Agent Assist. Close it there, then try again."
                ) from error
        except dbapi2.DatabaseError:  # it cannot be read without its key
            return


def _is_empty(history: Path, key: bytes) -> bool:
    """Whether there is no conversation here; what is damaged is not empty."""
    if not history.exists():
        return True
    try:
        with bare(history, key, writing=True) as database:
            (made,) = database.execute("SELECT count(*) FROM sqlite_master WHERE name = 'conversation'").fetchone()
            return not made or database.execute("SELECT 1 FROM conversation").fetchone() is None
    except Damaged:
        return False


# --- what opens the backup and its conversations


def _open(places: Places, path: Path, key: bytes | None, words: str | None) -> _Opened:
    refused: KnownError = Damaged(f"The backup {path} is damaged or is of another history. Choose another one.")
    here = key
    if here is None and places.key_file.exists():
        try:
            here = secrets.database_key(places, words)
        except KnownError as error:  # damaged, or of other words: the key file beside the backup may do
            refused = error
    if here is not None and opens(path, here):
        return _Opened(here, here)
    beside = Places(path.parent).key_file
    if not beside.is_file() or (here is not None and beside.read_bytes() == places.key_file.read_bytes()):
        raise refused
    keys, key_file = _key_beside(places, path.parent, words)
    there = next((one for one in keys if opens(path, one)), None)
    if there is None:
        raise refused
    if here is None and places.history.exists() and opens(places.history, there):
        here = there  # only the key file was lost
    return _Opened(there, here, key_file, keys)


def _key_beside(places: Places, folder: Path, words: str | None) -> tuple[tuple[bytes, ...], bytes]:
    """The keys in the key file beside a backup, two in the middle of a re-key, and that file as it is to lie here."""
    # In a folder of its own: opening it may note in it that a keyring of this machine keeps the key now.
    own = Places(Path(mkdtemp(prefix=_BESIDE, dir=places.home)))
    try:
        shutil.copyfile(Places(folder).key_file, own.key_file)
        keys = secrets.database_keys(own, words)
        return tuple(filter(None, (keys.current, keys.next))), own.key_file.read_bytes()
    except secrets.WrongPassphrase:
        raise
    except Locked as error:
        raise Locked(
            "The backup was made with another key. Give the passphrase or the recovery words that opened it then."
        ) from error
    finally:
        shutil.rmtree(own.home, ignore_errors=True)


@contextmanager
def _keys(
    places: Places, path: Path, opened: _Opened, *, whole: bool
) -> Iterator[tuple[ConversationKeys | None, bool, bytes]]:
    """The keys of the conversations, None where the backup has none yet; whether they are those here; their own key."""
    with ExitStack() as stack:
        beside, there = stack.enter_context(_keys_beside(places, path.parent, opened))
        own = None if whole or opened.here is None else _own_keys(places, opened.here)
        if own is not None and opened.here is not None:
            stack.callback(own.close)
            if beside is not None:
                _refuse_others(own, beside)
            yield own, True, opened.here
        elif beside is None and _needs_keys(path, opened.key):
            raise KnownError(
                f"The file keys.db that belongs beside the backup {path} is missing or damaged, and so are the keys "
                "here. Put the whole backup folder back, then restore the backup again."
            )
        else:
            yield beside, False, there


def _refuse_others(own: ConversationKeys, beside: ConversationKeys) -> None:
    """Raises KnownError where the keys beside a backup are of another history, or newer than the ones that are here."""
    if own.secret(_LINEAGE) != beside.secret(_LINEAGE):
        raise KnownError(_ELSEWHERE)
    # Numbers only rise: what is above all that were ever given out here is not erased but later.
    if max(beside.all_ids(), default=0) > max(own.all_ids() | set(own.unfinished()), default=0):
        raise KnownError(
            "The keys of the conversations here (keys.db, keys-2.db) are older than the backup. Move both away, then "
            "restore the backup again: its own keys come with it."
        )


def _own_keys(places: Places, key: bytes) -> ConversationKeys | None:
    path = places.conversation_keys
    if not path.exists() and not twin_of(path).exists():
        return None
    try:
        return ConversationKeys.open(places, key)
    except Damaged:
        return None


@contextmanager
def _keys_beside(places: Places, folder: Path, opened: _Opened) -> Iterator[tuple[ConversationKeys | None, bytes]]:
    """The keys that lie beside a backup, opened from a copy: the folder may be read-only. And what opened them."""
    copied = Places(Path(mkdtemp(prefix=_BESIDE, dir=places.home)))
    keys, key = None, opened.key
    try:
        with suppress(FileNotFoundError):
            shutil.copyfile(Places(folder).conversation_keys, copied.conversation_keys)
        for one in dict.fromkeys((opened.key, *opened.others)):
            if keys is None and copied.conversation_keys.exists():
                with suppress(Damaged):
                    keys, key = ConversationKeys.open(copied.conversation_keys, one), one
        yield keys, key
    finally:
        if keys is not None:
            keys.close()
        shutil.rmtree(copied.home, ignore_errors=True)


def _needs_keys(path: Path, key: bytes) -> bool:
    with bare(path, key) as database:
        return is_sealed(database)
