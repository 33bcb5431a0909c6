"""What a person is asked for at a terminal: a passphrase, without echo; a yes. And that long work is going on."""

from __future__ import annotations

import getpass
import sys
import threading
from types import TracebackType
from typing import TYPE_CHECKING, Self

from agent_assist import environment
from agent_assist.cli.context import Context
from agent_assist.environment import NEW_PASSPHRASE_VARIABLE
from agent_assist.errors import KnownError, Locked
from agent_assist.secrets import PASSPHRASE_LENGTH, KeyHome, WrongPassphrase

if TYPE_CHECKING:
    from agent_assist.custody import Custody

_TRIES = 3
_SECOND = 1.0


def opened(context: Context) -> Custody:
    """What is kept, opened: with what the environment or the keyring holds, else with what the person types.

    Raises:
        Locked: a passphrase is needed, and nobody is there to be asked or it was wrong several times.
        KnownError: the history is damaged, or the key cannot be had.
    """
    open_typed(context)
    return context.desk.custody


def open_typed(context: Context) -> str | None:
    """Opens what is kept as `opened` does.

    Returns:
        What opens it: the environment's passphrase or what was typed; None where a keyring did.
    """
    custody = context.desk.custody
    was_rekeying = custody.key_state().rekeying
    given = environment.passphrase()
    try:
        custody.open()
    except Locked as error:
        if given is not None or custody.key_state().home is KeyHome.NEW_PASSPHRASE or not at_terminal():
            raise
        given = _ask_until_it_opens(context, custody, error)
    if was_rekeying and not custody.key_state().recovery:
        context.tell(
            "the change of the key that was interrupted is finished. Recovery words made before no longer open "
            "anything; make new ones with: agent-assist history key recovery"
        )
    return given


def _ask_until_it_opens(context: Context, custody: Custody, error: Locked) -> str:
    for _ in range(_TRIES):
        context.complain(str(error))
        typed = ask_passphrase("Passphrase or recovery words: ")
        try:
            custody.open(typed)
        except WrongPassphrase as wrong:
            error = wrong
        else:
            return typed
    raise error


def ask_passphrase(prompt: str) -> str:
    """What the person types, without echo.

    Raises:
        KnownError: nothing was typed.
    """
    try:
        typed = getpass.getpass(prompt)
    except EOFError:
        typed = ""
    if not typed:
        raise KnownError("Nothing was typed, so nothing was done. Try again.")
    return typed


def new_passphrase() -> str:
    """The passphrase to come: from `AGENT_ASSIST_NEW_PASSPHRASE`, else typed twice.

    Raises:
        KnownError: it is not in the environment and nobody is there to be asked, or the two differ.
    """
    given = environment.new_passphrase()
    if given is not None:
        return given
    if not at_terminal():
        raise KnownError(f"The new passphrase is asked for at a terminal; without one set {NEW_PASSPHRASE_VARIABLE}.")
    typed = ask_passphrase(f"New passphrase, at least {PASSPHRASE_LENGTH} characters: ")
    if ask_passphrase("Once more: ") != typed:
        raise KnownError("The two passphrases differ, so nothing was changed. Try again.")
    return typed


def agreed(question: str, *, yes: bool) -> bool:
    """Whether the person agrees to something that cannot be taken back.

    Args:
        question: what is asked, at a terminal.
        yes: whether they said so already, with --yes.

    Raises:
        KnownError: they did not, and nobody is there to be asked.
    """
    if yes:
        return True
    if not at_terminal():
        raise KnownError("Nothing was done: nobody is here to be asked. If that is what you want, add --yes.")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


class Busy:
    """Says on stderr that work is going on, once that has taken a second; how much is done, where a terminal shows it.

    Args:
        context: of the command.
        what: is going on: "checking every page".
    """

    def __init__(self, context: Context, what: str) -> None:
        self._context, self._what = context, what
        self._lock = threading.Lock()
        self._shown = False
        self._timer = threading.Timer(_SECOND, self._begin)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        if not self._context.quiet:
            self._timer.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._shown and sys.stderr.isatty():
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
            self._shown = False

    def __call__(self, done: float) -> None:
        """Tells how much is done, 0 to 1. From any thread."""
        with self._lock:
            if self._shown and sys.stderr.isatty():
                sys.stderr.write(f"\r\x1b[K{self._what} {done:.0%}")
                sys.stderr.flush()

    def _begin(self) -> None:
        with self._lock:
            self._shown = True
            end = "" if sys.stderr.isatty() else "\n"
            start = "" if sys.stderr.isatty() else "agent-assist: "
            sys.stderr.write(f"{start}{self._what} …{end}")
            sys.stderr.flush()
