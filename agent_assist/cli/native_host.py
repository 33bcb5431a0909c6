"""`agent-assist native-host`: what a browser starts for the extension; not for people."""

from __future__ import annotations

import argparse
import io
import sys
from typing import Literal, TextIO

from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.host import run_native_host
from agent_assist.capture.hook.manifests import is_extension
from agent_assist.cli.context import Context
from agent_assist.errors import KnownError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds what browsers put behind the command to its parser."""
    parser.description = "Started by a browser, which speaks to it on standard input and output. Not for people."
    parser.add_argument("callers", nargs="*", metavar="CALLER", help="who asks: the extension, as the browser names it")
    parser.add_argument("--parent-window", metavar="N", help="the browser's window (Windows); not used")
    parser.set_defaults(run=run)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs until the browser closes standard input.

    Raises:
        KnownError: another extension asks, or there are no streams to speak on.
    """
    if arguments.callers and not is_extension(arguments.callers):
        raise KnownError("Another extension than Agent Assist's asks here; it is not let in.")
    path = socket_path(context.places)
    with _unbuffered(sys.stdin, "rb") as stdin, _unbuffered(sys.stdout, "wb") as stdout:
        run_native_host(stdin, stdout, path)
    return 0


def _unbuffered(stream: TextIO | None, mode: Literal["rb", "wb"]) -> io.FileIO:
    """The stream's file without a buffer: a thread that waits inside a buffer keeps the process from ending."""
    try:
        if stream is not None:
            return io.FileIO(stream.fileno(), mode, closefd=False)
    except (OSError, ValueError):
        pass
    raise KnownError("Only a browser starts this command. To set that up, run: agent-assist hook install.")
