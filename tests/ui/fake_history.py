"""A history in memory; `fake_custody` keeps what it keeps here."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from agent_assist.errors import AgentAssistError, KnownError
from agent_assist.records import Analysis, HistoryItem, Outcome


class FakeHistory:
    """Keeps analyses in memory and notes which thread called."""

    def __init__(self) -> None:
        self.saved: dict[str, Analysis] = {}
        self.saves: list[Analysis] = []  # every one, in order
        self.outcomes: list[tuple[str, int, Outcome, str | None]] = []
        self.deleted: list[str] = []
        self.threads: set[str] = set()
        self.failure: AgentAssistError | None = None
        self.refuse_delete: AgentAssistError | None = None
        self.now = datetime.now(UTC)
        self.tags: dict[str, tuple[str, ...]] = {}
        self.held: set[str] = set()

    def _enter(self) -> None:
        self.threads.add(threading.current_thread().name)
        if self.failure is not None:
            raise self.failure

    def save(self, analysis: Analysis) -> None:
        self._enter()
        self.saved[analysis.conversation.id] = analysis
        self.saves.append(analysis)

    def load(self, conversation_id: str) -> Analysis:
        self._enter()
        try:
            return self.saved[conversation_id]
        except KeyError:
            raise KnownError("That conversation is not in the history any more.") from None

    def list(self, limit: int = 200, offset: int = 0) -> Sequence[HistoryItem]:
        self._enter()
        return [self._item(a) for a in list(self.saved.values())[::-1]][offset : offset + limit]

    def search(self, text: str, limit: int = 200) -> Sequence[HistoryItem]:
        words = text.lower().split()
        return [i for i in self.list(limit) if all(w in self._haystack(i.id) for w in words)]

    def delete(self, conversation_id: str) -> None:
        self._enter()
        if self.refuse_delete is not None:
            raise self.refuse_delete
        self.deleted.append(conversation_id)
        self.saved.pop(conversation_id, None)

    def record_outcome(self, conversation_id: str, slot: int, outcome: Outcome, text: str | None = None) -> None:
        self._enter()
        self.outcomes.append((conversation_id, slot, outcome, text))

    def _haystack(self, identity: str) -> str:
        c = self.saved[identity].conversation
        return " ".join([c.customer or "", *(t.text for t in c.turns)]).lower()

    def _item(self, analysis: Analysis) -> HistoryItem:
        c, readings = analysis.conversation, analysis.mood.readings
        peak = max(readings, key=lambda r: r.distress) if readings else None
        return HistoryItem(
            id=c.id,
            customer=c.customer,
            source=c.source,
            saved_at=self.now - timedelta(minutes=17 * len(c.turns)),
            turns=len(c.turns),
            peak=peak.distress if peak else None,
            label=peak.label if peak else None,
            spikes=len(analysis.mood.spikes),
            excerpt=c.turns[0].text[:160],
            tags=self.tags.get(c.id, ()),
            held=c.id in self.held,
        )
