"""`agent-assist doctor`: what works on this machine, what does not, what to do about it."""

from __future__ import annotations

import argparse
import platform
import shutil
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version

from agent_assist import secrets
from agent_assist.capture.hook import endpoint, manifests
from agent_assist.capture.hook.link import is_running
from agent_assist.cli import kept, offline
from agent_assist.cli.context import Context, write, write_json
from agent_assist.cli.findings import Finding
from agent_assist.errors import KnownError, Locked
from agent_assist.jobs import CancelToken
from agent_assist.llm import hub
from agent_assist.llm.voices import VoiceState
from agent_assist.secrets import KeyHome
from agent_assist.settings import PROGRAMS, VOICE

_PACKAGES = ("PySide6-Essentials", "llama-cpp-python", "onnxruntime", "sqlcipher3", "peewee", "keyring")
_LOW_DISK = 2_000_000_000


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Runs the command; 1 where something that the product needs does not work."""
    findings = list(_findings(context, ask_network=not arguments.offline))
    if arguments.json:
        write_json([{"name": f.name, "ok": f.ok, "state": f.state, "advice": f.advice} for f in findings])
    else:
        for finding in findings:
            write(f"{'ok ' if finding.ok else 'NO '} {finding.name:<16} {finding.state}")
            if finding.advice:
                write(f"{'':<21}-> {finding.advice}")
    return 0 if all(f.ok for f in findings) else 1


def _findings(context: Context, *, ask_network: bool) -> Iterator[Finding]:
    yield Finding("machine", True, f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    yield _packages()
    yield _asked("data folder", lambda: _folder(context))
    yield _asked("settings", lambda: _settings(context))
    yield _asked("history", lambda: _history(context))
    for name, look in kept.looks(context):
        yield _asked(name, look)
    yield _asked("feelings", lambda: _feelings(context))
    yield _asked("nudges", lambda: _nudges(context))
    yield _asked("site tables", lambda: _tables(context))
    yield _asked("language model", lambda: _model(context))
    yield _asked("voice", lambda: _voice(context))
    yield _asked("browser hook", lambda: _hook(context))
    yield _asked("other programs", lambda: _programs(context))
    yield from _offline(context)
    if ask_network:
        yield _asked("model downloads", lambda: _downloads(context))
    if context.probe is not None:
        yield _asked("window", lambda: _window(context))


def _asked(name: str, look: Callable[[], Finding]) -> Finding:
    """A finding; an error on the way is one too."""
    try:
        return look()
    except KnownError as error:
        return Finding(name, False, "does not work", str(error))


def _packages() -> Finding:
    found = []
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Finding(
                "packages", False, f"{name} is not installed", "Run make run again: it installs what is missing."
            )
    return Finding("packages", True, ", ".join(found))


def _folder(context: Context) -> Finding:
    context.places.create()
    free = shutil.disk_usage(context.places.home).free
    state = f"{context.places.home}, {free / 1e9:.1f} GB free"
    if free < _LOW_DISK:
        return Finding("data folder", True, state, "A language model needs about 2.5 GB while it is fetched.")
    return Finding("data folder", True, state)


def _settings(context: Context) -> Finding:
    changed = context.places.settings.exists()
    return Finding("settings", bool(context.settings), str(context.places.settings) if changed else "defaults")


def _history(context: Context) -> Finding:
    home = secrets.state(context.places)
    new = home.home in (KeyHome.NEW_KEYRING, KeyHome.NEW_PASSPHRASE)
    chosen = new and secrets.passphrase_from_environment() is not None  # on first use it comes before any keyring
    where = f"key in {home.keyring}" if home.keyring and not chosen else "key behind a passphrase"
    if new:
        needed = not home.keyring and not chosen
        advice = "No keyring here: the window asks for a passphrase, or set AGENT_ASSIST_PASSPHRASE." if needed else ""
        return Finding("history", True, f"not begun; it will be encrypted, {where}", advice)
    try:
        context.desk.open_history()
    except Locked as error:
        return Finding("history", True, f"locked, {where}", str(error))
    return Finding(
        "history", True, f"opens, encrypted, {where}, {len(context.desk.history.list(100_000))} conversations"
    )


def _feelings(context: Context) -> Finding:
    conversation = context.desk.capture(context.desk.sample())[0]
    mood = context.desk.read(conversation)
    return Finding("feelings", True, f"reads {len(mood.readings)} turns of the sample")


def _nudges(context: Context) -> Finding:
    from agent_assist.emotion.nudges import load_nudges

    table = load_nudges(context.places)
    state = f"{len(table.causes)} causes, " + (f"with the changes of {table.file}" if table.file else "as shipped")
    return Finding("nudges", True, state)


def _tables(context: Context) -> Finding:
    from agent_assist.wording import SITE_FILES, check_tables

    check_tables(context.places)
    own = [name for name in SITE_FILES if (context.places.home / name).exists()]
    return Finding("site tables", True, f"the site's own: {', '.join(own)}" if own else "as shipped")


def _model(context: Context) -> Finding:
    name = context.desk.warm(lambda _event: None, CancelToken())
    return Finding("language model", True, f"{name} loads")


def _voice(context: Context) -> Finding:
    """Never in the way of anything: the models write without it too."""
    shelf = context.desk.shelf
    voices = [found for e in shelf.catalog if (found := shelf.find_voice(e.name)).state is not VoiceState.NONE]
    broken = [found for found in voices if not found.whole]
    if broken:
        return Finding("voice", True, " ".join(found.problem for found in broken), broken[0].remedy)
    if not voices:
        return Finding("voice", True, "none was made for any model")
    names = ", ".join(found.name for found in voices)
    if not context.settings[VOICE]:
        return Finding("voice", True, f"off in the settings; one was made for {names}")
    return Finding("voice", True, f"made for {names}, checked")


def _hook(context: Context) -> Finding:
    """Never in the way of anything: nobody needs the extension."""
    hooked = [manifests.look(context.places, browser) for browser in manifests.Browser]
    there = [one for one in hooked if one.state is not manifests.HookState.ABSENT]
    if not there:
        return Finding("browser hook", True, "in no browser; for the extension: agent-assist hook install")
    state = ", ".join(f"{one.browser} {one.state}" for one in there)
    whole = all(one.state is manifests.HookState.INSTALLED for one in there)
    return Finding("browser hook", True, state, "" if whole else "Install it again with: agent-assist hook install")


def _programs(context: Context) -> Finding:
    path = endpoint.socket_path(context.places)
    if is_running(path):
        return Finding("other programs", True, "the sidebar runs and takes in what they bring")
    if context.settings[PROGRAMS]:
        return Finding("other programs", True, "may bring conversations; the sidebar does not run")
    return Finding("other programs", True, "bring nothing, as the settings have it")


def _offline(context: Context) -> list[Finding]:
    try:
        told = context.desk.sandbox
    except KnownError:  # damaged settings: that is another finding, and proves nothing here
        told = None
    try:
        return offline.look(told)
    except KnownError as error:
        return [Finding("egress guard", False, "does not work", str(error))]


def _downloads(context: Context) -> Finding:
    url = next((e.url for e in context.desk.shelf.catalog if e.url), "")
    if url and hub.reachable(url, CancelToken()):
        return Finding("model downloads", True, "the official source can be reached")
    return Finding(
        "model downloads",
        True,
        "the official source cannot be reached",
        "The default model also comes with pip; or bring a file in with: agent-assist models import FILE",
    )


def _window(context: Context) -> Finding:
    if context.probe is None:
        raise KnownError("There is no window here.")
    measured = context.probe()
    return Finding("window", True, f"shows after {measured['window_ms']:.0f} ms")
