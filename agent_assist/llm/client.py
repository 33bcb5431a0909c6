"""The app's side of the worker process: starts it, asks it, and survives its death."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import msgspec

from agent_assist import log
from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm import wire, worker
from agent_assist.llm.engine import Ended, EndReason, EngineStopped, OnEvent, Request, Result, Text

_STOP_GRACE = 2.0
"""Seconds that a cancelled request may take to end before the process is ended instead."""
_SILENCE_LIMIT = 180.0
"""Seconds without any frame after which the process counts as stuck."""

_STOPPED = (
    "The language model stopped unexpectedly. Ask again: it starts afresh. "
    "If that keeps happening, check the model with: agent-assist models verify."
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
    """

    def __init__(
        self,
        name: str,
        path: Path,
        template: str,
        context: int,
        threads: int = 0,
        target: Callable[[Connection], None] = worker.main,
    ) -> None:
        self._name = name
        self._load = wire.Load(str(path), template, context, threads or os.cpu_count() or 1)
        self._target = target
        self._lock = threading.Lock()
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None
        self._last_id = 0

    @property
    def name(self) -> str:
        """Catalogue name of the model."""
        return self._name

    @property
    def process_id(self) -> int | None:
        """The child's process id while it lives."""
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    def load(self, on_event: OnEvent, token: CancelToken) -> None:
        """See `Engine.load`."""
        if self.process_id is not None:
            return
        self._end()
        token.check()
        path = Path(self._load.path)
        if not path.is_file():
            raise KnownError(f"The language model {self._name} is gone from {path.parent}. Install it again.")
        try:
            self._start(on_event, token)
        except EngineStopped:
            # Some machines announce processor units that then fail (AMX in many virtual machines): once more without.
            if self._load.plain:
                raise
            _log.warning("the model does not start with this processor's special units; going on without them")
            self._load = msgspec.structs.replace(self._load, plain=True)
            self._start(on_event, token)

    def _start(self, on_event: OnEvent, token: CancelToken) -> None:
        """Starts a child and loads the model in it, or leaves no child behind."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=self._target, args=(theirs,), name="agent-assist-llm", daemon=True)
        self._process.start()
        # Our copy of the child's end: with it open, the child's death would never show as an end of file.
        theirs.close()
        try:
            self._ask(0, self._load, on_event, token)
        except (KnownError, Cancelled):
            self._end()
            raise

    def run(self, request: Request, on_event: OnEvent, token: CancelToken) -> Result:
        """See `Engine.run`."""
        self.load(on_event, token)
        self._last_id += 1
        texts = {branch.key: branch.opening for branch in request.branches}
        reasons: dict[str, EndReason] = {}

        def keep(event: object) -> None:
            if isinstance(event, Text):
                texts[event.key] += event.text
            elif isinstance(event, Ended):
                reasons[event.key] = event.reason

        frame = self._ask(self._last_id, wire.Generate(self._last_id, request), on_event, token, keep)
        if not isinstance(frame, wire.Done):
            raise BugError("the worker answered a request with something else")
        return Result(texts, reasons, frame.left_out, frame.limit, frame.stats)

    def _ask(
        self,
        request_id: int,
        question: wire.ToWorker,
        on_event: OnEvent,
        token: CancelToken,
        keep: Callable[[object], None] | None = None,
    ) -> wire.FromWorker:
        """Sends a question and hands on its events until its final frame."""
        self._send(question)
        token.on_cancel(lambda: self._send_cancel(request_id))
        deadline = time.monotonic() + _SILENCE_LIMIT
        while True:
            if token.cancelled:
                deadline = min(deadline, time.monotonic() + _STOP_GRACE)
            frame = self._receive(deadline, token)
            if not token.cancelled:
                deadline = time.monotonic() + _SILENCE_LIMIT
            match frame:
                case wire.Stopped(stopped) if stopped == request_id:
                    raise Cancelled("stopped")
                case wire.Failed(failed, message) if failed == request_id:
                    raise KnownError(message)
                case wire.Loaded() if request_id == 0:
                    return frame
                case wire.Done(done) if done == request_id:
                    token.check()
                    return frame
            if wire.request_of(frame) != request_id:
                continue  # what a request that was given up still sent
            for event in wire.events(frame):
                if keep is not None:
                    keep(event)
                if not token.cancelled:
                    on_event(event)

    def _receive(self, deadline: float, token: CancelToken) -> wire.FromWorker:
        """The next frame; a child that died or is stuck is ended and reported."""
        pipe = self._pipe
        if pipe is None:
            raise EngineStopped(_STOPPED)
        try:
            while not wait([pipe], timeout=0.1):
                if token.cancelled and deadline > time.monotonic() + _STOP_GRACE:
                    deadline = time.monotonic() + _STOP_GRACE
                if time.monotonic() > deadline:
                    raise EOFError
            return wire.decode_from_worker(pipe.recv_bytes(wire.MAX_FRAME))
        except (EOFError, OSError, msgspec.MsgspecError) as error:
            code = self._end()
            if token.cancelled:
                raise Cancelled("stopped") from error
            _log.warning("language-model worker ended, exit code %s", code)
            raise EngineStopped(_STOPPED) from error

    def _send(self, frame: wire.ToWorker) -> None:
        with self._lock:
            if self._pipe is None:
                return
            try:
                self._pipe.send_bytes(wire.encode(frame))
            except OSError:
                # The child is gone; the receiving side finds that out and says so.
                _log.info("the worker did not take a frame")

    def _send_cancel(self, request_id: int) -> None:
        if request_id in (0, self._last_id):
            self._send(wire.Cancel(request_id))

    def _end(self) -> int | None:
        """Ends the child, if there is one; its exit code."""
        with self._lock:
            process, pipe = self._process, self._pipe
            self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is None:
            return None
        process.join(0.2)
        if process.is_alive():
            process.kill()
            process.join()
        code = process.exitcode
        process.close()
        return code

    def close(self) -> None:
        """See `Engine.close`."""
        self._end()
