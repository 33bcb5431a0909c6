"""`agent-assist audit`: who looked at what is kept, took it out or erased it, and whether that record is whole."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path

from agent_assist.cli.asking import opened
from agent_assist.cli.context import Context, write, write_json
from agent_assist.records.custody import AuditEntry

_MOST = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions of the command to its parser."""
    parser.description = (
        "The audit trail. It holds no personal data; docs/security.md tells what it can and cannot show."
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    one = actions.add_parser("list", help="the newest entries, newest first")
    one.add_argument("--limit", type=_count, default=50, metavar="N", help="at most so many (default: 50)")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=show)
    one = actions.add_parser("verify", help="whether every entry is there and as it was written")
    one.add_argument("--json", action="store_true", help="print JSON")
    one.set_defaults(run=verify)
    one = actions.add_parser("export", help="copy it, with the verdict, to a file of its own")
    one.add_argument("file", metavar="FILE")
    one.set_defaults(run=export)
    one = actions.add_parser("begin-again", help="set a trail in doubt aside and begin a new one that says so")
    one.set_defaults(run=begin_again)


def show(context: Context, arguments: argparse.Namespace) -> int:
    """`audit list`."""
    entries = opened(context).audit(arguments.limit)
    if arguments.json:
        write_json([_object(entry) for entry in entries])
        return 0
    for entry in entries:
        when = entry.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        detail = ", ".join(f"{name} {value}" for name, value in entry.detail.items())
        write(f"{entry.n:>7}  {when}  {entry.action.value:<14}  {entry.subject:<32}  {detail}".rstrip())
    return 0


def verify(context: Context, arguments: argparse.Namespace) -> int:
    """`audit verify`: 1 where it is not whole."""
    verdict = opened(context).verify_audit()
    if arguments.json:
        write_json(dataclasses.asdict(verdict))
    elif not verdict.good:
        write(f"NOT WHOLE. {verdict.problem}")
    elif verdict.problem:
        write(f"Every link holds: {verdict.entries:,} entries. {verdict.problem}")
    elif verdict.anchored:
        write(f"Whole: {verdict.entries:,} entries, and the keyring knows the last one.")
    else:
        write(f"Whole: {verdict.entries:,} entries. No keyring knew the last one: a cut at the end would not show.")
    return 0 if verdict.good else 1


def export(context: Context, arguments: argparse.Namespace) -> int:
    """`audit export`."""
    count = opened(context).export_audit(Path(arguments.file).expanduser().absolute())
    context.tell(f"{count:,} entries and the verdict are in {arguments.file}.")
    return 0


def begin_again(context: Context, arguments: argparse.Namespace) -> int:
    """`audit begin-again`."""
    old = opened(context).begin_audit_again()
    context.tell(f"the old trail lies in {old}; the new one says so.")
    return 0


def _object(entry: AuditEntry) -> dict[str, object]:
    return {
        "n": entry.n,
        "at": entry.at.isoformat(),
        "action": entry.action.value,
        "subject": entry.subject,
        "detail": dict(entry.detail),
    }


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MOST:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_MOST:,}")
    return number
