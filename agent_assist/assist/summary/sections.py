"""A conversation that is longer than the model's context, summed up in sections and then as a whole.

Each section is a request of its own, over turns that follow each other and fit; its lines keep the turns they stand on.
The whole is put together by rule: the issue is the first section's, what was tried and answered comes from all of them,
what the customer wants from the last one that says so. Feeling, open questions and facts are read from the whole
conversation, which needs no context.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from agent_assist.assist.chat import chat_of
from agent_assist.assist.facts import find_facts
from agent_assist.assist.summary.customer import feeling_line, open_lines
from agent_assist.assist.summary.fields import summary_branches
from agent_assist.assist.summary.support import says_the_same
from agent_assist.assist.summary.writer import SummaryWriter
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Engine, EngineEvent, Loading, Request, Text
from agent_assist.records import (
    AssistEvent,
    Conversation,
    Line,
    Mood,
    Progress,
    Stage,
    Summary,
    SummaryDraft,
    Turn,
)

OnAssist = Callable[[AssistEvent], None]

_BYTES_PER_TOKEN = 3.0
"""Fewer than English has, so that a section rarely has to be cut again."""
_TURN_TOKENS = 8
"""What marks a turn, besides its text."""
_FILL = 0.9
_LEAST_ROOM = 100
_SHORTEST = 80
"""Characters below which a piece of a turn is not cut further."""


@dataclass(frozen=True, slots=True)
class Sectioned:
    """A summary that was made in sections.

    Attributes:
        summary: of the whole conversation.
        sections: how many; for `ContextUse.sections`.
        note: one sentence on how it was made, for `Assist.notes`; "" where one section held it all.
    """

    summary: Summary
    sections: int
    note: str


@dataclass(frozen=True, slots=True)
class _Piece:
    """A turn, or a part of one that is too long by itself."""

    turn: Turn
    text: str

    @property
    def tokens(self) -> float:
        return len(self.text.encode()) / _BYTES_PER_TOKEN + _TURN_TOKENS


def summarise_in_sections(
    conversation: Conversation, mood: Mood, engine: Engine, limit: int, on_event: OnAssist, token: CancelToken
) -> Sectioned:
    """Sums up a conversation that does not fit the model's context.

    Args:
        conversation: all of it.
        mood: as read from it.
        engine: serves one request for each section.
        limit: tokens of conversation that fit, as `Result.limit` told.
        on_event: told of progress and of the summary as far as it goes, in this thread.
        token: stops the work.

    Raises:
        KnownError: the model cannot be loaded or its process died.
        Cancelled: the token was cancelled.
    """
    return _Sections(conversation, mood, engine, on_event, token).run(limit)


class _Sections:
    def __init__(
        self, conversation: Conversation, mood: Mood, engine: Engine, on_event: OnAssist, token: CancelToken
    ) -> None:
        self._conversation = conversation
        self._mood = mood
        self._engine = engine
        self._on_event = on_event
        self._token = token
        self._whole = Summary(
            feeling=feeling_line(conversation, mood),
            open=open_lines(conversation),
            facts=find_facts(conversation.turns),
        )
        self._made: list[tuple[Summary, Line | None]] = []

    def run(self, limit: int) -> Sectioned:
        room = max(limit * _FILL - _system_tokens(), _LEAST_ROOM)
        todo = _packed(_pieces(self._conversation, room), room)
        while todo:
            section = todo.pop(0)
            done = self._sum_up(section)
            # The estimate was too low: what did not fit is read in two sections instead.
            halves = None if done else _halved(section)
            if halves:
                todo = halves + todo
                continue
            self._on_event(Progress(Stage.READING, len(self._made) / (len(self._made) + len(todo))))
            self._on_event(SummaryDraft(self._merged()))
        count, turns = len(self._made), len(self._conversation.turns)
        note = (
            f"The conversation is longer than the model's context: its {turns} turns were summed up in {count} "
            "sections, and those put together."
        )
        return Sectioned(self._merged(), count, note if count > 1 else "")

    def _sum_up(self, section: Sequence[_Piece]) -> bool:
        """Sums up one section; False where it did not fit and can be made smaller."""
        part = Conversation(
            self._conversation.id,
            self._conversation.source,
            tuple(Turn(k, p.turn.speaker, p.text, p.turn.name, p.turn.at) for k, p in enumerate(section)),
            self._conversation.customer,
        )
        places = [piece.turn.i for piece in section]
        writer = SummaryWriter(part, Mood(tuple(r for r in self._mood.readings if r.turn in places)))
        result = self._engine.run(
            Request(chat_of(part).messages, tuple(summary_branches(part, voice=self._engine.voice))),
            self._tell,
            self._token,
        )
        if result.left_out and _halved(section):
            return False
        for key, text in result.texts.items():
            writer.take(key, text)
        self._made.append((_placed(writer.summary(), places), _at(writer.wants, places)))
        return True

    def _tell(self, event: EngineEvent) -> None:
        match event:
            case Loading(done):
                self._on_event(Progress(Stage.LOADING, done))
            case Text():
                self._on_event(Progress(Stage.WRITING))

    def _merged(self) -> Summary:
        """One summary of the sections so far."""
        summaries = [summary for summary, _ in self._made]
        issues = [s.issue for s in summaries if s.issue is not None]
        issue = issues[0] if issues else None
        wants = next((w for _, w in reversed(self._made) if w is not None), None)
        history: list[Line] = []
        for summary in summaries:
            # What a later section is about is a part of the story; the issue is what it began with.
            for line in (summary.issue, *summary.tried):
                known = [*history, *([issue] if issue else [])]
                if line is not None and not any(says_the_same(line.text, other.text) for other in known):
                    history.append(line)
        if wants is not None and issue is not None and says_the_same(wants.text, issue.text):
            wants = None
        whole = self._whole
        history.sort(key=lambda line: line.turns)
        return Summary(issue, tuple(history), whole.feeling, wants, whole.open, whole.facts)


def _system_tokens() -> float:
    """Tokens of the system line that every section begins with, by the same estimate."""
    system = chat_of(Conversation("", "", ())).messages[0]
    return len(system.text) / _BYTES_PER_TOKEN + _TURN_TOKENS


def _pieces(conversation: Conversation, room: float) -> list[_Piece]:
    pieces: list[_Piece] = []
    for turn in conversation.turns:
        todo = [_Piece(turn, turn.text)]
        while todo:
            piece = todo.pop(0)
            halves = _cut(piece) if piece.tokens > room else None
            if halves:
                todo = [*halves, *todo]
            else:
                pieces.append(piece)
    return pieces


def _packed(pieces: Sequence[_Piece], room: float) -> list[list[_Piece]]:
    sections: list[list[_Piece]] = []
    used = room
    for piece in pieces:
        if not sections or used + piece.tokens > room:
            sections.append([])
            used = 0.0
        sections[-1].append(piece)
        used += piece.tokens
    return sections


def _halved(section: Sequence[_Piece]) -> list[list[_Piece]] | None:
    """A section in two, None where it cannot be cut further."""
    if len(section) > 1:
        middle = len(section) // 2
        return [list(section[:middle]), list(section[middle:])]
    halves = _cut(section[0])
    return [[half] for half in halves] if halves else None


def _cut(piece: _Piece) -> tuple[_Piece, _Piece] | None:
    """A piece in two at a space near its middle, None where it is short."""
    if len(piece.text) < 2 * _SHORTEST:
        return None
    middle = len(piece.text) // 2
    at = piece.text.rfind(" ", _SHORTEST, middle + 1)
    at = middle if at < 0 else at
    first, second = piece.text[:at].strip(), piece.text[at:].strip()
    return (_Piece(piece.turn, first), _Piece(piece.turn, second)) if first and second else None


def _placed(summary: Summary, places: Sequence[int]) -> Summary:
    """A section's summary with turns of the whole conversation."""
    tried = tuple(made for line in summary.tried if (made := _at(line, places)) is not None)
    return Summary(issue=_at(summary.issue, places), tried=tried)


def _at(line: Line | None, places: Sequence[int]) -> Line | None:
    return None if line is None else Line(line.text, tuple(sorted({places[i] for i in line.turns})))
