"""Tables whose columns a person puts right: when that is offered, tried, read anew and remembered."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.capture import ColumnChoice, TableGuess, Tables
from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.records import Conversation, Speaker, Way
from ui.bridge import Bridge, Task
from ui.columns_page import ColumnsPage
from ui.files import read_file
from ui.flow import Flow

UNSURE = "This looks like a table. Choose which of its columns holds the messages, if it reads wrong."
_TRIED = 60_000  # characters, or bytes, of a table that a choice is tried on
Data = str | bytes


class Tabling(QObject):
    """Knows the text that the open conversation was read from, for as long as it is open, to read it otherwise.

    Args:
        bridge: reading is done in the lane "emotion".
        flow: reads what is chosen.
        tables: the product's side.
        page: asks.
    """

    available = Signal(bool)  # whether the open conversation came out of a table
    hinted = Signal(str)  # what was read may be a table: a sentence; `open` helps
    page_asked = Signal()
    page_left = Signal()
    failed = Signal(object)

    def __init__(self, bridge: Bridge, flow: Flow, tables: Tables, page: ColumnsPage) -> None:
        super().__init__(flow)
        self._bridge, self._flow, self._tables, self._page = bridge, flow, tables, page
        self._coming: str | Path | None = None
        self._from: str | Path | None = None
        self._data: Data = ""
        self._header: tuple[str, ...] = ()
        self._wrong = ""  # id of the conversation that is being read anew
        self._looking: Task[tuple[Data, TableGuess | None]] | None = None
        self._trying: Task[list[Conversation]] | None = None
        flow.captured.connect(self._on_captured)
        flow.opened.connect(self._forget)
        flow.cleared.connect(self._forget)
        flow.unchanged.connect(self._nothing_came)
        flow.brought.connect(self._nothing_came)
        flow.failed.connect(self._nothing_came)
        page.tried.connect(self._try)
        page.chosen.connect(self._take)
        page.left.connect(self.page_left)

    @Slot(object)
    def note(self, source: str | Path) -> None:
        """The text or file that the flow reads now."""
        self._coming = source

    @Slot()
    def open(self) -> None:
        """Shows the page for the open conversation's table."""
        source = self._from
        if source is None:
            return

        def work() -> tuple[Data, TableGuess | None]:
            data = read_file(source) if isinstance(source, Path) else source
            return data, self._tables.look(data)

        self._drop()
        self._looking = self._bridge.run("emotion", lambda _post, _token: work(), self._show, self.failed.emit)

    def _show(self, seen: tuple[Data, TableGuess | None]) -> None:
        data, guess = seen
        if guess is None:
            self.failed.emit(KnownError("This is no table with a message in each row. Export it with a row of titles."))
            return
        self._data, self._header = data, guess.columns.header
        self._page.show_table(guess)
        self.page_asked.emit()

    @Slot(object, int)
    def _on_captured(self, conversation: Conversation, _count: int) -> None:
        source, self._coming = self._coming, None
        wrong, self._wrong = self._wrong, ""
        self._forget()
        if wrong and wrong != conversation.id:
            self._flow.let_go.emit(wrong)
        if source is None or conversation.source not in ("csv", "plain"):
            return
        self._from = source
        self.available.emit(conversation.source == "csv")
        if conversation.source == "plain" and not _has_two_sides(conversation):
            self._look_for_table(source)

    @Slot()
    def _nothing_came(self) -> None:
        """What was brought is no conversation of its own: the open one stays what it was read from."""
        self._coming, self._wrong = None, ""

    def _look_for_table(self, source: str | Path) -> None:
        def work() -> tuple[Data, TableGuess | None]:
            data = read_file(source) if isinstance(source, Path) else source
            return data[:_TRIED], self._tables.look(data[:_TRIED])

        def done(seen: tuple[Data, TableGuess | None]) -> None:
            if seen[1] is not None and seen[1].even:
                self.available.emit(True)
                self.hinted.emit(UNSURE)

        self._looking = self._bridge.run("emotion", lambda _post, _token: work(), done, _unheard)

    @Slot(object)
    def _try(self, choice: ColumnChoice) -> None:
        if self._trying is not None:
            self._trying.drop()
        head = _head(self._data)
        self._trying = self._bridge.run(
            "emotion", lambda _post, _token: self._tables.read(head, choice), self._page.show_reading, self._on_untried
        )

    def _on_untried(self, error: AgentAssistError) -> None:
        if isinstance(error, KnownError):
            self._page.show_problem(str(error))
        else:
            self.failed.emit(error)

    @Slot(object, bool)
    def _take(self, choice: ColumnChoice, remember: bool) -> None:
        data, header, source = self._data, self._header, self._from
        self._coming = source  # so that it can be put right once more
        self._wrong = self._flow.conversation.id if self._flow.conversation is not None else ""
        way = Way.FILE if isinstance(source, Path) else Way.PASTE
        self._flow.intake.take(lambda: self._tables.read(data, choice), way)
        self._bridge.run(
            "emotion",
            lambda _post, _token: self._tables.remember(header, choice if remember else None),
            lambda _none: None,
            self.failed.emit,
        )
        self.page_left.emit()

    @Slot()
    def _forget(self) -> None:
        self._drop()
        self._from, self._data = None, ""
        self.available.emit(False)

    def _drop(self) -> None:
        for task in (self._looking, self._trying):
            if task is not None:
                task.drop()


def _head(data: Data) -> Data:
    """The first rows, ending with a whole line."""
    if len(data) <= _TRIED:
        return data
    if isinstance(data, str):
        return data[: data.rfind("\n", 0, _TRIED) + 1] or data[:_TRIED]
    return data[: data.rfind(b"\n", 0, _TRIED) + 1] or data[:_TRIED]


def _has_two_sides(conversation: Conversation) -> bool:
    said = {turn.speaker for turn in conversation.turns}
    return Speaker.CUSTOMER in said and Speaker.AGENT in said


def _unheard(_error: AgentAssistError) -> None:
    """Only a hint is missing then: the reading itself has said what was wrong."""
