"""Several files at once, and texts that come by other ways than a paste: read in a lane, in order, into the stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from agent_assist.capture.watch.plain_file import is_passing, shown
from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import Conversation, Way
from ui.bridge import Bridge, Post, Task
from ui.files import read_file
from ui.flow import Flow
from ui.ports import DeskPort

MOST_FILES = 500
_NAMED = 3  # files that are named where they could not be used


@dataclass(slots=True)
class Brought:
    """What several files brought.

    Attributes:
        first: the conversation to show.
        count: conversations in all files.
        files: files that were read.
        bad: names of the files that could not be used, with the reason.
        left: files that were not looked at, being too many.
    """

    first: Conversation | None = None
    count: int = 0
    files: int = 0
    bad: list[tuple[str, str]] = field(default_factory=list)
    left: int = 0


class Bringing(QObject):
    """Takes in what `WaysIn` and `Watching` hand on; the first conversation is shown, all are in the stream."""

    said = Signal(str)  # what came in, in a few words
    refused = Signal(str)  # what could not be used, in a sentence
    failed = Signal(object)

    def __init__(self, desk: DeskPort, bridge: Bridge, flow: Flow) -> None:
        super().__init__(flow)
        self._desk, self._bridge, self._flow = desk, bridge, flow
        self._task: Task[Brought] | None = None
        self._waiting: deque[Sequence[Path]] = deque()  # what was brought while other files were read

    @Slot(str, object)
    def take_text(self, text: str, way: Way) -> None:
        """Takes a text in that came by another way than a paste."""
        self._flow.intake.take(lambda: self._desk.capture(text), way)

    @Slot(object)
    def take_files(self, paths: Sequence[Path]) -> None:
        """Takes in files, and the files of folders, in order; what comes while others are read waits for its turn."""
        self._waiting.append(paths)
        if self._task is None or not self._task.live:
            self._next()

    def _next(self) -> None:
        if not self._waiting:
            return
        paths = self._waiting.popleft()
        self._flow.busy.emit("reading…")
        self._task = self._bridge.run(
            "emotion",
            lambda post, token: self._read_all(paths, post, token),
            self._on_read,
            self._on_failed,
            self._on_progress,
        )

    def _read_all(self, paths: Sequence[Path], post: Post, token: CancelToken) -> Brought:
        """In the lane."""
        files = files_of(paths)
        brought = Brought(left=max(0, len(files) - MOST_FILES))
        for number, path in enumerate(files[:MOST_FILES], 1):
            token.check()
            post((number, min(len(files), MOST_FILES)))
            try:
                found = self._desk.capture(read_file(path))
            except KnownError as error:
                brought.bad.append((shown(path.name), str(error)))
                continue
            brought.files += 1
            brought.count += len(found)
            # The first is streamed when it is shown: so it comes last, and stands at the top.
            rest = found if brought.first is not None else found[1:]
            brought.first = brought.first or found[0]
            for conversation in rest:
                self._desk.arrivals.take(conversation, Way.FILE, title=shown(path.name))
        return brought

    def _on_progress(self, event: object) -> None:
        if isinstance(event, tuple):
            number, of = event
            self._flow.busy.emit(f"reading {number} of {of}…")

    def _on_read(self, brought: Brought) -> None:
        self._flow.busy.emit("")
        first = brought.first
        if first is not None:
            self._flow.intake.take(lambda: [first], Way.FILE)
            self.said.emit(brought_words(brought))
        problem = problem_words(brought)
        if problem:
            self.refused.emit(problem)
        self._next()

    def _on_failed(self, error: AgentAssistError) -> None:
        self._flow.busy.emit("")
        self.failed.emit(error)
        self._next()


def files_of(paths: Sequence[Path]) -> list[Path]:
    """The files, and of a folder those right in it by name; hidden, unfinished and linked ones of a folder are not."""
    files: list[Path] = []
    for path in paths:
        if not path.is_dir():
            files.append(path)
            continue
        try:
            inside = sorted(path.iterdir(), key=lambda p: p.name.casefold())
        except OSError:
            files.append(path)  # that it cannot be read is said with the others
            continue
        files += [p for p in inside if p.is_file() and not p.is_symlink() and not is_passing(p.name)]
    return list(dict.fromkeys(files))


def brought_words(brought: Brought) -> str:
    """What came in, for a short message."""
    files = f"{brought.files:,} file{'' if brought.files == 1 else 's'}"
    return f"{brought.count:,} conversation{'' if brought.count == 1 else 's'} from {files}"


def problem_words(brought: Brought) -> str:
    """What could not be used, in a sentence or two; "" where all could, or there was nothing but that to say."""
    if not brought.files and not brought.bad:
        return "There is no file in that folder. Drop text files, or a folder that holds them."
    parts = []
    if len(brought.bad) == 1:
        name, why = brought.bad[0]
        parts.append(f"“{name}” could not be used: {why}")
    elif brought.bad:
        names = ", ".join(f"“{name}”" for name, _ in brought.bad[:_NAMED])
        more = f" and {len(brought.bad) - _NAMED:,} more" if len(brought.bad) > _NAMED else ""
        parts.append(f"{len(brought.bad):,} files could not be used: {names}{more}.")
    if brought.left:
        parts.append(f"Only the first {MOST_FILES:,} files were read; drop the other {brought.left:,} after them.")
    return " ".join(parts)
