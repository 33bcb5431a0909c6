"""The history open or locked: its key, and all that puts another key or another history in its place."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from agent_assist.custody.copies import Copies
from agent_assist.custody.trail import Detail, Trail
from agent_assist.errors import BugError, KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import Action
from agent_assist.settings import Settings

if TYPE_CHECKING:  # keyring and databases are loaded when they are first needed: the window shows before
    from agent_assist.history import History
    from agent_assist.privacy.policy import Policy
    from agent_assist.privacy.redaction import Redactor
    from agent_assist.secrets import KeyState

Clock = Callable[[], datetime]
Note = tuple[Action, str, Detail]


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class Vault:
    """Opens and locks the history, and changes what opens it.

    Args:
        places: where the files are.
        settings: the options.
        policy: the site's.
        on_open: told of the history each time that it was opened, or lost conversations.
        clock: the time now, aware.
    """

    def __init__(
        self,
        places: Places,
        settings: Settings,
        policy: Policy,
        on_open: Callable[[History], None] = lambda _history: None,
        clock: Clock = utc_now,
    ) -> None:
        self.policy = policy
        self._places, self._settings, self._clock, self._on_open = places, settings, clock, on_open
        self._trail = Trail(places, clock)
        self._history: History | None = None
        self._copies = Copies(places, settings, clock)
        self._key: bytes | None = None
        self._unreached = ""
        self._redactors: dict[tuple[str, str, bool], Redactor] = {}
        self._again: set[str] = set()
        self._files = threading.Lock()  # held by whatever reads, copies or replaces whole files
        self._copying = CancelToken()

    # --- opening and locking

    def open(self, passphrase: str | None = None) -> None:
        """Opens the history, or makes it; does nothing if it is open.

        What was interrupted before is finished first: a restore, a re-key, an erasure.

        Args:
            passphrase: the passphrase or the recovery words; None takes what the environment holds.

        Raises:
            Locked: one is needed; `secrets.WrongPassphrase` where it is not the right one.
            KnownError: the files are damaged, or the key cannot be had.
        """
        from agent_assist import secrets
        from agent_assist.history import replacing

        if self._history is not None:
            return
        self._places.create()
        replacing.finish(self._places)
        given = secrets.passphrase_from_environment() if passphrase is None else passphrase
        try:
            keys = secrets.database_keys(self._places, given)
        except secrets.WrongPassphrase:
            self._trail.refused()
            raise
        notes: list[Note] = [(Action.UNLOCK, "", {"by": str(secrets.state(self._places).home)})]
        key = keys.current
        if keys.next is not None:
            key = self._finish_rekey(keys.current, keys.next)
            notes.append((Action.KEY, "", {"what": "re-keyed"}))
        if self.policy.here:
            notes.append((Action.POLICY, "", self.policy.told()))
        self._open_with(key, notes)

    def _open_with(self, key: bytes, notes: Sequence[Note] = ()) -> None:
        """Opens the history with its key; where that fails all is closed, and only a damaged one's key is kept."""
        from agent_assist.history import History
        from agent_assist.history.database import Damaged

        try:
            history = History.open(self._places, clock=self._clock, key=key)
        except Damaged as error:
            self._key = key  # a backup is opened with it
            raise Damaged(self._copies.damaged(key, error).problem) from error
        with ExitStack() as on_failure:
            on_failure.callback(history.close)
            on_failure.callback(self.close)
            self._trail.open(history.secret("audit"))
            self._on_open(history)
            self._copies.go_on_rekeying(key)
            self._finish_erasures(history, key)
            self._trail.note_all(notes)
            on_failure.pop_all()
        self._key, self._history = key, history

    def _finish_erasures(self, history: History, key: bytes) -> None:
        """Goes on with erasures whose backups were out of reach, or that a crash interrupted."""
        pending = history.unfinished()
        if pending and not self._copies.forget(key, pending)[1]:
            history.finished(pending)

    def lock(self) -> None:
        """Closes everything and lets go of the key; does nothing where it is locked."""
        try:
            if self._history is not None:
                self._trail.note(Action.LOCK)
        finally:
            self.close()

    def close(self) -> None:
        """Closes the files without a word; may be called in any thread once no other call is running."""
        self._redactors.clear()  # they hold what they black out
        history, self._history, self._key = self._history, None, None
        try:
            self._trail.close()
        finally:
            if history is not None:
                history.close()

    @property
    def is_open(self) -> bool:
        """Whether the history is open. Any thread, and cheap."""
        return self._history is not None

    @property
    def history(self) -> History:
        """The open history, for what is learnt in it.

        Raises:
            BugError: it is not open.
        """
        if self._history is None:
            raise BugError("the history was used before it was opened")
        return self._history

    def key_state(self) -> KeyState:
        """Where the key is, or would go; see `secrets.state`."""
        from agent_assist import secrets

        return secrets.state(self._places)

    # --- the key

    def make_recovery(self) -> str:
        """New recovery words, told this once; the words before no longer open the history."""
        from agent_assist import secrets

        words = secrets.make_recovery(self._places, self._open_key)
        self._unreached = self._copies.renew_mirrors(self._open_key)
        self._trail.note(Action.KEY, what="recovery words made")
        return words

    def change_passphrase(self, new: str) -> None:
        """Another passphrase, or one in the place of the keyring.

        Raises:
            KnownError: it is too short, or the key file cannot be written.
        """
        from agent_assist import secrets

        secrets.change_passphrase(self._places, self._open_key, new)
        self._unreached = self._copies.renew_mirrors(self._open_key)
        self._trail.note(Action.KEY, what="passphrase changed")

    def use_keyring(self) -> None:
        """Gives the key to the system's keyring; no passphrase is asked for any more.

        Raises:
            KnownError: no keyring takes it.
        """
        from agent_assist import secrets

        secrets.move_to_keyring(self._places, self._open_key)
        self._unreached = self._copies.renew_mirrors(self._open_key)
        self._trail.note(Action.KEY, what="moved to the keyring")

    def rekey(self, passphrase: str | None, on_progress: Callable[[float], None], token: CancelToken) -> str:
        """Encrypts history, keys and backups with a new key; the old one opens none of them any more.

        Interrupted at any point, it is finished when the history is next opened.

        Args:
            passphrase: the one that keeps the key; not needed where a keyring does.
            on_progress: told from 0 to 1.
            token: looked at before anything is changed, not after.

        Returns:
            New recovery words: the words before no longer open anything.

        Raises:
            KnownError: the passphrase is missing or wrong, another process has the history open, or the files cannot
                be written to. Where nothing was changed yet the history is open as before.
        """
        token.check()
        old = self._open_key
        with self._alone():
            return self._rekey(old, passphrase, on_progress)

    def _rekey(self, old: bytes, passphrase: str | None, on_progress: Callable[[float], None]) -> str:
        from agent_assist import secrets
        from agent_assist.history import restoring

        self.close()
        try:
            restoring.release(self._places.history, old, "change the key")
            new = secrets.begin_rekey(self._places, old, passphrase)
            self._finish_rekey(old, new, on_progress)
        except BaseException:
            if restoring.opens(self._places.history, old):  # nothing was changed yet
                self._open_with(old)
            raise
        unreached = self._unreached
        self._open_with(new, [(Action.KEY, "", {"what": "re-keyed"})])
        words = self.make_recovery()
        self._unreached = unreached or self._unreached  # what the key did not reach the words did not either
        return words

    def _finish_rekey(self, old: bytes, new: bytes, on_progress: Callable[[float], None] = lambda _done: None) -> bytes:
        from agent_assist import secrets
        from agent_assist.history import History

        on_progress(0.0)
        History.rekey(self._places, old, new)
        on_progress(0.5)
        before = (old, *secrets.keys_before(self._places, old))
        self._unreached = self._copies.rekey(before, new, lambda done: on_progress(0.5 + 0.5 * done))
        secrets.finish_rekey(self._places, new)
        if not self._unreached:
            secrets.let_go_of_before(self._places, new)
        return new

    def restore(self, path: Path, words: str | None = None) -> int:
        """Puts a backup in the place of the history, which is copied first; what was erased since stays erased.

        Args:
            path: the backup.
            words: passphrase or recovery words of the machine that it comes from, where there is no history here.

        Returns:
            How many conversations there are now.

        Raises:
            KnownError: the backup is damaged or is not one of this key; nothing was changed then.
        """
        with self._alone():
            return self._restore(path, words)

    def _restore(self, path: Path, words: str | None) -> int:
        from agent_assist.history import restoring

        key, was_open = self._key, self.is_open
        self.close()
        try:
            self._copies.restore(path, key, words)
        except BaseException:
            if was_open and key is not None:
                self._open_with(key)
            self._key = key  # of a damaged history: another backup may be tried
            raise
        if key is not None and restoring.opens(self._places.history, key):
            self._open_with(key)
        else:
            self.open(words)
            if not self._trail.verify().good:  # it is another history's now: the trail of before was signed by its own
                self._trail.begin_again()
        self._opened.sweep()  # what was erased since the backup was made, where that lay out of reach then
        count = self._opened.count()
        self._trail.note(Action.RESTORE, conversations=count)
        self._copies.check(self._open_key, full=False)  # what was wrong with the files before is no more
        return count

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While it lasts nothing of ours copies or checks the files; a copy that is being made is given up first."""
        self._copying.cancel()
        with self._files:
            yield

    @property
    def left_behind(self) -> str:
        """Which backups the last change of key, passphrase or words did not reach, in words; "" where all."""
        return self._unreached

    def catch_up(self) -> bool:
        """Takes some of what was saved into the index of words; whether there is more. For when nobody waits."""
        return self._opened.catch_up() > 0

    def start_anew(self) -> Path:
        """Sets a history aside that nobody can open any more, with its keys; the next opening makes a new one.

        Returns:
            Where it lies now. Its recovery words still open it there.

        Raises:
            KnownError: it is open, or its files cannot be moved.
        """
        if self._history is not None:
            raise KnownError("The history is open: there is no need for a new one.")
        self.close()  # the key of a damaged one goes with it
        return self._copies.start_anew()

    @property
    def _opened(self) -> History:
        if self._history is None:
            raise Locked("The history is locked. Unlock it first.")
        return self._history

    @property
    def _open_key(self) -> bytes:
        if self._key is None:
            raise Locked("The history is locked. Unlock it first.")
        return self._key
