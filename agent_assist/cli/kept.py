"""What `agent-assist doctor` says of what is kept: the key, backups, the audit trail, the site's policy."""

from __future__ import annotations

from collections.abc import Callable

from agent_assist import secrets
from agent_assist.cli.context import Context
from agent_assist.cli.findings import Finding
from agent_assist.secrets import KeyHome
from agent_assist.settings import BACKUP, BACKUP_FOLDER

Look = Callable[[], Finding]


def looks(context: Context) -> list[tuple[str, Look]]:
    """The rows in their order, each with what finds it; the history was asked to open before."""
    return [
        ("history key", lambda: _key(context)),
        ("backups", lambda: _backups(context)),
        ("audit", lambda: _audit(context)),
        ("policy", lambda: _policy(context)),
    ]


def _key(context: Context) -> Finding:
    state = secrets.state(context.places)
    if state.home in (KeyHome.NEW_KEYRING, KeyHome.NEW_PASSPHRASE):
        return Finding("history key", True, "none yet: the history is not begun")
    if state.rekeying:
        return Finding("history key", True, "a change of the key was interrupted", "It is finished at the next unlock.")
    if state.recovery:
        return Finding("history key", True, "recovery words open it too")
    lost = "the keyring is" if state.keyring else "the passphrase is"
    return Finding(
        "history key",
        True,
        f"no recovery words: once {lost} lost, so is the history",
        "Make recovery words in the window's settings, and keep them on paper.",
    )


def _backups(context: Context) -> Finding:
    folder = context.settings[BACKUP_FOLDER] or str(context.places.backups)
    found = context.desk.custody.backups()
    advice = "" if context.settings[BACKUP] else "They are not made by themselves, as the settings have it."
    if not found:
        return Finding("backups", True, f"none yet in {folder}", advice)
    newest = max(found, key=lambda one: one.at)
    bad = sum(one.conversations is None for one in found)
    state = f"{len(found)} in {folder}, the last of {newest.at.astimezone():%Y-%m-%d %H:%M}"
    if newest.conversations is None:
        return Finding("backups", False, f"{state}, which cannot be read", "Make another one in the window's settings.")
    return Finding("backups", True, state + (f", {bad} of them cannot be read" if bad else ""), advice)


def _audit(context: Context) -> Finding:
    custody = context.desk.custody
    if not custody.is_open:
        begun = context.places.audit.exists()
        return Finding("audit", True, "not checked: the history is not open" if begun else "not begun")
    verdict = custody.verify_audit()
    if not verdict.good:
        return Finding("audit", False, verdict.problem, "Keep the file as it is, and tell whoever audits it.")
    held = "" if verdict.anchored else f"; {verdict.problem or 'no keyring holds its end'}"
    return Finding("audit", True, f"{verdict.entries} entries, the chain holds{held}")


def _policy(context: Context) -> Finding:
    policy = context.desk.custody.policy
    if not policy.here:
        return Finding("policy", True, "none: the settings are the person's own")
    if policy.problem:
        return Finding("policy", False, policy.problem)
    return Finding("policy", True, f"{policy.title}, sets {len(policy.fixed)} options")
