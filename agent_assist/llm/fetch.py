"""What every way of fetching a model shares: progress, cancelling, disk space, hashes, and errors by blame."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.jobs import CancelToken
from models.catalog import Entry

CHUNK = 1 << 20
# Left free beside a download, so that fetching a model never fills the user's disk to the brim.
RESERVE_BYTES = 64_000_000
FULL = (errno.ENOSPC, errno.EDQUOT)


class Step(StrEnum):
    """What is being done about a model."""

    WAITING = "waiting"
    DOWNLOADING = "downloading"
    COPYING = "copying"
    CHECKING = "checking"


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """How far a model has come.

    Attributes:
        name: of the model.
        source: where it comes from, in words for a person.
        step: what is being done.
        done_bytes: of this step, 0 to `total_bytes`; falls back where a source has to begin again.
        total_bytes: of the whole file.
    """

    name: str
    source: str
    step: Step
    done_bytes: int
    total_bytes: int


OnProgress = Callable[[FetchProgress], None]


class SourceError(AgentAssistError):
    """This source does not deliver the model; the next one may. The message is a clause, without a full stop."""


def free_bytes(folder: Path) -> int:
    """Bytes that this user can still write to the disk of `folder`."""
    return shutil.disk_usage(folder).free


def ignore_progress(progress: FetchProgress) -> None:
    """For callers that show nothing."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One model on its way to the shelf.

    Attributes:
        folder: its own folder of unfinished files.
        free: tells the bytes free on the disk of a folder.
    """

    entry: Entry
    folder: Path
    on_progress: OnProgress = ignore_progress
    token: CancelToken = CancelToken()  # noqa: RUF009  # nobody cancels the one that nobody was given
    free: Callable[[Path], int] = free_bytes

    def report(self, source: str, step: Step, done: int) -> None:
        """Tells the progress.

        Raises:
            Cancelled: the person asked to stop.
        """
        self.token.check()
        done = min(done, self.entry.bytes)
        self.on_progress(FetchProgress(self.entry.name, source, step, done, self.entry.bytes))

    def need(self, size: int) -> None:
        """Makes sure that `size` more bytes fit beside what is there.

        Raises:
            KnownError: they do not; it says how many are missing and where.
        """
        free = self.free(self.folder)
        missing = size + RESERVE_BYTES - free
        if missing > 0:
            raise KnownError(
                f"{self.entry.title} needs {megabytes(size + RESERVE_BYTES)} of disk space in {self.folder} and "
                f"{megabytes(free)} are free: {megabytes(missing)} are missing. Free that much and try again."
            )

    def hash(self, path: Path, source: str) -> str:
        """The SHA-256 of a file, 64 lower-case hex digits, telling its progress.

        Raises:
            Cancelled: the person asked to stop.
            OSError: the file cannot be read.
        """
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                self.report(source, Step.CHECKING, file.tell())
        return digest.hexdigest()


def megabytes(size: int) -> str:
    """A size in words, in MB of 10^6 bytes, rounded up."""
    return f"{-(-size // 1_000_000):,} MB"


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns what the disk answers into errors that a person can act on.

    Raises:
        KnownError: the disk is full, or a file or folder cannot be used.
    """
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise disk_full(folder) from error
        where = error.filename or folder
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise KnownError(
                f"{where} cannot be used: this user lacks the permission. "
                "Allow it, or choose another data folder with --data-dir or AGENT_ASSIST_HOME."
            ) from error
        reason = error.strerror or type(error).__name__
        raise KnownError(
            f"{where} cannot be used ({reason}). Check the disk, or choose another data folder."
        ) from error


def disk_full(folder: Path) -> KnownError:
    """The error for a disk that filled up under way."""
    return KnownError(
        f"The disk that holds {folder} is full. Free some space and try again: the download goes on where it stopped."
    )


def copy_from(fetch: Fetch, original: Path, source: str) -> Path:
    """Brings a file that the user already has into the download folder: as a hard link where that works, else copied.

    Raises:
        SourceError: the file is not there, cannot be read, or has not the model's size.
        KnownError: there is no room for a copy.
        Cancelled: the person asked to stop.
    """
    try:
        original = original.resolve(strict=True)
        size = original.stat().st_size
        original.open("rb").close()
    except OSError as error:
        raise SourceError(f"{original.name} is not there" if _absent(error) else f"{error.strerror}") from error
    if size != fetch.entry.bytes:
        raise SourceError(f"{original.name} has {size:,} bytes there and not {fetch.entry.bytes:,}")
    target = fetch.folder / "copy.part"
    target.unlink(missing_ok=True)
    try:
        os.link(original, target)
    except OSError:  # another disk, or a system without links: then it is copied
        fetch.need(size)
        _copy(fetch, original, target, source)
    return target


def _absent(error: OSError) -> bool:
    return isinstance(error, FileNotFoundError | NotADirectoryError)


def _copy(fetch: Fetch, original: Path, target: Path, source: str) -> None:
    try:
        with original.open("rb") as reader, target.open("wb") as writer:
            while chunk := reader.read(CHUNK):
                writer.write(chunk)
                fetch.report(source, Step.COPYING, writer.tell())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
