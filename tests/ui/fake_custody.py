"""Custody in memory: what is kept lies in a `FakeHistory`. Satisfies `ui.custody_port.CustodyPort`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from fake_history import FakeHistory

from agent_assist.errors import AgentAssistError, KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import (
    Action,
    Analysis,
    AuditEntry,
    AuditVerdict,
    BackupItem,
    BackupKind,
    CustomerItem,
    Erased,
    FollowUp,
    Health,
    HistoryItem,
    Query,
)

WORDS = "ABCDE-FGHKM-NPRST-WXYZA-BCDEF-GHKMN-PRSTW-XYZAB"


@dataclass(frozen=True)
class FakeKey:
    """A `secrets.KeyState`."""

    home: str = "passphrase"
    keyring: str | None = None
    recovery: bool = False
    rekeying: bool = False


@dataclass
class FakePolicy:
    """A `privacy.policy.Policy`."""

    here: bool = False
    title: str = ""
    fixed: Mapping[str, object] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    contact: str = ""
    problem: str = ""

    def reason(self, option_name: str) -> str:
        return self.reasons.get(option_name, "")


class FakeCustody:
    """Everything works at once; `failures` makes a method fail by its name, `gate` holds long work back."""

    def __init__(self, places: Places, history: FakeHistory) -> None:
        self.places, self.history = places, history
        self.policy = FakePolicy()
        self.key = FakeKey(recovery=True)
        self.passphrase: str | None = None
        self.opened = False
        self.locks = 0
        self.failures: dict[str, AgentAssistError | Exception] = {}
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[Query | str] = []
        self.exports_allowed = True
        self.outdated: list[str] = []
        self.copies: list[BackupItem] = []
        self.backup_is_due = False
        self.restored: list[Path] = []
        self.state = Health(good=True, checked_at=datetime(2026, 11, 23, 6, 0, tzinfo=UTC))
        self.full_checks = 0
        self.entries: list[AuditEntry] = []
        self.verdict = AuditVerdict(good=True, entries=0, anchored=True)
        self.passphrases: list[str] = []
        self.aside: Path | None = None
        self.threads: dict[str, str] = {}
        self.noted: list[FollowUp] = []
        self.kept_again: list[str] = []

    @property
    def is_open(self) -> bool:
        return self.opened

    def open(self, passphrase: str | None = None) -> None:
        self._enter("open")
        if self.passphrase is not None and passphrase not in (self.passphrase, WORDS):
            raise Locked("The passphrase is not the right one. Try again." if passphrase else "The history is locked.")
        self.opened = True

    def lock(self) -> None:
        self._enter("lock")
        self.opened = False
        self.locks += 1

    def key_state(self) -> FakeKey:
        self._enter("key_state")
        return self.key

    def keep(self, analysis: Analysis) -> None:
        self._enter("keep")
        if not self.opened:
            raise Locked("The history is locked. Unlock it first.")
        self.history.save(analysis)

    def keep_again(self, conversation_id: str) -> None:
        self.kept_again.append(conversation_id)
        self.failures.pop("keep", None)

    def load(self, conversation_id: str, *, viewed: bool = True) -> Analysis:
        return self.history.load(conversation_id)

    def erase(self, conversation_id: str) -> Erased:
        self._enter("erase")
        if conversation_id in self.history.held:
            raise KnownError("That conversation is under a legal hold. Release it first.")
        self.history.delete(conversation_id)
        return Erased(1, copies=len(self.copies), ids=(conversation_id,))

    def erase_customer(self, name: str) -> Erased:
        self._enter("erase_customer")
        found = self.customer(name)
        gone = [item for item in found if not item.held]
        for item in gone:
            self.history.delete(item.id)
        held = tuple(item.id for item in found if item.held)
        return Erased(len(gone), held, copies=len(self.copies), ids=tuple(item.id for item in gone))

    def find(self, query: Query | str, limit: int = 200, offset: int = 0) -> Sequence[HistoryItem]:
        self._enter("find")
        self.asked.append(query)
        if isinstance(query, Query):
            found = [i for i in self.history.list(limit) if query.held is None or i.held == query.held]
            found = [i for i in found if query.until is None or i.id in self.outdated]
        else:
            found = list(self.history.search(query, limit) if query else self.history.list(limit))
        return found[offset : offset + limit]

    def customers(self, words: str = "", limit: int = 200) -> Sequence[CustomerItem]:
        self._enter("customers")
        names = dict.fromkeys(i.customer for i in self.history.list() if i.customer)
        found = [n for n in names if n and words.lower() in n.lower()]
        return [self._customer_item(name) for name in found[:limit]]

    def customer(self, name: str) -> Sequence[HistoryItem]:
        self._enter("customer")
        return [i for i in self.history.list() if i.customer == name]

    def set_tags(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        self._enter("set_tags")
        self.history.tags[conversation_id] = tags

    def set_held(self, conversation_id: str, held: bool) -> None:
        self._enter("set_held")
        (self.history.held.add if held else self.history.held.discard)(conversation_id)

    def add_follow_up(self, conversation_id: str, text: str, due: date) -> FollowUp:
        self.noted.append(FollowUp(len(self.noted) + 1, conversation_id, text, due))
        return self.noted[-1]

    def follow_ups(self, open_only: bool = True) -> Sequence[FollowUp]:
        there = [one for one in self.noted if one.conversation in self.history.saved]
        return [one for one in there if not open_only or one.done_at is None]

    def finish_follow_up(self, number: int) -> None:
        self.noted[number - 1] = replace(self.noted[number - 1], done_at=datetime.now(UTC))

    def due(self) -> Sequence[HistoryItem]:
        self._enter("due")
        return [i for i in self.history.list() if i.id in self.outdated and not i.held]

    def retain(self, *, unasked: bool = False) -> Erased:
        gone = self.due()
        for item in gone:
            self.history.delete(item.id)
        return Erased(len(gone), ids=tuple(item.id for item in gone))

    def export(self, conversation_id: str) -> Analysis:
        self._enter("export")
        if not self.exports_allowed:
            raise KnownError("Conversations may not be exported here. Section 4 of the site's rules.")
        return self.history.load(conversation_id)

    def make_recovery(self) -> str:
        self._enter("make_recovery")
        self.key = replace(self.key, recovery=True)
        return WORDS

    def change_passphrase(self, new: str) -> None:
        self._enter("change_passphrase")
        self.passphrases.append(new)
        self.key = replace(self.key, home="passphrase", keyring=None)

    def use_keyring(self) -> None:
        self._enter("use_keyring")
        self.key = replace(self.key, home="keyring", keyring="KDE Wallet")

    def rekey(self, passphrase: str | None, on_progress: Callable[[float], None], token: CancelToken) -> str:
        self._enter("rekey")
        on_progress(0.4)
        self.gate.wait(10)
        return WORDS

    def backups(self) -> Sequence[BackupItem]:
        self._enter("backups")
        return list(self.copies)

    def back_up(
        self,
        to: Path | None = None,
        on_progress: Callable[[float], None] = lambda _done: None,
        token: CancelToken | None = None,
    ) -> BackupItem:
        self._enter("back_up")
        on_progress(0.3)
        while not self.gate.wait(0.005):
            if token is not None:
                token.check()
        if token is not None:
            token.check()
        item = BackupItem(
            self.places.backups / f"history-{len(self.copies)}.db", datetime.now(UTC), 48_000_000, BackupKind.MANUAL, 3
        )
        self.copies.insert(0, item)
        return item

    def backup_due(self) -> bool:
        self._enter("backup_due")
        return self.backup_is_due

    def restore(self, path: Path, words: str | None = None) -> int:
        self._enter("restore")
        self.restored.append(path)
        return 3

    def health(self) -> Health:
        self._enter("health")
        return self.state

    def check(self, full: bool) -> Health:
        self._enter("check")
        self.full_checks += full
        return self.state

    def check_due(self) -> bool:
        last = self.state.checked_at
        return last is None or datetime.now(UTC) - last > timedelta(days=1)

    def audit(self, limit: int = 200) -> Sequence[AuditEntry]:
        self._enter("audit")
        return self.entries[:limit]

    def verify_audit(self) -> AuditVerdict:
        self._enter("verify_audit")
        return self.verdict

    def export_audit(self, path: Path) -> int:
        self._enter("export_audit")
        path.write_text("".join(f"{entry.n}\n" for entry in self.entries))
        return len(self.entries)

    def begin_audit_again(self) -> Path:
        self._enter("begin_audit_again")
        self.entries, self.verdict = [], AuditVerdict(good=True, entries=0, anchored=True)
        return self.places.home / "audit-aside.jsonl"

    @property
    def left_behind(self) -> str:
        return ""

    def catch_up(self) -> bool:
        self._enter("catch_up")
        return False

    def start_anew(self) -> Path:
        self._enter("start_anew")
        self.aside = self.places.home / "set-aside"
        self.passphrase, self.key = None, FakeKey("new: keyring available", "KDE Wallet")
        return self.aside

    def note(self, action: Action, subject: str = "", **detail: str | int | bool) -> None:
        self.entries.insert(0, AuditEntry(len(self.entries) + 1, datetime.now(UTC), action, subject, detail))

    def _enter(self, what: str) -> None:
        self.threads[what] = threading.current_thread().name
        failure = self.failures.get(what)
        if failure is not None:
            raise failure

    def _customer_item(self, name: str) -> CustomerItem:
        items = [i for i in self.history.list() if i.customer == name]
        peaks = [i.peak for i in items if i.peak is not None]
        return CustomerItem(name, len(items), max(i.saved_at for i in items), max(peaks, default=None))
