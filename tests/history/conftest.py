from __future__ import annotations

from collections.abc import Iterator

import keyring
import pytest
from fake_keyring import MemoryKeyring
from history_samples import Clock

from agent_assist.history import History
from agent_assist.paths import Places


@pytest.fixture(autouse=True)
def working_keyring() -> Iterator[None]:
    """A keyring in memory: opening with a passphrase takes a while on purpose."""
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(places: Places, clock: Clock) -> Iterator[History]:
    with History.open(places, clock=clock) as opened:
        yield opened
