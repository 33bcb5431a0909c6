"""The command line over the same pipeline as the window: what it takes, what it answers, and how it ends."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from agent_assist import egress, log
from agent_assist.cli.context import Context, flush, one_line
from agent_assist.cli.parser import make_parser
from agent_assist.errors import Cancelled, KnownError
from agent_assist.paths import find_places

OK, KNOWN, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

WindowProbe = Callable[[], dict[str, float]]
"""Measures the window in a process of its own; see `bench`. The command line itself knows no window."""


Window = Callable[[Context], int]
"""Opens the window; only the program's entry knows one."""


def main(
    argv: Sequence[str], window: Window | None = None, probe: WindowProbe | None = None, *, alone: bool = False
) -> int:
    """Runs one command, guarded against leaving this machine.

    Args:
        argv: the arguments after the program's name.
        window: opens the window, where no command is given; None makes that bad usage.
        probe: measures the window, for `bench` and `doctor`; None where there is none.
        alone: the process does nothing else, so it may give up for good what the command does not need.

    Returns:
        0 on success, 1 on a KnownError, 2 on bad usage, 3 on an error of ours, 130 when interrupted.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # The answers are UTF-8 wherever they go; a name that no encoding holds must not end a command.
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    egress.install()
    try:
        arguments = _parse(argv, has_window=window is not None)
    except SystemExit as end:
        # The help was printed, and `| head` may have had enough of it.
        return _guarded(_flush) or (end.code if isinstance(end.code, int) else USAGE)
    if alone and arguments.run is not None and not arguments.networked:
        egress.seal()
    return _guarded(lambda: _run(arguments, window, probe))


def _parse(argv: Sequence[str], *, has_window: bool) -> argparse.Namespace:
    parser = make_parser()
    arguments = parser.parse_args(argv)
    if arguments.run is None and not has_window:
        parser.error("a command is needed")
    problem = arguments.misuse(arguments) if arguments.misuse else None
    if problem:
        parser.error(problem)
    return arguments


def _run(arguments: argparse.Namespace, window: Window | None, probe: WindowProbe | None) -> int:
    places = find_places(arguments.data_dir)
    policy = Path(arguments.policy).expanduser().absolute() if arguments.policy else None
    context = Context(places, quiet=arguments.quiet, probe=probe, policy=policy)
    try:
        places.create()
        log.to_file(places.log)
        if arguments.run is None and window is not None:
            return window(context)
        code: int = arguments.run(context, arguments)
        flush()
        return code
    finally:
        context.close()


def _flush() -> int:
    flush()
    return OK


def _guarded(work: Callable[[], int]) -> int:
    """Runs `work`; however it ends, the person reads one line at most, and never a traceback."""
    try:
        return work()
    except KnownError as error:
        print(f"agent-assist: {one_line(str(error))}", file=sys.stderr)
        code = KNOWN
    except (Cancelled, KeyboardInterrupt):
        print("agent-assist: stopped.", file=sys.stderr)
        code = INTERRUPTED
    except BrokenPipeError:
        code = OK  # the reader went away (`| head`): nothing to say, and nothing left to say it to
    except Exception as error:  # noqa: BLE001  # the outermost edge of the process: no traceback reaches a person
        report_bug(error)
        code = BUG
    _give_up_unwritten()
    return code


def _give_up_unwritten() -> None:
    """Lets go of an answer that cannot be written: Python would try again at its end, and print why it cannot."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def report_bug(error: BaseException) -> None:
    """Logs where an error of ours arose, without its message, which may hold customer text; says so in one line."""
    what = log.describe(error)
    place = what.split(" < ", 1)[0]
    log.get("cli").error("%s", what)
    print(
        f"agent-assist: something went wrong on our side ({place}). "
        "Please report it; the log holds the details and no customer text.",
        file=sys.stderr,
    )
