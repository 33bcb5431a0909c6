"""The socket of the running sidebar: lets programs of the same person in, and hands on what they bring, one by one."""

from __future__ import annotations

import asyncio
import errno
import socket
import stat
import sys
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import cast

import filelock

from agent_assist import log
from agent_assist.capture.hook import endpoint
from agent_assist.capture.hook.frames import encode
from agent_assist.capture.hook.guests import MAX_SOURCES, Guests, OnMessage, settle
from agent_assist.capture.hook.protocol import FromSidebar
from agent_assist.capture.hook.visit import Caller
from agent_assist.errors import KnownError

__all__ = ["MAX_SOURCES", "Caller", "Listener"]

_BACKLOG = 128
"""Connections that may wait at the door; as many are let in at one go, so it also bounds the open files."""
_BUFFER = 1 << 16

_log = log.get("hook")


class Listener:
    """Waits for sources at a socket, in a thread of its own.

    Args:
        path: see `endpoint.socket_path`.
        on_message: is given every frame of a source but its `Hello`; what it returns is the answer. A `Show` or a
            `Push` always gets one: where it returns None, that nothing was new. A KnownError is answered with its
            sentence. Called in a thread of the listener, one message at a time, in order for each source.
        on_change: is told in the same thread when sources came or went.
        version: of the product, for the sources.
        same_user: whether the other end of a connection is this user's.
    """

    def __init__(
        self,
        path: Path,
        on_message: OnMessage,
        on_change: Callable[[], None],
        version: str,
        same_user: Callable[[endpoint.Peer], bool] = endpoint.same_user,
    ) -> None:
        self._path, self._version, self._same_user = path, version, same_user
        self._on_message, self._on_change = on_message, on_change
        self._paused = False
        self._open: _Open | None = None

    @property
    def callers(self) -> tuple[Caller, ...]:
        """Who is connected and said who it is, in the order in which they came."""
        return self._open.guests.callers if self._open else ()

    def start(self) -> None:
        """Begins to listen; returns once it does, and does nothing where it did already.

        Raises:
            KnownError: another Agent Assist listens there, or the socket cannot be made.
        """
        if self._open is None:
            guests = Guests(self._on_message, self._on_change, self._version, self._same_user)
            guests.paused = self._paused
            self._open = _Open(self._path, guests)

    def close(self) -> None:
        """Ends all connections and waits for the message that is being worked on; never call it from `on_message`."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def send(self, caller_id: int, message: FromSidebar) -> bool:
        """Sends a source something that it did not ask for; from any thread.

        Returns:
            Whether the source is there.

        Raises:
            KnownError: the message is longer than a frame.
        """
        body = encode(message)
        running = self._open
        if running is None or all(caller.id != caller_id for caller in running.guests.callers):
            return False
        running.call(lambda: running.guests.send(caller_id, body))
        return True

    def set_paused(self, paused: bool) -> None:
        """Refuses windows and texts for now, or takes them again, and tells every source; from any thread."""
        if paused == self._paused:
            return
        self._paused = paused
        if self._open is not None:
            self._open.guests.paused = paused
            self._open.call(self._open.guests.tell_all)


class _Open:
    """A socket that is listened to, and the thread that does.

    Raises:
        KnownError: as for `Listener.start`.
    """

    def __init__(self, path: Path, guests: Guests) -> None:
        self.guests = guests
        self._path = path
        self._stop = asyncio.Event()
        self._lock = _claim(path)
        ready: Future[asyncio.AbstractEventLoop] = Future()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="hook-listener", daemon=True)
        self._thread.start()
        try:
            self._loop = ready.result()
        except OSError as error:
            self._finish()
            if sys.platform == "win32" and isinstance(error, PermissionError):
                raise _already_runs() from error  # the pipe's first instance is somebody else's
            raise KnownError(
                f"Other programs cannot be let in at {path} ({error.strerror}). "
                "Check the folder's permissions and the free space."
            ) from error

    def call(self, work: Callable[[], None]) -> None:
        """Runs `work` in the loop, unless that has ended."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(work)

    def close(self) -> None:
        self.call(self._stop.set)
        self._finish()

    def _finish(self) -> None:
        self._thread.join()
        self.guests.end()
        if self._lock is not None:
            self._lock.release()

    def _run(self, ready: Future[asyncio.AbstractEventLoop]) -> None:
        try:
            asyncio.run(self._listen(ready))
        except Exception as error:  # noqa: BLE001  # the edge of the thread: whoever started it is told
            if ready.done():
                _log.error("the listener ended: %s", log.describe(error))
            else:
                ready.set_exception(error)

    async def _listen(self, ready: Future[asyncio.AbstractEventLoop]) -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(_on_trouble)
        async with _served(self._path, self.guests):
            ready.set_result(loop)
            await self._stop.wait()
        await self.guests.dismiss()


@asynccontextmanager
async def _served(path: Path, guests: Guests) -> AsyncIterator[None]:
    """While it lasts, connections are taken."""

    def protocol() -> asyncio.StreamReaderProtocol:
        return asyncio.StreamReaderProtocol(asyncio.StreamReader(limit=_BUFFER), guests.arrived)

    loop = asyncio.get_running_loop()
    if sys.platform == "win32":
        # Its rights are Windows' own for a new pipe: only this user and administrators may write to it.
        pipes = await cast(asyncio.ProactorEventLoop, loop).start_serving_pipe(protocol, str(path))
        try:
            yield
        finally:
            for pipe in pipes:
                pipe.close()
    else:
        door = _bound(path)
        server = await loop.create_unix_server(protocol, sock=door, backlog=_BACKLOG)
        try:
            yield
        finally:
            # A connection that is taken but not yet handed over when the server closes would stay open for ever.
            loop.remove_reader(door)
            await settle()
            server.close()
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _bound(path: Path) -> socket.socket:
    """A socket at `path` that only this user may connect to; one that a dead process left there is replaced."""
    with suppress(FileNotFoundError):
        if not stat.S_ISSOCK(path.lstat().st_mode):
            raise FileExistsError(errno.EEXIST, "there is a file of that name", str(path))
        path.unlink()
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        door.bind(str(path))
        path.chmod(0o600)  # before anybody is let in: it does not listen yet
    except OSError:
        door.close()
        raise
    return door


def _claim(path: Path) -> filelock.BaseFileLock | None:
    """The right to listen at `path`, which ends with this process at the latest; so a socket found there is a dead one.

    Raises:
        KnownError: another process has it.
    """
    if sys.platform == "win32":
        return None  # the first instance of a pipe is that right
    lock = filelock.FileLock(path.with_name(f"{path.name}.lock"), mode=0o600, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise _already_runs() from error
    except (OSError, NotImplementedError) as error:  # a full disk; a file system without locks
        raise KnownError(
            f"Other programs cannot be let in: the file {lock.lock_file} cannot be locked. "
            "Check the folder's permissions and the free space, or choose a data folder on this machine's own disk."
        ) from error
    return lock


def _already_runs() -> KnownError:
    return KnownError("Agent Assist already runs with this data folder. Close one of the two.")


def _on_trouble(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """Logs what asyncio would print; its own words may hold what a source sent."""
    error = context.get("exception")
    _log.error(
        "the listener: %s", log.describe(error) if isinstance(error, BaseException) else "an error without a name"
    )
