"""The whole story on one page: a conversation comes in, its feelings are read, help is written, history keeps it.

`Desk` is what the command line and the window share. Nothing is loaded before it is needed. Its methods block and
belong to lanes: `read` to "emotion", `warm` and `assist` to "llm", everything about history and what is learnt from the
agent to "db".
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from agent_assist import assist as assisting
from agent_assist import capture as capturing
from agent_assist.errors import BugError, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.learning import Learning
from agent_assist.llm.client import WorkerEngine
from agent_assist.llm.engine import EngineEvent, Loading
from agent_assist.llm.shelf import Shelf
from agent_assist.paths import Places
from agent_assist.records import (
    Assist,
    AssistEvent,
    Conversation,
    Correction,
    EmotionReading,
    Explanation,
    Label,
    Mood,
    Progress,
    Stage,
)
from agent_assist.settings import CONTEXT, MODEL, THREADS, Settings

if TYPE_CHECKING:
    from agent_assist.emotion import EmotionReader, NudgeTable
    from agent_assist.emotion.habit import Habit
    from agent_assist.history import History


class Desk:
    """One installation at work. Cheap to make: models and the history are opened when first needed.

    Args:
        places: where its files live.
        settings: its options.
        reading_threads: processor threads for reading feelings; more than one only pays for batches.
        as_shipped: read without what agents taught this desk, so that the same text gives the same answer anywhere.
    """

    def __init__(
        self, places: Places, settings: Settings, reading_threads: int = 1, *, as_shipped: bool = False
    ) -> None:
        self.places = places
        self.settings = settings
        self.shelf = Shelf(places)
        self._reading_threads = reading_threads
        self._as_shipped = as_shipped
        self._reader: EmotionReader | None = None
        self._nudges: NudgeTable | None = None
        self._learning = Learning()
        self._history: History | None = None
        self._engine: WorkerEngine | None = None
        self._asked: tuple[str, int, int] | None = None
        self._made_of: tuple[Path, int, int] | None = None
        self._lock = threading.Lock()
        self._reading = threading.Lock()

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
            KnownError: the emotion model's files are missing or damaged, or the site's nudges file is.
        """
        return self.read_many([conversation])[0]

    def read_many(self, conversations: Sequence[Conversation]) -> list[Mood]:
        """`read` for many conversations at once, faster than one by one.

        What was learnt from the agent's corrections is applied from the moment the history is open.

        Raises:
            KnownError: as `read`.
        """
        habit = None if self._as_shipped else self._learning.habit
        moods = self._read(conversations, habit)
        if habit is None:
            return moods
        return [self._as_agents_said(c, mood) for c, mood in zip(conversations, moods, strict=True)]

    def explain(self, conversation: Conversation, mood: Mood, turn: int) -> Explanation:
        """Why one of the customer's turns reads as `mood` shows it, in some milliseconds. Lane "emotion".

        Raises:
            KnownError: as `read`.
        """
        from agent_assist.emotion import explain

        with self._reading:
            return explain(self._the_reader(), conversation, mood, turn, self._the_nudges())

    def cause_title(self, name: str) -> str:
        """A few words for what set a spike off, from the table in use: the site's own titles and causes too.

        Never waits: any thread may ask.

        Args:
            name: as in `Spike.cause` and `Explanation.cause`.

        Returns:
            The title; "" for a name that the table lacks, and before the first reading, which loads the table.
        """
        table = self._nudges
        return table.title(name) if table is not None and name in table.causes else ""

    def correct(self, conversation: Conversation, mood: Mood, turn: int, label: Label) -> Mood:
        """The mood with a turn read as the agent says; what was learnt from it counts from the next reading on.

        Lane "db", beside which "emotion" may go on reading. Takes as long as reading the conversation: milliseconds.
        The other turns of the mood stay as they are; spikes, shift and risk follow the agent's word. Saying another
        label for the same turn replaces the first. While the history is not open, what is learnt is kept in memory and
        stored when it opens. The caller saves the analysis with its new mood, where it is kept.

        Args:
            conversation: with the turn in it.
            mood: of the conversation, as it is shown.
            turn: index of one of its customer turns.
            label: what the agent says it is.

        Raises:
            KnownError: the turn was not read, or the open history cannot be written to; nothing is learnt then.
        """
        from agent_assist.emotion.habit import corrected

        raw = self._raw(conversation, turn)
        correction = Correction(conversation.id, turn, label, raw.scores, raw.distress)
        self._learning.add(correction, self._history)
        return self._with(conversation, mood, corrected(raw, label))

    def uncorrect(self, conversation: Conversation, mood: Mood, turn: int) -> Mood:
        """The mood with a turn read by the model again; what was learnt from its correction is taken back. Lane "db".

        Raises:
            KnownError: as `correct`.
        """
        raw = self._raw(conversation, turn)
        self._learning.remove(conversation.id, turn, self._history)
        habit = None if self._as_shipped else self._learning.habit
        return self._with(conversation, mood, raw if habit is None else habit.apply(raw))

    def delete(self, conversation_id: str) -> None:
        """Erases a conversation from the history; what its corrections taught stays, without a link. Lane "db".

        Raises:
            KnownError: the history cannot be written to.
        """
        self.history.delete(conversation_id)
        self._learning.opened(self.history)

    @property
    def habit_count(self) -> int:
        """How many of the agent's corrections the readings stand on; 0 reads as shipped. Any lane."""
        habit = self._learning.habit
        return 0 if habit is None else habit.count

    def forget_habit(self) -> None:
        """Reads as shipped again: every correction is deleted, in the history too. Lane "db".

        Saved conversations keep the labels that the agent gave them.

        Raises:
            KnownError: there is a history that is not open, or it cannot be written to; nothing is forgotten then.
        """
        if self._history is None and self.places.history.exists():
            raise KnownError(
                "What was learnt is kept in the history, which is locked. Unlock it first, then try again."
            )
        self._learning.forget(self._history)

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
            self._learning.opened(self._history)

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

    def _read(self, conversations: Sequence[Conversation], habit: Habit | None) -> list[Mood]:
        # Imported here: numpy and onnxruntime take longer to import than the window may take to show.
        from agent_assist.emotion import read_moods

        with self._reading:  # corrections are read in another lane
            return read_moods(self._the_reader(), conversations, habit, self._the_nudges())

    def _the_nudges(self) -> NudgeTable:
        from agent_assist.emotion import load_nudges

        if self._nudges is None:
            self._nudges = load_nudges(self.places)
        return self._nudges

    def _the_reader(self) -> EmotionReader:
        from agent_assist.emotion import EmotionReader
        from agent_assist.encoder import Encoder
        from models import emotion

        if self._reader is None:
            self._reader = EmotionReader(Encoder(emotion.FOLDER, self._reading_threads))
        return self._reader

    def _raw(self, conversation: Conversation, turn: int) -> EmotionReading:
        """What the model alone says of a turn, with nothing that was learnt."""
        reading = self._read([conversation], None)[0].of(turn)
        if reading is None:
            raise KnownError("That message was not read, so that there is nothing to correct. Choose another one.")
        return reading

    def _with(self, conversation: Conversation, mood: Mood, *readings: EmotionReading) -> Mood:
        """The mood with readings in place of those of the same turns, judged anew."""
        from agent_assist.emotion import judge

        fresh = {reading.turn: reading for reading in readings}
        replaced = [fresh.get(reading.turn, reading) for reading in mood.readings]
        return judge(conversation, replaced, mood.unread, nudges=self._nudges, ms=mood.ms)

    def _as_agents_said(self, conversation: Conversation, mood: Mood) -> Mood:
        """The mood with the labels that agents gave to turns of this conversation before."""
        said = {correction.turn: correction for correction in self._learning.said(conversation.id)}
        if not said:
            return mood
        from agent_assist.emotion.habit import corrected, same_turn

        raws = self._read([conversation], None)[0].readings
        known = [raw for raw in raws if raw.turn in said and same_turn(said[raw.turn], raw)]
        return self._with(conversation, mood, *(corrected(raw, said[raw.turn].label) for raw in known))

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
