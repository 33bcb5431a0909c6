"""Custody in memory, for what the command line asks and how it answers; `agent_assist.custody` has tests of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from agent_assist.errors import KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.records import (
    Analysis,
    BackupItem,
    BackupKind,
    Conversation,
    CustomerItem,
    Erased,
    FollowUp,
    Health,
    HistoryItem,
    Label,
    Mood,
    Query,
    Speaker,
    Turn,
)
from agent_assist.secrets import KeyHome, KeyState, WrongPassphrase

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WORDS = "ABCDE-FGHKM-NPRST-WXYZA-ABCDE-FGHKM-NPRST-WXYZA"


def item(identity: str, customer: str, *, held: bool = False) -> HistoryItem:
    """A saved conversation."""
    return HistoryItem(identity, customer, "plain", NOON, 3, 0.9, Label.ANGER, 1, "Parcel lost", ("vip",), held)


def analysis(identity: str) -> Analysis:
    """The conversation itself."""
    turns = (Turn(0, Speaker.CUSTOMER, "Where is my parcel?", "Anna"), Turn(1, Speaker.AGENT, "Underway."))
    return Analysis(Conversation(identity, "plain", turns, "Anna"), Mood((), (), None, None))


@dataclass
class FakeCustody:
    """Everything works at once; what was asked for is in `calls`."""

    passphrase: str | None = None
    state: KeyState = field(default_factory=lambda: KeyState(KeyHome.PASSPHRASE))
    items: list[HistoryItem] = field(default_factory=lambda: [item("a", "Anna Lee"), item("b", "Anna Lee", held=True)])
    copies: list[BackupItem] = field(default_factory=list)
    healthy: Health = field(default_factory=lambda: Health(good=True))
    failure: KnownError | None = None
    opens: bool = True
    calls: list[tuple[object, ...]] = field(default_factory=list)

    left_behind = ""

    def open(self, passphrase: str | None = None) -> None:
        self.calls.append(("open", passphrase))
        if self.failure is not None:
            raise self.failure
        if self.passphrase is None:
            return
        if passphrase is None:
            raise Locked("The history is locked. Enter its passphrase.")
        if passphrase != self.passphrase:
            raise WrongPassphrase("The passphrase does not open the history. Try again.")

    def key_state(self) -> KeyState:
        return self.state

    def find(self, query: Query | str, limit: int = 200, offset: int = 0) -> Sequence[HistoryItem]:
        self.calls.append(("find", query, limit))
        return self.items

    def load(self, conversation_id: str, *, viewed: bool = True) -> Analysis:
        self.calls.append(("load", conversation_id, viewed))
        return analysis(conversation_id)

    def export(self, conversation_id: str) -> Analysis:
        self.calls.append(("export", conversation_id))
        return analysis(conversation_id)

    def customers(self, words: str = "", limit: int = 200) -> Sequence[CustomerItem]:
        self.calls.append(("customers", words, limit))
        return [CustomerItem("Anna Lee", 2, NOON, 0.9)]

    def customer(self, name: str) -> Sequence[HistoryItem]:
        return [one for one in self.items if one.customer == name]

    def set_tags(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        self.calls.append(("tags", conversation_id, tags))

    def set_held(self, conversation_id: str, held: bool) -> None:
        self.calls.append(("held", conversation_id, held))

    def erase(self, conversation_id: str) -> Erased:
        self.calls.append(("erase", conversation_id))
        return Erased(1, (), 2, "")

    def erase_customer(self, name: str) -> Erased:
        self.calls.append(("erase customer",))
        return Erased(1, ("b",), 0, "The backup folder is away.")

    def due(self) -> Sequence[HistoryItem]:
        return self.items

    def retain(self) -> Erased:
        self.calls.append(("retain",))
        return Erased(1)

    def follow_ups(self, open_only: bool = True) -> Sequence[FollowUp]:
        done = None if open_only else NOON
        return [FollowUp(7, "a", "Call back", date(2026, 12, 1), done)]

    def finish_follow_up(self, number: int) -> None:
        self.calls.append(("done", number))

    def remove_follow_up(self, number: int) -> None:
        self.calls.append(("removed", number))

    def make_recovery(self) -> str:
        return WORDS

    def change_passphrase(self, new: str) -> None:
        self.calls.append(("passphrase", new))

    def use_keyring(self) -> None:
        self.state = KeyState(KeyHome.KEYRING, "KDE Wallet")

    def rekey(self, passphrase: str | None, on_progress: Callable[[float], None], token: CancelToken) -> str:
        self.calls.append(("rekey", passphrase))
        return WORDS

    def backups(self) -> Sequence[BackupItem]:
        return self.copies

    def back_up(self, to: Path | None = None, on_progress: Callable[[float], None] = lambda _done: None) -> BackupItem:
        self.calls.append(("backup", to))
        return BackupItem(Path("/copies/one.db"), NOON, 4_200_000, BackupKind.MANUAL, 2)

    def restore(self, path: Path, words: str | None = None) -> int:
        self.calls.append(("restore", path.name, words))
        return 2

    def check(self, full: bool) -> Health:
        self.calls.append(("check", full))
        return self.healthy

    def health(self) -> Health:
        return self.healthy
