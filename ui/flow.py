"""What happens to the open conversation: captured, read, saved, assisted, saved again. Late results are dropped.

A conversation that is open already and comes in longer goes on: nothing that is shown of it is cleared. Those beside it
are kept as they are, and come back at once.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.errors import AgentAssistError, Cancelled
from agent_assist.records import Analysis, Assist, Conversation, Mood, Outcome, Way
from agent_assist.settings import AUTO_ASSIST, SAVE
from ui.bridge import Bridge, Task
from ui.case import Case, Cases
from ui.choosing import Recorder
from ui.files import read_file
from ui.helping import Helping
from ui.intake import Intake
from ui.live import added
from ui.ports import DeskPort
from ui.reading import Came, Reading
from ui.saving import Saving
from ui.taking import TakeIn


class Flow(QObject):
    """The conversation in the window. Lives in the GUI thread; all work is done in lanes."""

    captured = Signal(object, int)  # Conversation, how many conversations the text held
    grown = Signal(object, int)  # Conversation that went on, how many turns came; -1 where earlier ones changed too
    brought = Signal(int)  # as `grown`, where a person brought it
    unchanged = Signal()  # what came in is what is open
    read = Signal(object)  # Mood, also one that the agent corrected
    opened = Signal(object)  # Analysis that was made before
    composed = Signal(object)  # tuple[Reply, ...] that need no language model
    assist_began = Signal()
    progress = Signal(object)  # Progress
    draft = Signal(object)  # ReplyDraft
    reply = Signal(object)  # ReplyReady
    summary = Signal(object)  # SummaryDraft
    assisted = Signal(object)  # Assist
    stopped = Signal()
    cleared = Signal()
    left = Signal(object)  # Case that is not the open one any more
    joined = Signal(str)  # id of the conversation that was joined into the open one
    let_go = Signal(str)  # id of the conversation that the person put away
    erased = Signal(str)  # id of a conversation that was erased for good: nothing of it is to stay
    failed = Signal(str, object)  # what was tried: "capture", "read", "compose", "assist", "open", "save"; the error
    busy = Signal(str)  # words for the status line, empty for nothing

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__(bridge)
        self._desk, self._bridge = desk, bridge
        self._case: Case | None = None
        self.cases = Cases()
        self.model_ready = False
        self._waits_for_model = False
        self._loading: Task[Analysis] | None = None
        self._loaded: Case | None = None  # out of the history, and nothing has come to it since
        self._reading = Reading(desk, bridge)
        self._reading.read.connect(self.read)
        self._reading.ended.connect(self._on_read)
        self._reading.rested.connect(self._on_read)
        self._reading.failed.connect(lambda error: self._fail("read", error))
        self.intake = Intake(desk, bridge)
        self.intake.began.connect(lambda: self.busy.emit("reading…"))
        self.intake.found.connect(self._on_captured)
        self.intake.failed.connect(lambda error: self._fail("capture", error))
        self.saving = Saving(desk, bridge)
        self.saving.failed.connect(lambda error: self._fail("save", error))
        self._reading.went_on.connect(self.saving.save_soon)
        self.taking = TakeIn(desk, bridge)
        self.taking.failed.connect(lambda error: self._fail("read", error))
        self.helping = Helping(desk, bridge)
        self._connect_helping()

    def _connect_helping(self) -> None:
        helping = self.helping
        helping.failed.connect(self._fail)
        helping.began.connect(self.assist_began)
        helping.settled.connect(self._on_settled)
        for told, on in (
            (helping.composed, self.composed),
            (helping.progress, self.progress),
            (helping.draft, self.draft),
            (helping.reply, self.reply),
            (helping.summary, self.summary),
            (helping.assisted, self.assisted),
            (helping.stopped, self.stopped),
            (helping.busy, self.busy),
        ):
            told.connect(on)

    @property
    def conversation(self) -> Conversation | None:
        """The open one."""
        return self._case.conversation if self._case is not None else None

    @property
    def awaited(self) -> bool:
        """True while a conversation that the person asked for is about to be shown."""
        return self.intake.live or (self._loading is not None and self._loading.live)

    @property
    def mood(self) -> Mood | None:
        """What was read of it."""
        return self._case.mood if self._case is not None else None

    @property
    def assist(self) -> Assist | None:
        """The help that was written for it."""
        return self._case.assist if self._case is not None else None

    # --- ways in

    def paste(self, data: str | bytes) -> None:
        """Takes a conversation in. What is shown stays until this one is understood."""
        self._drop_loading()
        self.intake.take(lambda: self._desk.capture(data), Way.PASTE)

    def open_file(self, path: Path) -> None:
        """Takes a conversation in from a file."""
        self._drop_loading()
        self.intake.take(lambda: self._desk.capture(read_file(path)), Way.FILE)

    def try_sample(self) -> None:
        """Takes the sample conversation in."""
        self._drop_loading()
        self.intake.take(lambda: self._desk.capture(self._desk.sample()), Way.PASTE)

    def open_saved(self, conversation_id: str) -> None:
        """Shows a conversation of the history again, without asking the language model."""
        self._drop_loading()
        self._loading = self._bridge.run(
            "db",
            lambda _post, _token: self._desk.custody.load(conversation_id),
            self._on_loaded,
            lambda error: self._fail("open", error),
        )

    def open(self, conversation: Conversation) -> None:
        """Shows a conversation that came in beside this one, with all that was made of it before."""
        case = self.cases.get(conversation.id) or self.cases.make(conversation, self._desk.settings[SAVE])
        before = case.read_of
        if conversation != case.conversation:  # else what is known of it was made of this very one
            case.conversation = conversation
        self._begin(case)
        came = added(before, case.conversation) if before is not None else None
        if case.mood is None or came is None:
            case.mood = case.assist = case.told = None
            self.captured.emit(conversation, 1)
            self._reading.begin(case)
            return
        self._show_known(Analysis(case.conversation, case.mood, case.assist))
        self._follow(case, came)

    def arrive(self, conversation: Conversation) -> None:
        """Goes on with the open conversation, as the stream has it now."""
        case = self._case
        if case is None or case.conversation.id != conversation.id:
            return
        before, turns = case.conversation, added(case.conversation, conversation)
        loaded, self._loaded = self._loaded, None
        if loaded is case and turns is None:
            conversation = self.intake.told_before(before, conversation)
            turns = added(before, conversation)
        if turns == () and (before.asides, before.customer) == (conversation.asides, conversation.customer):
            return
        self._extend(case, conversation, turns)
        self._reading.follow(case, turns)

    def swap_roles(self) -> None:
        """Reads the conversation anew with the other person as the customer."""
        if self.conversation is not None:
            self.intake.swap(self.conversation, lambda swapped: self._show(swapped, 1, self.keep))

    def new(self) -> None:
        """Lets the conversation go; its saved copy stays."""
        gone = self._case
        self.cancel()
        self._case = None
        self.cleared.emit()
        self.busy.emit("")
        if gone is not None:
            self.left.emit(gone)
            self.let_go.emit(gone.conversation.id)

    def renew(self, mood: Mood) -> None:
        """Takes a mood of the same conversation that reads differently now; the language model is not asked again."""
        if self._case is not None:
            self._case.take_mood(mood, self._case.conversation)
            self.read.emit(mood)
            self.save()

    # --- the language model

    def ask(self) -> None:
        """Asks for summary and replies; without a language model for what the phrase bank has."""
        case = self._case
        self._reading.asked()
        if case is None or case.mood is None:
            return
        if not self.model_ready:
            self._waits_for_model = True
            self.helping.compose(case.conversation, case.mood)
            return
        self.make_way()
        self.helping.ask(case, case.mood)

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
        self.helping.stop()

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
        return self.helping.running

    # --- the history

    @property
    def keep(self) -> bool:
        """Whether this conversation is saved."""
        return self._case is None or self._case.keep

    @keep.setter
    def keep(self, keep: bool) -> None:
        if self._case is not None:
            self._case.keep = keep

    @property
    def in_history(self) -> bool:
        """True where this conversation was saved, or is being saved."""
        return self._case is not None and self._case.in_history

    def set_keep(self, keep: bool) -> None:
        """Whether this conversation is saved. Deleting what is saved already is the caller's, with its undo."""
        if self._case is not None:
            self._case.keep = keep
            self.cases.choose(self._case.conversation.id, keep)
            self.saving.forget(self._case)
            self.save()

    def save(self) -> None:
        """Saves what there is, where the person keeps it and the history is open."""
        if self._case is not None:
            self.saving.save(self._case)

    def record(self, reply: str, outcome: Outcome, text: str | None = None) -> None:
        """Records what the agent did with a reply of the moment that it was written for.

        Args:
            reply: its text as it was suggested. While replies are being written, what is recorded waits for the end.
            outcome: what was done; SHOWN takes back what was recorded.
            text: what the reply became, where the agent edited it.
        """
        self.helping.record(reply, outcome, text)

    def recorder(self) -> Recorder:
        """A `record` for the replies of now that may be called later; it says whether their conversation is open."""
        case = self._case
        return self.helping.recorder(lambda: case is self._case)

    def cancel(self) -> None:
        """Drops all that runs for the conversation."""
        self.intake.drop()
        self._reading.drop()
        self._drop_loading()
        self.helping.drop()
        self.taking.drop()

    # --- results, all in the GUI thread

    @Slot(object)
    def _on_captured(self, found: list[Conversation]) -> None:
        case = self.cases.get(found[0].id)
        if case is None:
            self._show(found[0], len(found), self._desk.settings[SAVE])
        elif case is self._case:
            self._grow(case, found[0])
        else:
            self.open(found[0])

    def _grow(self, case: Case, after: Conversation) -> None:
        """Goes on with the open conversation: only what came is new."""
        turns = added(case.conversation, after)
        if turns == ():
            self._on_unchanged()
            return
        self._extend(case, after, turns)
        self.brought.emit(-1 if turns is None else len(turns))
        self._reading.begin(case, turns)

    def _extend(self, case: Case, after: Conversation, turns: Came) -> None:
        self.intake.known.add(after)
        case.conversation = after
        if turns is None:
            case.mood = case.read_of = None  # its turns are others now
        self.grown.emit(after, -1 if turns is None else len(turns))

    def _on_unchanged(self) -> None:
        if not self.running:
            self.busy.emit("")
        self.unchanged.emit()
        if self.assist is None and self.mood is not None and not self.running and self.helps_unasked:
            self.ask()

    def _show(self, conversation: Conversation, count: int, keep: bool) -> None:
        before = self.cases.get(conversation.id)
        case = self.cases.make(conversation, keep)
        if before is None and case.keep:  # a person brings it anew, whatever was erased of it before
            self._desk.custody.keep_again(conversation.id)
        case.stored = before is not None and before.stored
        self._begin(case)
        self.captured.emit(conversation, count)
        self._reading.begin(case)

    def _show_known(self, analysis: Analysis) -> None:
        self.helping.show(self._case.told if self._case is not None else None)
        self.busy.emit("")
        self.opened.emit(analysis)

    def _follow(self, case: Case, came: Came) -> None:
        """Brings up to date what was made of a conversation before."""
        told = case.told
        if came or not case.fresh or (told is not None and told.conversation is not case.conversation):
            self._reading.follow(case, added(told.conversation, case.conversation) if told is not None else None)
        elif told is None and self.helps_unasked:
            self.ask()
        else:
            self.take_in()

    def _begin(self, case: Case) -> None:
        self.cancel()
        self.saving.flush()
        self.intake.known.add(case.conversation)
        self.cases.put(case)
        before, self._case = self._case, case
        if before is not None and before.conversation.id != case.conversation.id:
            self.left.emit(before)
        self.helping.show(None)
        self._waits_for_model = False

    @Slot(bool)
    def _on_read(self, worth: bool) -> None:
        if not self.running:
            self.busy.emit("")
        self.save()
        if self.helps_unasked and (worth or self.running):
            self.ask()
        else:
            self._waits_for_model = False
            self.take_in()

    def _on_loaded(self, analysis: Analysis) -> None:
        told = analysis if analysis.assist is not None else None
        keep = self.cases.keeps(analysis.conversation.id, True)
        case = Case(analysis.conversation, keep, analysis.mood, analysis.conversation, analysis.assist, told)
        case.saved_with, case.stored = analysis, True
        self._begin(case)
        self._loaded = case
        self._show_known(analysis)
        self.take_in()
        tracked = self._desk.arrivals.get(analysis.conversation.id)
        if tracked is not None:
            self.arrive(tracked.conversation)

    @Slot(object)
    def _on_settled(self, case: Case) -> None:
        if case is self._case:
            self.save()

    @Slot(str, object)
    def _fail(self, what: str, error: AgentAssistError) -> None:
        if not self.running:
            self.busy.emit("")
        if not isinstance(error, Cancelled):
            self.failed.emit(what, error)

    def _drop_loading(self) -> None:
        if self._loading is not None:
            self._loading.drop()
