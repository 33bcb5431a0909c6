"""Running the command line in tests, and what each of its endings looks like."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import agent_assist

ROOT = Path(agent_assist.__file__).parents[1]
MAIN = [sys.executable, str(ROOT / "main.py")]
PASSPHRASE = "correct horse battery"

CHAT = (
    "Customer: My kettle arrived broken and nobody answers my mails.\n"
    "Agent: I am sorry to hear that. May I have the order number?\n"
    "Customer: It is K-77120. This is the third time, I am furious!\n"
)


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def errors(self) -> list[str]:
        return self.err.splitlines()


Cli = Callable[..., Ran]
"""The fixture `cli`: runs a command in this process."""


def said_kindly(ran: Ran, *words: str, code: int = 1) -> None:
    """The command ended with one line that says what happened and what to do, and no traceback."""
    assert ran.code == code, ran
    assert len(ran.errors) == 1, ran.err
    line = ran.errors[0]
    assert line.startswith("agent-assist: ")
    assert "Traceback" not in line
    assert "our side" not in line, "an error of the person's was taken for one of ours"
    assert line.endswith((".", "?")) or " with: agent-assist " in line, "no whole sentence"
    for word in words:
        assert word in line, line


def line_of(identity: str, *turns: tuple[str, str]) -> str:
    """One JSON line; a turn is a speaker and a text."""
    return json.dumps({"id": identity, "turns": [{"speaker": s, "text": t} for s, t in turns]}) + "\n"


def child(*arguments: str, stdin: bytes = b"", **environment: str) -> Ran:
    """The command line in a process of its own, as a person starts it."""
    done = subprocess.run(
        [*MAIN, *arguments], input=stdin, capture_output=True, env={**os.environ, **environment}, timeout=120
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
