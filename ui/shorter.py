"""A shorter time to keep conversations, which counts only once a person has seen how many it would erase."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from PySide6.QtCore import Signal, Slot

from agent_assist.errors import AgentAssistError, Locked
from agent_assist.records import HistoryItem, Query
from agent_assist.settings import KEEP_DAYS
from ui.bridge import Bridge, Task
from ui.ports import DeskPort
from ui.safety.part import Confirm
from ui.safety.words import CANNOT_UNDO, counted

MOST = 1000
WOULD_GO = "Keep conversations for {days} only? {count} would be erased, here and from every backup in reach. {undo}"
NOT_KNOWN = "Keep conversations for {days} only? Whatever is older is erased once the history is unlocked. {undo}"


class ShorterKeeping(Confirm):
    """Asks where the days that were chosen would erase something; else they count at once."""

    decided = Signal(int)  # days that count from now on
    dropped = Signal()  # what was chosen does not count
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge) -> None:
        super().__init__("Erase what is older", spoken="Keep for a shorter time and erase what is older", final=True)
        self._desk, self._bridge, self._days = desk, bridge, 0
        self._task: Task[Sequence[HistoryItem]] | None = None
        self.agreed.connect(lambda: self.decided.emit(self._days))
        self.no.clicked.connect(self.dropped)

    def propose(self, days: int) -> None:
        """A person chose so many days; 0: for ever."""
        self.forget()
        self._days, now = days, self._desk.settings[KEEP_DAYS]
        if days == 0 or 0 < now <= days:
            self.decided.emit(days)
            return
        asked = Query(held=False, until=date.today() - timedelta(days=days + 1))  # as `Custody.due` counts
        self._task = self._bridge.run(
            "db",
            lambda _post, _token: self._desk.custody.find(asked, MOST),
            self._on_found,
            self._on_failed,
        )

    @Slot()
    def forget(self) -> None:
        """What was chosen and not agreed to counts no more."""
        if self._task is not None:
            self._task.drop()
        self.hide()

    def _on_found(self, items: Sequence[HistoryItem]) -> None:
        if not items:
            self.decided.emit(self._days)
            return
        count = f"At least {MOST:,} conversations" if len(items) == MOST else counted(len(items))
        self.ask(WOULD_GO.format(days=counted(self._days, "day"), count=count, undo=CANNOT_UNDO))

    def _on_failed(self, error: AgentAssistError) -> None:
        if isinstance(error, Locked):
            self.ask(NOT_KNOWN.format(days=counted(self._days, "day"), undo=CANNOT_UNDO))
        else:
            self.dropped.emit()
            self.failed.emit(error)
