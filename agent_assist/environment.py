"""The secrets that may stand in the environment, and how they are kept from child processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PASSPHRASE_VARIABLE = "AGENT_ASSIST_PASSPHRASE"  # noqa: S105  # a name, not a passphrase
NEW_PASSPHRASE_VARIABLE = "AGENT_ASSIST_NEW_PASSPHRASE"  # noqa: S105  # as above
SECRET_VARIABLES = (PASSPHRASE_VARIABLE, NEW_PASSPHRASE_VARIABLE)
"""What no child process may inherit."""

_lock = threading.Lock()


def passphrase() -> str | None:
    """The history's passphrase, where the person put it there; None where it is unset or empty."""
    with _lock:
        return os.environ.get(PASSPHRASE_VARIABLE) or None


def new_passphrase() -> str | None:
    """The passphrase that is to come in the place of the present one; None where it is unset or empty."""
    with _lock:
        return os.environ.get(NEW_PASSPHRASE_VARIABLE) or None


@contextmanager
def hidden_passphrase() -> Iterator[None]:
    """While it lasts a process that is started gets no passphrase: none of ours needs one."""
    with _lock:
        kept = {name: os.environ.pop(name) for name in SECRET_VARIABLES if name in os.environ}
        try:
            yield
        finally:
            os.environ.update(kept)
