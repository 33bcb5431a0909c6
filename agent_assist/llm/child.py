"""A worker process as the app holds it: frames go out without waiting, come in with a limit, and its end is seen."""

from __future__ import annotations

import multiprocessing
import queue
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection

import msgspec

from agent_assist.environment import hidden_passphrase
from agent_assist.errors import KnownError
from agent_assist.llm import wire

_LAST_BREATH = 0.2
"""Seconds in which a process that closed its pipe ends by itself and leaves its own exit code."""


class ChildGone(Exception):
    """The child ended, or what it says is no frame of ours."""


class Child:
    """One worker process, started here and ended by `end`.

    Two threads do the reading and the writing: a child that hangs, even in the middle of a frame, then never blocks
    the one who asks it or who wants it to stop.

    Args:
        target: its main function.

    Raises:
        KnownError: the system starts no further process.
    """

    def __init__(self, target: Callable[[Connection], None]) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=target, args=(theirs,), name="agent-assist-llm", daemon=True)
        try:
            with hidden_passphrase():
                self._process.start()
        except OSError as error:
            self._pipe.close()
            raise KnownError("The language model's process does not start. Close other programs, then try.") from error
        finally:
            # Our copy of the child's end: with it open, the child's death would never show as an end of file.
            theirs.close()
        self.dismissed = False
        self._outgoing: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._incoming: queue.SimpleQueue[wire.FromWorker | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._write, self._read)]
        for thread in self._threads:
            thread.start()

    @property
    def process_id(self) -> int | None:
        """The process's id while it lives."""
        return self._process.pid if self._process.is_alive() else None

    def send(self, frame: wire.ToWorker) -> None:
        """Sends a frame, from any thread and without waiting; a child that is gone does not get it.

        Raises:
            KnownError: the frame is too large.
        """
        self._outgoing.put(wire.encode(frame))

    def receive(self, seconds: float) -> wire.FromWorker | None:
        """The next frame, None if there is none within `seconds`.

        Raises:
            ChildGone: none will come any more.
        """
        try:
            frame = self._incoming.get(timeout=seconds)
        except queue.Empty:
            return None
        if frame is None:
            self._incoming.put(None)
            raise ChildGone
        return frame

    def dismiss(self) -> None:
        """Kills the process on purpose, from any thread; whoever receives from it then gets ChildGone."""
        self.dismissed = True
        self._process.kill()

    def end(self) -> int | None:
        """Ends the process, if it lives, and everything that belongs to it; its exit code."""
        self._process.join(_LAST_BREATH if not self.dismissed and self._silent() else 0)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._outgoing.put(None)
        for thread in self._threads:
            thread.join()
        self._pipe.close()
        return self._process.exitcode

    def _silent(self) -> bool:
        return not self._threads[1].is_alive()

    def _write(self) -> None:
        while (data := self._outgoing.get()) is not None:
            try:
                self._pipe.send_bytes(data)
            except OSError:
                return  # the child is gone; the reading side finds that out and says so

    def _read(self) -> None:
        try:
            while True:
                self._incoming.put(wire.decode_from_worker(self._pipe.recv_bytes(wire.MAX_FRAME)))
        except (EOFError, OSError, msgspec.MsgspecError):
            self._incoming.put(None)
