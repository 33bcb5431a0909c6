"""A program of its own: kills a change of the key at each of its steps in turn, and looks at what is left.

Prints, as JSON, how many steps each story has and what went wrong. A step is whatever the interpreter tells its audit
hooks of: a file opened, linked, renamed or removed. Each killed process is a fork that ends without any clean-up.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import keyring
from file_keyring import VARIABLE, FileKeyring

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.secrets import database_keys, wrapping

OLD, NEW = "correct horse battery", "another passphrase altogether"
KILLED = 77
STEPS = {"open", "os.link", "os.rename", "os.remove"}


def stage(folder: Path) -> Places:
    """An installation, and the keyring that it may use."""
    os.environ[VARIABLE] = str(folder / "keyring.json")
    keyring.set_keyring(FileKeyring())
    places = Places(folder / "data")
    places.create()
    return places


@dataclass(frozen=True)
class Story:
    """What is done before, the change that is killed, and how the history may be opened after it."""

    before: Callable[[Places], None]
    change: Callable[[Places, secrets.Keys], Any]
    opens: tuple[str | None, ...]
    kept_in_keyring: bool


def by_passphrase(places: Places) -> None:
    database_keys(places, OLD)


def by_keyring(places: Places) -> None:
    database_keys(places)


def begun(places: Places, passphrase: str | None) -> None:
    secrets.begin_rekey(places, database_keys(places, passphrase).current, passphrase)


def finish(places: Places, keys: secrets.Keys) -> None:
    secrets.finish_rekey(places, keys.next or keys.current)


STORIES = {
    "first use, keyring": Story(lambda _p: None, lambda p, _k: database_keys(p), (None,), True),
    "passphrase changed": Story(
        by_passphrase,
        lambda p, k: secrets.change_passphrase(p, k.current, NEW),
        (OLD, NEW),
        False,
    ),
    "keyring to passphrase": Story(
        by_keyring, lambda p, k: secrets.change_passphrase(p, k.current, NEW), (None, NEW), False
    ),
    "passphrase to keyring": Story(
        by_passphrase, lambda p, k: secrets.move_to_keyring(p, k.current), (OLD, None), True
    ),
    "recovery words": Story(by_passphrase, lambda p, k: secrets.make_recovery(p, k.current), (OLD,), False),
    "re-key begun, keyring": Story(by_keyring, lambda p, k: secrets.begin_rekey(p, k.current, None), (None,), True),
    "re-key begun, passphrase": Story(
        by_passphrase, lambda p, k: secrets.begin_rekey(p, k.current, OLD), (OLD,), False
    ),
    "re-key finished, keyring": Story(lambda p: begun(p, None), finish, (None,), True),
    "re-key finished, passphrase": Story(lambda p: begun(p, OLD), finish, (OLD,), False),
}


def main(folder: Path) -> None:
    """Runs every story."""
    # Hundreds of keys are wrapped: what a guess costs a thief is not looked at here.
    wrapping._stretch = lambda wrapped, typed: sha256(wrapped.salt + typed.encode()).digest()
    told = {name: play(story, folder / f"{n}") for n, (name, story) in enumerate(STORIES.items())}
    sys.stdout.write(json.dumps(told))


def play(story: Story, folder: Path) -> dict[str, Any]:
    """Kills the change at its first step, at its second ..., until it has no more."""
    base = folder / "base"
    places = stage(base)
    story.before(places)
    keys = opened(places, story) if places.key_file.exists() else None
    wrong: list[str] = []
    step = 0
    while True:
        work = folder / str(step)
        shutil.copytree(base, work)
        places = stage(work)
        ended = killed_at(step, lambda places=places: story.change(places, keys or secrets.Keys(b"")))  # type: ignore[misc]
        wrong += [f"step {step}: {what}" for what in flaws(story, places, keys)]
        if ended != KILLED:
            return {"steps": step, "wrong": wrong if ended == 0 else [*wrong, f"ended with {ended}"]}
        step += 1


def killed_at(step: int, work: Callable[[], Any]) -> int:
    """Runs `work` in a fork that dies before its nth step; how the fork ended."""
    child = os.fork()
    if child == 0:
        left = step

        def hook(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal left
            if event in STEPS and ("history.key" in str(arguments) or "keyring.json" in str(arguments)):
                if left == 0:
                    os._exit(KILLED)
                left -= 1

        sys.addaudithook(hook)
        try:
            work()
        except BaseException as error:  # noqa: BLE001  # the outermost edge of a process
            sys.stderr.write(f"{error!r}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def opened(places: Places, story: Story) -> secrets.Keys | None:
    """The keys, by one of the ways that may open them; None where none does."""
    for way in story.opens:
        try:
            return database_keys(places, way)
        except KnownError:
            continue
    return None


def flaws(story: Story, places: Places, keys: secrets.Keys | None) -> list[str]:
    """What is not as it should be, after a crash and the next opening."""
    found = opened(places, story)
    if found is None:
        return ["nothing opens it"]
    wrong = []
    if keys is not None and found.current not in (keys.current, keys.next):
        wrong.append("another key")
    if keys is not None and keys.next is not None and keys.next not in (found.current, found.next):
        wrong.append("the next key is lost")
    # It goes on from here, and in the end nothing is left over.
    try:
        story.change(places, found)
    except KnownError as error:
        wrong.append(f"cannot be done again: {error}")
    if opened(places, story) is None:
        wrong.append("nothing opens it once it was done again")
    beside = {p.name for p in places.home.iterdir()} - {places.key_file.name, f"{places.key_file.name}.lock"}
    entries = set(FileKeyring()._entries())
    file = places.key_file.read_text()
    # The first entry comes before any file that could name it; it opens nothing.
    if story is not STORIES["first use, keyring"] and any(name.partition("/")[2] not in file for name in entries):
        wrong.append("the keyring holds an entry that no file names")
    if '"leftovers": []' not in file:
        wrong.append("leftovers are left")
    if bool(entries) != story.kept_in_keyring:
        wrong.append(f"{len(entries)} entries in the keyring")
    if beside and story is not STORIES["first use, keyring"]:
        wrong.append(f"left in the folder: {sorted(beside)}")
    return wrong


if __name__ == "__main__":
    main(Path(sys.argv[1]))
