"""Pasted text -> one conversation, whatever shape it was pasted in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from agent_assist.capture.clock import Stamp, Timeline, is_emphatic, parse_separator
from agent_assist.capture.consistency import Mark
from agent_assist.capture.draft import Piece
from agent_assist.capture.free import parse_free
from agent_assist.capture.lines import strip, view
from agent_assist.capture.mail import is_attributed, is_quoted, parse_mail
from agent_assist.capture.names import key
from agent_assist.capture.private import private_marks
from agent_assist.capture.roles import cast, customer_name
from agent_assist.capture.shapes import settle
from agent_assist.capture.system import is_system
from agent_assist.errors import KnownError
from agent_assist.records import Conversation, Speaker, Turn

MAX_TURNS = 5000
MAX_LINES = 40_000
_CLEAR_CHAT = 4


def parse_plain(text: str, *, customer: str | None = None, notes: Sequence[str] = ()) -> Conversation:
    r"""Reads clean text (see `decode`) as one conversation.

    Args:
        text: without control characters, line breaks as `\n`.
        customer: the customer's name as the person typed it, if they did.
        notes: what was noted before; goes first.

    Raises:
        KnownError: when there is nothing to read, too much of it, or nobody of the customer's name.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    if len(lines) > MAX_LINES:
        raise KnownError(f"This text has more than {MAX_LINES:,} lines. Paste the part of it that matters now.")
    days: dict[int, Stamp] = {}
    pieces, found = _pieces(lines, days)
    if not pieces:
        raise KnownError("There is no message in this text. Copy the conversation and paste it again.")
    if len(pieces) > MAX_TURNS:
        raise KnownError(
            f"This conversation has more than {MAX_TURNS:,} messages. Paste the part of it that matters now."
        )
    roles = cast(pieces, customer)
    timeline = Timeline([p.stamp for p in pieces if p.stamp] + list(days.values()))
    turns = []
    for i, piece in enumerate(pieces):
        if i in days:
            timeline.new_day(days[i])
        speaker = piece.speaker or roles.roles[piece.who]
        turns.append(Turn(i, speaker, piece.text, piece.name or None, timeline.at(piece.stamp)))
    return Conversation(
        id=_id(lines),
        source="plain",
        turns=tuple(turns),
        customer=customer_name(turns),
        notes=tuple(dict.fromkeys((*notes, *found, *roles.notes))),
    )


def _id(lines: Sequence[str]) -> str:
    return "c-" + hashlib.sha256("\n".join(lines).strip().encode()).hexdigest()[:12]


def _pieces(lines: Sequence[str], days: dict[int, Stamp]) -> tuple[list[Piece], list[str]]:
    marks = settle(lines)
    attributed = is_attributed(lines)
    private = private_marks(lines, marks) if marks else frozenset()
    if marks and (private or not attributed or len(marks) >= _CLEAR_CHAT):
        pieces, notes = _Chat(lines, marks, private, days).read()
        if pieces or private:
            return pieces, notes
    if attributed or is_quoted(lines):
        return parse_mail(lines)
    return parse_free(lines)


class _Chat:
    """Walks the lines of a text whose marks are known and cuts it into messages."""

    def __init__(
        self, lines: Sequence[str], marks: dict[int, Mark], private: frozenset[int], days: dict[int, Stamp]
    ) -> None:
        self._lines = lines
        self._marks = marks
        self._private = private
        self._in_private = False
        self._below = 0
        self._timed = any(m.stamp for m in marks.values())
        self._mark: Mark | None = None
        self._body: list[str] = []
        self._days = days
        self._dated_first = False
        self._empty = 0
        self._pieces: list[Piece] = []
        self._notes: list[str] = []

    def read(self) -> tuple[list[Piece], list[str]]:
        """The messages in order, and the notes; days that begin with a message are put into `days`."""
        for i, line in enumerate(self._lines):
            mark = self._marks.get(i)
            if mark:
                self._flush()
                self._below = i + mark.height
                self._in_private = i in self._private
                if self._in_private:
                    self._mark = None
                else:
                    self._open(mark)
            elif i < self._below or self._in_private:
                continue
            elif self._is_day(i):
                self._new_day(line)
            elif self._awaits_body() or not is_system(view(line)):
                self._body.append(line)
            else:
                self._interrupt(line)
        self._flush()
        left_out = len(self._private)
        if left_out:
            self._notes.append(f"{left_out} internal note{'s were' if left_out > 1 else ' was'} left out.")
        if self._empty:
            self._notes.append(f"{self._empty} message{'s' * (self._empty > 1)} without any text left out.")
        return self._pieces, self._notes

    def _open(self, mark: Mark) -> None:
        if mark.name:
            self._mark, self._body = mark, [mark.body]
        else:
            self._mark = None
            self._add("", mark.body, mark.stamp, Speaker.SYSTEM)
            if not is_system(mark.body):
                self._notes.append("Lines with a time but no name were kept as system lines.")

    def _flush(self) -> None:
        text = strip("\n".join(self._body))
        self._body = []
        mark = self._mark
        if mark is None:
            if text:
                self._add("", text, None, Speaker.SYSTEM)
                self._notes.append("Text outside the speakers' messages was kept as a system line.")
        elif text:
            self._add(mark.name, text, mark.stamp, None)
        elif mark.line >= 0:
            self._empty += 1

    def _add(self, name: str, text: str, stamp: Stamp | None, speaker: Speaker | None) -> None:
        if text:
            self._pieces.append(Piece(key(name), name, text, stamp, speaker))

    def _interrupt(self, line: str) -> None:
        """A line of the chat system: what follows it still belongs to whoever spoke before."""
        self._flush()
        self._add("", strip(line), None, Speaker.SYSTEM)
        if self._mark:
            self._mark = Mark(-1, self._mark.name, "", None, self._mark.likeness)

    def _awaits_body(self) -> bool:
        return self._mark is not None and self._mark.line >= 0 and not any(map(strip, self._body))

    def _is_day(self, i: int) -> bool:
        """Whether a line only names the day; a customer's answer "5 January" is no such line."""
        if not self._timed or self._awaits_body() or parse_separator(view(self._lines[i])) is None:
            return False
        if not self._before_mark(i):
            return False
        alone = i == 0 or not view(self._lines[i - 1])
        return alone or self._dated_first or is_emphatic(view(self._lines[i]))

    def _before_mark(self, i: int) -> bool:
        for j in range(i + 1, min(i + 4, len(self._lines))):
            if j in self._marks or is_system(view(self._lines[j])):
                return True
            if view(self._lines[j]):
                return False
        return False

    def _new_day(self, line: str) -> None:
        self._flush()
        stamp = parse_separator(view(line))
        if stamp:
            self._dated_first = self._dated_first or not self._pieces
            self._days[len(self._pieces)] = stamp
        self._mark = None
