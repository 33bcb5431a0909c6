"""What the window asks of the product, as protocols: `agent_assist.pipeline.Desk` fits, and so does the tests' fake.

Typing against them also keeps numpy and onnxruntime out of the window's imports, so that it shows at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent_assist.jobs import CancelToken
from agent_assist.paths import Places
from agent_assist.records import (
    Alike,
    Analysis,
    ArrivalEvent,
    Arrived,
    Assist,
    AssistEvent,
    Coaching,
    ContextUse,
    Conversation,
    Explanation,
    Label,
    Mood,
    Outcome,
    Reply,
    Rewrite,
    Summary,
    Tracked,
    Way,
    WayState,
    Wish,
)
from agent_assist.settings import Settings
from ui.custody_port import CustodyPort

if TYPE_CHECKING:
    from agent_assist.capture import Tables
    from agent_assist.llm.engine import SandboxState
    from agent_assist.llm.fetch import FetchProgress
    from agent_assist.llm.stock import Checked, Installed
    from agent_assist.llm.voices import FoundVoice
    from models.catalog import Entry


class ShelfPort(Protocol):
    """The language models of this machine; used in the download lane."""

    @property
    def catalog(self) -> Iterable[Entry]:
        """Every model that can be had, best first."""

    def installed(self) -> Sequence[Installed]:
        """The models that are here, best first."""

    def find_voice(self, name: str) -> FoundVoice:
        """What became of the adapter made for a model."""

    def recommended(self, token: CancelToken | None = ...) -> Entry:
        """The best model that this machine can have; may ask the network."""

    def install(self, name: str, on_progress: Callable[[FetchProgress], None], token: CancelToken | None = ...) -> Path:
        """Brings a model onto the shelf."""

    def import_file(
        self, file: Path, on_progress: Callable[[FetchProgress], None], token: CancelToken | None = ...
    ) -> Entry:
        """Brings a file that the person has onto the shelf."""

    def verify(
        self, name: str | None, on_progress: Callable[[FetchProgress], None], token: CancelToken | None = ...
    ) -> Sequence[Checked]:
        """Hashes installed models again."""

    def remove(self, name: str) -> None:
        """Deletes an installed model."""


class ArrivalsPort(Protocol):
    """What comes in by itself. `start`, `apply` and `close` belong to a lane; all others return within milliseconds."""

    def start(self, tell: Callable[[ArrivalEvent], None]) -> None:
        """Opens the ways that the settings allow; `tell` is called from any thread."""

    def apply(self) -> None:
        """Opens and closes ways as the settings now have it."""

    def set_paused(self, paused: bool) -> None:
        """Holds every way, or takes in again."""

    @property
    def paused(self) -> bool:
        """Whether nothing is taken in for the moment."""

    @property
    def conversations(self) -> tuple[Tracked, ...]:
        """The conversations of the stream, latest first."""

    def states(self) -> tuple[WayState, ...]:
        """How each way stands."""

    def get(self, conversation_id: str) -> Tracked | None:
        """One of the conversations."""

    def take(self, conversation: Conversation, way: Way, channel: str = ..., title: str = ...) -> Arrived | None:
        """Takes a whole conversation in; None where all of it was known."""

    def swap(self, conversation_id: str) -> Arrived | None:
        """Exchanges customer and agent, also in what is still to come."""

    def forget(self, conversation_id: str) -> None:
        """Lets a conversation go."""

    def alike(self, conversation_id: str) -> tuple[Alike, ...]:
        """The conversations that may be with the same customer."""

    def join(self, keep_id: str, other_id: str) -> Arrived | None:
        """Makes one conversation of two."""

    def keep_apart(self, one_id: str, other_id: str) -> None:
        """Never calls the two alike again."""

    def insert(self, conversation_id: str, text: str) -> None:
        """Puts a reply into the reply box of the conversation's page; an `Inserted` follows."""

    def close(self) -> None:
        """Closes every way."""


