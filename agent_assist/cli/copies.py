"""`agent-assist history backup | backups | restore | verify`: copies of the history, and whether it is whole."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from agent_assist import environment
from agent_assist.cli.asking import Busy, agreed, ask_passphrase, at_terminal, open_typed, opened
from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.contract import Object
from agent_assist.errors import KnownError, Locked
from agent_assist.records import BackupItem, Health
from agent_assist.secrets import KeyHome

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]


def add_arguments(actions: Actions) -> None:
    """Adds them to the actions of `history`."""
    one = actions.add_parser("backup", help="back the history up now, and look whether the copy opens")
    one.add_argument("folder", nargs="?", metavar="DIR", help="(default: the one that the settings name)")
    _printed(one, backup)
    _printed(actions.add_parser("backups", help="the backups, newest first"), show_backups)
    one = actions.add_parser("restore", help="put a backup in the place of the history, which is copied first")
    one.add_argument("file", metavar="FILE", help="as `history backups` names it")
    one.add_argument("--yes", action="store_true", help="do not ask")
    _printed(one, restore)
    one = actions.add_parser("verify", help="whether the history's files are whole; 1 where they are not")
    one.add_argument("--full", action="store_true", help="read every page of them, which takes a while")
    _printed(one, verify)


def backup(context: Context, arguments: argparse.Namespace) -> int:
    """`history backup`.

    Raises:
        KnownError: it cannot be written, or what was named is no folder.
    """
    to = None if arguments.folder is None else Path(arguments.folder).expanduser().absolute()
    if to is not None and (to.is_file() or to.suffix == ".db"):
        raise KnownError(f"{to} is no folder. Name a folder: what opens a backup lies beside it.")
    custody = opened(context)
    with Busy(context, "backing up") as busy:
        made = custody.back_up(to, on_progress=busy)
    _show(made, as_json=arguments.json)
    return 0


def show_backups(context: Context, arguments: argparse.Namespace) -> int:
    """`history backups`."""
    found = opened(context).backups()
    if arguments.json:
        write_json([_object(item) for item in found])
        return 0
    for item in found:
        write(_line(item))
    if not found:
        context.tell("there is no backup. Make one with: agent-assist history backup")
    return 0


def restore(context: Context, arguments: argparse.Namespace) -> int:
    """`history restore`: also where the history is damaged, or there is none yet.

    Raises:
        KnownError: there is no such backup, it is damaged or does not open, or nobody agreed.
    """
    path = Path(arguments.file).expanduser().absolute()
    if not path.is_file():
        raise KnownError(f"There is no backup {path}. See them with: agent-assist history backups")
    question = f"Put the backup {path.name} in the place of the history? What is there now is copied first."
    if not agreed(question, yes=arguments.yes):
        context.tell("nothing was restored.")
        return 0
    words = _words(context)
    with Busy(context, "restoring"):
        count = context.desk.custody.restore(path, words)
    if arguments.json:
        write_json({"conversations": count})
    context.tell(f"restored: {count:,} conversation{'' if count == 1 else 's'}.")
    return 0


def verify(context: Context, arguments: argparse.Namespace) -> int:
    """`history verify`: 1 where something is wrong."""
    health = _health(context, full=arguments.full)
    if arguments.json:
        write_json(_health_object(health))
    else:
        write(health.problem or ("Whole: every page was read." if arguments.full else "Whole, as far as it was read."))
        for aside in health.set_aside:
            write(f"set aside: {aside}")
        if not health.good and health.newest_backup is not None:
            write(f"newest good backup: {health.newest_backup.path}")
    return 0 if health.good else 1


def _health(context: Context, *, full: bool) -> Health:
    """How the files are, also where they are too damaged to be opened."""
    try:
        custody = opened(context)
    except Locked:
        raise
    except KnownError:
        health = context.desk.custody.health()
        if health.good:  # something else is in the way
            raise
        return health
    with Busy(context, "reading every page" if full else "checking"):
        return custody.check(full)


def _words(context: Context) -> str | None:
    """What opens the backup, where this machine's own key does not: the history here may be damaged or not begun."""
    custody = context.desk.custody
    new = custody.key_state().home in (KeyHome.NEW_KEYRING, KeyHome.NEW_PASSPHRASE)
    if not new:
        try:
            return open_typed(context)
        except Locked:
            if environment.passphrase() is None:
                raise  # else it may be what opens the backup
        except KnownError as error:
            context.complain(str(error))
    given = environment.passphrase()
    if given is not None or not at_terminal():
        return given
    return ask_passphrase("Passphrase or recovery words of the backup: ")


def _show(item: BackupItem, *, as_json: bool) -> None:
    if as_json:
        write_json(_object(item))
    else:
        write(_line(item))


def _line(item: BackupItem) -> str:
    when = item.at.astimezone().strftime("%Y-%m-%d %H:%M")
    count = "?" if item.conversations is None else f"{item.conversations:,}"
    return f"{when}  {item.kind.value:<8} {item.size / 1e6:>9,.1f} MB  {count:>9} conversations  {item.path}"


def _object(item: BackupItem) -> Object:
    return {
        "path": str(item.path),
        "at": item.at.isoformat(),
        "size": item.size,
        "kind": item.kind.value,
        "conversations": item.conversations,
    }


def _health_object(health: Health) -> Object:
    return {
        "good": health.good,
        "problem": health.problem,
        "checked_at": health.checked_at.isoformat() if health.checked_at else None,
        "set_aside": [str(path) for path in health.set_aside],
        "newest_backup": None if health.newest_backup is None else _object(health.newest_backup),
    }


def _printed(parser: argparse.ArgumentParser, run: object) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
