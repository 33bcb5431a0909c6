"""Everything the language model is asked for one moment, in one request, and what is made of its answers."""

from __future__ import annotations

import time
from collections.abc import Callable

from agent_assist.assist.actions import next_actions
from agent_assist.assist.chat import chat_of
from agent_assist.assist.moment import find_moment
from agent_assist.assist.replies import ReplyWriter, none_offered
from agent_assist.assist.summary import WANTS, SummaryWriter, summary_branches
from agent_assist.jobs import CancelToken
from agent_assist.llm.engine import Ended, Engine, EngineEvent, Loading, Reading, Request, Result, Text
from agent_assist.records import (
    Assist,
    AssistEvent,
    ContextUse,
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


def assist(conversation: Conversation, mood: Mood, engine: Engine, on_event: OnAssist, token: CancelToken) -> Assist:
    """Summary, next actions and replies for the end of a conversation.

    Args:
        conversation: what the agent has in front of them.
        mood: as read from it.
        engine: serves one request here.
        on_event: told of drafts and finished parts, in this thread.
        token: stops the work.

    Raises:
        KnownError: the model cannot be loaded or its process died.
        Cancelled: the token was cancelled.
    """
    return _Assistant(conversation, mood, on_event).run(engine, token)


class _Assistant:
    """One request: what was asked, and what has come back so far."""

    def __init__(self, conversation: Conversation, mood: Mood, on_event: OnAssist) -> None:
        self._conversation = conversation
        self._on_event = on_event
        self._chat = chat_of(conversation)
        self._summary = SummaryWriter(conversation, mood)
        moment = find_moment(conversation, mood)
        facts = self._summary.summary().facts
        self._writer = ReplyWriter(conversation, moment, facts)
        self._none = none_offered(conversation)
        self._actions = next_actions(conversation, facts, moment.spike)
        self._texts: dict[str, str] = {}
        self._open: set[str] = set()
        self._waiting: set[int] = set()
        self._replies: dict[int, Reply | None] = {}
        self._started = time.monotonic()
        self._first_ms = 0.0

    def run(self, engine: Engine, token: CancelToken) -> Assist:
        # Replies first: the first words on the screen are the ones that the agent waits for.
        replies = [] if self._none else self._writer.branches()
        branches = [*replies, *summary_branches(self._conversation)]
        self._texts = {b.key: b.opening for b in branches}
        self._open = set(self._texts)
        for slot, strategy in enumerate(() if self._none else self._writer.strategies):
            if not strategy.openings:
                self._reply(slot)
        result = engine.run(Request(self._chat.messages, tuple(branches)), self._take, token)
        return self._finish(result, engine.name)

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
        kind, _, name = key.partition(".")
        if kind == "reply":
            slot = int(name)
            strategy = self._writer.strategies[slot].name
            self._on_event(ReplyDraft(slot, strategy, self._writer.draft(self._texts[key])))

    def _end(self, key: str) -> None:
        kind, _, name = key.partition(".")
        self._open.discard(key)
        if kind == "summary":
            self._summary.take(key, self._texts[key])
            self._on_event(SummaryDraft(self._summary.summary()))
        # A reply may ask back what the customer wants, in the words of the summary: it waits for that line.
        if WANTS not in self._open:
            for slot in sorted(self._waiting | ({int(name)} if kind == "reply" else set())):
                self._reply(slot)
            self._waiting.clear()
        elif kind == "reply":
            self._waiting.add(int(name))

    def _reply(self, slot: int) -> None:
        wants = self._summary.summary().wants
        self._replies[slot] = self._writer.finish(
            slot, self._texts.get(f"reply.{slot}", ""), wants.text if wants else None
        )
        self._on_event(ReplyReady(slot, self._replies[slot]))

    def _finish(self, result: Result, model: str) -> Assist:
        replies = tuple(r for _, r in sorted(self._replies.items()) if r is not None)
        left_out = self._chat.turns_of(result.left_out)
        used = result.stats.prompt_tokens
        return Assist(
            summary=self._summary.summary(),
            next_actions=self._actions,
            replies=replies,
            context=ContextUse(used, max(result.limit, used), left_out),
            model=model,
            notes=tuple(self._notes(len(replies), left_out)),
            first_token_ms=self._first_ms,
            ms=_ms(self._started),
        )

    def _notes(self, replies: int, left_out: tuple[int, ...]) -> list[str]:
        notes = []
        if self._none:
            notes.append(self._none)
        elif replies < len(self._writer.strategies):
            missing = len(self._writer.strategies) - replies
            notes.append(
                f"{missing} of {len(self._writer.strategies)} replies were held back: not good enough to show."
            )
        if left_out:
            notes.append(
                f"The conversation is longer than the model's context: {len(left_out)} of "
                f"{len(self._conversation.turns)} turns were left out of the summary, oldest first."
            )
        return notes


def _ms(since: float) -> float:
    return (time.monotonic() - since) * 1000
