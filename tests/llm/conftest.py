"""One small real engine for all tests of this room: it starts again by itself where a test ended it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from llm_world import worker_engine

from agent_assist.llm.client import WorkerEngine


@pytest.fixture(scope="session")
def smollm() -> Iterator[WorkerEngine]:
    """The product's engine with the small real model."""
    engine = worker_engine()
    yield engine
    engine.close()
