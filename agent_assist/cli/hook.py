"""`agent-assist hook`: which browsers may start the native host."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from agent_assist.capture.hook import manifests
from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.launcher import remove_launcher
from agent_assist.capture.hook.link import is_running
from agent_assist.capture.hook.manifests import Browser, Hooked, HookState
from agent_assist.cli.context import Context, write, write_json
from agent_assist.errors import KnownError
from agent_assist.records import Action
from agent_assist.settings import PROGRAMS

_ADVICE = {
    HookState.BROKEN: "install it again with: agent-assist hook install",
    HookState.ELSEWHERE: "it starts another installation, or this one with another data folder",
}


def add_arguments(parser: argparse.ArgumentParser) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Adds the actions of the command to its parser; returns where further ones belong."""
    parser.description = "Lets the browser extension speak to Agent Assist, for this user alone."
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, text in (
        ("install", install, "let browsers start Agent Assist's native host, and let programs bring conversations"),
        ("remove", remove, "take that away again; what other programs may do stays as it is"),
        ("status", status, "how it stands in each browser"),
    ):
        one = actions.add_parser(name, help=text)
        one.add_argument(
            "--browser",
            choices=[browser.value for browser in Browser],
            action="append",
            help="only in this one; may be given again (default: all that you have used)",
        )
        one.add_argument(
            "--folder",
            metavar="DIR",
            help="the folder NativeMessagingHosts of a profile of its own (needs one --browser)",
        )
        one.add_argument("--json", action="store_true", help="print JSON")
        one.set_defaults(run=run, misuse=misuse)
    return actions


def misuse(arguments: argparse.Namespace) -> str | None:
    """Which of the options given do not go together; None where all do."""
    if arguments.folder is not None and len(arguments.browser or ()) != 1:
        return "--folder goes with exactly one --browser"
    return None


def install(context: Context, arguments: argparse.Namespace) -> int:
    """`hook install`: also turns on that other programs may bring conversations.

    Raises:
        KnownError: no browser is known here, or something cannot be written.
    """
    browsers = _browsers(arguments)
    if not browsers:
        raise KnownError(
            "No browser of yours was found here. Start it once, or name it with --browser: " + ", ".join(Browser) + "."
        )
    socket_path(context.places)  # before anything is changed: it refuses a data folder that others can write to
    hooked = [manifests.install(context.places, browser, _folder(arguments)) for browser in browsers]
    _audit(context, "installed")
    turned_on = not context.settings[PROGRAMS]
    if turned_on:
        context.settings.set(PROGRAMS, True)
    _show(context, arguments, hooked)
    if turned_on:
        context.tell(
            "programs of yours may bring conversations from now on (Settings, Ways in). "
            "If Agent Assist is running, close it and start it again."
        )
    return 0


def remove(context: Context, arguments: argparse.Namespace) -> int:
    """`hook remove`: leaves `ways.programs` alone, which `push` and `hook serve` need too.

    Raises:
        KnownError: a file cannot be deleted.
    """
    _audit(context, "removed")
    everywhere = not arguments.browser
    hooked = [manifests.remove(context.places, browser, _folder(arguments)) for browser in _browsers(arguments)]
    if everywhere:
        remove_launcher(context.places)
    _show(context, arguments, hooked)
    if context.settings[PROGRAMS]:
        context.tell(
            "push and hook serve may still bring conversations; that is turned off in the window (Settings, Ways in)."
        )
    return 0


def status(context: Context, arguments: argparse.Namespace) -> int:
    """`hook status`."""
    _show(context, arguments, [manifests.look(context.places, b, _folder(arguments)) for b in _browsers(arguments)])
    return 0


def _audit(context: Context, what: str) -> None:
    """Notes it where there is a history that opens unasked; else nothing could sign the note."""
    if context.places.history.exists():
        with suppress(KnownError):
            context.desk.custody.open()
            context.desk.custody.note(Action.HOOK, what=what)


def _browsers(arguments: argparse.Namespace) -> tuple[Browser, ...]:
    """Those named; else for `install` those in use, for the others all."""
    if arguments.browser:
        return tuple(dict.fromkeys(map(Browser, arguments.browser)))
    return manifests.found_browsers() if arguments.run is install else tuple(Browser)


def _folder(arguments: argparse.Namespace) -> Path | None:
    return Path(arguments.folder).expanduser().absolute() if arguments.folder else None


def _show(context: Context, arguments: argparse.Namespace, hooked: list[Hooked]) -> None:
    programs, running = context.settings[PROGRAMS], is_running(socket_path(context.places))
    if arguments.json:
        rows = [{"browser": h.browser.value, "state": h.state.value, "file": str(h.file)} for h in hooked]
        write_json({"browsers": rows, "programs": programs, "running": running})
        return
    for one in hooked:
        advice = _ADVICE.get(one.state, "")
        where = f"  {one.file}" if one.state is not HookState.ABSENT else ""
        write(f"{one.browser:<10} {one.state}{where}")
        if advice:
            write(f"{'':<10} -> {advice}")
    write(f"{'programs':<10} {'may bring conversations' if programs else 'bring nothing (Settings, Ways in)'}")
    write(f"{'sidebar':<10} {'runs and takes them in' if running else 'does not run, or takes nothing in'}")
