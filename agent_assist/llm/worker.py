"""The language-model worker: a process that serves one request at a time and can be stopped while it computes.

A thread reads what the app sends, so that a cancel arrives while llama.cpp computes; the main thread does all else. The
process ends when the pipe closes, so it never outlives the app.

It shuts itself in between importing llama.cpp and opening the model file, whose parser may have faults; the reading
thread begins after that, so that the system holds it too.
"""

from __future__ import annotations

import os
import queue
import signal
import stat
import sys
import threading
import traceback
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from agent_assist import egress
from agent_assist.errors import BugError, Cancelled, KnownError
from agent_assist.llm import wire
from agent_assist.llm.engine import EndReason, SandboxState
from agent_assist.llm.templates import find_template

if TYPE_CHECKING:
    from agent_assist.llm.session import Session


_FILES_AT_START = 64
"""More than a fresh process has open."""


class _Inbox:
    """What the app sent: work in order, and up to which id work is to be stopped."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._work: queue.SimpleQueue[wire.Load | wire.Generate] = queue.SimpleQueue()
        self._cancelled = 0
        self._current = 0
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Reads on in a thread from now on."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._read_forever, name="llm-inbox", daemon=True)
            self._thread.start()

    def _read_forever(self) -> None:
        while True:
            self._read()

    def _read(self) -> None:
        """Takes in a frame; ends the process when the app is gone."""
        try:
            frame = wire.decode_for_worker(self._pipe.recv_bytes(wire.MAX_FRAME))
        except (EOFError, OSError, msgspec.MsgspecError):
            # The pipe is closed or no longer ours. llama.cpp may be in the middle of a call: no orderly way out.
            os._exit(0)
        if isinstance(frame, wire.Cancel):
            # Ids rise, so the highest says it all; one that comes after its request has ended stops nothing.
            self._cancelled = max(self._cancelled, frame.id)
        else:
            self._work.put(frame)

    def next(self) -> wire.Load | wire.Generate:
        """Waits for the next piece of work."""
        while self._thread is None and self._work.empty():
            self._read()
        frame = self._work.get()
        self._current = frame.id
        return frame

    def stop(self) -> bool:
        """True when the current piece of work is to be stopped."""
        return self._current <= self._cancelled


class _Outbox:
    """Sends frames; watches one piece of work."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self.id = 0

    def send(self, frame: wire.FromWorker) -> None:
        self._pipe.send_bytes(wire.encode(frame))

    def loading(self, done: float) -> None:
        self.send(wire.LoadProgress(self.id, done))

    def reading(self, done: int, total: int) -> None:
        self.send(wire.ReadProgress(self.id, done, total))

    def written(self, pieces: dict[str, str], ended: dict[str, EndReason]) -> None:
        self.send(wire.Written(self.id, pieces, ended))


def main(pipe: Connection) -> None:
    """The process's whole life. `pipe` is its only way to the outside."""
    # Ctrl+C in a terminal reaches the whole group; the app decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    egress.install()
    egress.hide_memory()
    _keep_quiet()
    _drop_pipes()
    inbox, outbox = _Inbox(pipe), _Outbox(pipe)
    session: Session | None = None
    while True:
        frame = inbox.next()
        outbox.id = frame.id
        try:
            if isinstance(frame, wire.Load):
                if session is not None:
                    raise BugError("a worker loads one model")
                state = _shut_in(frame, inbox)
                session = _load(frame, inbox, outbox)
                outbox.send(wire.Loaded(frame.id, state))
            elif session is None:
                raise BugError("a request came before a model")
            else:
                served = session.serve(frame.request, outbox)
                outbox.send(wire.Done(frame.id, served.left_out, served.limit, served.stats, served.whole))
        except Cancelled:
            outbox.send(wire.Stopped(frame.id))
        except KnownError as error:
            outbox.send(wire.Failed(frame.id, str(error)))
        except Exception as error:  # noqa: BLE001  # the edge of the process: the app is told, and ends it
            outbox.send(wire.Failed(frame.id, _where(error), bug=True))


def _keep_quiet() -> None:
    """Keeps what C libraries print, on their way down or otherwise, out of the app's answers and the terminal."""
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        with suppress(OSError):
            os.dup2(null, stream)
    os.environ.setdefault("GGML_NO_BACKTRACE", "1")  # else a failed check calls a debugger


def _drop_pipes() -> None:
    """Lets go of what multiprocessing leaves open: through one pipe its helper could be told to delete things.

    Our own way to the app is no pipe in the system's sense but a pair of sockets, and stays.
    """
    if sys.platform == "win32":
        return
    for number in range(3, _FILES_AT_START):
        with suppress(OSError):
            if stat.S_ISFIFO(os.fstat(number).st_mode):
                os.close(number)


def _where(error: Exception) -> str:
    """What went wrong and where; the text of an error that is not ours may hold customer text and is left out."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    what = f": {error}" if isinstance(error, BugError) else ""
    return f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}{what}"


def _shut_in(frame: wire.Load, inbox: _Inbox) -> SandboxState:
    """Loads all the code there is to load, gives up what only breaking in could use, then hears the app again."""
    # Threads spin a moment while they wait, then sleep. Sleeping at once costs a quarter of the speed on idle cores;
    # spinning on, as is the default, is several times slower beside a busy program (measured, docs/architecture.md).
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    os.environ.setdefault("GOMP_SPINCOUNT", "20000")
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # numpy's, never used here: they would begin before the sandbox
    try:
        # The app imports this module too, for `main`; only the worker ever imports llama.cpp, and only to load a model.
        from agent_assist.llm import llama, sandbox, session

        del llama, session
        return sandbox.enter(Path(frame.path), _voice(frame))
    finally:
        inbox.start()


def _load(frame: wire.Load, inbox: _Inbox, outbox: _Outbox) -> Session:
    from agent_assist.llm.llama import Llama
    from agent_assist.llm.session import SEQUENCES, Session

    path, voice = Path(frame.path), _voice(frame)
    model = Llama(path, frame.context, SEQUENCES, frame.threads, frame.plain, outbox.loading, inbox.stop, voice)
    return Session(model, find_template(frame.template))


def _voice(frame: wire.Load) -> Path | None:
    return Path(frame.voice) if frame.voice else None
