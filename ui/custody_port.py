"""What the window asks of `agent_assist.custody.Custody`, as protocols; the tests' fake fits them too.

Typing against them keeps keyring, SQLCipher and the rest out of the window's imports, so that it shows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

from agent_assist.jobs import CancelToken
from agent_assist.records import (
    Action,
    Analysis,
    AuditEntry,
    AuditVerdict,
    BackupItem,
    CustomerItem,
    Erased,
    FollowUp,
    Health,
    HistoryItem,
    Query,
)

OnProgress = Callable[[float], None]
"""Told how much is done, 0 to 1."""


class KeyPort(Protocol):
    """Where the history's key is."""

    @property
    def home(self) -> str:
        """The value of a `secrets.KeyHome`."""

    @property
    def keyring(self) -> str | None:
        """The keyring that holds or would hold it, in words."""

    @property
    def recovery(self) -> bool:
        """Whether recovery words open it too."""

    @property
    def rekeying(self) -> bool:
        """Whether a re-key was interrupted and is to be finished."""


class PolicyPort(Protocol):
    """The site's signed policy."""

    @property
    def here(self) -> bool:
        """Whether there is one."""

    @property
    def title(self) -> str:
        """What the site calls it."""

    @property
    def fixed(self) -> Mapping[str, object]:
        """Options that it locks, by name, with their values."""

    @property
    def contact(self) -> str:
        """Whom to ask; may be empty."""

    @property
    def problem(self) -> str:
        """What is wrong with it and what holds therefore; empty where nothing is."""

    def reason(self, option_name: str) -> str:
        """Why an option is locked; empty where it is not."""


class CustodyPort(Protocol):
    """Keeps, finds, copies, locks and erases. Lane "db" unless a line says otherwise."""

    @property
    def is_open(self) -> bool:
        """Whether it is open; any thread, and cheap."""

    @property
    def policy(self) -> PolicyPort:
        """The site's policy; any thread, and cheap."""

    def lock(self) -> None:
        """Closes all files and forgets the key."""

    def key_state(self) -> KeyPort:
        """Where the key is; reads one small file."""

    def keep(self, analysis: Analysis) -> None:
        """Saves or replaces a conversation."""

    def keep_again(self, conversation_id: str) -> None:
        """The next `keep` saves it, whatever was erased of it before; any thread, and cheap."""

    def load(self, conversation_id: str, *, viewed: bool = ...) -> Analysis:
        """A conversation as it was saved; `viewed` where a person will see it, which the audit trail tells."""

    def erase(self, conversation_id: str) -> Erased:
        """Erases a conversation for good; KnownError where a legal hold keeps it."""

    def erase_customer(self, name: str) -> Erased:
        """Erases all of a customer's conversations but those on hold."""

    def find(self, query: Query | str, limit: int = ..., offset: int = ...) -> Sequence[HistoryItem]:
        """Saved conversations that fit, newest first; the words of the search field are understood."""

    def customers(self, words: str = ..., limit: int = ...) -> Sequence[CustomerItem]:
        """Customers whose name has words that begin so."""

    def customer(self, name: str) -> Sequence[HistoryItem]:
        """All conversations of one customer, newest first."""

    def set_tags(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        """Gives a conversation these tags, and no others."""

    def set_held(self, conversation_id: str, held: bool) -> None:
        """Puts a conversation under a legal hold, or releases it."""

    def add_follow_up(self, conversation_id: str, text: str, due: date) -> FollowUp:
        """Notes something to come back to."""

    def follow_ups(self, open_only: bool = ...) -> Sequence[FollowUp]:
        """What is to be come back to, soonest first."""

    def finish_follow_up(self, number: int) -> None:
        """Marks one as done."""

    def due(self) -> Sequence[HistoryItem]:
        """What `retain` would erase today."""

    def retain(self, *, unasked: bool = ...) -> Erased:
        """Erases what has been kept for longer than the settings say."""

    def export(self, conversation_id: str) -> Analysis:
        """A conversation blacked out for an export; KnownError where the policy forbids exports."""

    def make_recovery(self) -> str:
        """New recovery words; those before open nothing any more."""

    def change_passphrase(self, new: str) -> None:
        """Wraps the key with another passphrase."""

    def use_keyring(self) -> None:
        """Has the system's keyring hold the key."""

    def rekey(self, passphrase: str | None, on_progress: OnProgress, token: CancelToken) -> str:
        """Encrypts everything anew with another key; new recovery words. Once begun it goes on to its end."""

    def backups(self) -> Sequence[BackupItem]:
        """The backups, newest first. Lane "copies" may be used."""

    def back_up(
        self, to: Path | None = ..., on_progress: OnProgress = ..., token: CancelToken | None = ...
    ) -> BackupItem:
        """Makes a backup and verifies it. Lane "copies" may be used."""

    def backup_due(self) -> bool:
        """Whether the settings ask for backups and today's is missing. Lane "copies" may be used."""

    def restore(self, path: Path, words: str | None = ...) -> int:
        """Puts a backup in the place of the history; how many conversations it has."""

    def health(self) -> Health:
        """What is known of the files now; cheap."""

    def check(self, full: bool) -> Health:
        """Looks at the files. Lane "copies" may be used."""

    def check_due(self) -> bool:
        """Whether a day has passed since every page was looked at. Lane "copies" may be used."""

    def audit(self, limit: int = ...) -> Sequence[AuditEntry]:
        """The latest lines of the audit trail, newest first."""

    def note(self, action: Action, subject: str = ..., **detail: str | int | bool) -> None:
        """Adds a line to the audit trail; while it is locked it waits."""

    def verify_audit(self) -> AuditVerdict:
        """Whether the audit trail is whole."""

    def export_audit(self, path: Path) -> int:
        """Writes the audit trail to a file; how many lines."""

    def begin_audit_again(self) -> Path:
        """Sets an audit trail aside that does not hold, and begins a new one; where the old one is."""

    @property
    def left_behind(self) -> str:
        """Which backups the last change of the key did not reach, in words; cheap."""

    def catch_up(self) -> bool:
        """Indexes some of what was saved; whether there is more."""

    def start_anew(self) -> Path:
        """Moves a history that nobody can open aside, so that a new one begins; where its files are now."""
