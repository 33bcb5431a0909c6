"""The contract, for the engine of the tests and for the product's with a real model."""

from __future__ import annotations

import psutil
import pytest
from engine_contract import EngineContract
from fake_engine import FakeEngine
from llm_world import BRANCHES, CHAT

from agent_assist.errors import Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import Engine, EngineEvent, EngineStopped, Loading, Reading, Request, Text


class TestFakeEngine(EngineContract):
    @pytest.fixture
    def engine(self) -> FakeEngine:
        return FakeEngine({"reply": " this took far too long."})

    def die_in_next_request(self, engine: Engine, event: EngineEvent) -> None:
        assert isinstance(engine, FakeEngine)
        if isinstance(event, Reading):
            engine.fail(EngineStopped("stopped"), after=2)

    def test_a_failure_on_demand(self, engine: FakeEngine) -> None:
        engine.fail(KnownError("no model"))
        with pytest.raises(KnownError, match="no model"):
            engine.run(Request(CHAT, BRANCHES), lambda _event: None, CancelToken())
        result = engine.run(Request(CHAT, BRANCHES), lambda _event: None, CancelToken())
        assert result.texts["reply"] == "You are right that this took far too long."


@pytest.mark.llm
class TestWorkerEngine(EngineContract):
    @pytest.fixture
    def engine(self, smollm: WorkerEngine) -> WorkerEngine:
        return smollm

    def die_in_next_request(self, engine: Engine, event: EngineEvent) -> None:
        assert isinstance(engine, WorkerEngine)
        if isinstance(event, Text) and (pid := engine.process_id) is not None:
            psutil.Process(pid).kill()

    def test_closing_from_a_listener_ends_the_request(self, engine: WorkerEngine) -> None:
        def close(event: EngineEvent) -> None:
            if not isinstance(event, Loading):
                engine.close()

        with pytest.raises(Cancelled):
            engine.run(Request(CHAT, BRANCHES), close, CancelToken())
        assert engine.process_id is None
