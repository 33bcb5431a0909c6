"""`agent-assist push`: hands a text to the sidebar that runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from agent_assist.capture import FORMATS
from agent_assist.capture.counting import count
from agent_assist.capture.decode import decode
from agent_assist.capture.hook.client import Client
from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.frames import encode
from agent_assist.capture.hook.protocol import MAX_FRAME, Accepted, Push
from agent_assist.cli.analyze import open_file
from agent_assist.cli.context import Context, write, write_json
from agent_assist.errors import KnownError
from agent_assist.records import Way

_STDIN = "-"
_NAME_LENGTH = 200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the command to its parser."""
    parser.description = (
        "Hands a conversation to the sidebar that runs on this machine, as if it were pasted there. "
        "Its settings must let other programs bring conversations (Settings, Ways in)."
    )
    parser.add_argument("file", nargs="?", metavar="FILE", help="any format that is read; - or none: standard input")
    parser.add_argument(
        "--format", choices=FORMATS, default="auto", help="what the text is (default: found by content)"
    )
    parser.add_argument("--customer", metavar="NAME", help="who the customer is")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run, misuse=misuse)


def misuse(arguments: argparse.Namespace) -> str | None:
    """What is missing; None where all is there."""
    if arguments.file is None and sys.stdin is not None and sys.stdin.isatty():
        return "name a FILE, or send the text to standard input (-)"
    return None


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command.

    Raises:
        KnownError: the text cannot be read or is too long, the sidebar does not run, or it refused the text.
    """
    name = arguments.file or _STDIN
    if name == _STDIN and sys.stdin is not None and sys.stdin.isatty():
        context.tell("paste the conversation, then end it with Ctrl+D (Windows: Ctrl+Z and Enter).")
    message = _message(_read(name), name, arguments)
    with Client(socket_path(context.places), Way.PUSH, "agent-assist push") as client:
        answer = client.ask(message)
    if not isinstance(answer, Accepted):
        raise KnownError("Agent Assist gave no answer that could be read. Update it, or this command.")
    if arguments.json:
        write_json({"conversations": answer.conversations, "added": answer.added})
    else:
        write(f"{count(answer.conversations, 'conversation')}, {count(answer.added, 'new turn')}")
    return 0


def _read(name: str) -> bytes:
    with open_file(name) as file:
        try:
            data = file.read(MAX_FRAME + 1)
        except OSError as error:
            raise KnownError(f"Reading the text failed ({error.strerror}). Check what {name} is.") from error
    if len(data) > MAX_FRAME:
        raise _too_long()
    return data


def _message(data: bytes, name: str, arguments: argparse.Namespace) -> Push:
    text = decode(data, verbatim=True).text
    if not text.strip():
        raise KnownError("There is nothing to read. Name a file with a conversation in it.")
    customer = arguments.customer[:_NAME_LENGTH] if arguments.customer else None
    title = "" if name == _STDIN else Path(name).name[:_NAME_LENGTH]
    message = Push(text, arguments.format, customer, title)
    try:
        encode(message)
    except KnownError as error:
        raise _too_long() from error
    return message


def _too_long() -> KnownError:
    return KnownError(
        f"That is too long to push: at most {MAX_FRAME >> 20} MB go at once. Open the file in the window instead."
    )
