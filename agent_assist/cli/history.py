"""`agent-assist history`: what was saved."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.contract import analysis_object
from agent_assist.cli.report import printable, report
from agent_assist.history import History
from agent_assist.records import HistoryItem


def show_list(context: Context, arguments: argparse.Namespace) -> int:
    """`history list`."""
    _print(context, _open(context).list(arguments.limit), arguments.json)
    return 0


def search(context: Context, arguments: argparse.Namespace) -> int:
    """`history search`."""
    _print(context, _open(context).search(arguments.text, arguments.limit), arguments.json)
    return 0


def show(context: Context, arguments: argparse.Namespace) -> int:
    """`history show`."""
    analysis = _open(context).load(arguments.id)
    if arguments.json:
        write_json(analysis_object(analysis, fine=True))
    else:
        write(report(analysis))
    return 0


def delete(context: Context, arguments: argparse.Namespace) -> int:
    """`history delete`."""
    _open(context).delete(arguments.id)
    context.tell("deleted.")
    return 0


def _open(context: Context) -> History:
    context.desk.open_history()
    return context.desk.history


def _print(context: Context, items: Sequence[HistoryItem], as_json: bool) -> None:
    if as_json:
        write_json(
            [
                {
                    "id": i.id,
                    "customer": i.customer,
                    "source": i.source,
                    "saved_at": i.saved_at.isoformat(),
                    "turns": i.turns,
                    "peak": i.peak,
                    "label": i.label.value if i.label else None,
                    "spikes": i.spikes,
                    "excerpt": i.excerpt,
                }
                for i in items
            ]
        )
        return
    for item in items:
        when = item.saved_at.astimezone().strftime("%Y-%m-%d %H:%M")
        label = item.label.value if item.label else "-"
        write(
            f"{printable(item.id):<28} {when}  {label:<12} {printable(item.customer or '')}: {printable(item.excerpt)}"
        )
    if not items:
        context.tell("nothing is saved that fits.")
