"""`agent-assist analyze`: conversations in, feelings, summary and replies out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from agent_assist.capture import parse_columns, read
from agent_assist.cli.context import Context, flush, write, write_json
from agent_assist.cli.contract import analysis_object
from agent_assist.cli.report import report
from agent_assist.errors import KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.records import Analysis, Conversation, Mood
from agent_assist.secrets import WrongPassphrase
from agent_assist.settings import SAVE

_BATCH, _FILE_BATCH = 8, 32
"""Conversations read together in batch mode, from a pipe and from a file: enough to keep all threads busy, and from a
pipe few enough for answers to flow."""
_MAX_READING_THREADS = 8
_MAX_FILE = 64 * 1024 * 1024
_STDIN = "-"


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command; 1 where a file, a line or a save failed though the rest went well."""
    if arguments.lines:
        return _Batch(context, arguments).run()
    return _Interactive(context, arguments).run()


def misuse(arguments: argparse.Namespace) -> str | None:
    """Which of the options given do not go together; None where all do."""
    if arguments.sample and (arguments.files or arguments.lines):
        return "--sample reads the sample: it goes neither with files nor with --lines"
    if arguments.lines and arguments.format == "plain":
        return "--lines reads JSON lines: --format plain does not go with it"
    if arguments.lines and arguments.customer:
        return "--lines names each turn's speaker: --customer does not go with it"
    return _misused_columns(arguments) if arguments.columns is not None else None


def _misused_columns(arguments: argparse.Namespace) -> str | None:
    if arguments.sample or arguments.lines or arguments.format not in ("auto", "csv"):
        return "--columns tells what a table holds: it goes neither with --sample nor --lines nor another --format"
    try:
        parse_columns(arguments.columns)
    except KnownError as error:
        return str(error)
    return None


class _Interactive:
    """One or a few conversations, for a person or a script; saved unless told otherwise."""

    def __init__(self, context: Context, arguments: argparse.Namespace) -> None:
        self._context, self._arguments = context, arguments
        self._failed = False
        self._saves = arguments.save or (context.settings[SAVE] and not arguments.no_save)

    def run(self) -> int:
        for conversation in self._conversations():
            self._one(conversation)
        return 1 if self._failed else 0

    def _conversations(self) -> Iterator[Conversation]:
        if self._arguments.sample:
            yield from self._context.desk.capture(self._context.desk.sample())
            return
        names = self._arguments.files or [_STDIN]
        for name in names:
            try:
                found = self._capture(name, named=len(names) > 1)
            except KnownError as error:
                if len(names) == 1:
                    raise
                self._fail(str(error) if name in str(error) else f"{name}: {error}")
                continue
            yield from found

    def _capture(self, name: str, *, named: bool) -> list[Conversation]:
        def bad(line: int, reason: str) -> None:
            self._fail(f"{name}, line {line}: {reason}" if named else f"line {line}: {reason}")

        if name == _STDIN and sys.stdin is not None and sys.stdin.isatty():
            self._context.tell("paste the conversation, then end it with Ctrl+D (Windows: Ctrl+Z and Enter).")
        data, customer = read_file(name), self._arguments.customer
        if self._arguments.columns is not None:
            return read(data, customer=customer, columns=parse_columns(self._arguments.columns))
        return self._context.desk.capture(data, format=self._arguments.format, customer=customer, on_bad=bad)

    def _fail(self, text: str) -> None:
        self._failed = True
        self._context.complain(text)

    def _one(self, conversation: Conversation) -> None:
        try:
            mood = self._context.desk.read(conversation)
            analysis = analyse(self._context, conversation, mood, self._arguments.no_llm)
        except KnownError as error:
            # The other conversations are not to suffer from it.
            self._fail(str(error))
            return
        finally:
            self._context.clear_progress()
        if self._arguments.json:
            write_json(analysis_object(analysis, fine=self._arguments.fine))
        else:
            write(report(analysis))
        flush()
        if self._saves:
            self._save(analysis)

    def _save(self, analysis: Analysis) -> None:
        """Saves what was printed; what was printed stands, whatever comes of it."""
        desk = self._context.desk
        try:
            desk.open_history()
        except KnownError as error:
            # Said once: the next conversation would find it no different.
            self._saves = False
            if isinstance(error, Locked) and not isinstance(error, WrongPassphrase) and not self._arguments.save:
                self._context.tell(f"not saved. {error}")
            else:
                self._fail(f"not saved. {error}")
            return
        try:
            desk.custody.keep(analysis)
        except KnownError as error:
            self._fail(f"not saved. {error}")


