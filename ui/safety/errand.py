"""Work of one part of the page: in a lane, with a bar, one thing at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.errors import AgentAssistError, Cancelled
from agent_assist.jobs import LaneName
from ui.bridge import Bridge, Task, Work
from ui.widgets.progress import ProgressStrip

T = TypeVar("T")


class Errand(QObject):
    """Runs what a person asked for. Whatever is dropped or stopped is never heard of again."""

    failed = Signal(object)
    changed = Signal(bool)  # whether something runs

    def __init__(self, bridge: Bridge, strip: ProgressStrip) -> None:
        super().__init__(strip)
        self._bridge, self._strip = bridge, strip
        self._task: Task[Any] | None = None
        strip.stop_asked.connect(self.stop)

    @property
    def busy(self) -> bool:
        """True while something runs."""
        return self._task is not None and self._task.live

    def run(
        self,
        words: str,
        work: Work[T],
        done: Callable[[T], None],
        *,
        lane: LaneName = "db",
        stoppable: bool = False,
        failed: Callable[[AgentAssistError], None] | None = None,
    ) -> None:
        """Runs `work(post, token)` in a lane; nothing where something runs already.

        Args:
            words: what is being done, for the bar.
            work: it may post how much is done, 0 to 1.
            done: called with the result in the GUI thread.
            lane: where it runs.
            stoppable: whether a person may stop it.
            failed: called with what went wrong; None tells it with the signal.
        """
        if self.busy:
            return

        def ended(result: T) -> None:
            self._end()
            done(result)

        def broke(error: AgentAssistError) -> None:
            self._end()
            if not isinstance(error, Cancelled):
                (failed or self.failed.emit)(error)

        self._strip.begin(words, stoppable)
        self._task = self._bridge.run(lane, work, ended, broke, self._on_event)
        self.changed.emit(True)

    @Slot()
    def stop(self) -> None:
        """Stops what runs, if anything does."""
        if self.busy and self._task is not None:
            self._task.drop()
            self._end()

    def _end(self) -> None:
        self._strip.end()
        self.changed.emit(False)

    def _on_event(self, event: object) -> None:
        if isinstance(event, float):
            self._strip.show_done(event)
