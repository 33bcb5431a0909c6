"""The whole story on one page: a conversation comes in, its feelings are read, help is written, history keeps it.

`Desk` is what the command line and the window share. Nothing is loaded before it is needed. Its methods block and
belong to lanes: `read` to "emotion", `warm` and `assist` to "llm", everything about history to "db".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from agent_assist import assist as assisting
from agent_assist import capture as capturing
from agent_assist.errors import BugError
from agent_assist.jobs import CancelToken
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import EngineEvent, Loading
from agent_assist.llm.shelf import Shelf
from agent_assist.paths import Places
from agent_assist.records import Assist, AssistEvent, Conversation, Mood, Progress, Stage
from agent_assist.settings import CONTEXT, MODEL, THREADS, Settings

if TYPE_CHECKING:
    from agent_assist.emotion import EmotionReader
    from agent_assist.history import History


class Desk:
    """One installation at work. Cheap to make: models and the history are opened when first needed.

    Args:
        places: where its files live.
        settings: its options.
        reading_threads: processor threads for reading feelings; more than one only pays for batches.
    """

    def __init__(self, places: Places, settings: Settings, reading_threads: int = 1) -> None:
        self.places = places
        self.settings = settings
        self.shelf = Shelf(places)
        self._reading_threads = reading_threads
        self._reader: EmotionReader | None = None
        self._history: History | None = None
        self._engine: WorkerEngine | None = None
        self._asked: tuple[str, int, int] | None = None
        self._made_of: tuple[Path, int, int] | None = None
        self._lock = threading.Lock()

    def sample(self) -> str:
        """The sample conversation that ships, as a person would paste it."""
        return files("agent_assist").joinpath("sample.txt").read_text(encoding="utf-8")

    def capture(
        self,
        data: str | bytes,
        *,
        format: str = "auto",
        customer: str | None = None,
        on_bad: Callable[[int, str], None] | None = None,
    ) -> list[Conversation]:
        """Conversations in a pasted text or a file's bytes; see `capture.read`.

        Raises:
            KnownError: there is none in it.
        """
        return capturing.read(data, format=format, customer=customer, on_bad=on_bad)

    def capture_lines(self, stream: BinaryIO, on_bad: Callable[[int, str], None]) -> Iterator[Conversation]:
        """Conversations of a stream of JSON lines, one at a time; see `capture.read_lines`."""
        return capturing.read_lines(capturing.bounded_lines(stream), on_bad)

    def swap_roles(self, conversation: Conversation) -> Conversation:
        """The same conversation with customer and agent exchanged."""
        return capturing.swap_roles(conversation)

    def read(self, conversation: Conversation) -> Mood:
        """What the customer feels, turn by turn, in milliseconds and without the language model.

        Raises:
            KnownError: the emotion model's files are missing or damaged.
        """
        return self.read_many([conversation])[0]

    def read_many(self, conversations: Sequence[Conversation]) -> list[Mood]:
        """`read` for many conversations at once, faster than one by one."""
        # Imported here: numpy and onnxruntime take longer to import than the window may take to show.
        from agent_assist.emotion import EmotionReader, read_moods
        from agent_assist.encoder import Encoder
        from models import emotion

        if self._reader is None:
            self._reader = EmotionReader(Encoder(emotion.FOLDER, self._reading_threads))
        return read_moods(self._reader, conversations)

    def warm(self, on_event: Callable[[AssistEvent], None], token: CancelToken) -> str:
        """Loads the language model, so that the first request does not wait for it.

        Returns:
            The model's catalogue name.

        Raises:
            KnownError: none is installed, or it cannot be loaded.
            Cancelled: the token was cancelled.
        """

        def tell(event: EngineEvent) -> None:
            if isinstance(event, Loading):
                on_event(Progress(Stage.LOADING, event.done))

        engine = self._the_engine(token)
        engine.load(tell, token)
        return engine.name

    def assist(
        self, conversation: Conversation, mood: Mood, on_event: Callable[[AssistEvent], None], token: CancelToken
    ) -> Assist:
        """Summary, next actions and replies; parts are told to `on_event` as they are finished.

        Raises:
            KnownError: no model is installed, it cannot be loaded, or its process died.
            Cancelled: the token was cancelled.
        """
        return assisting.assist(conversation, mood, self._the_engine(token), on_event, token)

    def open_history(self, passphrase: str | None = None) -> None:
        """Opens the encrypted history, or makes it; does nothing if it is open.

        Raises:
            Locked: it needs a passphrase.
            KnownError: it is damaged, or its key cannot be had.
        """
        from agent_assist.history import History

        if self._history is None:
            self._history = History.open(self.places, passphrase)

    @property
    def history(self) -> History:
        """The open history.

        Raises:
            BugError: it was not opened.
        """
        if self._history is None:
            raise BugError("the history was used before it was opened")
        return self._history

    @property
    def worker_id(self) -> int | None:
        """Process id of the language-model worker while it lives."""
        return self._engine.process_id if self._engine is not None else None

    def forget_model(self) -> None:
        """Ends the worker, so that the next request chooses a model again: the shelf has changed. Lane "llm"."""
        with self._lock:
            engine, self._asked = self._engine, None
        if engine is not None:
            engine.close()

    def _the_engine(self, token: CancelToken) -> WorkerEngine:
        """The engine for the model that the settings ask for; another one replaces it when they change."""
        asked = (self.settings[MODEL], self.settings[CONTEXT], self.settings[THREADS])
        engine = self._engine
        # While it lives the shelf is not asked: it would find the memory taken, and choose a smaller model.
        if engine is not None and self._asked == asked and engine.process_id is not None:
            return engine
        if engine is not None:
            engine.close()
        entry = self.shelf.choose(asked[0])
        made_of = (self.shelf.path(entry.name, token), min(asked[1], entry.context), asked[2])
        with self._lock:
            # One whose process died starts another: it knows whether the processor's special units can be used.
            if engine is None or self._made_of != made_of:
                engine = WorkerEngine(entry.name, made_of[0], entry.template.value, *made_of[1:])
            self._engine, self._asked, self._made_of = engine, asked, made_of
            return engine

    def close(self) -> None:
        """Ends the worker and closes the history. Call it when no lane works any more."""
        with self._lock:
            if self._engine is not None:
                self._engine.close()
        if self._history is not None:
            self._history.close()
            self._history = None