class _Batch:
    """JSON lines in, JSON lines out, as fast as it goes; not saved unless told to."""

    def __init__(self, context: Context, arguments: argparse.Namespace) -> None:
        self._context, self._arguments = context, arguments
        self._failed = False
        self._served = 0
        context.reading_threads = reading_threads()

    def run(self) -> int:
        if self._arguments.save:
            self._context.desk.open_history()
        if not self._arguments.no_llm:
            # A model that is missing or does not load would fail every line: said once, before the first.
            self._context.desk.warm(self._context.progress, CancelToken())
        names = self._arguments.files or [_STDIN]
        for name in names:
            with open_file(name) as stream:
                self._stream(stream, name, f"{name}, " if len(names) > 1 else "")
        if not self._served and not self._failed:
            raise KnownError("There is nothing to read. A line is JSON: an id, and turns with speaker and text.")
        return 1 if self._failed else 0

    def _stream(self, stream: BinaryIO, name: str, where: str) -> None:
        def bad(line: int, reason: str) -> None:
            self._fail(f"{where}line {line}: {reason}")

        conversations = self._context.desk.capture_lines(stream, bad)
        # With the language model each conversation takes seconds: then one at a time, so that answers flow.
        size = (_BATCH if name == _STDIN else _FILE_BATCH) if self._arguments.no_llm else 1
        while True:
            with _reading(name):
                batch = list(islice(conversations, size))
            if not batch:
                break
            for conversation, mood in zip(batch, self._context.desk.read_many(batch), strict=True):
                self._one(conversation, mood)
            flush()

    def _one(self, conversation: Conversation, mood: Mood) -> None:
        try:
            analysis = analyse(self._context, conversation, mood, self._arguments.no_llm)
        except KnownError as error:
            self._fail(f"conversation {conversation.id}: {error}")
            return
        finally:
            self._context.clear_progress()
        write_json(analysis_object(analysis, fine=self._arguments.fine), compact=True)
        self._served += 1
        if self._arguments.save:
            try:
                self._context.desk.custody.keep(analysis)
            except KnownError as error:
                self._fail(f"conversation {conversation.id}: not saved. {error}")

    def _fail(self, text: str) -> None:
        self._failed = True
        self._context.complain(text)


def analyse(context: Context, conversation: Conversation, mood: Mood, no_llm: bool) -> Analysis:
    """The whole analysis of one conversation whose mood is known."""
    if no_llm:
        return Analysis(conversation, mood)
    assist = context.desk.assist(conversation, mood, context.progress, CancelToken())
    return Analysis(conversation, mood, assist)


def reading_threads() -> int:
    """Processor threads for reading the feelings of many conversations."""
    return min(os.cpu_count() or 1, _MAX_READING_THREADS)


def read_file(name: str) -> bytes:
    """A file's bytes; "-" is standard input.

    Raises:
        KnownError: it cannot be read, or is larger than any conversation.
    """
    with open_file(name) as file, _reading(name):
        data = file.read(_MAX_FILE + 1)
    if len(data) > _MAX_FILE:
        raise KnownError("The input is larger than 64 MB. Give one conversation at a time, or JSON lines with --lines.")
    return data


@contextmanager
def open_file(name: str) -> Iterator[BinaryIO]:
    """A file to read bytes from; "-" is standard input.

    Raises:
        KnownError: it cannot be opened.
    """
    if name == _STDIN:
        if sys.stdin is None:
            raise KnownError("There is no standard input to read. Name a file.")
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        with _reading(name):
            file = stack.enter_context(Path(name).open("rb"))
        yield file


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Raises a KnownError where the file cannot be opened or fails while it is read."""
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such name"
        file = "standard input" if name == _STDIN else f"the file {name}"
        raise KnownError(f"Reading {file} failed ({reason}). Check its name and its permissions.") from error
