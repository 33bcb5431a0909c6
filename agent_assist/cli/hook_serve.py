"""`agent-assist hook serve`: the relay for self-hosted desks. Runs only as long as somebody lets it."""

from __future__ import annotations

import argparse
import getpass
import signal
import sys
from types import FrameType

from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.link import is_running
from agent_assist.capture.relay.app import Relay
from agent_assist.capture.relay.door import Door
from agent_assist.capture.relay.forward import Forwarder
from agent_assist.capture.relay.keys import (
    DESKS,
    Keys,
    all_keys,
    forget_desk_secret,
    keep_desk_secret,
    new_relay_token,
    relay_token,
)
from agent_assist.capture.relay.server import HOST, Server
from agent_assist.cli.context import Context, write
from agent_assist.errors import KnownError
from agent_assist.records import Way

PORT = 8787

_MAX_PORT = 65_535
_MAX_TYPED = 4096


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the command to its parser."""
    parser.description = (
        "Takes in what a Chatwoot or Zammad of your own sends as webhooks, on this machine alone, until you end it. "
        "The options about the token and the secrets do that and end."
    )
    names = [desk.value for desk in DESKS]
    parser.add_argument("--port", type=_port, default=PORT, metavar="N", help=f"on {HOST} (default: {PORT}; 0: any)")
    parser.add_argument("--desk", action="append", choices=names, help="answer this desk alone; may be repeated")
    instead = parser.add_mutually_exclusive_group()
    instead.add_argument("--show-token", action="store_true", help="print the token that every request carries")
    instead.add_argument("--new-token", action="store_true", help="make another token and print it")
    instead.add_argument(
        "--secret-from-stdin", choices=names, metavar="DESK", help="keep what a desk signs with, read from stdin"
    )
    instead.add_argument(
        "--forget-secret", choices=names, metavar="DESK", help="check this desk's signatures no longer"
    )
    parser.set_defaults(run=run)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Serves until it is interrupted, or does the one thing that was asked for.

    Raises:
        KnownError: no keyring is unlocked, the port is taken, or what was typed is no secret.
    """
    if arguments.show_token:
        write(relay_token(context.places))
    elif arguments.new_token:
        write(new_relay_token(context.places))
    elif arguments.secret_from_stdin:
        keep_desk_secret(context.places, Way(arguments.secret_from_stdin), _typed())
        context.tell("kept in the system's keyring; a relay that runs has to be started again.")
    elif arguments.forget_secret:
        forget_desk_secret(context.places, Way(arguments.forget_secret))
        context.tell("forgotten; a relay that runs has to be started again.")
    else:
        _serve(context, arguments.port, [desk for desk in DESKS if desk in (arguments.desk or DESKS)])
    return 0


def _serve(context: Context, port: int, desks: list[Way]) -> None:
    keys = all_keys(context.places, desks)
    path = socket_path(context.places)
    forwarder = Forwarder(path, desks)

    def make(taken: int) -> tuple[Door, Relay]:
        door = Door(keys.token, taken, desks)
        return door, Relay(door, keys, forwarder.show)

    server = Server(port, make)
    signal.signal(signal.SIGTERM, _end)
    try:
        for line in _greeting(server.port, desks, keys):
            context.tell(line)
        if not is_running(path):
            context.tell(
                "Agent Assist is not running, or takes nothing in from programs (Settings, Ways in): start it too."
            )
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass  # asked to end before the server heard of it
    finally:
        forwarder.close()
    context.tell("the relay ended.")


def _greeting(port: int, desks: list[Way], keys: Keys) -> list[str]:
    addresses = " and ".join(f"http://{HOST}:{port}/{desk.value}" for desk in desks)
    unsigned = [desk.value for desk in desks if desk not in keys.secrets]
    lines = [f"the relay listens on {addresses}; Ctrl+C ends it."]
    if unsigned:
        lines.append(
            f"signatures are not checked for {' and '.join(unsigned)}: no secret is kept (--secret-from-stdin DESK)."
        )
    return lines


def _end(number: int, frame: FrameType | None) -> None:
    """A service manager ends us as Ctrl+C does."""
    del number, frame
    raise SystemExit


def _typed() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Secret (not shown): ")
    try:
        return sys.stdin.read(_MAX_TYPED)
    except UnicodeDecodeError as error:
        raise KnownError("What came in is not text. Give the secret alone, on one line.") from error


def _port(text: str) -> int:
    port = int(text)
    if port != 0 and not 1024 <= port <= _MAX_PORT:
        raise argparse.ArgumentTypeError(f"must be from 1024 to {_MAX_PORT}")
    return port
