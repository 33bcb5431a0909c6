"""The encrypted history: what was analysed, and what became of each suggestion."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import peewee
from peewee import fn

from agent_assist import secrets
from agent_assist.errors import BugError, KnownError
from agent_assist.history import database, homes, loading, queries, rows
from agent_assist.history.merging import merge
from agent_assist.history.migrations import migrate
from agent_assist.history.sessions import Session
from agent_assist.history.tables import (
    AssistRow,
    ChoiceRow,
    ConversationRow,
    CorrectionRow,
    ReadingRow,
    SearchRow,
    SpikeRow,
    SuggestionRow,
    TurnRow,
)
from agent_assist.paths import Places
from agent_assist.records import Analysis, Choice, Correction, HistoryItem, Outcome

_CORRECTION_KEY = (CorrectionRow.ref, CorrectionRow.turn)
_CHOICE_KEY = (ChoiceRow.ref, ChoiceRow.turns, ChoiceRow.slot)
Items = list[HistoryItem]
"""Named outside the class, in which `list` is a method."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What the agent did with a suggested reply.

    Attributes:
        text: what the reply had become, where the agent edited it.
        at: when, aware, UTC.
    """

    outcome: Outcome
    text: str | None
    at: datetime


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class History:
    """The store, on one connection that belongs to the thread that opened it.

    Every method but `close` raises BugError in another thread, and KnownError where the disk, the file or another
    process is in the way; nothing saved before is lost then. A write is whole and lasting when its method returns.
    """

    def __init__(self, places: Places, opened: peewee.SqliteDatabase, clock: Callable[[], datetime]) -> None:
        self._path = places.history
        self._database = opened
        self._clock = clock
        self._thread = threading.get_ident()
        self._session = Session()

    @staticmethod
    def open(places: Places, passphrase: str | None = None, clock: Callable[[], datetime] = utc_now) -> History:
        """Opens the history, makes it on first use, and brings its tables up to date.

        Args:
            places: where it is.
            passphrase: what the person typed; None takes `AGENT_ASSIST_PASSPHRASE`, where it is set.
            clock: the time now, aware.

        Raises:
            Locked: a passphrase is needed and there is none; `secrets.WrongPassphrase` where it is not the right one.
            KnownError: the key cannot be had, the file is damaged, from a newer version or cannot be written to, or
                another process holds it.
        """
        places.create()
        given = secrets.passphrase_from_environment() if passphrase is None else passphrase
        opened = database.connect(places.history, secrets.database_key(places, given))
        with ExitStack() as on_failure:
            on_failure.callback(opened.close)
            with database.known_errors(places.history):
                migrate(opened)
            on_failure.pop_all()
        history = History(places, opened, clock)
        history._blank_lost_links()
        return history

    def close(self) -> None:
        """Closes the file; a second call does nothing. May be called in any thread once no other call is running."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def save(self, analysis: Analysis) -> None:
        """Saves a conversation, or renews what is saved of it, in one transaction.

        What is saved already and does not come again stays, see `merge`: turns that a page shows no longer, notes, what
        was proposed. Outcomes stay with replies of the same text. Another conversation that came with the same id, from
        another export say, is kept under an id of its own; a live one whose messages were all edited is not another.
        """
        with self._writing():
            saved = homes.settle(self._database, analysis.conversation, self._session)
            if saved is not None:
                analysis = merge(self._analysis(saved), analysis)
            kept = queries.outcomes_by_text(self._database, analysis.conversation.id)
            owner = queries.put_conversation(self._database, rows.conversation_row(analysis, self._clock()))
            queries.delete_children(self._database, owner)
            for table, children in _child_rows(owner, analysis, kept):
                queries.insert(self._database, table, children)
        self._session.note_saved(analysis.conversation)

    def load(self, conversation_id: str) -> Analysis:
        """The analysis as it was saved.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._reading():
            return self._analysis(queries.find(self._database, conversation_id))

    def reply_text(self, conversation_id: str, slot: int) -> str | None:
        """The reply in a slot (from 0) of a saved conversation; None where nothing such is saved."""
        with self._reading():
            query = SuggestionRow.select().join(ConversationRow)
            query = query.where((ConversationRow.ref == conversation_id) & (SuggestionRow.slot == slot))
            row = query.get_or_none(self._database)
            return None if row is None else str(row.text)

    def list(self, limit: int = 200, offset: int = 0) -> Items:
        """The saved conversations, newest first."""
        with self._reading():
            return queries.items(self._database, ConversationRow.select().limit(limit).offset(offset))

    def search(self, text: str, limit: int = 200) -> Items:
        """The conversations in which every word of `text` occurs, newest first; all of them where it is empty.

        A word may be part of a longer one, in a turn, the customer's name or the summary; case does not matter.
        """
        query = ConversationRow.select().join(SearchRow, on=(SearchRow.conversation == ConversationRow.id))
        for word in rows.fold(text).split():
            query = query.where(fn.INSTR(SearchRow.text, word) > 0)
        with self._reading():
            return queries.items(self._database, query.limit(limit))

    def delete(self, conversation_id: str) -> None:
        """Deletes a conversation, older copies of it and everything read from it; its pages are overwritten.

        Older copies are what was set aside under its id where that shares most of its texts with it, or where it was a
        live conversation that was saved and set aside since the history was opened.

        What the agent's corrections in it taught stays, without a word of it and without a link back: see
        `forget_corrections`.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._writing():
            row = queries.find(self._database, conversation_id)
            gone = [row, *homes.older_copies(self._database, row, self._session)]
            for one in gone:
                ConversationRow.delete().where(ConversationRow.id == one.id).execute(self._database)
            queries.blank_links(self._database, [one.ref for one in gone])
        self._session.forget(conversation_id)
        self._cut_log()

    def record_outcome(self, conversation_id: str, slot: int, outcome: Outcome, text: str | None = None) -> None:
        """Records what the agent did with the reply in a slot (from 0). The last call counts.

        Args:
            conversation_id: of a saved conversation.
            slot: which of its replies.
            outcome: what was done; SHOWN is nothing yet, and takes back what was recorded.
            text: what the reply became, where the agent edited it.

        Raises:
            KnownError: there is no such conversation, or it has no reply in that slot.
        """
        values: rows.Row = {"outcome": outcome.value, "outcome_text": text, "outcome_at": rows.stamp(self._clock())}
        if outcome is Outcome.SHOWN:
            values = queries.NO_OUTCOME
        with self._writing():
            owner = queries.find(self._database, conversation_id).id
            here = (SuggestionRow.conversation == owner) & (SuggestionRow.slot == slot)
            if not SuggestionRow.select().where(here).exists(self._database):
                raise KnownError("That reply is not in the history any more. Open the conversation again.")
            SuggestionRow.update(values).where(here).execute(self._database)

    def outcomes(self, conversation_id: str) -> dict[int, Recorded]:
        """What was recorded for each slot; slots of which nothing was recorded are left out.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._reading():
            owner = queries.find(self._database, conversation_id).id
            suggestions = queries.children(self._database, SuggestionRow.select().order_by(SuggestionRow.slot), owner)
        return {
            s.slot: Recorded(Outcome(s.outcome), s.outcome_text, datetime.fromisoformat(s.outcome_at))
            for s in suggestions
            if s.outcome and s.outcome_at
        }

    def add_correction(self, correction: Correction) -> None:
        """Keeps what an agent said of a turn; saying it again of the same turn replaces it.

        It holds no text. The conversation need not be saved: the link to one that is not is blanked when the history
        is next opened.
        """
        with self._writing():
            queries.put(self._database, CorrectionRow, rows.correction_row(correction, self._clock()), _CORRECTION_KEY)

    def remove_correction(self, conversation_id: str, turn: int) -> None:
        """Takes back what an agent said of a turn; does nothing where there is nothing."""
        with self._writing():
            here = (CorrectionRow.ref == conversation_id) & (CorrectionRow.turn == turn)
            CorrectionRow.delete().where(here).execute(self._database)
        self._cut_log()

    def corrections(self) -> tuple[Correction, ...]:
        """Every correction that is kept, oldest first; those whose conversation was erased have "" for its id."""
        with self._reading():
            query = CorrectionRow.select().order_by(CorrectionRow.at, CorrectionRow.id)
            return tuple(loading.to_correction(row) for row in query.execute(self._database))

    def forget_corrections(self) -> None:
        """Deletes every correction; their pages are overwritten. Saved readings keep the labels that were given."""
        with self._writing():
            CorrectionRow.delete().execute(self._database)
        self._cut_log()

    def add_choices(self, choices: Sequence[Choice]) -> None:
        """Keeps what an agent did with the replies of a moment; saying it again replaces it.

        They hold no text. The conversation need not be saved, as for `add_correction`.
        """
        with self._writing():
            for choice in choices:
                queries.put(self._database, ChoiceRow, rows.choice_row(choice, self._clock()), _CHOICE_KEY)

    def choices(self) -> tuple[Choice, ...]:
        """Every choice that is kept, oldest first; those whose conversation was erased have another name for it."""
        with self._reading():
            query = ChoiceRow.select().order_by(ChoiceRow.at, ChoiceRow.id)
            return tuple(loading.to_choice(row) for row in query.execute(self._database))

    def forget_choices(self) -> None:
        """Deletes every choice; their pages are overwritten. Saved replies keep what was recorded of them."""
        with self._writing():
            ChoiceRow.delete().execute(self._database)
        self._cut_log()

    def _analysis(self, row: ConversationRow) -> Analysis:
        turns = queries.children(self._database, TurnRow.select().order_by(TurnRow.i), row.id)
        readings = queries.children(self._database, ReadingRow.select().order_by(ReadingRow.turn), row.id)
        spikes = queries.children(self._database, SpikeRow.select().order_by(SpikeRow.n), row.id)
        assists = queries.children(self._database, AssistRow.select(), row.id)
        suggestions = queries.children(self._database, SuggestionRow.select().order_by(SuggestionRow.slot), row.id)
        return Analysis(
            conversation=loading.to_conversation(row, turns),
            mood=loading.to_mood(row, readings, spikes),
            assist=loading.to_assist(assists[0], suggestions) if assists else None,
        )

    def _blank_lost_links(self) -> None:
        """Takes the ids of conversations that nobody kept from what was learnt in them."""
        with suppress(KnownError), self._known_errors():  # it can wait: the next opening tries again
            lost = queries.lost_links(self._database)
            if lost:
                with self._writing():
                    queries.blank_links(self._database, lost)
                self._cut_log()

    def _cut_log(self) -> None:
        # The log still holds older versions of the pages: move it into the file and cut it off. Where that cannot be
        # done now, what was deleted is deleted all the same, and closing the file does it.
        with suppress(KnownError), self._known_errors():
            database.run(self._database, "PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _known_errors(self) -> Iterator[None]:
        if threading.get_ident() != self._thread:
            raise BugError("the history is used outside the thread that opened it")
        if self._database.is_closed():
            raise BugError("the history is closed")
        with database.known_errors(self._path):
            yield

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """One view of the file, also while another process writes."""
        with self._known_errors(), self._database.atomic():
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A transaction that is the only writer from its first statement on."""
        with self._known_errors(), self._database.atomic("IMMEDIATE"):
            yield


def _child_rows(
    owner: int, analysis: Analysis, kept: dict[str, rows.Row]
) -> Iterator[tuple[type[peewee.Model], list[rows.Row]]]:
    """Everything that hangs on a conversation's row; `kept` holds recorded outcomes by the reply's text."""
    yield TurnRow, rows.turn_rows(owner, analysis.conversation)
    yield ReadingRow, rows.reading_rows(owner, analysis.mood.readings)
    yield SpikeRow, rows.spike_rows(owner, analysis.mood.spikes)
    yield SearchRow, [{"conversation": owner, "text": rows.search_text(analysis)}]
    if analysis.assist is not None:
        replies = rows.suggestion_rows(owner, analysis.assist.replies)
        yield AssistRow, [rows.assist_row(owner, analysis.assist)]
        yield SuggestionRow, [{**row, **kept.get(str(row["text"]), queries.NO_OUTCOME)} for row in replies]
