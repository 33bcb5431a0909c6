"""`agent-assist history key`: who keeps the history's key. Neither passphrase nor words are ever an argument."""

from __future__ import annotations

import argparse

from agent_assist.cli.asking import Busy, new_passphrase, open_typed, opened
from agent_assist.cli.context import Context, write, write_json
from agent_assist.jobs import CancelToken
from agent_assist.secrets import KeyHome, KeyState

_ONCE = (
    "these are the recovery words, shown this once. Write them down and keep them away from this machine: "
    "they open the history where its keyring or passphrase is lost. Words made before no longer do."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the actions of the command to its parser."""
    parser.description = (
        "The history's key. Passphrases are typed without echo, or stand in AGENT_ASSIST_PASSPHRASE and "
        "AGENT_ASSIST_NEW_PASSPHRASE; the first may hold the recovery words."
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for name, run, text in (
        ("status", status, "who keeps it"),
        ("recovery", recovery, "make recovery words, in the place of those before"),
        ("passphrase", passphrase, "another passphrase, or one in the place of the keyring"),
        ("keyring", keyring, "give it to the system's keyring, in the place of the passphrase"),
        ("rekey", rekey, "encrypt everything with a new key, and make recovery words"),
    ):
        one = actions.add_parser(name, help=text)
        one.set_defaults(run=run)
        one.add_argument("--json", action="store_true", help="print JSON")


def status(context: Context, arguments: argparse.Namespace) -> int:
    """`history key status`: opens nothing, and needs no passphrase."""
    _tell(context.desk.custody.key_state(), as_json=arguments.json)
    return 0


def recovery(context: Context, arguments: argparse.Namespace) -> int:
    """`history key recovery`."""
    custody = opened(context)
    words = custody.make_recovery()
    _tell_left_behind(context)
    _give(context, words, as_json=arguments.json)
    return 0


def passphrase(context: Context, arguments: argparse.Namespace) -> int:
    """`history key passphrase`.

    Raises:
        KnownError: the new one is too short, or nobody is there to be asked for it.
    """
    custody = opened(context)
    custody.change_passphrase(new_passphrase())
    context.tell("the passphrase is changed.")
    _tell_left_behind(context)
    if arguments.json:
        _tell(custody.key_state(), as_json=True)
    return 0


def keyring(context: Context, arguments: argparse.Namespace) -> int:
    """`history key keyring`.

    Raises:
        KnownError: no keyring takes it.
    """
    custody = opened(context)
    custody.use_keyring()
    _tell_left_behind(context)
    context.tell(f"the key is in {custody.key_state().keyring} now, and no passphrase is asked for.")
    if arguments.json:
        _tell(custody.key_state(), as_json=True)
    return 0


def rekey(context: Context, arguments: argparse.Namespace) -> int:
    """`history key rekey`.

    Raises:
        KnownError: the passphrase that keeps the key is missing or wrong, or there is no room.
    """
    given = open_typed(context)
    with Busy(context, "encrypting everything with a new key") as busy:
        words = context.desk.custody.rekey(given, busy, CancelToken())
    _tell_left_behind(context)
    _give(context, words, as_json=arguments.json)
    return 0


def _tell_left_behind(context: Context) -> None:
    """Says which backups still open as before."""
    if context.desk.custody.left_behind:
        context.complain(context.desk.custody.left_behind)


def _give(context: Context, words: str, *, as_json: bool) -> None:
    """Prints recovery words, alone on their line."""
    if as_json:
        write_json({"recovery_words": words})
    else:
        write(words)
    context.tell(_ONCE)


def _tell(state: KeyState, *, as_json: bool) -> None:
    if as_json:
        told = {
            "home": state.home.value,
            "keyring": state.keyring,
            "recovery": state.recovery,
            "rekeying": state.rekeying,
        }
        write_json(told)
        return
    write(_HOMES[state.home].format(keyring=state.keyring))
    if state.home in (KeyHome.KEYRING, KeyHome.PASSPHRASE):
        none = "There are no recovery words. Make them with: agent-assist history key recovery"
        write("Recovery words open it too." if state.recovery else none)
    if state.rekeying:
        write("A change of the key was interrupted; the next opening finishes it.")


_HOMES = {
    KeyHome.KEYRING: "The key is in {keyring}.",
    KeyHome.PASSPHRASE: "The key is behind a passphrase.",
    KeyHome.NEW_KEYRING: "There is no history yet; its key will be in {keyring}.",
    KeyHome.NEW_PASSPHRASE: "There is no history yet, and no keyring here: it will need a passphrase.",
}
