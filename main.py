"""The one entry: without a command the sidebar, with one the command line. The only module that sees every floor.

The language-model worker starts a fresh interpreter that reads this file again, so it imports next to nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agent_assist.cli.context import Context


_PROBE_SECONDS = 120
_INTERRUPTED = 130


def main() -> int:
    """Runs the program with the process's arguments; the exit status."""
    multiprocessing.freeze_support()
    try:
        from agent_assist import egress

        egress.install()
        egress.hide_memory()
        from agent_assist import cli

        return cli.main(sys.argv[1:], window=_window, probe=_probe, alone=True)
    except KeyboardInterrupt:  # before the command line was there to meet it, or while it ended
        print("agent-assist: stopped.", file=sys.stderr)
        return _INTERRUPTED


def _window(context: Context) -> int:
    """Opens the sidebar; without a display shows the sample in the terminal instead.

    Raises:
        KnownError: a library that the window needs is missing.
    """
    if not _has_display():
        from agent_assist import cli
        from agent_assist.errors import KnownError
        from agent_assist.settings import MODEL

        context.tell("no display here: this is the sample conversation, read in the terminal.")
        command = [*context.global_arguments, "analyze", "--sample", "--no-save"]
        try:
            context.desk.shelf.choose(context.settings[MODEL])
        except KnownError as error:
            context.tell(f"feelings only. {error}")
            command.append("--no-llm")
        return cli.main(command)
    try:
        from ui.app import run
    except ImportError as error:
        raise _no_window() from error
    return run(context.desk, [sys.argv[0]])


def _has_display() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _probe() -> dict[str, float]:
    """Opens the window in a process of its own, as a person would, and returns what it measured about itself."""
    environment = dict(os.environ) if _has_display() else {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "ui.probe", str(time.time())]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, timeout=_PROBE_SECONDS, check=True)
        measured: dict[str, float] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise _no_window() from error
    return measured


def _no_window() -> Exception:
    from agent_assist.errors import KnownError

    return KnownError("The window does not open. Install the system libraries it needs with: make run")


if __name__ == "__main__":
    sys.exit(main())
