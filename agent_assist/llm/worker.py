"""The language-model worker: a process that serves one request at a time and can be stopped while it computes.

A thread reads what the app sends, so that a cancel arrives while llama.cpp computes; the main thread does all else. The
process ends when the pipe closes, so it never outlives the app.
"""

from __future__ import annotations

import os
import queue
import signal
import threading
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.llm import wire
from agent_assist.llm.engine import MAX_BRANCHES, EndReason
from agent_assist.llm.session import Session
from agent_assist.llm.templates import find_template


class _Inbox:
    """What the app sent: work in order, and which request is to be stopped."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._work: queue.SimpleQueue[wire.Load | wire.Generate] = queue.SimpleQueue()
        self._cancelled: set[int] = set()
        self._current = 0

    def read_forever(self) -> None:
        """Runs in the reading thread; ends the process when the app is gone."""
        while True:
            try:
                frame = wire.decode_for_worker(self._pipe.recv_bytes(wire.MAX_FRAME))
            except (EOFError, OSError, msgspec.MsgspecError):
                # The pipe is closed or no longer ours. llama.cpp may be in the middle of a call: no orderly way out.
                os._exit(0)
            if isinstance(frame, wire.Cancel):
                self._cancelled.add(frame.id)
            else:
                self._work.put(frame)

    def next(self) -> wire.Load | wire.Generate:
        """Waits for the next piece of work."""
        frame = self._work.get()
        self._current = frame.id if isinstance(frame, wire.Generate) else 0
        return frame

    def stop(self) -> bool:
        """True when the current piece of work is to be stopped."""
        return self._current in self._cancelled

    def settle(self) -> None:
        """Forgets a cancel once its work has ended."""
        self._cancelled.discard(self._current)


class _Outbox:
    """Sends frames; watches one request."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.id = 0

    def send(self, frame: wire.FromWorker) -> None:
        self._pipe.send_bytes(wire.encode(frame))

    def reading(self, done: int, total: int) -> None:
        self.send(wire.ReadProgress(self.id, done, total))

    def written(self, pieces: dict[str, str], ended: dict[str, EndReason]) -> None:
        self.send(wire.Written(self.id, pieces, ended))


def main(pipe: Connection) -> None:
    """The process's whole life. `pipe` is its only way to the outside."""
    # Ctrl+C in a terminal reaches the whole group; the app decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    inbox, outbox = _Inbox(pipe), _Outbox(pipe)
    threading.Thread(target=inbox.read_forever, name="llm-inbox", daemon=True).start()
    session: Session | None = None
    while True:
        frame = inbox.next()
        outbox.id = frame.id if isinstance(frame, wire.Generate) else 0
        try:
            if isinstance(frame, wire.Load):
                session = _load(frame, inbox, outbox)
                outbox.send(wire.Loaded())
            elif session is None:
                raise BugError("a request came before a model")
            else:
                served = session.serve(frame.request, outbox)
                outbox.send(wire.Done(frame.id, served.left_out, served.limit, served.stats))
        except Cancelled:
            outbox.send(wire.Stopped(outbox.id))
        except KnownError as error:
            outbox.send(wire.Failed(outbox.id, str(error)))
        finally:
            inbox.settle()


def _load(frame: wire.Load, inbox: _Inbox, outbox: _Outbox) -> Session:
    # Only this process ever imports llama.cpp, and only when there is a model to load.
    from agent_assist.llm.llama import Llama

    model = Llama(
        Path(frame.path),
        frame.context,
        MAX_BRANCHES + 1,
        frame.threads,
        frame.plain,
        lambda done: outbox.send(wire.LoadProgress(done)),
        inbox.stop,
    )
    return Session(model, find_template(frame.template))
