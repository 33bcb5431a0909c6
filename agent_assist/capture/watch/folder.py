"""A watched folder: each new or changed file in it is read once it stands still."""

from __future__ import annotations

import os
import stat
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue

from watchdog.events import (
    DirDeletedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver
from watchdog.observers.polling import PollingObserver

from agent_assist import log
from agent_assist.capture.decode import refuse_binary
from agent_assist.capture.watch.plain_file import Stamp, is_passing, look, read, shown
from agent_assist.capture.watch.settled import Settled
from agent_assist.errors import KnownError

_LOG = log.get("capture")
_EVENTS: list[type[FileSystemEvent]] = [
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileClosedEvent,
    DirDeletedEvent,
]
_WAKE = ""  # no file's name
_CLOSING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient the watcher is, in seconds.

    Attributes:
        still: for so long a file has to stand unchanged before it is read.
        patient: for so long a file that is empty or locked is tried again.
        check: how often it is looked whether the folder itself is still there. Also the pace where the system tells
            of no changes and the folder is polled.
    """

    still: float = 1.0
    patient: float = 30.0
    check: float = 2.0


@dataclass(slots=True)
class _Waiting:
    """A file that is not yet read: as it stood when last looked at, since when it stands so, when to look again."""

    stamp: Stamp
    since: float
    due: float


class FolderWatch:
    """Tells of the files that come to one folder, not to folders in it.

    Files that lay there before the start are not told of until they change. A file is told of once for what it holds:
    not again after it was renamed, copied or only touched. Where the folder vanishes (a disk is taken out) that is
    said, and watching goes on when it is back; what came to it meanwhile is told of then.

    Args:
        folder: where.
        on_text: called in the watcher's own thread with a file's name for a person and its bytes. A KnownError of it
            is told to `on_trouble`.
        on_trouble: called in the watcher's own thread with one sentence or two about what cannot be used, or about
            the folder.
        on_change: called in the watcher's own thread when the folder was lost, or is there again; see `lost`.
        timing: how patient it is.
    """

    def __init__(
        self,
        folder: Path,
        on_text: Callable[[str, bytes], None],
        on_trouble: Callable[[str], None],
        on_change: Callable[[], None] = lambda: None,
        *,
        timing: Timing | None = None,
    ) -> None:
        self._folder, self._timing = folder, timing or Timing()
        self._on_text, self._on_trouble, self._on_change = on_text, on_trouble, on_change
        self._names: SimpleQueue[str] = SimpleQueue()
        self._waiting: dict[str, _Waiting] = {}
        self._settled = Settled()
        self._observer: BaseObserver | None = None
        self._identity: tuple[int, int] | None = None
        self._listed = 0  # when the folder last changed of which all names are known, in nanoseconds
        self._lost = ""
        self._began = self._paused = False
        self._watching, self._closed = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="folder-watch", daemon=True)

    def start(self) -> None:
        """Begins; returns at once, for a network's folder may be slow."""
        self._thread.start()

    @property
    def lost(self) -> str:
        """Why the folder is not watched now, in a sentence or two; "" where it is."""
        return self._lost

    def wait_until_watching(self, seconds: float) -> bool:
        """Waits until files that come from then on are told of; False where that took too long."""
        return self._watching.wait(seconds)

    def set_paused(self, paused: bool) -> None:
        """Reads nothing for the moment, or again: what comes meanwhile is told of then."""
        self._paused = paused
        self._names.put(_WAKE)

    def close(self) -> None:
        """Ends the watcher's threads. Nothing is told of after that. A second call does nothing."""
        self._closed.set()
        self._names.put(_WAKE)
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(_CLOSING_SECONDS)

    # --- all below in the watcher's own thread

    def _run(self) -> None:
        try:
            while not self._closed.is_set():
                next_check = time.monotonic() + self._timing.check
                self._check_folder()
                while not self._closed.is_set() and time.monotonic() < next_check:
                    self._listen(next_check)
                    self._look_at_due()
        except Exception as error:  # noqa: BLE001  # the outermost edge of the thread: it must not end unnoticed
            _LOG.error("the folder's watcher ended: %s", log.describe(error))
            self._set_lost("The watched folder is no longer watched. Turn it off and on again in the settings.")
        finally:
            self._unwatch()

    def _listen(self, until: float) -> None:
        """Waits for names that the system tells, or for the next file that is due."""
        due = min([until, *(file.due for file in self._waiting.values())])
        try:
            name = self._names.get(timeout=max(0.0, due - time.monotonic()))
            while True:
                if name and not is_passing(name) and not self._closed.is_set():
                    self._look_at(name)
                name = self._names.get_nowait()
        except Empty:
            return

    def _look_at_due(self) -> None:
        now = time.monotonic()
        for name in [name for name, file in self._waiting.items() if file.due <= now]:
            if self._closed.is_set():
                return
            self._look_at(name)

    # --- a file

    def _look_at(self, name: str) -> None:
        """Goes one step on with a file: from new to waiting, from waiting to taken."""
        path = self._folder / name
        try:
            stamp = look(path)
        except OSError:  # gone again, or its folder is
            self._waiting.pop(name, None)
            return
        except KnownError as error:
            self._refuse_place(name, error)
            return
        if stamp is None or self._settled.knows(name, stamp):
            self._waiting.pop(name, None)
            return
        now, file = time.monotonic(), self._waiting.get(name)
        if file is None or file.stamp != stamp:
            self._waiting[name] = _Waiting(stamp, now, now + self._timing.still)
        elif now >= file.due:
            self._take(path, file, now)

    def _take(self, path: Path, file: _Waiting, now: float) -> None:
        """Reads a file that stands still; one that is empty or locked is given time."""
        impatient = now - file.since >= self._timing.patient
        file.due = now + self._timing.still
        if self._paused:
            return
        if not file.stamp.size:
            if impatient:
                self._done(path.name, file.stamp, f"“{shown(path.name)}” is empty. Export it again.")
            return
        data: bytes | None = None
        try:
            with suppress(OSError):
                data = read(path, file.stamp)
        except KnownError as error:
            self._done(path.name, file.stamp, str(error))
            return
        if data is not None:
            self._done(path.name, file.stamp, self._tell_text(path.name, data))
        elif impatient:
            locked = f"“{shown(path.name)}” cannot be read. Close it in other programs, and check who may read it."
            self._done(path.name, file.stamp, locked)

    def _tell_text(self, name: str, data: bytes) -> str:
        """Hands a file's bytes on; returns what was wrong with them, "" for nothing."""
        if not self._settled.is_new(data) or self._closed.is_set():
            return ""
        try:
            refuse_binary(data)
            self._on_text(shown(name), data)
        except KnownError as error:
            return f"“{shown(name)}”: {error}"
        except Exception as error:  # noqa: BLE001  # another's callback: one file must not end the watching of all
            _LOG.error("a watched file was not taken in: %s", log.describe(error))
            return f"“{shown(name)}” could not be taken in. Open it by hand."
        return ""

    def _done(self, name: str, stamp: Stamp, trouble: str) -> None:
        self._waiting.pop(name, None)
        self._settled.note(name, stamp)
        if trouble:
            self._tell(trouble)

    def _refuse_place(self, name: str, error: KnownError) -> None:
        """Says once that something is no plain file."""
        self._waiting.pop(name, None)
        if not self._settled.has_name(name):
            self._done(name, Stamp(0, 0, -1, -1), str(error))

    def _tell(self, trouble: str) -> None:
        if not self._closed.is_set():
            self._on_trouble(trouble)

    # --- the folder

    def _check_folder(self) -> None:
        """Finds out whether the folder is there, and lists it where the system may have told too little."""
        try:
            found = self._folder.stat()
            if not stat.S_ISDIR(found.st_mode):
                raise NotADirectoryError
            if (found.st_dev, found.st_ino) != self._identity or not self._is_told():
                os.scandir(self._folder).close()  # where it may not be listed, nothing else need be tried
                self._watch()
                self._identity = (found.st_dev, found.st_ino)
                self._listed = 0
            if found.st_mtime_ns != self._listed:
                self._list()
                self._listed = found.st_mtime_ns
        except OSError:
            self._lose()
            return
        self._began = True
        self._watching.set()
        self._set_lost("")

    def _list(self) -> None:
        """Looks for names that are not known; at the first time every file is taken as known."""
        with os.scandir(self._folder) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            if is_passing(name) or self._closed.is_set():
                continue
            if self._began:
                if not self._settled.has_name(name) and name not in self._waiting:
                    self._look_at(name)
                continue
            with suppress(OSError, KnownError):
                before = look(self._folder / name)
                if before is not None:
                    self._settled.note(name, before)

    def _lose(self) -> None:
        """Says once that the folder is not there."""
        self._unwatch()
        self._identity = None
        self._set_lost(
            f"The watched folder “{shown(self._folder.name)}” cannot be found or opened. "
            "Bring it back, or choose another one in the settings."
        )

    def _set_lost(self, trouble: str) -> None:
        """Says once that the folder is gone, or that it is there again."""
        if trouble == self._lost or self._closed.is_set():
            return
        self._lost = trouble
        if trouble:
            self._tell(trouble)
        self._on_change()

    # --- what the system tells

    def _is_told(self) -> bool:
        return self._observer is not None and all(e.is_alive() for e in self._observer.emitters)

    def _watch(self) -> None:
        """Has the system tell of changes; where it cannot (its watches are used up), the folder is polled."""
        self._unwatch()
        try:
            self._observer = self._observe(Observer)
        except FileNotFoundError:
            raise
        except OSError as error:
            _LOG.warning("the system does not tell of changes in a folder: %s", type(error).__name__)
            self._observer = self._observe(PollingObserver)

    def _observe(self, kind: Callable[..., BaseObserver]) -> BaseObserver:
        observer = kind(timeout=self._timing.check)
        try:
            observer.schedule(_Ear(self._names), str(self._folder), event_filter=_EVENTS)
            observer.start()
        except OSError:
            observer.stop()  # it may have begun threads already
            raise
        return observer

    def _unwatch(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None


class _Ear(FileSystemEventHandler):
    """Passes the names of changed files on. Only names: the watcher never goes where an event points."""

    def __init__(self, names: SimpleQueue[str]) -> None:
        self._names = names

    def on_any_event(self, event: FileSystemEvent) -> None:
        """See FileSystemEventHandler."""
        for path in (event.src_path, event.dest_path):
            if path:
                self._names.put(Path(os.fsdecode(path)).name)
