"""`agent-assist history`: the conversations that were saved."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date

from agent_assist.cli import copies, erasing, key
from agent_assist.cli.asking import opened
from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.contract import analysis_object
from agent_assist.cli.items import print_items
from agent_assist.cli.private_file import check_free, write_private
from agent_assist.cli.report import printable, report
from agent_assist.errors import KnownError
from agent_assist.records import Analysis, Label, Query
from agent_assist.settings import EXPORT

_MAX_COUNT = 1_000_000

Run = Callable[[Context, argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions of the command to its parser."""
    parser.description = "Conversations that were saved: encrypted, searched, exported, erased, backed up."
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _list(actions.add_parser("list", help="saved conversations, newest first"))
    _search(actions.add_parser("search", help="saved conversations by their words and what is known of them"))
    one = _about_one(actions.add_parser("show", help="a saved conversation, as it was analysed"), show)
    one.add_argument("--json", action="store_true", help="print JSON")
    one.add_argument("--reveal", action="store_true", help="put back what was blacked out and can be")
    _export(actions.add_parser("export", help="a saved conversation to give away, blacked out as the settings have it"))
    one = _about_one(actions.add_parser("tag", help="give a conversation tags, in the place of those it had"), tag)
    one.add_argument("tags", nargs="*", metavar="TAG", help="none takes all away")
    _about_one(actions.add_parser("hold", help="put a conversation under a legal hold: nothing erases it"), hold)
    _about_one(actions.add_parser("release", help="end the legal hold"), release)
    one = actions.add_parser("customers", help="the customers by name, latest first")
    one.add_argument("text", nargs="?", default="", metavar="TEXT", help="what words of the name begin with")
    _printed(one, customers)
    _follow_ups(actions.add_parser("follow-ups", help="what is to be come back to, soonest first"))
    erasing.add_arguments(actions)
    copies.add_arguments(actions)
    key.add_arguments(actions.add_parser("key", help="the key: who keeps it, recovery words, changes"))


def show_list(context: Context, arguments: argparse.Namespace) -> int:
    """`history list`."""
    query = Query(
        customer=arguments.customer,
        label=Label(arguments.label) if arguments.label else None,
        since=arguments.since,
        until=arguments.until,
        channel=arguments.channel,
        tag=arguments.tag,
        held=True if arguments.held else None,
    )
    print_items(context, opened(context).find(query, arguments.limit), as_json=arguments.json)
    return 0


def search(context: Context, arguments: argparse.Namespace) -> int:
    """`history search`."""
    print_items(context, opened(context).find(arguments.text, arguments.limit), as_json=arguments.json)
    return 0


def show(context: Context, arguments: argparse.Namespace) -> int:
    """`history show`.

    Raises:
        KnownError: there is no such conversation, or JSON is asked for where exports are not allowed.
    """
    if arguments.json and not context.settings[EXPORT]:
        reason = context.settings.locked(EXPORT) or "The settings say so."
        raise KnownError(f"Conversations may not be exported here, and JSON is an export. {reason}")
    custody = opened(context)
    analysis = custody.reveal(arguments.id) if arguments.reveal else custody.load(arguments.id)
    write(_as_json(analysis) if arguments.json else report(analysis))
    return 0


def export(context: Context, arguments: argparse.Namespace) -> int:
    """`history export`.

    Raises:
        KnownError: the file is there already, or exports are not allowed.
    """
    output = arguments.output
    if output is not None:
        check_free(output, force=arguments.force)
    analysis = opened(context).export(arguments.id)
    kind = arguments.format or ("json" if output is not None and output.lower().endswith(".json") else "text")
    text = _as_json(analysis) if kind == "json" else report(analysis)
    if output is None:
        write(text)
    else:
        written = write_private(output, text + "\n", force=arguments.force)
        context.tell(f"exported to {written}; only you can read it.")
    return 0


def tag(context: Context, arguments: argparse.Namespace) -> int:
    """`history tag`."""
    opened(context).set_tags(arguments.id, tuple(arguments.tags))
    context.tell("tagged." if arguments.tags else "its tags are taken away.")
    return 0


def hold(context: Context, arguments: argparse.Namespace) -> int:
    """`history hold`."""
    opened(context).set_held(arguments.id, True)
    context.tell("it is held: nothing erases it until it is released.")
    return 0


