"""Where the small real model lies, and small requests for it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import Branch, Engine, EngineEvent, Message, Request, Result, Role
from agent_assist.paths import MODELS_VARIABLE

# Read when this file is imported: during a test the variable is hidden.
_SHELF = os.environ.get(MODELS_VARIABLE)

CHAT = (
    Message(Role.SYSTEM, "You are a careful support agent."),
    Message(Role.USER, "My parcel 4711 has not come for three weeks. Where is it?"),
    Message(Role.ASSISTANT, "I am sorry for the delay. Let me look."),
    Message(Role.USER, "I have waited long enough. I want my money back."),
)
NOTE = Message(Role.SYSTEM, "Write a note for a colleague: third person, one sentence.")
BRANCHES = (
    Branch("reply", (), "You are right that", max_tokens=12),
    Branch("problem", (NOTE,), "Problem: The customer", max_tokens=12),
    Branch("wants", (NOTE,), "The customer wants", max_tokens=12),
)


def model_file() -> Path:
    """The small real model; the test is skipped where it is not there."""
    path = Path(_SHELF or "") / "SmolLM2-135M-Instruct.Q4_1.gguf"
    if _SHELF is None or not path.is_file():
        pytest.skip(f"needs smollm2-135m in the folder that {MODELS_VARIABLE} names")
    return path


def worker_engine(context: int = 4096, voice: Path | None = None) -> WorkerEngine:
    """The product's engine with the small real model, and an adapter for it where one is named."""
    return WorkerEngine("smollm2-135m", model_file(), "chatml", context, 1, voice=voice)


def ask(
    engine: Engine, branches: Sequence[Branch] = (), conversation: Sequence[Message] = CHAT, head: int = 3
) -> tuple[Result, list[EngineEvent]]:
    """Runs a request to its end; the result and every event."""
    events: list[EngineEvent] = []
    result = engine.run(Request(tuple(conversation), tuple(branches), head), events.append, CancelToken())
    return result, events
