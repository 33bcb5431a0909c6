"""The app's side of the worker process: starts it, asks it, and survives its death."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec
import psutil

from agent_assist import log
from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm import wire, worker
from agent_assist.llm.child import Child, ChildGone
from agent_assist.llm.engine import Ended, EndReason, EngineStopped, OnEvent, Request, Result, SandboxState, Text

_STOP_GRACE = 2.0
"""Seconds that a cancelled request may take to end before the process is ended instead."""
_SILENCE_LIMIT = 180.0
"""Seconds without any frame after which the process counts as stuck."""
_LOOK = 0.1
"""Seconds between two looks at a token's deadline, which calls nobody."""

_STOPPED = (
    "The language model stopped unexpectedly. Ask again: it starts afresh. "
    "If that keeps happening, verify the model: on its page, or with agent-assist models verify."
)
_log = log.get("llm")


class WorkerEngine:
    """An `Engine` in a child process that alone imports llama.cpp.

    One caller at a time (the llm lane); `close` may come from any thread.

    Args:
        name: the model's catalogue name.
        path: its GGUF file.
        template: name of its chat template.
        context: tokens of context.
        threads: processor threads; 0 takes one per core.
        target: the child's main function; another one only in tests.
        voice: the GGUF adapter for exactly this model file, hashed by the caller; None for the model as it is.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        template: str,
        context: int,
        threads: int = 0,
        target: Callable[[Connection], None] = worker.main,
        voice: Path | None = None,
    ) -> None:
        self._name = name
        self._path = path
        self._load = wire.Load(
            0, str(path), template, context, threads or cores(), voice="" if voice is None else str(voice)
        )
        self._target = target
        self._busy = threading.RLock()
        self._closing = False
        self._child: Child | None = None
        self._last_id = 0
        self._sandbox: SandboxState | None = None

    @property
    def name(self) -> str:
        """Catalogue name of the model."""
        return self._name

    @property
    def voice(self) -> bool:
        """See `Engine.voice`."""
        return bool(self._load.voice)

    @property
    def process_id(self) -> int | None:
        """The child's process id while it lives."""
        child = self._child
        return None if child is None else child.process_id

    @property
    def sandbox(self) -> SandboxState | None:
        """See `Engine.sandbox`."""
        return self._sandbox

    def load(self, on_event: OnEvent, token: CancelToken) -> None:
        """See `Engine.load`."""
        with self._busy:
            if self.process_id is not None:
                return
            self._end()
            token.check()
            if not self._path.is_file():
                raise KnownError(f"The language model {self._name} is gone from {self._path.parent}. Install it again.")
            try:
                self._start(self._load, on_event, token)
            except EngineStopped:
                if self._load.plain:
                    raise
                # Some machines announce processor units that then fail (AMX in virtual machines): once more without.
                _log.warning("the model does not start with this processor's special units; going on without them")
                plain = msgspec.structs.replace(self._load, plain=True)
                self._start(plain, on_event, token)
                self._load = plain

    def _start(self, load: wire.Load, on_event: OnEvent, token: CancelToken) -> None:
        """Starts a child and loads the model in it, or leaves no child behind."""
        self._child = Child(self._target)
        loaded = False
        try:
            if self._closing:
                raise Cancelled("closed")
            self._last_id += 1
            answer = self._ask(msgspec.structs.replace(load, id=self._last_id), on_event, token)
            self._sandbox = answer.sandbox if isinstance(answer, wire.Loaded) else None
            loaded = True
        finally:
            if not loaded:
                self._end()

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        """See `Engine.run`."""
        texts = {} if request.ahead else {branch.key: branch.opening for branch in request.branches}
        reasons: dict[str, EndReason] = {}

        def keep(event: object) -> None:
            if isinstance(event, Text):
                texts[event.key] += event.text
            elif isinstance(event, Ended):
                reasons[event.key] = event.reason

        with self._busy:
            self.load(on_event, token)
            self._last_id += 1
            frame = self._ask(wire.Generate(self._last_id, request), on_event, token, keep)
        if not isinstance(frame, wire.Done):
            raise BugError("the worker answered a request with something else")
        return Result(texts, reasons, frame.left_out, frame.limit, frame.stats, frame.whole)

    def _ask(
        self,
        question: wire.Load | wire.Generate,
        on_event: OnEvent,
        token: CancelToken,
        keep: Callable[[object], None] | None = None,
    ) -> wire.Loaded | wire.Done:
        """Sends a question and hands on its events until its final frame."""
        child = self._child
        if child is None:
            raise Cancelled("closed")
        cancel = wire.Cancel(question.id)
        child.send(question)
        token.on_cancel(lambda: child.send(cancel))
        try:
            for frame in _frames(child, cancel, token):
                match frame:
                    case wire.Stopped():
                        raise Cancelled("stopped")
                    case wire.Failed(_, message, bug):
                        raise self._failure(message, bug)
                    case wire.Loaded() | wire.Done():
                        token.check()
                        return frame
                for event in wire.events(frame):
                    if keep is not None:
                        keep(event)
                    if not token.cancelled:
                        on_event(event)
        except ChildGone as error:
            code = self._end()
            if token.cancelled or child.dismissed:
                raise Cancelled("stopped") from error
            _log.warning("language-model worker ended, exit code %s", code)
            raise EngineStopped(_STOPPED) from error
        finally:
            # However the asking ended (also by an error of the one who is told), the child need not go on with it.
            child.send(cancel)
        raise BugError("the worker's frames ended")

    def _failure(self, message: str, bug: bool) -> KnownError | BugError:
        if not bug:
            return KnownError(message)
        self._end()
        return BugError(f"in the language-model worker: {message}")

    def _end(self) -> int | None:
        """Ends the child, if there is one; its exit code."""
        child, self._child = self._child, None
        return None if child is None else child.end()

    def close(self) -> None:
        """See `Engine.close`."""
        self._closing = True
        child = self._child
        if child is not None:
            child.dismiss()
        # Whoever is being served sees the end of the process and gives way at once.
        with self._busy:
            self._end()
            self._closing = False


def _frames(child: Child, cancel: wire.Cancel, token: CancelToken) -> Iterator[wire.FromWorker]:
    """The frames of one request.

    Raises:
        ChildGone: the child died, said nothing for too long, or did not stop when told to.
    """
    limit = time.monotonic() + _SILENCE_LIMIT
    stopping = False
    while True:
        if token.cancelled and not stopping:
            stopping = True
            child.send(cancel)
            limit = time.monotonic() + _STOP_GRACE
        frame = child.receive(_LOOK)
        if frame is not None and frame.id == cancel.id:
            if not stopping:
                limit = time.monotonic() + _SILENCE_LIMIT
            yield frame
        elif time.monotonic() > limit:
            raise ChildGone


def cores() -> int:
    """Processor cores that this process may use: a second thread on one core only slows the first."""
    usable = len(psutil.Process().cpu_affinity()) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, psutil.cpu_count(logical=False) or usable))
