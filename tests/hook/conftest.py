"""A sidebar's socket and a relay in front of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from relay_runs import Running, Sidebar, running


@pytest.fixture
def sidebar(tmp_path: Path) -> Iterator[Sidebar]:
    one = Sidebar(tmp_path / "s")
    one.start()
    yield one
    one.stop()


@pytest.fixture
def relay(sidebar: Sidebar) -> Iterator[Running]:
    with running(sidebar.path) as one:
        yield one
