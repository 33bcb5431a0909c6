"""Everything the language model is asked for one moment, in one request, and what is made of its answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from agent_assist.assist.actions import ActionTable, next_actions
from agent_assist.assist.chat import chat_of
from agent_assist.assist.intake import branches_for, context_use
from agent_assist.assist.moment import find_moment
from agent_assist.assist.replies import KEY, MATTER, MOST, Preference, ReplyWriter, none_offered
from agent_assist.assist.summary import SummaryWriter, summarise_in_sections
from agent_assist.assist.tactics import TacticTable, tactic
from agent_assist.assist.voice import KEY as VOICE
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Ended, Engine, EngineEvent, Loading, Reading, Request, Result, Text
from agent_assist.records import (
    Assist,
    AssistEvent,
    Conversation,
    Mood,
    Progress,
    Reply,
    ReplyDraft,
    ReplyReady,
    Stage,
    SummaryDraft,
)

OnAssist = Callable[[AssistEvent], None]


@dataclass(frozen=True, slots=True)
class Tables:
    """Tables that a site may have its own of; None is the one that ships."""

    actions: ActionTable | None = None
    tactics: TacticTable | None = None


def assist(
    conversation: Conversation,
    mood: Mood,
    engine: Engine,
    on_event: OnAssist,
    token: CancelToken,
    *,
    preference: Preference | None = None,
    tables: Tables | None = None,
) -> Assist:
    """Summary, next actions and replies for the end of a conversation.

    Args:
        conversation: what the agent has in front of them.
        mood: as read from it.
        engine: serves one request here.
        on_event: told of drafts and finished parts, in this thread.
        token: stops the work.
        preference: what is taken of replies at this desk; None where nothing is known.
        tables: the site's; None takes those that ship.

    Raises:
        KnownError: the model cannot be loaded or its process died.
        Cancelled: the token was cancelled.
    """
    return _Assistant(conversation, mood, on_event, preference, tables or Tables()).run(engine, token)


class _Assistant:
    """One request: what was asked, and what has come back so far."""

    def __init__(
        self,
        conversation: Conversation,
        mood: Mood,
        on_event: OnAssist,
        preference: Preference | None,
        tables: Tables,
    ) -> None:
        self._conversation = conversation
        self._mood = mood
        self._on_event = on_event
        self._chat = chat_of(conversation)
        self._summary = SummaryWriter(conversation, mood)
        moment = find_moment(conversation, mood)
        facts = self._summary.summary().facts
        self._none = none_offered(conversation)
        self._writer = None if self._none else ReplyWriter(conversation, moment, facts, preference)
        self._actions = next_actions(conversation, facts, moment.spike, tables.actions)
        self._tactic = tactic(mood, conversation, tables.tactics)
        self._texts: dict[str, str] = {}
        self._open: set[str] = set()
        self._replies: tuple[Reply, ...] = ()
        self._started = time.monotonic()
        self._first_ms = 0.0

    def run(self, engine: Engine, token: CancelToken) -> Assist:
        branches = branches_for(self._conversation, self._mood, voice=engine.voice)
        self._texts = {b.key: b.opening for b in branches}
        # What the case is about stands in a line of the summary, and the replies may name it.
        written = {b.key for b in branches if b.key.startswith((KEY, VOICE))}
        self._open = written | {b.key for b in branches if written and b.key == MATTER}
        self._begin()
        result = engine.run(Request(self._chat.messages, tuple(branches)), self._take, token)
        return self._finish(result, engine, token)

    def _take(self, event: EngineEvent) -> None:
        match event:
            case Loading(done):
                self._on_event(Progress(Stage.LOADING, done))
            case Reading(done, total):
                self._on_event(Progress(Stage.READING, done / total if total else None))
            case Text(key, text):
                self._write(key, text)
            case Ended(key, _):
                self._end(key)

    def _write(self, key: str, text: str) -> None:
        if not self._first_ms:
            self._first_ms = _ms(self._started)
            self._on_event(Progress(Stage.WRITING))
        self._texts[key] += text

    def _end(self, key: str) -> None:
        text = self._texts[key]
        if not key.startswith((KEY, VOICE)):
            self._summary.take(key, text)
            self._on_event(SummaryDraft(self._summary.summary()))
        if self._writer is not None and key in self._open:
            self._writer.take(key, text)
            self._open.discard(key)
            if not self._open:
                self._settle()

    def _begin(self) -> None:
        """Shows what rules alone compose: it stands there before the model's first word, and changes at most once."""
        if self._writer is None:
            return
        for slot, reply in enumerate(self._writer.drafts()):
            self._on_event(ReplyDraft(slot, reply.strategy, reply.text))
        if not self._open:
            self._settle()

    def _settle(self) -> None:
        if self._writer is None:
            return
        self._replies = tuple(self._writer.replies())
        for slot in range(MOST):
            self._on_event(ReplyReady(slot, self._replies[slot] if slot < len(self._replies) else None))

    def _finish(self, result: Result, engine: Engine, token: CancelToken) -> Assist:
        summary, sections, notes = self._summary.summary(), 1, self._notes()
        if left_out := self._chat.turns_of(result.left_out):
            made = summarise_in_sections(self._conversation, self._mood, engine, result.limit, self._on_event, token)
            summary, sections = made.summary, made.sections
            notes += [
                "The conversation is longer than the model's context: the replies were written without "
                f"{len(left_out)} of its {len(self._conversation.turns)} turns, oldest first.",
                *([made.note] if made.note else []),
            ]
        return Assist(
            summary=summary,
            next_actions=self._actions,
            replies=self._replies,
            context=context_use(self._chat, result, sections),
            model=engine.name,
            notes=tuple(notes),
            tactic=self._tactic,
            first_token_ms=self._first_ms,
            ms=_ms(self._started),
        )

    def _notes(self) -> list[str]:
        notes = []
        if self._none:
            notes.append(self._none)
        elif len(self._replies) < MOST:
            notes.append(
                f"{len(self._replies)} of {MOST} replies are shown: for the others nothing was found that says more "
                "than these and is sure to be right."
            )
        return notes


def _ms(since: float) -> float:
    return (time.monotonic() - since) * 1000
