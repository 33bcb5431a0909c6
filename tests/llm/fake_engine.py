"""An engine without a model: canned answers in pieces, and failures on demand. It keeps to the engine contract."""

from __future__ import annotations

import re
from collections.abc import Mapping

from agent_assist.errors import AgentAssistError
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import (
    Branch,
    Ended,
    EndReason,
    EngineEvent,
    Loading,
    OnEvent,
    Reading,
    Request,
    Result,
    Stats,
    Text,
)

DEFAULT = " nothing is canned for this."


class FakeEngine:
    """Serves canned texts.

    Args:
        texts: by branch key, what the "model" writes after the opening.
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self.texts = dict(texts or {})
        self.requests: list[Request] = []
        self._loaded = False
        self._failure: tuple[AgentAssistError, int] | None = None

    @property
    def name(self) -> str:
        return "fake"

    @property
    def voice(self) -> bool:
        return False

    def fail(self, error: AgentAssistError, after: int = 0) -> None:
        """Lets the next request raise `error` after so many events; as with a real engine, the one after it works."""
        self._failure = (error, after)

    def load(self, on_event: OnEvent, token: CancelToken) -> None:
        if not self._loaded:
            for done in (0.0, 1.0):
                self._tell(Loading(done), on_event, token)
            self._loaded = True
        token.check()

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        self.requests.append(request)
        self.load(on_event, token)
        total = sum(len(m.text.split()) for m in request.conversation)
        self._tell(Reading(0, total), on_event, token)
        branches = () if request.ahead else request.branches
        texts = {branch.key: branch.opening for branch in branches}
        left = {branch.key: self._pieces(branch) for branch in branches}
        written = sum(len(pieces) for pieces in left.values())
        while left:
            for key in list(left):
                if left[key]:
                    texts[key] += left[key][0]
                    self._tell(Text(key, left[key].pop(0)), on_event, token)
                else:
                    del left[key]
                    self._tell(Ended(key, EndReason.FINISHED), on_event, token)
        token.check()
        reasons = dict.fromkeys(texts, EndReason.FINISHED)
        return Result(texts, reasons, (), 4096, Stats(total, 0, 0, written, 1.0, 1.0, 1.0 if texts else 0.0))

    def close(self) -> None:
        self._loaded = False

    def _pieces(self, branch: Branch) -> list[str]:
        return re.findall(r"\s*\S+\s*?", self.texts.get(branch.key, DEFAULT))[: branch.max_tokens]

    def _tell(self, event: EngineEvent, on_event: OnEvent, token: CancelToken) -> None:
        token.check()
        if self._failure is not None:
            error, after = self._failure
            self._failure = None if after == 0 else (error, after - 1)
            if after == 0:
                self._loaded = False
                raise error
        on_event(event)
