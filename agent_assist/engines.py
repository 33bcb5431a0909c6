"""Which language model is at work: the one that the settings ask for, kept while they ask for no other."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import SandboxState
from agent_assist.llm.shelf import Shelf
from agent_assist.settings import CONTEXT, MODEL, THREADS, VOICE, Settings
from models.catalog import Purpose


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an engine is made of: a checked model file, the adapter for it (None for none), and how it runs."""

    name: str
    path: Path
    template: str
    context: int
    threads: int
    voice: Path | None

    def engine(self) -> WorkerEngine:
        """An engine of its own; nothing is loaded yet."""
        return WorkerEngine(self.name, self.path, self.template, self.context, self.threads, voice=self.voice)


def find_recipe(shelf: Shelf, settings: Settings, token: CancelToken) -> Recipe:
    """What the settings ask for, of what is on the shelf. Hashes files that have changed.

    Raises:
        KnownError: no model is installed, none fits into memory, or its file is damaged.
        Cancelled: the token was cancelled.
    """
    entry = shelf.choose(settings[MODEL])
    path = shelf.path(entry.name, token)
    voice = shelf.voice(entry.name) if settings[VOICE] else None
    context = min(settings[CONTEXT], entry.context)
    return Recipe(entry.name, path, entry.template.value, context, settings[THREADS], voice)


class Engines:
    """Starts the engine that is asked for and ends it. Lane "llm"; `process_id` and `close` may be asked in any.

    Args:
        shelf: where models lie.
        settings: which model, with how much context, how many threads, and whether with our voice.
    """

    def __init__(self, shelf: Shelf, settings: Settings) -> None:
        self._shelf = shelf
        self._settings = settings
        self._engine: WorkerEngine | None = None
        self._asked: tuple[str, int, int, bool] | None = None
        self._made_of: Recipe | None = None
        self._lock = threading.Lock()

    @property
    def process_id(self) -> int | None:
        """Process id of the worker while it lives."""
        return self._engine.process_id if self._engine is not None else None

    @property
    def sandbox(self) -> SandboxState | None:
        """What the worker is held to, as the last one that loaded a model told; None before that."""
        return self._engine.sandbox if self._engine is not None else None

    @property
    def available(self) -> bool:
        """Whether a language model is installed that people can work with."""
        return any(found.entry.purpose is not Purpose.TEST for found in self._shelf.installed())

    def get(self, token: CancelToken) -> WorkerEngine:
        """The engine for the model that the settings ask for; another one replaces it when they change.

        With our voice switched on or off it is another one too.

        Raises:
            KnownError: no model is installed.
            Cancelled: the token was cancelled.
        """
        settings = self._settings
        asked = (settings[MODEL], settings[CONTEXT], settings[THREADS], settings[VOICE])
        engine = self._engine
        # While it lives the shelf is not asked: it would find the memory taken, and choose a smaller model.
        if engine is not None and self._asked == asked and engine.process_id is not None:
            return engine
        if engine is not None:
            engine.close()
        made_of = find_recipe(self._shelf, settings, token)
        with self._lock:
            # One whose process died starts another: it knows whether the processor's special units can be used.
            if engine is None or self._made_of != made_of:
                engine = made_of.engine()
            self._engine, self._asked, self._made_of = engine, asked, made_of
            return engine

    def forget(self) -> None:
        """Ends the worker, so that the next request chooses a model again: the shelf has changed."""
        with self._lock:
            engine, self._asked = self._engine, None
        if engine is not None:
            engine.close()

    def close(self) -> None:
        """Ends the worker."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
