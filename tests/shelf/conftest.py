"""A shelf in a temporary folder, a web server beside it, and pip without an index."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from shelf_world import Web, catalogue, entry_text, serve

from agent_assist.llm.shelf import Shelf
from agent_assist.paths import Places


@pytest.fixture(autouse=True)
def no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lets pip find packages in one folder only, and returns that folder; keeps proxies away from the loopback."""
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name in [name for name in os.environ if name.startswith("PIP_") or name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels))
    return wheels


@pytest.fixture
def web() -> Iterator[Web]:
    """A server that has the model."""
    with serve() as web:
        yield web


@pytest.fixture
def shelf(places: Places, web: Web) -> Shelf:
    """An empty shelf whose official address is the server; its model is in no package."""
    return Shelf(places, catalogue(entry_text(packages=False), hub=web.url))
