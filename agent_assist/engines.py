"""Which language model is at work: the one that the settings ask for, kept while they ask for no other."""

from __future__ import annotations

import threading
from pathlib import Path

from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.shelf import Shelf
from agent_assist.settings import CONTEXT, MODEL, THREADS, Settings
from models.catalog import Purpose


class Engines:
    """Starts the engine that is asked for and ends it. Lane "llm"; `process_id` and `close` may be asked in any.

    Args:
        shelf: where models lie.
        settings: which model, with how much context and how many threads.
    """

    def __init__(self, shelf: Shelf, settings: Settings) -> None:
        self._shelf = shelf
        self._settings = settings
        self._engine: WorkerEngine | None = None
        self._asked: tuple[str, int, int] | None = None
        self._made_of: tuple[Path, int, int] | None = None
        self._lock = threading.Lock()

    @property
    def process_id(self) -> int | None:
        """Process id of the worker while it lives."""
        return self._engine.process_id if self._engine is not None else None

    @property
    def available(self) -> bool:
        """Whether a language model is installed that people can work with."""
        return any(found.entry.purpose is not Purpose.TEST for found in self._shelf.installed())

    def get(self, token: CancelToken) -> WorkerEngine:
        """The engine for the model that the settings ask for; another one replaces it when they change.

        Raises:
            KnownError: no model is installed.
            Cancelled: the token was cancelled.
        """
        asked = (self._settings[MODEL], self._settings[CONTEXT], self._settings[THREADS])
        engine = self._engine
        # While it lives the shelf is not asked: it would find the memory taken, and choose a smaller model.
        if engine is not None and self._asked == asked and engine.process_id is not None:
            return engine
        if engine is not None:
            engine.close()
        entry = self._shelf.choose(asked[0])
        made_of = (self._shelf.path(entry.name, token), min(asked[1], entry.context), asked[2])
        with self._lock:
            # One whose process died starts another: it knows whether the processor's special units can be used.
            if engine is None or self._made_of != made_of:
                engine = WorkerEngine(entry.name, made_of[0], entry.template.value, *made_of[1:])
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
