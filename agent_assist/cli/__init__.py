"""The command line over the same pipeline as the window: what it takes, what it answers, and how it ends."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Sequence

from agent_assist import log
from agent_assist.cli.context import Context
from agent_assist.cli.parser import make_parser
from agent_assist.errors import Cancelled, KnownError
from agent_assist.paths import find_places

OK, KNOWN, USAGE, BUG, INTERRUPTED = 0, 1, 2, 3, 130

WindowProbe = Callable[[], dict[str, float]]
"""Measures the window in a process of its own; see `bench`. The command line itself knows no window."""


Window = Callable[[Context], int]
"""Opens the window; only the program's entry knows one."""


def main(argv: Sequence[str], window: Window | None = None, probe: WindowProbe | None = None) -> int:
    """Runs one command.

    Args:
        argv: the arguments after the program's name.
        window: opens the window, where no command is given; None makes that bad usage.
        probe: measures the window, for `bench` and `doctor`; None where there is none.

    Returns:
        0 on success, 1 on a KnownError, 2 on bad usage, 3 on an error of ours, 130 when interrupted.
    """
    parser = make_parser()
    try:
        arguments = parser.parse_args(argv)
        if arguments.run is None and window is None:
            parser.error("a command is needed")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else USAGE
    places = find_places(arguments.data_dir)
    context = Context(places, quiet=arguments.quiet, probe=probe)
    try:
        places.create()
        log.to_file(places.log)
        if arguments.run is None and window is not None:
            return window(context)
        code: int = arguments.run(context, arguments)
        sys.stdout.flush()
        return code
    except KnownError as error:
        print(f"agent-assist: {one_line(str(error))}", file=sys.stderr)
        return KNOWN
    except (Cancelled, KeyboardInterrupt):
        print("agent-assist: stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader went away (`| head`): nothing to say, and nothing left to say it to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except Exception as error:  # noqa: BLE001  # the outermost edge of the process: no traceback reaches a person
        report_bug(error)
        return BUG
    finally:
        context.close()


def report_bug(error: BaseException) -> None:
    """Logs where an error of ours arose, without its message, which may hold customer text; says so in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(f"{f.filename.rsplit(os.sep, 1)[-1]}:{f.lineno} {f.name}" for f in reversed(frames[-6:]))
    log.get("cli").log(logging.ERROR, "%s at %s", type(error).__name__, where)
    place = where.split(" < ", 1)[0]
    print(
        f"agent-assist: something went wrong on our side ({type(error).__name__} at {place}). "
        "Please report it; the log holds the details and no customer text.",
        file=sys.stderr,
    )


def one_line(text: str) -> str:
    """A message on one line."""
    return " ".join(text.split())
