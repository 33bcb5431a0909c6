"""What is known of the kept data itself: customers, searches, copies, health, the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from agent_assist.records.mood import Label


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for in the history; what is None or empty asks nothing.

    Attributes:
        words: each must begin a word of the conversation, its customer's name, its summary or its notes.
        customer: begins a word of the customer's name.
        label: of the worst customer turn.
        spiked: whether there was a spike.
        since, until: days, inclusive, of the last save, in local time.
        channel: the way a turn came in (as in `records.Way`) or the format it was read from.
        tag: one that an agent gave.
        held: whether it is under a legal hold.
        origin: "live" or "roleplay".
    """

    words: str = ""
    customer: str = ""
    label: Label | None = None
    spiked: bool | None = None
    since: date | None = None
    until: date | None = None
    channel: str = ""
    tag: str = ""
    held: bool | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class CustomerItem:
    """One customer of the history, by name.

    Attributes:
        name: as it stood in the source that came last.
        conversations: how many are saved.
        last_at: when one was last saved, aware, UTC.
        peak: highest distress of all, None where nothing was read.
    """

    name: str
    conversations: int
    last_at: datetime
    peak: float | None


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something that the agent wants to come back to.

    Attributes:
        id: its number in the history.
        conversation: the conversation's id.
        text: what is to be done.
        due: the day.
        done_at: when it was done, aware, UTC; None while it is open.
    """

    id: int
    conversation: str
    text: str
    due: date
    done_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did.

    Attributes:
        conversations: how many are gone.
        held: ids that stayed because of a legal hold.
        copies: how many backups they were taken out of.
        unreached: why the backups could not be reached, in words; "" where all were. What lies there cannot be read
            any more once the folder's own file of keys is renewed, which is done when it is next reached.
        ids: the conversations that are gone.
    """

    conversations: int
    held: tuple[str, ...] = ()
    copies: int = 0
    unreached: str = ""
    ids: tuple[str, ...] = ()


class BackupKind(StrEnum):
    """Why a backup is kept."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    MANUAL = "manual"
    SAFETY = "safety"  # what a restore replaced


@dataclass(frozen=True, slots=True)
class BackupItem:
    """One backup.

    Attributes:
        path: the copy of the history.
        at: when it was made, aware, UTC.
        size: bytes.
        kind: why it is kept.
        conversations: how many it holds, as counted when it was verified; None where that failed.
    """

    path: Path
    at: datetime
    size: int
    kind: BackupKind
    conversations: int | None


@dataclass(frozen=True, slots=True)
class Health:
    """How the history's files are.

    Attributes:
        good: whether nothing was found.
        problem: what was found and what to do, in words; "" where nothing was.
        checked_at: when it was last looked at in full, aware, UTC; None: never.
        set_aside: damaged files that were moved out of the way.
        newest_backup: the newest good one, to restore; None where there is none.
    """

    good: bool
    problem: str = ""
    checked_at: datetime | None = None
    set_aside: tuple[Path, ...] = ()
    newest_backup: BackupItem | None = None


class Action(StrEnum):
    """What the audit trail tells of."""

    UNLOCK = "unlock"
    UNLOCK_REFUSED = "unlock refused"
    LOCK = "lock"
    VIEW = "view"
    SEARCH = "search"
    EXPORT = "export"
    ERASE = "erase"
    HOLD = "hold"
    RETAIN = "retention"
    CORRECT = "correction"
    BACKUP = "backup"
    RESTORE = "restore"
    KEY = "key"
    POLICY = "policy"
    SETTING = "setting"
    HOOK = "hook"
    REVEAL = "reveal"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit trail; no personal data is in it.

    Attributes:
        n: its number, from 1, without a gap.
        at: when, aware, UTC.
        action: what was done.
        subject: what it was done to: the random name of a conversation in the audit trail, an option's name; or "".
        detail: short words and numbers of ours, never text from outside.
    """

    n: int
    at: datetime
    action: Action
    subject: str = ""
    detail: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether the audit trail is whole.

    Attributes:
        good: whether every link holds and nothing is missing at its end.
        entries: how many there are.
        problem: what is wrong, or cannot be known of its end, in words; "" where nothing is.
        anchored: whether its end was compared with what the keyring holds, now and wherever it was opened with one.
    """

    good: bool
    entries: int
    problem: str = ""
    anchored: bool = False
