"""Saved conversations as a list, for a person or as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.contract import Object
from agent_assist.cli.report import printable
from agent_assist.records import Erased, HistoryItem


def print_items(context: Context, items: Sequence[HistoryItem], *, as_json: bool) -> None:
    """Prints them; says so where there are none."""
    if as_json:
        write_json([item_object(item) for item in items])
        return
    for item in items:
        write(item_line(item))
    if not items:
        context.tell("nothing is saved that fits.")


def item_object(item: HistoryItem) -> Object:
    """One of them as JSON."""
    return {
        "id": item.id,
        "customer": item.customer,
        "source": item.source,
        "saved_at": item.saved_at.isoformat(),
        "turns": item.turns,
        "peak": item.peak,
        "label": item.label.value if item.label else None,
        "spikes": item.spikes,
        "excerpt": item.excerpt,
        "tags": list(item.tags),
        "held": item.held,
    }


def item_line(item: HistoryItem) -> str:
    """One of them on one line."""
    when = item.saved_at.astimezone().strftime("%Y-%m-%d %H:%M")
    label = item.label.value if item.label else "-"
    marks = "".join(f" #{tag}" for tag in item.tags) + (" (held)" if item.held else "")
    said = f"{item.customer or ''}: {item.excerpt}{marks}"
    return f"{printable(item.id):<28} {when}  {label:<12} {printable(said)}"


def tell_erased(context: Context, erased: Erased, *, as_json: bool) -> None:
    """What an erasure did."""
    if as_json:
        told = {
            "conversations": erased.conversations,
            "held": list(erased.held),
            "copies": erased.copies,
            "unreached": erased.unreached,
        }
        write_json(told)
    what = "1 conversation is" if erased.conversations == 1 else f"{erased.conversations:,} conversations are"
    where = f", also in {erased.copies:,} backup{'' if erased.copies == 1 else 's'}" if erased.copies else ""
    context.tell(f"{what} erased{where}.")
    if erased.held:
        context.complain(f"{len(erased.held):,} stayed, under a legal hold: {', '.join(erased.held)}")
    if erased.unreached:
        context.complain(erased.unreached)
