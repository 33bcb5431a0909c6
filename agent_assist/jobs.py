"""Background work: named lanes of one thread each, cancel tokens, deadlines."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Generic, Literal, TypeVar

from agent_assist.errors import BugError, Cancelled

T = TypeVar("T")
LaneName = Literal["llm", "emotion", "db", "download", "copies"]


class CancelToken:
    """Tells work to stop. Set from any thread; work looks at it, or is woken by `on_cancel`.

    Args:
        seconds: deadline from now after which the token counts as cancelled; None for none.
    """

    def __init__(self, seconds: float | None = None) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []
        self._deadline = None if seconds is None else time.monotonic() + seconds

    @property
    def cancelled(self) -> bool:
        """True once `cancel` was called or the deadline has passed."""
        return self._event.is_set() or (self._deadline is not None and time.monotonic() >= self._deadline)

    def cancel(self) -> None:
        """Asks the work to stop; a second call does nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._event.set()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback()

    def on_cancel(self, callback: Callable[[], None]) -> None:
        """Calls `callback` once when the token is cancelled, at once if it is. The deadline does not call it."""
        with self._lock:
            if not self._event.is_set():
                self._callbacks.append(callback)
                return
        callback()

    def check(self) -> None:
        """Raises Cancelled if the token is cancelled."""
        if self.cancelled:
            raise Cancelled("stopped")


class Job(Generic[T]):
    """Work in a lane: its result to come and the token that stops it."""

    def __init__(self, future: Future[T], token: CancelToken) -> None:
        self.token = token
        self._future = future

    def cancel(self) -> None:
        """Stops the work, or keeps it from starting."""
        self._future.cancel()
        self.token.cancel()

    @property
    def done(self) -> bool:
        """True once the work has ended in any way."""
        return self._future.done()

    def result(self, timeout: float | None = None) -> T:
        """Waits for the result.

        Raises:
            Cancelled: the job was cancelled before it started, or stopped itself.
            TimeoutError: `timeout` seconds have passed.
        """
        try:
            return self._future.result(timeout)
        except CancelledError as error:
            raise Cancelled("stopped") from error

    def then(self, callback: Callable[[Job[T]], None]) -> None:
        """Calls `callback(self)` in the lane's thread (or here, if it is done) once the work has ended."""
        self._future.add_done_callback(lambda _: callback(self))


class Lanes:
    """The process's background threads: work of one lane runs in order, one at a time; lanes run side by side."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._jobs: set[Job[object]] = set()
        self._closed = False

    def submit(self, lane: LaneName, work: Callable[[CancelToken], T], seconds: float | None = None) -> Job[T]:
        """Queues `work(token)` in a lane.

        Args:
            lane: which one.
            work: what to do; it looks at its token.
            seconds: deadline of the token from now on, the time in the queue included; None for none.

        Raises:
            BugError: the lanes are closed.
        """
        token = CancelToken(seconds)
        with self._lock:
            if self._closed:
                raise BugError("work was submitted after shutdown")
            pool = self._pools.get(lane)
            if pool is None:
                pool = self._pools[lane] = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"lane-{lane}")
            job = Job(pool.submit(work, token), token)
            self._jobs.add(job)  # type: ignore[arg-type]  # kept only to be cancelled, never for its result
        job.then(self._forget)
        return job

    def _forget(self, job: Job[T]) -> None:
        with self._lock:
            self._jobs.discard(job)

    def close(self) -> None:
        """Cancels what runs, drops what waits, and returns when every thread has ended."""
        with self._lock:
            self._closed = True
            pools, jobs = list(self._pools.values()), list(self._jobs)
        for job in jobs:
            job.cancel()
        for pool in pools:
            pool.shutdown(wait=True, cancel_futures=True)
