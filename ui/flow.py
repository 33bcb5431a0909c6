"""What happens to a conversation: captured, read, saved, assisted, saved again. Late results are dropped.

A conversation that is open already and comes in longer goes on: nothing that is shown of it is cleared.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from agent_assist.errors import AgentAssistError, Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import (
    Analysis,
    Assist,
    Conversation,
    Mood,
    Outcome,
    Progress,
    Reply,
    ReplyDraft,
    ReplyReady,
    SummaryDraft,
)
from agent_assist.settings import AUTO_ASSIST, SAVE
from ui.bridge import Bridge, Post, Task
from ui.choosing import Choosing
from ui.files import read_file
from ui.going_on import help_anew, worth_asking
from ui.live import Known, added, as_known
from ui.ports import DeskPort
from ui.taking import TakeIn

T = TypeVar("T")


class Flow(QObject):
    """The conversation in the window. Lives in the GUI thread; all work is done in lanes."""

    captured = Signal(object, int)  # Conversation, how many conversations the text held
    grown = Signal(object, int)  # Conversation that went on, how many turns came; -1 where earlier ones changed too
    unchanged = Signal()  # what came in is what is open
    read = Signal(object)  # Mood, also one that the agent corrected
    opened = Signal(object)  # Analysis, from the history
    composed = Signal(object)  # tuple[Reply, ...] that need no language model
    assist_began = Signal()
    progress = Signal(object)  # Progress
    draft = Signal(object)  # ReplyDraft
    reply = Signal(object)  # ReplyReady
    summary = Signal(object)  # SummaryDraft
    assisted = Signal(object)  # Assist
    stopped = Signal()
    cleared = Signal()
    failed = Signal(str, object)  # what was tried: "capture", "read", "compose", "assist", "open", "save"; the error
    busy = Signal(str)  # words for the status line, empty for nothing

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self.conversation: Conversation | None = None
        self.mood: Mood | None = None
        self.assist: Assist | None = None
        self.keep = True
        self.history_open = False
        self.model_ready = False
        self._waits_for_model = False
        self._saved_with: Analysis | None = None
        self._told: Analysis | None = None  # the moment that the language model's help was written for
        self._stored = ""  # id of the conversation that was last written to the history
        self._capturing: Task[list[Conversation]] | None = None
        self._reading: Task[tuple[Mood, bool]] | None = None
        self._assisting: Task[Assist] | None = None
        self._loading: Task[Analysis] | None = None
        self._composing: Task[tuple[Reply, ...]] | None = None
        self._known = Known()
        self.taking = TakeIn(desk, bridge)
        self.taking.failed.connect(lambda error: self._fail("read", error))
        self._choosing = Choosing(desk, bridge)
        self._choosing.failed.connect(lambda error: self._fail("save", error))

    # --- ways in

    def paste(self, data: str | bytes) -> None:
        """Takes a conversation in. What is shown stays until this one is understood."""
        self._capture(lambda: self._desk.capture(data))

    def open_file(self, path: Path) -> None:
        """Takes a conversation in from a file."""
        self._capture(lambda: self._desk.capture(read_file(path)))

    def try_sample(self) -> None:
        """Takes the sample conversation in."""
        self._capture(lambda: self._desk.capture(self._desk.sample()))

    def open_saved(self, conversation_id: str) -> None:
        """Shows a conversation of the history again, without asking the language model."""
        _drop(self._loading)
        self._loading = self._bridge.run(
            "db",
            lambda _post, _token: self._desk.history.load(conversation_id),
            self._on_loaded,
            lambda error: self._fail("open", error),
        )

    def swap_roles(self) -> None:
        """Reads the conversation anew with the other person as the customer."""
        conversation = self.conversation
        if conversation is None:
            return
        _drop(self._capturing)
        self.busy.emit("reading…")
        self._capturing = self._bridge.run(
            "emotion",
            lambda _post, _token: [self._desk.swap_roles(conversation)],
            lambda swapped: self._show(swapped[0], 1, self.keep),
            lambda error: self._fail("capture", error),
        )

    def new(self) -> None:
        """Lets the conversation go; its saved copy stays."""
        self.cancel()
        self.conversation = self.mood = self.assist = None
        self.cleared.emit()
        self.busy.emit("")

    def renew(self, mood: Mood) -> None:
        """Takes a mood of the same conversation that reads differently now; the language model is not asked again."""
        self.mood = mood
        self.read.emit(mood)
        self.save()

    # --- the language model

    def ask(self) -> None:
        """Asks for summary and replies; without a language model for what the phrase bank has."""
        conversation, mood = self.conversation, self.mood
        if conversation is None or mood is None:
            return
        if not self.model_ready:
            self._waits_for_model = True
            self._compose(conversation, mood)
            return
        self.make_way()
        _drop(self._assisting)
        _drop(self._composing)
        self._choosing.begin()
        self.assist_began.emit()
        self.busy.emit("reading…")

        told = self._told

        def work(post: Post, token: CancelToken) -> Assist:
            return help_anew(self._desk, told, conversation, mood, post, token)

        def ended(assist: Assist) -> None:
            self._on_assisted(Analysis(conversation, mood, assist), assist)

        self._assisting = self._bridge.run("llm", work, ended, self._on_assist_failed, self._on_event)

    def set_model_ready(self, ready: bool) -> None:
        """Whether there is a model to ask; a conversation that was pasted before it came is taken to it now."""
        came, self.model_ready = ready and not self.model_ready, ready
        if came and not self._waits_for_model:
            self.take_in()
        if not ready and self.running:  # it waits behind the model that does not load, and would only fail as well
            self.stop()
            self.ask()
        if came and self._waits_for_model and self.assist is None:
            self._waits_for_model = False
            self.ask()

    def stop(self) -> None:
        """Stops the language model; what is written so far stays."""
        if self._assisting is not None and self._assisting.live:
            _drop(self._assisting)
            self.stopped.emit()
            self.busy.emit("")
            self._choosing.end()

    def make_way(self) -> None:
        """Stops reading in the background: something is asked of the language model."""
        self.taking.drop()

    def take_in(self) -> None:
        """Has the language model read what is new while nothing is asked of it."""
        if self.conversation is not None and self.mood is not None and self.model_ready and not self.running:
            self.taking.begin(self.conversation, self.mood)

    @property
    def helps_unasked(self) -> bool:
        """True where replies come to a new conversation unasked, with a language model or without."""
        return self._desk.settings[AUTO_ASSIST]

    @property
    def running(self) -> bool:
        """True while the language model is asked."""
        return self._assisting is not None and self._assisting.live

    # --- the history

    @property
    def in_history(self) -> bool:
        """True where this conversation was saved, or is being saved."""
        return self.conversation is not None and (self._saved_with is not None or self._stored == self.conversation.id)

    def set_keep(self, keep: bool) -> None:
        """Whether this conversation is saved. Deleting what is saved already is the caller's, with its undo."""
        self.keep = keep
        self._stored, self._saved_with = "", None
        self.save()

    def save(self) -> None:
        """Saves what there is, where the person keeps it and the history is open."""
        if self.conversation is None or self.mood is None or not self.keep or not self.history_open:
            return
        if self._reading is not None and self._reading.live:  # the mood is that of fewer turns; its end saves
            return
        now, saved = Analysis(self.conversation, self.mood, self.assist), self._saved_with
        if saved and saved.conversation is now.conversation and saved.mood is now.mood and saved.assist is now.assist:
            return
        self._saved_with = now
        self._bridge.run(
            "db",
            lambda _post, _token: self._desk.history.save(now),
            lambda _none: self._on_stored(now),
            lambda error: self._on_save_failed(now, error),
        )

    def record(self, reply: str, outcome: Outcome, text: str | None = None) -> None:
        """Records what the agent did with a reply of the moment that it was written for.

        Args:
            reply: its text as it was suggested. While replies are being written, what is recorded waits for the end.
            outcome: what was done; SHOWN takes back what was recorded.
            text: what the reply became, where the agent edited it.
        """
        if self.running:
            self._choosing.hold(reply, outcome, text)
        else:
            self._choosing.record(reply, outcome, text)

    def cancel(self) -> None:
        """Drops all that runs for the conversation."""
        _drop(self._capturing)
        _drop(self._reading)
        _drop(self._assisting)
        _drop(self._loading)
        _drop(self._composing)
        self.taking.drop()

    # --- results, all in the GUI thread

    def _capture(self, work: Callable[[], list[Conversation]]) -> None:
        _drop(self._capturing)
        _drop(self._loading)
        self.busy.emit("reading…")
        known = self._known.latest
        self._capturing = self._bridge.run(
            "emotion",
            lambda _post, _token: as_known(work(), known, self._desk.swap_roles),
            self._on_captured,
            lambda error: self._fail("capture", error),
        )

    def _on_captured(self, found: list[Conversation]) -> None:
        if not found:
            self._fail("capture", KnownError("No conversation was found in the text. Paste the messages themselves."))
            return
        if self.conversation is not None and self.conversation.id == found[0].id:
            self._grow(self.conversation, found[0])
        else:
            self._show(found[0], len(found), self._desk.settings[SAVE])

    def _grow(self, before: Conversation, after: Conversation) -> None:
        """Goes on with the open conversation: only what came is new."""
        turns = added(before, after)
        if turns == ():
            self._on_unchanged()
            return
        self._known.add(after)
        self.conversation = after
        if turns is None:
            self.mood = None  # its turns are others now
        self.grown.emit(after, -1 if turns is None else len(turns))
        told = self._told
        self._read(after, lambda mood: worth_asking(self._desk, told, after, mood, turns))

    def _on_unchanged(self) -> None:
        if not self.running:
            self.busy.emit("")
        self.unchanged.emit()
        if self.assist is None and self.mood is not None and not self.running and self.helps_unasked:
            self.ask()

    def _show(self, conversation: Conversation, count: int, keep: bool) -> None:
        self._begin(conversation)
        self.keep = keep
        self.captured.emit(conversation, count)
        self._read(conversation, lambda _mood: True)

    def _read(self, conversation: Conversation, worth: Callable[[Mood], bool]) -> None:
        def work(_post: Post, _token: CancelToken) -> tuple[Mood, bool]:
            mood = self._desk.read(conversation)
            return mood, worth(mood)

        _drop(self._reading)
        self._reading = self._bridge.run(
            "emotion", work, lambda result: self._on_read(*result), lambda error: self._fail("read", error)
        )

    def _begin(self, conversation: Conversation) -> None:
        self.cancel()
        self._known.add(conversation)
        self.conversation, self.mood, self.assist = conversation, None, None
        self._saved_with = self._told = None
        self._choosing.show(None)
        self._waits_for_model = False

    def _on_read(self, mood: Mood, to_answer: bool) -> None:
        self.busy.emit("")
        self.renew(mood)
        if self.helps_unasked and (to_answer or self.running):
            self.ask()
            return
        self._waits_for_model = False
        self.take_in()

    def _compose(self, conversation: Conversation, mood: Mood) -> None:
        def ended(replies: tuple[Reply, ...]) -> None:
            self._choosing.show_composed(conversation, mood, replies)
            self.composed.emit(replies)

        _drop(self._composing)
        self._composing = self._bridge.run(
            "emotion",
            lambda _post, _token: self._desk.compose(conversation, mood),
            ended,
            lambda error: self._fail("compose", error),
        )

    def _on_loaded(self, analysis: Analysis) -> None:
        self._begin(analysis.conversation)
        self.mood, self.assist = analysis.mood, analysis.assist
        self.keep, self._saved_with, self._stored = True, analysis, analysis.conversation.id
        self._told = analysis if analysis.assist is not None else None
        self._choosing.show(analysis)
        self.busy.emit("")
        self.opened.emit(analysis)
        self.take_in()

    def _on_event(self, event: object) -> None:
        if isinstance(event, Progress):
            self.busy.emit(f"{event.stage}…")
            self.progress.emit(event)
        elif isinstance(event, ReplyDraft):
            self.draft.emit(event)
        elif isinstance(event, ReplyReady):
            self.reply.emit(event)
        elif isinstance(event, SummaryDraft):
            self.summary.emit(event)

    def _on_assisted(self, moment: Analysis, assist: Assist) -> None:
        self.assist, self._told = assist, moment
        self._choosing.show(moment)
        self.busy.emit("")
        self.assisted.emit(assist)
        self.save()
        self._choosing.end()

    def _on_assist_failed(self, error: AgentAssistError) -> None:
        self.busy.emit("")
        if isinstance(error, Cancelled):
            self.stopped.emit()
        else:
            self.failed.emit("assist", error)

    def _on_stored(self, analysis: Analysis) -> None:
        if self.keep:
            self._stored = analysis.conversation.id

    def _on_save_failed(self, analysis: Analysis, error: AgentAssistError) -> None:
        if self._saved_with is analysis:  # else what failed is not what is shown now
            self._saved_with = None
        self._fail("save", error)

    def _fail(self, what: str, error: AgentAssistError) -> None:
        if not self.running:
            self.busy.emit("")
        if not isinstance(error, Cancelled):
            self.failed.emit(what, error)


def _drop(task: Task[T] | None) -> None:
    if task is not None:
        task.drop()
