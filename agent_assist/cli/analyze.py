"""`agent-assist analyze`: conversations in, feelings, summary and replies out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.contract import analysis_object
from agent_assist.cli.report import report
from agent_assist.errors import KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.records import Analysis, Conversation, Mood
from agent_assist.settings import SAVE

_BATCH = 32
"""Conversations read together in batch mode: enough to keep two threads busy, few enough for answers to flow."""
_MAX_FILE = 64 * 1024 * 1024


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command; 1 where a line or a save failed though the rest went well."""
    if arguments.lines:
        return _Batch(context, arguments).run()
    return _Interactive(context, arguments).run()


class _Interactive:
    """One or a few conversations, for a person or a script; saved unless told otherwise."""

    def __init__(self, context: Context, arguments: argparse.Namespace) -> None:
        self._context, self._arguments = context, arguments
        self._failed = False

    def run(self) -> int:
        for data in self._texts():
            conversations = self._context.desk.capture(
                data, format=self._arguments.format, customer=self._arguments.customer, on_bad=self._bad
            )
            for conversation in conversations:
                self._one(conversation)
        return 1 if self._failed else 0

    def _texts(self) -> Iterator[bytes | str]:
        if self._arguments.sample:
            yield self._context.desk.sample()
            return
        for name in self._arguments.files or ["-"]:
            yield read_file(name)

    def _bad(self, line: int, reason: str) -> None:
        self._failed = True
        print(f"agent-assist: line {line}: {reason}", file=sys.stderr)

    def _one(self, conversation: Conversation) -> None:
        analysis = analyse(self._context, conversation, self._context.desk.read(conversation), self._arguments.no_llm)
        self._context.clear_progress()
        if self._arguments.json:
            write_json(analysis_object(analysis, fine=self._arguments.fine))
        else:
            write(report(analysis))
        sys.stdout.flush()
        if self._arguments.save or (self._context.settings[SAVE] and not self._arguments.no_save):
            self._save(analysis)

    def _save(self, analysis: Analysis) -> None:
        """Saves what was printed; what was printed stands, whatever comes of it."""
        try:
            self._context.desk.open_history()
            self._context.desk.history.save(analysis)
        except Locked as error:
            self._failed = self._failed or self._arguments.save
            self._context.tell(f"not saved. {error}")
        except KnownError as error:
            self._failed = True
            print(f"agent-assist: not saved. {' '.join(str(error).split())}", file=sys.stderr)


class _Batch:
    """JSON lines in, JSON lines out, as fast as it goes; not saved unless told to."""

    def __init__(self, context: Context, arguments: argparse.Namespace) -> None:
        self._context, self._arguments = context, arguments
        self._bad_lines = 0
        self._served = 0

    def run(self) -> int:
        if self._arguments.save:
            self._context.desk.open_history()
        for name in self._arguments.files or ["-"]:
            with ExitStack() as stack:
                stream = sys.stdin.buffer if name == "-" else stack.enter_context(_open(name))
                self._stream(stream)
        if self._bad_lines and not self._served:
            raise KnownError("No line held a conversation. A line is JSON: an id and turns with speaker and text.")
        return 1 if self._bad_lines else 0

    def _stream(self, stream: Iterable[bytes]) -> None:
        conversations = self._context.desk.capture_lines(stream, self._bad)
        # With the language model each conversation takes seconds: then one at a time, so that answers flow.
        size = _BATCH if self._arguments.no_llm else 1
        while batch := list(islice(conversations, size)):
            for conversation, mood in zip(batch, self._context.desk.read_many(batch), strict=True):
                analysis = analyse(self._context, conversation, mood, self._arguments.no_llm)
                write_json(analysis_object(analysis, fine=self._arguments.fine), compact=True)
                self._served += 1
                if self._arguments.save:
                    self._context.desk.history.save(analysis)
            sys.stdout.flush()

    def _bad(self, line: int, reason: str) -> None:
        self._bad_lines += 1
        print(f"agent-assist: line {line}: {reason}", file=sys.stderr)


def analyse(context: Context, conversation: Conversation, mood: Mood, no_llm: bool) -> Analysis:
    """The whole analysis of one conversation whose mood is known."""
    if no_llm:
        return Analysis(conversation, mood)
    assist = context.desk.assist(conversation, mood, context.progress, CancelToken())
    return Analysis(conversation, mood, assist)


def read_file(name: str) -> bytes:
    """A file's bytes; "-" is standard input.

    Raises:
        KnownError: it cannot be read, or is larger than any conversation.
    """
    if name == "-":
        data = sys.stdin.buffer.read(_MAX_FILE + 1)
    else:
        with _open(name) as file:
            data = b"".join(islice(iter(lambda: file.read(1 << 20), b""), _MAX_FILE // (1 << 20) + 1))
    if len(data) > _MAX_FILE:
        raise KnownError("The input is larger than 64 MB. Give one conversation at a time, or JSON lines with --lines.")
    return data


def _open(name: str) -> BinaryIO:
    try:
        return Path(name).open("rb")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name"
        raise KnownError(f"The file {name} cannot be read ({reason}).") from error
