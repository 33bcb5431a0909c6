"""What the page says of copies, erasures, the audit trail and the key. No widgets here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent_assist.records import Action, AuditEntry, BackupItem, BackupKind, CustomerItem, Erased, Health, HistoryItem
from ui.words import level, when

KINDS: dict[BackupKind, str] = {
    BackupKind.DAILY: "daily",
    BackupKind.WEEKLY: "weekly",
    BackupKind.MONTHLY: "monthly",
    BackupKind.MANUAL: "made by hand",
    BackupKind.SAFETY: "what a restore replaced",
}
ACTIONS: dict[Action, str] = {
    Action.UNLOCK: "History unlocked",
    Action.UNLOCK_REFUSED: "Unlock refused",
    Action.LOCK: "Locked",
    Action.VIEW: "Conversation viewed",
    Action.SEARCH: "History searched",
    Action.EXPORT: "Conversation exported",
    Action.ERASE: "Conversation erased",
    Action.HOLD: "Legal hold changed",
    Action.RETAIN: "Erased by age",
    Action.CORRECT: "Feeling corrected",
    Action.BACKUP: "Backup made",
    Action.RESTORE: "Backup restored",
    Action.KEY: "Key changed",
    Action.POLICY: "Site policy changed",
    Action.SETTING: "Setting changed",
    Action.HOOK: "Way in changed",
    Action.REVEAL: "Blacked-out text shown",
    Action.VERIFY: "Audit trail checked",
}
DETAILS: dict[tuple[str, str | int | bool | None], str] = {
    ("copies", None): "backups cleared: {}",
    ("reached", True): "all in reach",
    ("reached", False): "some backups out of reach",
    ("redacted", "none"): "nothing blacked out",
    ("redacted", "payment"): "cards and accounts blacked out",
    ("redacted", "all"): "everything personal blacked out",
    ("done", False): "did not work",
    ("count", None): "times: {}",
    ("held", True): "put on hold",
    ("held", False): "released",
    ("good", True): "whole",
    ("good", False): "not whole",
    ("times", None): "times: {}",
    ("by", None): "with the {}",
    ("what", None): "{}",
    ("conversations", None): "conversations: {}",
}
"""Details of the audit trail in words, by name and value; None stands for any value."""
CANNOT_UNDO = "This cannot be undone."


def counted(count: int, one: str = "conversation") -> str:
    """A number of things in words: "37 conversations"."""
    return f"{count:,} {one}{'' if count == 1 else 's'}"


def exactly(at: datetime) -> str:
    """A time in the reader's zone, to the minute."""
    return at.astimezone().strftime("%d %b %Y, %H:%M")


def erased_words(erased: Erased) -> str:
    """What an erasure did."""
    parts = [f"{counted(erased.conversations)} erased"]
    if erased.copies:
        parts[0] += f", from {counted(erased.copies, 'backup')} too"
    if erased.held:
        parts.append(f"{counted(len(erased.held))} kept: legal hold")
    if erased.unreached:
        parts.append(f"Backups out of reach: {erased.unreached}")
    return ". ".join(part.rstrip(".") for part in parts) + "."


def entry_words(item: HistoryItem) -> str:
    """A conversation in one line of a preview."""
    return f"{item.customer or 'Customer'} · {when(item.saved_at)}" + (" · legal hold" if item.held else "")


def ages(items: Sequence[HistoryItem], now: datetime, most: int = 6) -> str:
    """As `preview`, with how long ago each was last saved."""
    lines = [f"{item.customer or 'Customer'} · {counted((now - item.saved_at).days, 'day')}" for item in items[:most]]
    if len(items) > most:
        lines.append(f"and {len(items) - most:,} more")
    return "\n".join(lines)


def preview(items: Sequence[HistoryItem], most: int = 6) -> str:
    """The first conversations of a list, a line each, and how many more."""
    lines = [entry_words(item) for item in items[:most]]
    if len(items) > most:
        lines.append(f"and {len(items) - most:,} more")
    return "\n".join(lines)


def backup_words(item: BackupItem) -> tuple[str, str]:
    """When a backup was made, and what else there is to say of it."""
    good = "could not be read" if item.conversations is None else f"verified, {counted(item.conversations)}"
    return exactly(item.at), f"{KINDS[item.kind]} · {volume(item.size)} · {good}"


def volume(count: int) -> str:
    """Bytes in words, from kilobytes on."""
    if count >= 1e9:
        return f"{count / 1e9:.1f} GB"
    return f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{max(1, round(count / 1e3))} kB"


def health_words(health: Health, *, looked_at: bool = True) -> str:
    """How the files are, in a sentence or two; while the history is locked nobody can look at them."""
    looked = f"Last full check: {exactly(health.checked_at)}." if health.checked_at else "Never checked in full yet."
    if not health.good:
        return f"{health.problem} {looked}"
    if not looked_at:
        return f"Not looked at while the history is locked. {looked}"
    return f"{'The files are whole' if health.checked_at else 'Nothing wrong is known'}. {looked}"


def audit_words(entry: AuditEntry) -> tuple[str, str]:
    """A line of the audit trail: what and when; then what is known of it."""
    detail = ", ".join(_detail(name, value) for name, value in entry.detail.items())
    about = " · ".join(part for part in (f"record {entry.subject}" if entry.subject else "", detail) if part)
    return f"{ACTIONS[entry.action]} · {exactly(entry.at)}", about


def _detail(name: str, value: str | int | bool) -> str:
    """A detail in words; one that is not known here yet with its name as it is."""
    known = DETAILS.get((name, value)) or DETAILS.get((name, None))
    if known is not None:
        return known.format(value)
    spoken = name.replace("_", " ")
    if isinstance(value, bool):
        return spoken if value else f"not {spoken}"
    return f"{spoken}: {value}"


def customer_words(item: CustomerItem) -> str:
    """What is known of a customer, in one line."""
    peak = f" · at worst {level(item.peak)} distress" if item.peak is not None else ""
    return f"{counted(item.conversations)} · last {when(item.last_at)}{peak}"
