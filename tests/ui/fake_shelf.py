"""A shelf whose models are pretended. Satisfies `ui.ports.ShelfPort`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from agent_assist.errors import AgentAssistError
from agent_assist.jobs import CancelToken
from agent_assist.llm.fetch import FetchProgress, Step
from agent_assist.llm.stock import Checked, Installed, State
from agent_assist.llm.voices import FoundVoice, VoiceState
from agent_assist.paths import Places
from models import catalog
from models.catalog import Catalog, Entry


class FakeShelf:
    """The real catalogue with pretended files."""

    def __init__(self, places: Places, names: Sequence[str]) -> None:
        self.catalog: Catalog = catalog.load()
        self._places = places
        self.names = list(names)
        self.gate = threading.Event()
        self.gate.set()
        self.failure: AgentAssistError | None = None
        self.asked_network = 0
        self.voices: dict[str, VoiceState] = {}

    def installed(self) -> tuple[Installed, ...]:
        return tuple(
            Installed(e, self._places.models / e.file, State.GOOD, carried=False)
            for e in self.catalog
            if e.name in self.names
        )

    def find_voice(self, name: str) -> FoundVoice:
        return FoundVoice(name, self.voices.get(name, VoiceState.NONE))

    def recommended(self, token: CancelToken | None = None) -> Entry:
        self.asked_network += 1
        return self.catalog.get("qwen2.5-coder-1.5b")

    def install(
        self, name: str, on_progress: Callable[[FetchProgress], None], token: CancelToken | None = None
    ) -> Path:
        entry = self.catalog.get(name)
        for done in (0.1, 0.4, 0.62):
            on_progress(
                FetchProgress(name, "the official address", Step.DOWNLOADING, int(done * entry.bytes), entry.bytes)
            )
        while not self.gate.wait(0.01):
            if token is not None:
                token.check()
        if self.failure is not None:
            raise self.failure
        self.names.append(name)
        return self._places.models / entry.file

    def import_file(
        self, file: Path, on_progress: Callable[[FetchProgress], None], token: CancelToken | None = None
    ) -> Entry:
        if self.failure is not None:
            raise self.failure
        self.names.append("qwen2.5-coder-0.5b")
        return self.catalog.get("qwen2.5-coder-0.5b")

    def verify(
        self, name: str | None, on_progress: Callable[[FetchProgress], None], token: CancelToken | None = None
    ) -> Sequence[Checked]:
        return [Checked(found, found.entry.sha256) for found in self.installed() if name in (None, found.entry.name)]

    def remove(self, name: str) -> None:
        self.names.remove(name)
