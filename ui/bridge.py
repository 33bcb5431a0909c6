"""The one crossing between worker callbacks and Qt: results and events reach the GUI thread here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from agent_assist import log
from agent_assist.errors import AgentAssistError, BugError
from agent_assist.jobs import CancelToken, Job, LaneName, Lanes
from agent_assist.records import Progress, ReplyDraft, SummaryDraft

T = TypeVar("T")
FLUSH_MS = 40
Event = object
Work = Callable[["Post", CancelToken], T]
Post = Callable[[Event], None]


class Task(Generic[T]):
    """Work in a lane as the window sees it. Once dropped, none of its results or events is ever delivered."""

    def __init__(
        self,
        done: Callable[[T], None],
        failed: Callable[[AgentAssistError], None],
        event: Callable[[Event], None] | None,
    ) -> None:
        self.live = True
        self.job: Job[T] | None = None
        self._done, self._failed, self._event = done, failed, event

    def drop(self) -> None:
        """Cancels the work and forgets it."""
        self.live = False
        if self.job is not None:
            self.job.cancel()

    def deliver(self, event: Event) -> None:
        """Hands an event on, in the GUI thread."""
        if self.live and self._event is not None:
            self._event(event)

    def finish(self, job: Job[T]) -> None:
        """Hands the result on, in the GUI thread."""
        if not self.live:
            return
        self.live = False
        try:
            result = job.result()
        except AgentAssistError as error:
            self._failed(error)
        except Exception as error:  # noqa: BLE001  # the outermost edge of a lane: whatever it raised is shown, not lost
            log.get("ui").error("a job failed: %s", log.describe(error))
            self._failed(_as_bug(error))
        else:
            self._done(result)


class Bridge(QObject):
    """Runs work in lanes and calls back in the GUI thread.

    Events posted by work are collected and handed on every 40 ms; of several drafts of a slot only the newest.
    """

    _ended = Signal()

    def __init__(self, lanes: Lanes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lanes = lanes
        self._results: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._events: SimpleQueue[tuple[Task[object], Event]] = SimpleQueue()
        self._open = 0
        self._closed = False
        self._timer = QTimer(self)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self._ended.connect(self._collect, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        lane: LaneName,
        work: Work[T],
        done: Callable[[T], None],
        failed: Callable[[AgentAssistError], None],
        event: Callable[[Event], None] | None = None,
    ) -> Task[T]:
        """Queues `work(post, token)` in a lane; `done`, `failed` and `event` are called in the GUI thread."""
        task: Task[T] = Task(done, failed, event)

        def post(item: Event) -> None:
            self._events.put((task, item))  # type: ignore[arg-type]  # its result is not touched on this way

        def ended(job: Job[T]) -> None:
            self._results.put(lambda: task.finish(job))
            self._ended.emit()

        if self._closed:
            task.live = False
            return task
        self._open += 1
        if not self._timer.isActive():
            self._timer.start()
        task.job = self._lanes.submit(lane, lambda token: work(post, token))
        task.job.then(ended)
        return task

    def finish_lane(self, lane: LaneName, seconds: float) -> None:
        """Waits until everything queued in a lane has run. Only for shutdown: it blocks."""
        try:
            self._lanes.submit(lane, lambda _: None).result(seconds)
        except TimeoutError:
            log.get("ui").warning("lane %s had not finished after %.0f s", lane, seconds)

    def close(self) -> None:
        """Hears no more: what comes back or is asked for from here on is dropped. The lanes stay their owner's."""
        self._closed = True
        self._timer.stop()

    @Slot()
    def _collect(self) -> None:
        if self._closed:
            return
        while True:
            try:
                finish = self._results.get_nowait()
            except Empty:
                return
            self._flush()  # after the result was taken: what its work posted lies there by now
            self._open -= 1
            if self._open == 0:
                self._timer.stop()
            finish()

    @Slot()
    def _flush(self) -> None:
        batch: list[tuple[Task[object], Event]] = []
        while True:
            try:
                batch.append(self._events.get_nowait())
            except Empty:
                break
        for task, item in newest(batch):
            task.deliver(item)


def newest(batch: list[tuple[Task[object], Event]]) -> list[tuple[Task[object], Event]]:
    """The batch without what a later item of it replaces: drafts of the same slot, progress, summaries so far.

    A number is progress, too: how much is done, 0 to 1.
    """
    last = {_key(task, item, i): i for i, (task, item) in enumerate(batch)}
    return [batch[i] for i in sorted(last.values())]


def _key(task: Task[object], item: Event, i: int) -> object:
    if isinstance(item, ReplyDraft):
        return (id(task), "draft", item.slot)
    if isinstance(item, Progress | SummaryDraft | float):
        return (id(task), type(item))
    return i


def _as_bug(error: BaseException) -> BugError:
    bug = BugError(log.describe(error))
    bug.__cause__ = error
    return bug
