"""Work on a history, told line by line to whoever watches: `python -m soak.load HOME SEED [bytes=N] [pause=MS]`.

Before each step it says what it is about to do, and once that has returned that it is done: "save c1 2" ... "done".
Version 2 of conversation c1 always is the same analysis, so that whoever looks afterwards knows it whole.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path

from history_samples import PASSPHRASE, make_analysis

from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.paths import Places
from agent_assist.records import Analysis


def version(identity: str, number: int) -> Analysis:
    """A conversation as it is saved for the `number`th time."""
    return make_analysis(identity, (f"Sorry, Anna. {number}", "I will look."))


def main() -> None:
    home, seed = Path(sys.argv[1]), sys.argv[2]
    options = dict(option.split("=") for option in sys.argv[3:])
    if "bytes" in options:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(options["bytes"]),) * 2)
    try:
        with History.open(Places(home), PASSPHRASE) as history:
            work(history, random.Random(seed), int(options.get("pause", 0)) / 1000)
    except KnownError as error:
        say(f"KnownError: {error}")


def work(history: History, chance: random.Random, pause: float) -> None:
    """Saves, saves again and erases until it is killed."""
    versions: dict[str, int] = {}
    for step in range(sys.maxsize):
        roll = chance.random()
        if versions and roll < 0.1:
            identity = chance.choice(sorted(versions))
            say(f"erase {identity}")
            history.delete(identity)
            del versions[identity]
        else:
            identity = chance.choice(sorted(versions)) if versions and roll < 0.35 else f"{os.getpid()}-{step}"
            number = versions.get(identity, 0) + 1
            say(f"save {identity} {number}")
            history.save(version(identity, number))
            versions[identity] = number
        say("done")
        time.sleep(pause)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
