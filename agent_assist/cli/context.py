"""What every command is given: the desk, where to write, whether to stay quiet."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agent_assist import egress
from agent_assist.cli.report import printable
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.privacy.policy import Policy, load
from agent_assist.records import AssistEvent, Progress, Stage
from agent_assist.settings import Settings

if TYPE_CHECKING:
    from agent_assist.pipeline import Desk

_WORDS = {
    Stage.LOADING: "loading the language model",
    Stage.READING: "reading the conversation",
    Stage.WRITING: "writing",
}


class Context:
    """One run of the command line."""

    def __init__(
        self,
        places: Places,
        quiet: bool,
        probe: Callable[[], dict[str, float]] | None,
        policy: Path | None = None,
    ) -> None:
        self.places = places
        self._policy = policy
        self.quiet = quiet
        self.probe = probe
        self.reading_threads = 1
        self._shown = ""

    @property
    def global_arguments(self) -> list[str]:
        """The options before the command, to run another command on the same data."""
        policy = [] if self._policy is None else ["--policy", str(self._policy)]
        return ["--data-dir", str(self.places.home), *policy, *(["--quiet"] if self.quiet else [])]

    @cached_property
    def policy(self) -> Policy:
        """The site's policy.

        Raises:
            KnownError: the file that was named on the command line cannot be in force.
        """
        policy = load(self.places, self._policy)
        egress.install(policy.endpoints)
        return policy

    @cached_property
    def settings(self) -> Settings:
        """The options, with what the policy fixes.

        Raises:
            KnownError: the settings file is damaged, or the policy is.
        """
        return Settings(self.places.settings, self.policy.fixed, self.policy.reasons)

    @cached_property
    def desk(self) -> Desk:
        """The installation, opened when first needed.

        It reads as shipped, whatever agents taught it: a command gives the same answer to the same text everywhere.
        """
        from agent_assist.pipeline import Desk  # every room: most of a second that some commands need not wait

        if self.policy.problem:
            self.complain(self.policy.problem)
        return Desk(self.places, self.settings, self.reading_threads, as_shipped=True, policy=self.policy)

    def tell(self, text: str) -> None:
        """A line for the person, on stderr; nothing where they asked for quiet."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """A line on what went wrong, on stderr, also where they asked for quiet."""
        self.clear_progress()
        print(f"agent-assist: {one_line(text)}", file=sys.stderr)

    def progress(self, event: AssistEvent) -> None:
        """Shows where a request stands, on one line that is written over, where stderr is a terminal."""
        if self.quiet or not isinstance(event, Progress) or not sys.stderr.isatty():
            return
        text = _WORDS[event.stage] + (f" {event.done:.0%}" if event.done is not None else " …")
        if text != self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._shown = text

    def clear_progress(self) -> None:
        """Wipes the progress line, if one is shown."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
            self._shown = ""

    def close(self) -> None:
        """Ends the worker and closes the history, if they were opened."""
        self.clear_progress()
        if "desk" in self.__dict__:
            self.desk.close()


def one_line(text: str) -> str:
    """A message on one line, without control characters: a file's name in it may steer no terminal."""
    return printable(" ".join(text.split()))


def write_json(value: Any, *, compact: bool = False) -> None:
    """Prints a value as JSON: one line if `compact`, else indented."""
    if compact:
        write(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))
    else:
        write(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1))


def write(text: str = "") -> None:
    """Prints a line.

    Raises:
        KnownError: standard output cannot be written to.
        BrokenPipeError: its reader went away.
    """
    with _output_errors():
        sys.stdout.write(text + "\n")


def flush() -> None:
    """Sends off what was printed. Raises as `write` does."""
    with _output_errors():
        sys.stdout.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KnownError(
            f"The answer cannot be written ({error.strerror}). Free some space, or send it somewhere else."
        ) from error
