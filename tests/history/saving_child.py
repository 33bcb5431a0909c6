"""A process that saves until it is killed or may write no further: `saving_child.py HOME [bytes=N] [user=N]`.

It says the id of each conversation once `save` has returned, and what is raised at the end.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from history_samples import PASSPHRASE, make_analysis

from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.paths import Places


def main() -> None:
    options = dict(option.split("=") for option in sys.argv[2:])
    if "user" in options:
        os.setuid(int(options["user"]))
    if "bytes" in options:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(options["bytes"]),) * 2)
    try:
        with History.open(Places(Path(sys.argv[1])), PASSPHRASE) as history:
            for number in itertools.count():
                identity = f"{os.getpid()}-{number}"
                history.save(make_analysis(identity))
                say(identity)
    except KnownError as error:
        say(f"KnownError: {error}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