def release(context: Context, arguments: argparse.Namespace) -> int:
    """`history release`."""
    opened(context).set_held(arguments.id, False)
    context.tell("it is held no longer.")
    return 0


def customers(context: Context, arguments: argparse.Namespace) -> int:
    """`history customers`."""
    found = opened(context).customers(arguments.text, arguments.limit)
    if arguments.json:
        rows = [
            {"name": c.name, "conversations": c.conversations, "last_at": c.last_at.isoformat(), "peak": c.peak}
            for c in found
        ]
        write_json(rows)
        return 0
    for one in found:
        when = one.last_at.astimezone().strftime("%Y-%m-%d %H:%M")
        write(f"{one.conversations:>5}  {when}  {printable(one.name)}")
    if not found:
        context.tell("no customer is saved who fits.")
    return 0


def follow_ups(context: Context, arguments: argparse.Namespace) -> int:
    """`history follow-ups`."""
    custody = opened(context)
    if arguments.done is not None:
        custody.finish_follow_up(arguments.done)
    if arguments.remove is not None:
        custody.remove_follow_up(arguments.remove)
    found = custody.follow_ups(open_only=not arguments.all)
    if arguments.json:
        rows = [
            {
                "id": f.id,
                "conversation": f.conversation,
                "text": f.text,
                "due": f.due.isoformat(),
                "done_at": f.done_at.isoformat() if f.done_at else None,
            }
            for f in found
        ]
        write_json(rows)
        return 0
    for one in found:
        done = "done " if one.done_at else "     "
        write(f"{one.id:>5}  {one.due.isoformat()}  {done} {printable(one.conversation):<28} {printable(one.text)}")
    if not found:
        context.tell("nothing is to be come back to.")
    return 0


def _as_json(analysis: Analysis) -> str:
    return json.dumps(analysis_object(analysis, fine=True), ensure_ascii=False, allow_nan=False, indent=1)


def _list(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--label", choices=[label.value for label in Label], help="of the worst turn of the customer")
    parser.add_argument("--since", type=_day, metavar="DAY", help="last saved on that day or later: 2026-01-31")
    parser.add_argument("--until", type=_day, metavar="DAY", help="last saved on that day or before")
    parser.add_argument("--customer", default="", metavar="NAME", help="begins a word of the customer's name")
    parser.add_argument("--tag", default="", metavar="TAG", help="that it was given")
    parser.add_argument("--channel", default="", metavar="NAME", help="the way it came in, or its format")
    parser.add_argument("--held", action="store_true", help="only what is under a legal hold")
    _printed(parser, show_list)


def _search(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Each word must begin a word of the conversation. Also: customer:Lee label:anger spiked:yes held:yes "
        "after:2026-01-31 before:yesterday channel:email tag:vip, in one argument."
    )
    parser.add_argument("text", metavar="TEXT")
    _printed(parser, search)


def _export(parser: argparse.ArgumentParser) -> None:
    _about_one(parser, export)
    parser.add_argument("--output", metavar="FILE", help="write it there, for you alone to read (default: print it)")
    parser.add_argument("--force", action="store_true", help="also in the place of a file that is there")
    kinds = parser.add_mutually_exclusive_group()
    kinds.add_argument("--format", choices=("json", "text"), help="(default: as the file's name has it, else text)")
    kinds.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")


def _follow_ups(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--all", action="store_true", help="also what is done")
    parser.add_argument("--done", type=int, metavar="NUMBER", help="mark one as done first")
    parser.add_argument("--remove", type=int, metavar="NUMBER", help="take one away first")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=follow_ups)


def _about_one(parser: argparse.ArgumentParser, run: Run) -> argparse.ArgumentParser:
    parser.add_argument("id", metavar="ID", help="as `history list` names it")
    parser.set_defaults(run=run)
    return parser


def _printed(parser: argparse.ArgumentParser, run: Run) -> None:
    parser.add_argument("--limit", type=_count, default=200, metavar="N", help="at most so many (default: 200)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be a day as 2026-01-31") from None


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= _MAX_COUNT:
        raise argparse.ArgumentTypeError(f"must be from 1 to {_MAX_COUNT:,}")
    return number
