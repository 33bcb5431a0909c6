"""The trail's file: lines are added to it, checked and read; none is ever changed or taken out.

What shows: every byte that changes, comes, goes or moves (`lines`), and lines cut off at the end, since the keyring
remembers count and signature of the last line. It is told at opening, at closing, at every `ANCHOR_EVERY`-th line, and
at once after what weighs (`WEIGHTY`). So a cut can hide at most the `ANCHOR_EVERY` - 1 newest lines, none of them a
weighty one, and only after the process that wrote them was killed: while it lives it knows the end itself, and writes
down what is missing. Where the keyring remembers no end, a line says so, and checking tells that a cut before it cannot
be known. What does not show: anything done by a program that runs as the same person while the history is open, for it
can have the key and the keyring too.

A line that a power loss cut short stays where it is; the next line says how many bytes of it are there and signs them
as well. Entries are in the order of their numbers: a clock may jump.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice, takewhile
from pathlib import Path
from typing import BinaryIO

import filelock
import msgspec

from agent_assist import log
from agent_assist.errors import BugError, KnownError
from agent_assist.privacy.audit.anchor import Anchor, note_of, noted
from agent_assist.privacy.audit.disk import add, free_name, opened, reading
from agent_assist.privacy.audit.lines import (
    ANCHOR,
    FOUND,
    KEY_BYTES,
    LONGEST,
    TORN,
    Chain,
    Head,
    begins,
    entry,
    number,
    signature,
    signed_line,
)
from agent_assist.privacy.audit.refusals import forget_refusals, refused
from agent_assist.privacy.audit.tail import lines_from_end, lines_from_start
from agent_assist.privacy.audit.verdict import doubt, problem
from agent_assist.records.custody import Action, AuditEntry, AuditVerdict

Act = tuple[Action, str, Mapping[str, str | int | bool]]
"""What was done, to what, and more of it; see `AuditTrail.append`."""
ANCHOR_EVERY = 16
"""Lines between two visits to the keyring: one takes about 23 ms, so this adds some 1.4 ms to a line."""
WEIGHTY = frozenset(
    {Action.EXPORT, Action.ERASE, Action.HOLD, Action.RETAIN, Action.RESTORE, Action.KEY, Action.POLICY, Action.REVEAL}
)
"""What is worth a visit of its own: rare, and what somebody would want to hide."""
_PATIENCE = 10.0
_GONE = "missing lines"
_OTHER = "other lines"
_NEW = "new"
_FOREIGN = "of another trail"
BEGAN = "began"
"""In the detail of the first line of a trail that was begun again."""


def _now() -> datetime:
    return datetime.now(UTC)


class AuditTrail:
    """The audit trail of one installation. Any thread may use it, and several processes at once.

    Opening closes off a line that was cut short, compares the end with what the anchor remembers, and tells of refused
    attempts to unlock.

    Args:
        path: the file, made when the first line is written.
        key: 32 bytes that only an open history gives.
        anchor: what remembers the end outside of the file.
        clock: gives the time.

    Raises:
        KnownError: the file cannot be read or written, or another process keeps it for too long.
    """

    def __init__(self, path: Path, key: bytes, anchor: Anchor, clock: Callable[[], datetime] = _now) -> None:
        if len(key) != KEY_BYTES:
            raise BugError("the audit trail's key has a wrong length")
        self._path, self._key, self._anchor, self._clock = path, key, anchor, clock
        self._head = Head()
        self._size = 0  # of the file when its end was last looked at
        self._file = 0  # its number on the disk then; another one, or another size, has it looked at again
        self._first = b""  # its first line then, which no other trail has
        self._met = False  # whether the end was compared with what the anchor remembers
        self._anchored = Head()  # as the anchor remembers it
        self._visited = 0  # how many lines there were when it was last visited, whether or not it answered
        self._thread = threading.Lock()
        self._others = filelock.FileLock(path.with_name(f"{path.name}.lock"), _PATIENCE, 0o600, thread_local=False)
        with self._alone() as file:
            self._look(file)
            self._meet_anchor(file)
            told = refused(path)
            if told:
                self._write(file, [(Action.UNLOCK_REFUSED, "", told)])
                forget_refusals(path)
            self._remember(file)

    def append(
        self, action: Action, subject: str = "", detail: Mapping[str, str | int | bool] | None = None
    ) -> AuditEntry:
        """Adds a line and has the disk keep it, in about a third of a millisecond.

        Args:
            action: what is done.
            subject: what it is done to, in short plain words: no path, no address, nobody's name.
            detail: more of it, in words of the same kind, numbers, or yes and no.

        Raises:
            KnownError: it cannot be written; what is to be recorded should then not be done.
            BugError: subject or detail hold more than short plain words.
        """
        return self.append_all([(action, subject, detail or {})])[0]

    def append_all(self, acts: Sequence[Act]) -> list[AuditEntry]:
        """Adds a line for each at the cost of one, for what erases thousands at a time; none where the disk refuses.

        Raises:
            KnownError: as `append`.
            BugError: as `append`.
        """
        with self._alone() as file:
            self._catch_up(file)
            made = self._write(file, acts)
            weighs = any(one.action in WEIGHTY for one in made)
            if made and (weighs or made[0].n == 1 or made[-1].n - self._visited >= ANCHOR_EVERY):
                self._remember(file)
            return made

    def entries(self, limit: int) -> list[AuditEntry]:
        """The newest entries, newest first, in the order of their numbers. Reads no more of the file than it needs."""
        with self._alone() as file:
            size = os.fstat(file.fileno()).st_size
            found = (made for line in lines_from_end(file, size) if (made := entry(line)) is not None)
            return list(islice(found, limit))

    def verify(self) -> AuditVerdict:
        """Checks every line, and the end against the anchor: 100,000 lines in about half a second.

        Returns:
            Not anchored where the anchor does not answer now; and where it once remembered nothing though there were
            lines: then the problem says so in words, although nothing in the file is wrong.

        Raises:
            KnownError: the file cannot be read.
        """
        with self._alone() as file:
            self._catch_up(file)
            self._met = False
            self._remember(file)
            size, met = self._size, self._met
        chain = Chain(self._key)
        with reading(self._path), self._path.open("rb") as file:
            chain.follow(lines_from_start(file, size))
            chain.end()
        wrong = problem(chain)
        return AuditVerdict(
            good=not wrong,
            entries=chain.head.count,
            problem=wrong or doubt(chain),
            anchored=met and not chain.unheld,
        )

    def export(self, path: Path) -> int:
        """Writes a copy that this person alone can read: every line as it stands, then one with the verdict.

        Returns:
            How many entries it holds.

        Raises:
            KnownError: there is such a file already, or it cannot be written.
        """
        verdict = self.verify()
        told = msgspec.json.encode({"verdict": msgspec.to_builtins(verdict), "at": self._clock().isoformat()})
        try:
            made = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(made, "wb") as copy, self._path.open("rb") as file:  # noqa: PTH123  # a handle with a mode
                for line in lines_from_start(file, self._size):
                    copy.write(line + b"\n")
                copy.write(told + b"\n")
                copy.flush()
                os.fsync(copy.fileno())
        except FileExistsError:
            raise KnownError(f"There is already a file {path}. Choose another name.") from None
        except OSError as error:
            raise KnownError(f"The audit trail cannot be copied to {path} ({error.strerror}).") from error
        return verdict.entries

    def begin_again(self) -> Path:
        """Sets the trail aside, whatever is wrong with it, and begins a new one that says so in its first line.

        Returns:
            Where the old one lies now.

        Raises:
            KnownError: the file cannot be moved.
        """
        verdict = self.verify()
        with reading(self._path), self._claimed():
            at = self._clock().astimezone(UTC)
            old = free_name(self._path.with_name(f"{self._path.stem}-{at:%Y%m%d-%H%M%S}.jsonl"))
            self._path.rename(old)
            with opened(self._path) as file:
                self._look(file)
                told: dict[str, str | int | bool] = {BEGAN: "again", "before": verdict.entries, "good": verdict.good}
                self._tell(file, told)
                # What the anchor remembers is the end of the old one: there is nothing to compare it with.
                self._anchored, self._met = Head(), True
                self._remember(file)
        return old

    def close(self) -> None:
        """Has the anchor remember the end. The trail is not to be used any more.

        Nothing stands in the way of locking: what cannot be done is logged, and caught up with at the next opening.
        """
        try:
            with self._alone() as file:
                self._catch_up(file)
                self._remember(file)
        except KnownError:
            log.get("privacy").warning("the audit trail could not be closed in order")

    # --- the file

    @contextmanager
    def _alone(self) -> Iterator[BinaryIO]:
        """The file, open to read and to add to, while no other thread or process has it."""
        with reading(self._path), self._claimed(), opened(self._path) as file:
            yield file

    @contextmanager
    def _claimed(self) -> Iterator[None]:
        with self._thread:
            try:
                self._others.acquire()
            except filelock.Timeout as error:
                raise KnownError(
                    "Another Agent Assist keeps the audit trail for too long. Close it and try again."
                ) from error
            except NotImplementedError as error:  # filelock's word for a network drive without locks
                raise KnownError(
                    f"The folder {self._path.parent} lies where files cannot be locked. Choose another with --data-dir."
                ) from error
            try:
                yield
            finally:
                self._others.release()

    def _catch_up(self, file: BinaryIO) -> None:
        """Takes in what other processes added since; writes down if that is not all that happened to the file."""
        known, first = self._head, self._first
        now = os.fstat(file.fileno())
        if (now.st_ino, now.st_size) == (self._file, self._size):
            return
        self._look(file)
        found = self._missing(file, known)
        if found and self._first != first and self._began_again():
            self._meet_anchor(file)  # it remembers the new one's end: an old trail that was put back differs from that
        elif found:
            self._tell_missing(file, known, found)
            self._remember(file)

    def _look(self, file: BinaryIO) -> None:
        """Finds where the chain stands. A line that was cut short is closed off.

        That is done by its end of line where only that is missing, else by a line of its own.
        """
        now = os.fstat(file.fileno())
        self._file, self._size = now.st_ino, now.st_size
        self._first = next(lines_from_start(file, min(self._size, LONGEST)), b"")
        lines = lines_from_end(file, self._size)
        rest = next(lines)
        self._head = _head(lines)
        if not rest:
            return
        mac = signature(rest)
        if mac and Chain(self._key, self._head).follow([rest]):
            self._add(file, b"\n")
            self._head = Head(self._head.count + 1, mac)
        elif begins(self._head, rest):
            self._tell(file, {TORN: len(rest)}, rest + b"\n")
        else:  # no line of ours was ever cut like this: it stays, and is found when the trail is checked
            self._add(file, b"\n")

    def _missing(self, file: BinaryIO, known: Head) -> str:
        """What happened where the end that is known from before is not in the file any more; "" where it is."""
        if self._head.count < known.count:
            return _GONE
        lines = islice(lines_from_end(file, self._size), 1, None)
        newer = list(takewhile(lambda line: (n := number(line)) is None or n > known.count, lines))
        # What was added since has to follow on what is known, signature by signature.
        chain = Chain(self._key, known)
        whole = chain.follow(reversed(newer)) and chain.end()
        return "" if whole and chain.head == self._head else _OTHER

    def _tell_missing(self, file: BinaryIO, known: Head, found: str) -> None:
        self._tell(file, {FOUND: found, "known": known.count, "there": self._head.count})

    def _began_again(self) -> bool:
        """Whether another process has set the trail aside and begun a new one: only who has the key can say so."""
        told = entry(self._first)
        return told is not None and BEGAN in told.detail and Chain(self._key).follow([self._first])

    def _write(self, file: BinaryIO, acts: Sequence[Act], cut: bytes = b"") -> list[AuditEntry]:
        """Adds lines; `cut` is what stands before the first and was never signed, with its end of line."""
        at = self._clock().astimezone(UTC)
        head, between, data, made = self._head, cut, [cut[-1:]], []
        for action, subject, detail in acts:
            line, head = signed_line(self._key, head, at, action, subject, detail, between)
            between = b""
            data.append(line)
            made.append(AuditEntry(head.count, at, action, subject, dict(detail)))
        self._add(file, b"".join(data))
        self._head = head
        return made

    def _tell(self, file: BinaryIO, detail: Mapping[str, str | int | bool], cut: bytes = b"") -> None:
        """Adds a line on the trail itself."""
        self._write(file, [(Action.VERIFY, "", detail)], cut)

    def _add(self, file: BinaryIO, data: bytes) -> None:
        add(self._path, file, self._size, data)
        if self._size == 0:
            self._first = data.partition(b"\n")[0]
        self._size += len(data)

    # --- the anchor

    def _meet_anchor(self, file: BinaryIO) -> None:
        """Compares the end with what the anchor remembers, and tells where that is nothing, or not of this trail."""
        self._visited, self._met, self._anchored = self._head.count, False, Head()
        try:
            kept = self._anchor.read()
        except KnownError:
            return  # no keyring here, or a locked one: checking says that the end was not compared
        self._met = True
        known = noted(self._key, *kept) if kept else None
        if known:
            self._anchored = known
            if found := self._missing(file, known):
                self._tell_missing(file, known, found)
        elif kept or self._head.count:
            self._tell(file, {ANCHOR: _FOREIGN if kept else _NEW})

    def _remember(self, file: BinaryIO) -> None:
        """Has the anchor remember the end. A keyring that does not answer is asked again at the next visit."""
        if not self._met:  # what it remembers is never written over before it was looked at
            self._meet_anchor(file)
        self._visited = self._head.count
        if self._met and self._head.count and self._head != self._anchored:
            try:
                self._anchor.write(self._head.count, note_of(self._key, self._head))
            except KnownError:
                log.get("privacy").warning("the audit trail's end could not be remembered in the keyring")
            else:
                self._anchored = self._head


def _head(lines: Iterator[bytes]) -> Head:
    """The newest signed line, of lines from the end; whether its signature holds is not looked at here."""
    for line in lines:
        mac, count = signature(line), number(line)
        if mac is not None and count is not None:
            return Head(count, mac)
    return Head()
