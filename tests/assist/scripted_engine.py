"""An engine that answers from a script, at the boundary where the real one answers from a model."""

from __future__ import annotations

from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Ended, EndReason, Loading, OnEvent, Reading, Request, Result, Stats, Text


class ScriptedEngine:
    """Continues each branch with the script's words for its key; the default where the script has none.

    It sends what the real engine sends: loading, reading, pieces of text of all answers in turn, ends.
    """

    name = "scripted"
    voice = False
    sandbox = None

    def __init__(self, script: dict[str, str], default: str = " nothing.", fails: str = "") -> None:
        self.script, self.default, self.fails = script, default, fails
        self.requests: list[Request] = []

    def load(self, on_event: OnEvent, token: CancelToken) -> None:
        on_event(Loading(1.0))

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        self.requests.append(request)
        self.load(on_event, token)
        on_event(Reading(0, 100))
        if self.fails:
            raise KnownError(self.fails)
        left = {b.key: self.script.get(b.key, self.default).split(" ")[1:] for b in request.branches}
        texts = {b.key: b.opening for b in request.branches}
        while left:
            token.check()
            for key in list(left):
                if not left[key]:
                    del left[key]
                    on_event(Ended(key, EndReason.FINISHED))
                    continue
                piece = " " + left[key].pop(0)
                texts[key] += piece
                on_event(Text(key, piece))
        return Result(texts, {}, (), 3000, Stats(prompt_tokens=100))

    def close(self) -> None:
        pass
