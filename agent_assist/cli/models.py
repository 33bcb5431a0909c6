"""`agent-assist models`: the shelf of language models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from agent_assist.cli.context import Context, write, write_json
from agent_assist.llm.fetch import FetchProgress, OnProgress, ignore_progress
from agent_assist.llm.voices import FoundVoice, VoiceState
from agent_assist.settings import MODEL, VOICE


def show(context: Context, arguments: argparse.Namespace) -> int:
    """`models list`: what can be had, what is here, and with which of them we write in a voice of our own."""
    shelf = context.desk.shelf
    installed = {found.entry.name: found.state.value for found in shelf.installed()}
    voices = {e.name: shelf.find_voice(e.name) for e in shelf.catalog}
    rows = [
        {
            "name": e.name,
            "title": e.title,
            "licence": e.licence,
            "purpose": e.purpose.value,
            "megabytes": round(e.bytes / 1e6),
            "memory_mb": e.memory_mb,
            "installed": installed.get(e.name),
            "voice": _voice(context, voices[e.name]),
        }
        for e in shelf.catalog
    ]
    if arguments.json:
        write_json(rows)
        return 0
    chosen = context.settings[MODEL]
    for row in rows:
        state = f"installed, {row['installed']}" if row["installed"] else "not installed"
        if row["voice"] != VoiceState.NONE:
            state += f", voice: {row['voice']}"
        mark = " (chosen in the settings)" if row["name"] == chosen else ""
        write(f"{row['name']:<20} {row['megabytes']:>6,} MB  {row['licence']:<11} {row['purpose']:<12} {state}{mark}")
    for found in voices.values():
        if found.problem:
            write(f"{found.problem} {found.remedy}")
    return 0


def _voice(context: Context, found: FoundVoice) -> str:
    """Whether a model writes with the adapter made for it: yes, off (in the settings), none, damaged."""
    if found.state is VoiceState.NONE:
        return "none"
    if not found.whole:
        return "damaged"
    return "yes" if context.settings[VOICE] else "off"


def install(context: Context, arguments: argparse.Namespace) -> int:
    """`models install`."""
    shelf = context.desk.shelf
    name = shelf.recommended().name if arguments.recommended else arguments.name
    with _bar(context) as on_progress:
        path = shelf.install(name, on_progress)
    context.tell(f"{name} is installed in {path.parent}.")
    return 0


def import_file(context: Context, arguments: argparse.Namespace) -> int:
    """`models import`."""
    with _bar(context) as on_progress:
        entry = context.desk.shelf.import_file(Path(arguments.file).expanduser(), on_progress)
    context.tell(f"{entry.name} is installed.")
    return 0


def verify(context: Context, arguments: argparse.Namespace) -> int:
    """`models verify`: 1 where a model is damaged."""
    with _bar(context) as on_progress:
        checked = context.desk.shelf.verify(arguments.name, on_progress)
    for one in checked:
        write(f"{one.entry.name:<20} {'good' if one.ok else one.problem}")
    if not checked:
        context.tell("no model is installed.")
    return 0 if all(one.ok for one in checked) else 1


def remove(context: Context, arguments: argparse.Namespace) -> int:
    """`models remove`."""
    context.desk.shelf.remove(arguments.name)
    context.tell(f"{arguments.name} is removed.")
    return 0


@contextmanager
def _bar(context: Context) -> Iterator[OnProgress]:
    """A progress bar on stderr, one for each step."""
    if context.quiet:
        yield ignore_progress
        return
    bar: Any = None  # a tqdm; its type parameter says nothing here
    step = ""

    def show_progress(progress: FetchProgress) -> None:
        nonlocal bar, step
        now = f"{progress.name}: {progress.step.value} ({progress.source})"
        if bar is None or now != step:
            if bar is not None:
                bar.close()
            bar = tqdm(
                total=progress.total_bytes, desc=now, unit="B", unit_scale=True, file=sys.stderr, mininterval=0.5
            )
            step = now
        bar.update(progress.done_bytes - bar.n)

    try:
        yield show_progress
    finally:
        if bar is not None:
            bar.close()
