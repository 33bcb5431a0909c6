"""The whole story on one page: a conversation comes in, its feelings are read, help is written, history keeps it.

`Desk` is what the command line and the window share. Nothing is loaded before it is needed. Its methods block and
belong to lanes: `read` to "emotion", `warm` and `assist` to "llm", everything about history and what is learnt from the
agent to "db".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, BinaryIO

from agent_assist import __version__
from agent_assist import capture as capturing
from agent_assist.arrivals import Arrivals
from agent_assist.custody import Custody
from agent_assist.engines import Engines
from agent_assist.errors import KnownError
from agent_assist.feelings import Feelings
from agent_assist.jobs import CancelToken
from agent_assist.learning import Choosing, Learning
from agent_assist.llm.engine import EngineEvent, Loading
from agent_assist.llm.shelf import Shelf
from agent_assist.paths import Places
from agent_assist.privacy.policy import Policy
from agent_assist.records import (
    Action,
    Analysis,
    Assist,
    AssistEvent,
    Coaching,
    ContextUse,
    Conversation,
    Erased,
    Explanation,
    Label,
    Mood,
    Outcome,
    Progress,
    Reply,
    Rewrite,
    Stage,
    Summary,
    TurnScore,
    Wish,
)
from agent_assist.settings import Settings
from agent_assist.wording import Wording

if TYPE_CHECKING:
    from agent_assist.history import History
    from agent_assist.llm.engine import SandboxState


class Desk:
    """One installation at work. Cheap to make: models and the history are opened when first needed.

    Args:
        places: where its files live.
        settings: its options.
        reading_threads: processor threads for reading feelings; more than one only pays for batches.
        as_shipped: read without what agents taught this desk, so that the same text gives the same answer anywhere.
        policy: the site's; `settings` hold what it fixes.
    """

    def __init__(
        self,
        places: Places,
        settings: Settings,
        reading_threads: int = 1,
        *,
        as_shipped: bool = False,
        policy: Policy | None = None,
    ) -> None:
        self.places = places
        self.settings = settings
        policy = policy or Policy()
        self.shelf = Shelf(places)
        self._learning = Learning()
        self._feelings = Feelings(places, self._learning, reading_threads, as_shipped=as_shipped)
        self._choosing = Choosing()
        self._engines = Engines(self.shelf, settings)
        self._wording = Wording(places, self._engines, self._choosing, settings, policy, as_shipped=as_shipped)
        self.custody = Custody(places, settings, policy, self._on_open)
        self.tables = capturing.Tables(places.home / "columns.json")
        self.arrivals = Arrivals(places, settings, capture=self.capture, version=__version__)

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
        remembered = self.tables.remembered
        return capturing.read(data, format=format, customer=customer, on_bad=on_bad, remembered=remembered)

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
        return self._feelings.read(conversations)

    def explain(self, conversation: Conversation, mood: Mood, turn: int) -> Explanation:
        """Why one of the customer's turns reads as `mood` shows it, in some milliseconds. Lane "emotion".

        Raises:
            KnownError: as `read`.
        """
        return self._feelings.explain(conversation, mood, turn)

    def cause_title(self, name: str) -> str:
        """A few words for what set a spike off, from the table in use: the site's own titles and causes too.

        Never waits: any thread may ask.

        Args:
            name: as in `Spike.cause` and `Explanation.cause`.

        Returns:
            The title; "" for a name that the table lacks, and before the first reading, which loads the table.
        """
        return self._feelings.cause_title(name)

    def correct(self, conversation: Conversation, mood: Mood, turn: int, label: Label) -> Mood:
        """The mood with a turn read as the agent says; what was learnt from it counts from the next reading on.

        Lane "db", beside which "emotion" may go on reading. Takes milliseconds. The other turns of the mood stay as
        they are; spikes, shift and risk follow the agent's word. Another label for the same turn replaces the first.
        What is learnt while the history is not open is stored when it opens. The caller saves the new mood.

        Args:
            conversation: with the turn in it.
            mood: of the conversation, as it is shown.
            turn: index of one of its customer turns.
            label: what the agent says it is.

        Raises:
            KnownError: the turn was not read, or the open history cannot be written to; nothing is learnt then.
        """
        corrected = self._feelings.correct(conversation, mood, turn, label, self._history)
        self.custody.note(Action.CORRECT)
        return corrected

    def uncorrect(self, conversation: Conversation, mood: Mood, turn: int) -> Mood:
        """The mood with a turn read by the model again; what was learnt from its correction is taken back. Lane "db".

        Raises:
            KnownError: as `correct`.
        """
        return self._feelings.uncorrect(conversation, mood, turn, self._history)

    def delete(self, conversation_id: str) -> Erased:
        """Erases a conversation everywhere; what its corrections taught stays, without a link. Lane "db".

        Raises:
            KnownError: it is under a legal hold, or the history cannot be written to.
        """
        return self.custody.erase(conversation_id)

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
        self._check_open()
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

        engine = self._engines.get(token)
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
        return self._wording.assist(conversation, mood, on_event, token)

    def take_in(self, conversation: Conversation, mood: Mood, token: CancelToken) -> ContextUse:
        """Reads what is new of a conversation into the language model's memory, so that help is quick when asked for.

        Lane "llm": whoever asks for help cancels it first, and what was read by then stays known.

        Raises:
            KnownError: no model is installed, it cannot be loaded, or its process died.
            Cancelled: the token was cancelled.
        """
        return self._wording.take_in(conversation, mood, token)

    def settle(self, old: Summary | None, new: Summary) -> Summary:
        """A new summary that keeps the old words where it says the same, so that nothing flickers. Any lane."""
        return self._wording.settle(old, new)

    def worth_refreshing(self, before: Conversation, now: Conversation) -> bool:
        """Whether a conversation has grown by more than courtesies, so that help is worth asking for anew. Any lane."""
        return self._wording.worth_refreshing(before, now)

    def compose(self, conversation: Conversation, mood: Mood) -> tuple[Reply, ...]:
        """Replies from the phrase bank alone, in milliseconds and without a language model. Lane "emotion"."""
        return self._wording.compose(conversation, mood)

    def coach(self, conversation: Conversation, mood: Mood, draft: str, *, typing: bool = True) -> Coaching:
        """What an agent's own draft has and lacks, within 50 ms and without the language model. Lane "emotion".

        Args:
            conversation: what it answers.
            mood: as read from that.
            draft: as far as it is written.
            typing: whether the agent is still at it: what may come yet is not missed then.

        Raises:
            KnownError: the empathy model's files are missing or damaged, or the site's list of promises is not right.
        """
        return self._wording.coach(conversation, mood, draft, typing=typing)

    def rewrite(
        self,
        conversation: Conversation,
        mood: Mood,
        draft: str,
        wish: Wish,
        instruction: str,
        on_event: Callable[[AssistEvent], None],
        token: CancelToken,
    ) -> Rewrite:
        """A draft in better words, in changes to take one by one; without a language model from a table alone.

        Lane "llm".

        Args:
            conversation: what it answers.
            mood: as read from that.
            draft: as the agent wrote it.
            wish: what is asked for.
            instruction: in the agent's own words, for `Wish.OWN`.
            on_event: told of progress.
            token: stops the work.

        Raises:
            KnownError: the draft or the instruction is empty, or the model cannot be loaded or died.
            Cancelled: the token was cancelled.
        """
        return self._wording.rewrite(conversation, mood, draft, wish, instruction, on_event, token)

    def score_turns(self, conversation: Conversation, mood: Mood) -> tuple[float | None, tuple[TurnScore, ...]]:
        """How empathetic the agent's side reads, 0 to 1: the conversation as a whole, and each turn. Lane "emotion".

        Returns:
            None for the whole where there is nothing of an agent to read, or not in English.

        Raises:
            KnownError: the empathy model's files are missing or damaged.
        """
        return self._wording.score_turns(conversation, mood)

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each note that can be written. Lane "emotion".

        Raises:
            KnownError: the site's file of notes is not right.
        """
        return self._wording.note_titles()

    def note(self, name: str, analysis: Analysis) -> str:
        """A note for a colleague or a case, as plain text; no language model is asked. Lane "emotion".

        Raises:
            KnownError: there is no note of that name, or the site's file of notes is not right.
        """
        return self._wording.note(name, analysis)

    def chose(self, analysis: Analysis, slot: int, outcome: Outcome, text: str | None = None) -> None:
        """Records what the agent did with a reply: the history keeps it, and ranking learns from it. Lane "db".

        Ranking learns where the conversation is not kept, too: a lesson holds no text.

        Args:
            analysis: as it is shown.
            slot: which of its replies, from 0.
            outcome: what was done; SHOWN takes back what was recorded.
            text: what the reply became, where the agent edited it.

        Raises:
            KnownError: the open history cannot be written to.
        """
        self._choosing.chose(self._wording.choices(analysis, slot, outcome), slot, self._history)
        self.custody.record_outcome(analysis, slot, outcome, text)

    def preferences(self) -> tuple[tuple[str, float], ...]:
        """What ranking has learnt: features of replies and how much they count, -0.5 to 0.5, strongest first."""
        learnt = self._choosing.preference
        return () if learnt is None else tuple(learnt.describe())

    def forget_preferences(self) -> None:
        """Ranks as shipped again: every choice is deleted, in the history too. Lane "db".

        Raises:
            KnownError: there is a history that is not open, or it cannot be written to; nothing is forgotten then.
        """
        self._check_open()
        self._choosing.forget(self._history)

    def open_history(self, passphrase: str | None = None) -> None:
        """Opens the encrypted history, or makes it; does nothing if it is open.

        Raises:
            Locked: it needs a passphrase.
            KnownError: it is damaged, or its key cannot be had.
        """
        self.custody.open(passphrase)

    def _on_open(self, history: History) -> None:
        """Takes up what was learnt, whenever the history was opened or conversations were erased."""
        self._learning.opened(history)
        self._choosing.opened(history)

    @property
    def _history(self) -> History | None:
        return self.custody.history if self.custody.is_open else None

    def _check_open(self) -> None:
        """Refuses to forget what lies in a history that is locked: it would come back with it."""
        if self._history is None and self.places.history.exists():
            raise KnownError(
                "What was learnt is kept in the history, which is locked. Unlock it first, then try again."
            )

    @property
    def history(self) -> History:
        """The open history.

        Raises:
            BugError: it was not opened.
        """
        return self.custody.history

    @property
    def worker_id(self) -> int | None:
        """Process id of the language-model worker while it lives."""
        return self._engines.process_id

    @property
    def sandbox(self) -> SandboxState | None:
        """What keeps the language-model worker from files and network; None where none lives."""
        return self._engines.sandbox

    def forget_model(self) -> None:
        """Ends the worker, so that the next request chooses a model again: the shelf has changed. Lane "llm"."""
        self._engines.forget()

    def close(self) -> None:
        """Closes every way in, ends the worker and closes the history. Call it when no lane works any more."""
        self.arrivals.close()
        self._engines.close()
        self.custody.close()