class DeskPort(Protocol):
    """The facade over the whole product. Methods may block and are called in lanes; attributes are cheap."""

    @property
    def places(self) -> Places:
        """Where data lives."""

    @property
    def settings(self) -> Settings:
        """The options."""

    @property
    def custody(self) -> CustodyPort:
        """Everything about what is kept; db lane, but for what is said to be cheap."""

    @property
    def shelf(self) -> ShelfPort:
        """The language models; download lane only."""

    @property
    def arrivals(self) -> ArrivalsPort:
        """What comes in by itself; cheap."""

    @property
    def tables(self) -> Tables:
        """Tables whose columns a person tells; lane "emotion"."""

    @property
    def sandbox(self) -> SandboxState | None:
        """What the system holds the model's process to; None before one is loaded. Any thread, and cheap."""

    def sample(self) -> str:
        """The sample conversation that ships."""

    def capture(self, data: str | bytes, *, format: str = ..., customer: str | None = ...) -> list[Conversation]:
        """Conversations in a text; KnownError on unusable input."""

    def swap_roles(self, conversation: Conversation) -> Conversation:
        """The same with the other person as the customer."""

    def read(self, conversation: Conversation) -> Mood:
        """The customer's feelings; emotion lane."""

    def explain(self, conversation: Conversation, mood: Mood, turn: int) -> Explanation:
        """The words of a customer's turn that its reading stands on, and what set it off; emotion lane."""

    def cause_title(self, name: str) -> str:
        """A few words for what set a spike off, "" for none that is known; any thread, and cheap."""

    def correct(self, conversation: Conversation, mood: Mood, turn: int, label: Label) -> Mood:
        """The mood with a turn read as the agent says; KnownError where nothing was learnt. Lane db."""

    def uncorrect(self, conversation: Conversation, mood: Mood, turn: int) -> Mood:
        """The mood with a turn read by the model again; KnownError as `correct`. Lane db."""

    @property
    def habit_count(self) -> int:
        """How many corrections the readings stand on; any lane, and cheap."""

    def forget_habit(self) -> None:
        """Deletes every correction; KnownError where nothing was forgotten. Lane db."""

    def warm(self, on_event: Callable[[AssistEvent], None], token: CancelToken) -> str:
        """Loads the language model and returns its name; KnownError where none is installed."""

    def forget_model(self) -> None:
        """Has the next request choose a model again: the shelf has changed. Cheap; llm lane."""

    def assist(
        self, conversation: Conversation, mood: Mood, on_event: Callable[[AssistEvent], None], token: CancelToken
    ) -> Assist:
        """Summary, next actions and replies; streams what is there on the way."""

    def take_in(self, conversation: Conversation, mood: Mood, token: CancelToken) -> ContextUse:
        """Reads new turns into the model's memory; KnownError where there is no model. Lane llm."""

    def settle(self, old: Summary | None, new: Summary) -> Summary:
        """The new summary with the old lines where they say the same; any thread."""

    def worth_refreshing(self, before: Conversation, now: Conversation) -> bool:
        """Whether more than courtesies came, so that help is worth asking for again; any thread."""

    def compose(self, conversation: Conversation, mood: Mood) -> tuple[Reply, ...]:
        """Replies from the phrase bank alone, without a language model; emotion lane."""

    def coach(self, conversation: Conversation, mood: Mood, draft: str) -> Coaching:
        """What the agent's own draft has and lacks, within 50 ms and without the language model; emotion lane."""

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
        """The draft with changes that can be taken one by one; `instruction` for `Wish.OWN`. Lane llm."""

    def notes(self) -> tuple[tuple[str, str], ...]:
        """Name and title of each note that can be written; KnownError where the site's file is wrong. Emotion lane."""

    def note(self, name: str, analysis: Analysis) -> str:
        """A note as plain text; emotion lane."""

    def chose(self, analysis: Analysis, slot: int, outcome: Outcome, text: str | None = ...) -> None:
        """Records what the agent did with a reply, by its place: for the history and for ranking; lane db."""

    def preferences(self) -> tuple[tuple[str, float], ...]:
        """What ranking learnt, as words and weights (above 0: shown more often); lane db."""

    def forget_preferences(self) -> None:
        """Forgets what ranking learnt; KnownError where nothing was forgotten. Lane db."""

    def open_history(self, passphrase: str | None = ...) -> None:
        """Opens the history; Locked where a passphrase is needed or wrong."""

    def close(self) -> None:
        """Lets go of everything."""
