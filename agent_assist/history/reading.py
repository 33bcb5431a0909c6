"""What is saved, read with the keys of its conversations. A row whose key is destroyed is erased: it is not there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec
from peewee import SQL, ModelSelect, SqliteDatabase

from agent_assist.errors import KnownError
from agent_assist.history import loading, queries
from agent_assist.history.finding import Document
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.sealing import Sealer
from agent_assist.history.tables import (
    AssistRow,
    ConversationRow,
    ReadingRow,
    SpikeRow,
    SuggestionRow,
    TurnRow,
)
from agent_assist.records import Analysis, HistoryItem, Summary, Turn


class Kept(NamedTuple):
    """A saved conversation as the file has it.

    Attributes:
        id: of its row.
        key: number of its key.
        change: number of its last save.
        customer: id of the customer's row.
        tags: what an agent called it.
        originals: what was blacked out in it, by what stands for it.
    """

    id: int
    key: int
    change: int
    customer: int | None
    analysis: Analysis
    tags: tuple[str, ...]
    originals: dict[str, str]


class Reader:
    """Reads rows and what is sealed in them. Each method runs in the transaction of its caller."""

    def __init__(self, database: SqliteDatabase, keys: ConversationKeys) -> None:
        self._database = database
        self._keys = keys

    def sealer(self, row: ConversationRow) -> Sealer | None:
        """What opens the texts of a conversation; None where it is erased."""
        key = self._keys.get(row.key)
        return Sealer(key) if key else None

    def find(self, conversation_id: str) -> tuple[ConversationRow, Sealer]:
        """A conversation's row and what opens it.

        Raises:
            KnownError: there is none.
        """
        row = queries.by_ref(self._database, conversation_id)
        sealer = self.sealer(row) if row else None
        if row is None or sealer is None:
            raise KnownError("That conversation is not in the history. It may have been deleted.")
        return row, sealer

    def items(self, query: ModelSelect[ConversationRow]) -> list[HistoryItem]:
        """The conversations that a query selects, newest first."""
        newest_first = query.order_by(ConversationRow.saved_at.desc(), ConversationRow.id.desc())
        rows = list(newest_first.execute(self._database))
        keys = self._keys.many(row.key for row in rows)
        there = ((row, Sealer(keys[row.key])) for row in rows if row.key in keys)
        return [loading.to_item(row, loading.to_text(row, sealer)) for row, sealer in there]

    def items_of(self, ids: Iterable[int]) -> list[HistoryItem]:
        """The conversations of these rows, newest first."""
        listed = msgspec.json.encode(list(ids)).decode()  # as one value: SQLite takes only so many
        return self.items(ConversationRow.select().where(SQL("id IN (SELECT value FROM json_each(?))", (listed,))))

    def document(self, row_id: int) -> Document | None:
        """What a search looks through of the conversation of a row; None where it is erased."""
        row: ConversationRow | None = (
            ConversationRow.select().where(ConversationRow.id == row_id).get_or_none(self._database)
        )
        sealer = self.sealer(row) if row else None
        if row is None or sealer is None:
            return None
        text = loading.to_text(row, sealer)
        assists = queries.children(self._database, AssistRow.select(), row.id)
        summary = loading.to_assist(assists[0], (), sealer).summary if assists else Summary()
        lines = (summary.issue, *summary.tried, summary.feeling, summary.wants, *summary.open)
        return Document(
            text=(
                *(turn.text for turn in self.turns(row, sealer)),
                *(aside[0] for aside in text.asides),
                *(line.text for line in lines if line),
            ),
            customer=text.customer or "",
            tags=text.tags,
        )

    def turns(self, row: ConversationRow, sealer: Sealer) -> list[Turn]:
        """What was said."""
        rows = queries.children(self._database, TurnRow.select().order_by(TurnRow.i), row.id)
        return [loading.to_turn(turn, sealer) for turn in rows]

    def suggestions(self, row_id: int) -> list[SuggestionRow]:
        """The rows of the replies, in the order of their slots."""
        return queries.children(self._database, SuggestionRow.select().order_by(SuggestionRow.slot), row_id)

    def kept(self, row: ConversationRow, sealer: Sealer) -> Kept:
        """A whole conversation."""
        text = loading.to_text(row, sealer)
        readings = queries.children(self._database, ReadingRow.select().order_by(ReadingRow.turn), row.id)
        spikes = queries.children(self._database, SpikeRow.select().order_by(SpikeRow.n), row.id)
        assists = queries.children(self._database, AssistRow.select(), row.id)
        replies = (loading.to_reply(one, loading.to_suggestion_text(one, sealer)) for one in self.suggestions(row.id))
        analysis = Analysis(
            conversation=loading.to_conversation(row, text, self.turns(row, sealer)),
            mood=loading.to_mood(
                row,
                text,
                (loading.to_reading(one, sealer) for one in readings),
                (loading.to_spike(one, sealer) for one in spikes),
            ),
            assist=loading.to_assist(assists[0], replies, sealer) if assists else None,
        )
        return Kept(row.id, row.key, row.change, row.customer_id, analysis, text.tags, text.originals)
