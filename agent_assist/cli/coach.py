"""`agent-assist coach`: help with a reply of one's own, and how the turns of an agent read."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from agent_assist.assist.coach import SHOWN
from agent_assist.cli.analyze import open_file, read_file, reading_threads
from agent_assist.cli.context import Context, flush, write, write_json
from agent_assist.cli.report import printable
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import Coaching, Conversation, Mood, PillarState, Remark, Rewrite, Wish

_BATCH, _FILE_BATCH = 8, 32
_STDIN = "-"
_LONGEST_DRAFT = 20_000
_STATES = {PillarState.GIVEN: "given", PillarState.MISSING: "missing", PillarState.NOT_NEEDED: "not needed"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the command to its parser."""
    parser.description = (
        "Says what a reply of your own lacks or risks, and puts it in better words on request. "
        "Nothing of it is stored. With --lines: how the turns of agents read, for evaluation."
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="with --lines: JSON lines; - or none: standard input")
    parser.add_argument("--conversation", metavar="FILE", help="what the draft answers; - for standard input")
    parser.add_argument(
        "--draft",
        metavar="TEXT",
        help="your reply; - reads it from standard input: what stands on a command line can be seen by others",
    )
    parser.add_argument(
        "--rewrite",
        choices=[wish.value for wish in Wish],
        metavar="WISH",
        help="put it in better words: " + ", ".join(Wish),
    )
    parser.add_argument(
        "--instruction",
        metavar="TEXT",
        help="what to change, in your own words (with --rewrite own); others can see what stands on a command line",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--lines", action="store_true", help="batch: conversations in, scores of each agent's turn out")
    parser.set_defaults(run=run, misuse=misuse)


def misuse(arguments: argparse.Namespace) -> str | None:
    """Which of the options given do not go together; None where all do."""
    drafting = [arguments.conversation, arguments.draft, arguments.rewrite, arguments.instruction]
    if arguments.lines:
        return (
            "--lines scores conversations: it goes with a file only" if any(o is not None for o in drafting) else None
        )
    if arguments.file is not None:
        return "a file without a name for it goes with --lines: use --conversation FILE"
    if arguments.conversation is None or arguments.draft is None:
        return "--conversation FILE and --draft TEXT are needed, or --lines"
    if arguments.conversation == _STDIN and arguments.draft == _STDIN:
        return "only one of --conversation and --draft can be read from standard input"
    if arguments.rewrite == Wish.OWN and arguments.instruction is None:
        return "--rewrite own needs --instruction TEXT"
    if arguments.instruction is not None and arguments.rewrite not in (None, Wish.OWN):
        return "--instruction goes with --rewrite own"
    return None


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command; 1 where a line failed though the rest went well."""
    if arguments.lines:
        return _Batch(context).run(arguments.file or _STDIN)
    return _one(context, arguments)


def _one(context: Context, arguments: argparse.Namespace) -> int:
    """Coaches one draft, and rewrites it where that was asked for."""
    desk = context.desk
    conversation = _conversation(context, arguments.conversation)
    draft = _draft(arguments.draft)
    mood = desk.read(conversation)
    coaching = desk.coach(conversation, mood, draft, typing=False)
    rewrite = None
    if arguments.rewrite is not None or arguments.instruction is not None:
        wish = Wish(arguments.rewrite or Wish.OWN)
        instruction = arguments.instruction or ""
        try:
            rewrite = desk.rewrite(conversation, mood, draft, wish, instruction, context.progress, CancelToken())
        finally:
            context.clear_progress()
    if arguments.json:
        write_json(_coaching_object(coaching) | ({"rewrite": _rewrite_object(rewrite)} if rewrite else {}))
    else:
        write(_report(coaching, rewrite))
    flush()
    return 0


def _conversation(context: Context, name: str) -> Conversation:
    found = context.desk.capture(read_file(name))
    if len(found) > 1:
        raise KnownError(f"That file holds {len(found)} conversations. A draft answers one: give a file with that one.")
    return found[0]


def _draft(given: str) -> str:
    text = read_file(_STDIN).decode("utf-8", "replace") if given == _STDIN else given
    if len(text) > _LONGEST_DRAFT:
        raise KnownError(f"The draft is longer than {_LONGEST_DRAFT:,} characters. Give a part of it.")
    if not text.strip():
        raise KnownError("The draft is empty. Write a few words first.")
    return text.rstrip("\r\n")


class _Batch:
    """JSON lines in, JSON lines out: scores of the agents' turns."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._failed = False
        self._served = 0
        context.reading_threads = reading_threads()

    def run(self, name: str) -> int:
        with open_file(name) as stream:
            self._stream(stream, name, _BATCH if name == _STDIN else _FILE_BATCH)
        if not self._served and not self._failed:
            raise KnownError("There is nothing to read. A line is JSON: an id, and turns with speaker and text.")
        return 1 if self._failed else 0

    def _stream(self, stream: BinaryIO, name: str, size: int) -> None:
        desk = self._context.desk
        conversations = desk.capture_lines(stream, self._bad)
        while True:
            with _readable(name):
                batch = list(islice(conversations, size))
            if not batch:
                break
            for conversation, mood in zip(batch, desk.read_many(batch), strict=True):
                write_json(self._scores(conversation, mood), compact=True)
                self._served += 1
            flush()

    def _scores(self, conversation: Conversation, mood: Mood) -> dict[str, Any]:
        whole, turns = self._context.desk.score_turns(conversation, mood)
        return {
            "id": conversation.id,
            "empathy": None if whole is None else round(whole, 4),
            "agent_turns": [
                {
                    "i": score.turn,
                    "empathy": round(score.empathy, 4),
                    "pillars": {pillar.value: state.value for pillar, state in score.pillars.items()},
                }
                for score in turns
            ],
        }

    def _bad(self, line: int, reason: str) -> None:
        self._failed = True
        self._context.complain(f"line {line}: {reason}")


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """Raises a KnownError where a file fails in the middle of reading it."""
    try:
        yield
    except OSError as error:
        file = "standard input" if name == _STDIN else f"the file {name}"
        raise KnownError(f"Reading {file} failed ({error.strerror}). Check its name and its permissions.") from error


def _coaching_object(coaching: Coaching) -> dict[str, Any]:
    return {
        "empathy": None if coaching.empathy is None else round(coaching.empathy, 3),
        "pillars": {pillar.value: state.value for pillar, state in coaching.pillars.items()},
        "remarks": [_remark_object(remark) for remark in coaching.remarks],
    }


def _remark_object(remark: Remark) -> dict[str, Any]:
    return {
        "kind": remark.kind.value,
        "text": remark.text,
        "why": remark.why,
        "start": remark.start,
        "end": remark.end,
        "pillar": remark.pillar.value if remark.pillar is not None else None,
    }


def _rewrite_object(rewrite: Rewrite) -> dict[str, Any]:
    return {
        "text": rewrite.text,
        "changes": [{"start": c.start, "end": c.end, "text": c.text, "tag": c.tag.value} for c in rewrite.changes],
        "notes": list(rewrite.notes),
    }


def _report(coaching: Coaching, rewrite: Rewrite | None) -> str:
    """What the coach says, for a person at a terminal."""
    pillars = ", ".join(f"{p.value.replace('_', ' ')} {_STATES[s]}" for p, s in coaching.pillars.items())
    lines = [f"Pillars: {pillars}"]
    if coaching.empathy is not None:
        lines.append(f"Empathy: {coaching.empathy:.2f}")
    for remark in coaching.remarks[:SHOWN]:
        lines += ["", f"- {printable(remark.text)}", f"  {printable(remark.why)}"]
    if not coaching.remarks:
        lines += ["", "Nothing to remark."]
    if rewrite is not None:
        lines += ["", "Rewritten:", printable(rewrite.text), *(f"({printable(note)})" for note in rewrite.notes)]
    return "\n".join(lines)
