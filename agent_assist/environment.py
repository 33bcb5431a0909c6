"""The one secret that may stand in the environment, and how it is kept from child processes."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PASSPHRASE_VARIABLE = "AGENT_ASSIST_PASSPHRASE"  # noqa: S105  # a name, not a passphrase

_lock = threading.Lock()


def passphrase() -> str | None:
    """The history's passphrase, where the person put it there; None where it is unset or empty."""
    with _lock:
        return os.environ.get(PASSPHRASE_VARIABLE) or None


@contextmanager
def hidden_passphrase() -> Iterator[None]:
    """While it lasts a process that is started does not get the passphrase: none of ours needs it."""
    with _lock:
        kept = os.environ.pop(PASSPHRASE_VARIABLE, None)
        try:
            yield
        finally:
            if kept is not None:
                os.environ[PASSPHRASE_VARIABLE] = kept
