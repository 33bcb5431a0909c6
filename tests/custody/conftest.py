from __future__ import annotations

from collections.abc import Callable, Iterator

import keyring
import pytest
from custody_stage import Clock
from fake_keyring import MemoryKeyring

from agent_assist.custody import Custody
from agent_assist.paths import Places
from agent_assist.privacy.policy import Policy
from agent_assist.settings import Settings

MakeCustody = Callable[[], Custody]


@pytest.fixture(autouse=True)
def working_keyring() -> Iterator[MemoryKeyring]:
    """A keyring in memory: opening with a passphrase takes a while on purpose."""
    before = keyring.get_keyring()
    memory = MemoryKeyring()
    keyring.set_keyring(memory)
    yield memory
    keyring.set_keyring(before)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make_custody(places: Places, clock: Clock) -> Iterator[MakeCustody]:
    """Custodies of one installation; each reads the settings anew, as a fresh start does."""
    made: list[Custody] = []

    def make() -> Custody:
        made.append(Custody(places, Settings(places.settings), Policy(), clock=clock))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.fixture
def custody(make_custody: MakeCustody) -> Custody:
    opened = make_custody()
    opened.open()
    return opened
