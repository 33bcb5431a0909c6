"""A person at a terminal: what they type, without echo where a passphrase is asked for, and what they see."""

from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Sequence

import pytest

from agent_assist import cli as program


class Tty(io.StringIO):
    """Text that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Terminal:
    """One command at a terminal.

    Attributes:
        prompts: what each passphrase was asked for with.
        code: how the command ended.
        shown: what stands on stderr.
    """

    def __init__(
        self, patch: pytest.MonkeyPatch, *arguments: str, typed: Sequence[str] = (), lines: Sequence[str] = ()
    ) -> None:
        """Runs the command.

        Args:
            patch: puts the terminal in the place of the real one.
            arguments: of the command.
            typed: without echo, in turn.
            lines: with echo, in turn.
        """
        self.prompts: list[str] = []
        self._typed = list(typed)
        error = Tty()
        with patch.context() as here:
            here.setattr(getpass, "getpass", self._ask)
            here.setattr(sys, "stderr", error)
            here.setattr(sys, "stdin", Tty("".join(f"{line}\n" for line in lines)))
            self.code = program.main(list(arguments))
        self.shown = error.getvalue()

    def _ask(self, prompt: str) -> str:
        self.prompts.append(prompt)
        return self._typed.pop(0)
