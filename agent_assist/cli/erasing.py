"""`agent-assist history delete | erase-customer | retain`: what goes, goes for good, in the backups too."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from agent_assist.cli.asking import Busy, agreed, opened
from agent_assist.cli.context import Context, write
from agent_assist.cli.items import item_line, tell_erased
from agent_assist.errors import KnownError
from agent_assist.records import HistoryItem
from agent_assist.settings import KEEP_DAYS

if TYPE_CHECKING:
    Actions = argparse._SubParsersAction[argparse.ArgumentParser]

_ERASING = "erasing"


def add_arguments(actions: Actions) -> None:
    """Adds them to the actions of `history`."""
    one = actions.add_parser("delete", help="erase a saved conversation for good, in the backups too")
    one.add_argument("id", metavar="ID", help="as `history list` names it")
    _ended(one, delete, asks=False)
    one = actions.add_parser("erase-customer", help="erase every saved conversation of a customer for good")
    one.add_argument("name", metavar="NAME", help="the whole name, as `history customers` shows it")
    _ended(one, erase_customer)
    _ended(actions.add_parser("retain", help="erase what is older than privacy.keep_days; shows it first"), retain)


def delete(context: Context, arguments: argparse.Namespace) -> int:
    """`history delete`."""
    custody = opened(context)
    with Busy(context, _ERASING):
        erased = custody.erase(arguments.id)
    tell_erased(context, erased, as_json=arguments.json)
    return 0


def erase_customer(context: Context, arguments: argparse.Namespace) -> int:
    """`history erase-customer`.

    Raises:
        KnownError: there is no such customer, or nobody agreed.
    """
    custody = opened(context)
    items = custody.customer(arguments.name)
    if not items:
        raise KnownError(
            "No saved conversation is of a customer of that name. Look for the whole name with: "
            "agent-assist history customers"
        )
    if not _agreed(context, arguments, items):
        return 0
    with Busy(context, _ERASING):
        erased = custody.erase_customer(arguments.name)
    tell_erased(context, erased, as_json=arguments.json)
    return 0


def retain(context: Context, arguments: argparse.Namespace) -> int:
    """`history retain`."""
    custody = opened(context)
    items = custody.due()
    if not items:
        days = context.settings[KEEP_DAYS]
        kept = f"is older than {days:,} days" if days else "goes by age: privacy.keep_days is 0"
        context.tell(f"nothing {kept}.")
        return 0
    if not _agreed(context, arguments, items):
        return 0
    with Busy(context, _ERASING):
        erased = custody.retain()
    tell_erased(context, erased, as_json=arguments.json)
    return 0


def _agreed(context: Context, arguments: argparse.Namespace, items: Sequence[HistoryItem]) -> bool:
    """Shows what would go and asks; what is held stays, and is shown as such."""
    if not arguments.json:
        for item in items:
            write(item_line(item))
    going = sum(not item.held for item in items)
    what = "this conversation" if going == 1 else f"these {going:,} conversations"
    if agreed(f"Erase {what} for good, in the backups too?", yes=arguments.yes):
        return True
    context.tell("nothing was erased.")
    return False


def _ended(parser: argparse.ArgumentParser, run: object, *, asks: bool = True) -> None:
    if asks:
        parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
