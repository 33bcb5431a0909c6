"""The encrypted history: what was analysed, and what became of each suggestion."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import erasing, files, homes, loading, queries, rows
from agent_assist.history.becoming import Becoming
from agent_assist.history.customers import Customers
from agent_assist.history.files import Files
from agent_assist.history.following import Following
from agent_assist.history.learnt import Learnt
from agent_assist.history.saving import Saver
from agent_assist.history.sessions import Session
from agent_assist.history.tables import ConversationRow, StateRow
from agent_assist.paths import Places
from agent_assist.records import (
    Analysis,
    CustomerItem,
    HistoryItem,
    Query,
)

# Named outside the class, in which `list` is a method.
Items = list[HistoryItem]
CustomerItems = list[CustomerItem]
Rows = list[ConversationRow]

_LOOKED_THROUGH = 5000
"""Conversations, the newest first, that are looked through for customers of a name."""

_NO_ORIGINALS: Mapping[str, str] = {}


def utc_now() -> datetime:
    """The time now, aware."""
    return datetime.now(UTC)


class History(Becoming, Following, Learnt):
    """The store: conversations, customers, search and erasing here, and what hangs on conversations in its bases.

    Every method but `close` raises BugError in another thread, and KnownError where the disk, a file or another
    process is in the way; nothing saved before is lost then. A write is whole and lasting when its method returns.
    """

    def __init__(self, opened: Files, clock: Callable[[], datetime]) -> None:
        super().__init__(opened, clock)
        self._session = Session()
        self._saver = Saver(self._database, self._keys, self._reader, self._session)
        self._customers = Customers(self._database, self._keys)
        self._is_swept = True

    @staticmethod
    def open(
        places: Places,
        passphrase: str | None = None,
        clock: Callable[[], datetime] = utc_now,
        key: bytes | None = None,
    ) -> History:
        """Opens the history, makes it on first use, and brings its tables up to date.

        Args:
            places: where it is.
            passphrase: what the person typed; None takes `AGENT_ASSIST_PASSPHRASE`, where it is set.
            clock: the time now, aware.
            key: the database key, where it is known already: then none is asked for.

        Raises:
            Locked: a passphrase is needed and there is none; `secrets.WrongPassphrase` where it is not the right one.
            KnownError: the key cannot be had, a file is damaged, from a newer version or cannot be written to, the keys
                of the conversations are missing, or another process is in the way.
        """
        places.create()
        if key is None:
            given = secrets.passphrase_from_environment() if passphrase is None else passphrase
            key = secrets.database_key(places, given)
        history = History(Files.open(places, key), clock)
        history._finish_what_was_begun()
        return history

    @staticmethod
    def rekey(places: Places, old: bytes, new: bytes) -> None:
        """Encrypts the closed history and all its keys with another key, see `files.rekey`.

        Raises:
            KnownError: a file is damaged or cannot be written to, or another process has it open.
        """
        files.rekey(places, old, new)

    def close(self) -> None:
        """Closes the files and forgets keys and texts; a second call does nothing.

        May be called in any thread once no other call is running.
        """
        self._saver.forget()
        super().close()

    # --- conversations

    def save(self, analysis: Analysis, originals: Mapping[str, str] = _NO_ORIGINALS, *, anew: bool = False) -> None:
        """Saves a conversation, or renews what is saved of it, in one transaction.

        What is saved already and does not come again stays, see `merge`: turns that a page shows no longer, notes, what
        was proposed. Outcomes stay with replies of the same text. Another conversation that came with the same id, from
        another export say, is kept under an id of its own; a live one whose messages were all edited is not another.

        Args:
            analysis: the conversation with what was read from it.
            originals: what was blacked out in it, by what stands for it; kept sealed with the conversation's key.
            anew: whether it is kept again on purpose where it was erased since this opening saved or loaded it.

        Raises:
            Gone: it was erased since this opening saved or loaded it, and `anew` is not given.
        """
        with self._writing():
            saved = self._saver.save(analysis, originals, self._clock(), anew=anew)
        self._saver.remember(saved.kept)
        self._session.note_saved(analysis.conversation)
        if saved.left is not None:
            # Only now: a destroyed key is gone whatever becomes of the transaction.
            with suppress(KnownError), self._writing():  # it is saved all the same, and the next opening does it
                erasing.drop_empty_customers(self._database, self._keys, [saved.left])

    def load(self, conversation_id: str) -> Analysis:
        """The analysis as it was saved.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._reading():
            kept = self._reader.kept(*self._reader.find(conversation_id))
        self._saver.note(kept)
        return kept.analysis

    def originals(self, conversation_id: str) -> dict[str, str]:
        """What was blacked out in a conversation when it was saved, by what stands for it.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._reading():
            return loading.to_text(*self._reader.find(conversation_id)).originals

    def count(self) -> int:
        """How many conversations are saved."""
        with self._reading():
            return queries.numbers(self._database, "SELECT count(*) FROM conversation")[0][0]

    def list(self, limit: int = 200, offset: int = 0) -> Items:
        """The saved conversations, newest first."""
        with self._reading():
            return self._reader.items(ConversationRow.select().limit(limit).offset(offset))

    def find(self, query: Query, limit: int = 200, offset: int = 0) -> Items:
        """The conversations that a query asks for, newest first; all of them where it asks nothing."""
        with self._known_errors():
            found = self._finder.find(query, limit, offset)
        with self._reading():
            return self._reader.items_of(found)

    def search(self, text: str, limit: int = 200) -> Items:
        """The conversations in which every word of `text` occurs, newest first; all of them where it has no word.

        A word may be the beginning of a longer one, in a turn, the customer's name, a note, a tag or the summary; case
        and accents do not matter.
        """
        return self.find(Query(words=text), limit)

    def catch_up(self, limit: int = 500) -> int:
        """Brings the index of words up to date; for idle time, since each search does it too.

        Args:
            limit: how many conversations at most.

        Returns:
            How many are still to be taken in.
        """
        with self._known_errors():
            return self._finder.catch_up(limit)

    def set_tags(self, conversation_id: str, tags: Sequence[str]) -> None:
        """Gives a conversation these tags in the place of those it had, each once and without blanks around it.

        Raises:
            KnownError: there is no such conversation.
        """
        named = tuple(dict.fromkeys(tag.strip() for tag in tags if tag.strip()))
        with self._writing():
            row, sealer = self._reader.find(conversation_id)
            text = rows.with_tags(loading.to_text(row, sealer), named)
            values: rows.Row = {"sealed": sealer.seal("conversation", 0, text)}
            self._change(row, values)

    def set_held(self, conversation_id: str, held: bool) -> None:
        """Puts a conversation under a legal hold, under which nothing erases it, or ends that.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._writing():
            row, _ = self._reader.find(conversation_id)
            self._change(row, {"held": held})

    def due(self, keep_days: int, today: date) -> Items:
        """The conversations that were last saved more than some days ago and are not held, newest first.

        Role-play counts too: what was practised was saved, and what is saved is not kept for ever.

        Args:
            keep_days: days to keep, 1 and more.
            today: the day now, in local time.
        """
        first_kept = datetime.combine(today - timedelta(days=keep_days), time.min).astimezone()
        older = (ConversationRow.saved_at < rows.stamp(first_kept)) & ~ConversationRow.held
        with self._reading():
            return self._reader.items(ConversationRow.select().where(older))

    # --- customers

    def customers(self, words: str = "", limit: int = 200) -> CustomerItems:
        """Customers of whose names each of the words begins a word, whoever was last saved first."""
        of = None
        if words.strip():
            with self._known_errors():
                of = self._finder.find(Query(customer=words), limit=_LOOKED_THROUGH)
        with self._reading():
            return self._customers.newest(limit, of)

    def customer(self, name: str) -> Items:
        """Every conversation under a customer's name, whatever its case and blanks, newest first."""
        with self._reading():
            row = self._customers.find(name)
            query = ConversationRow.select().where(ConversationRow.customer_id == (row.id if row else None))
            return self._reader.items(query) if row else []

    # --- erasing

    def delete(self, conversation_id: str) -> tuple[int, ...]:
        """Erases a conversation, see `delete_many`."""
        return self.delete_many([conversation_id])

    def delete_many(self, conversation_ids: Sequence[str]) -> tuple[int, ...]:
        """Erases conversations, older copies of them and everything read from them, and customers who have none left.

        Their keys are destroyed first, which no copy of the files survives; then their rows go, whose pages are
        overwritten, and their words in the index. Older copies are what was set aside under the same id where that
        shares most of its texts, or where it was a live conversation that was saved and set aside since the history
        was opened; one that is held stays.

        What the agent's corrections in it taught stays, without a word of it and without a link back: see
        `forget_corrections`.

        Returns:
            Numbers of the destroyed keys, by which backups know the rows. `finished` is to be told them once those are
            gone from there too.

        Raises:
            KnownError: one of them is not there, or is under a legal hold; then none is erased.
        """
        with self._writing():
            found = {row.id: row for one in conversation_ids for row in self._with_older_copies(one)}
            gone = erasing.erase(self._database, self._keys, tuple(found.values()))
        for conversation_id in conversation_ids:
            self._session.forget(conversation_id)
        self._saver.forget()
        self._forget_words(gone)
        self._cut_log()
        return gone.keys

    def unfinished(self) -> tuple[int, ...]:
        """Numbers of destroyed keys whose rows may still lie in a backup."""
        with self._known_errors():
            return self._keys.unfinished()

    def finished(self, keys: Sequence[int]) -> None:
        """Counts these erasures as done: the rows are gone from every backup in reach."""
        with self._known_errors():
            if not self._is_swept:
                self._finder.sweep()
                self._is_swept = True
            self._keys.finished(keys)

    def sweep(self) -> int:
        """Takes away every row whose key is destroyed; for after a restore of an older backup.

        Returns:
            How many conversations were taken away.
        """
        with self._writing():
            gone = erasing.sweep(self._database, self._keys)
        self._saver.forget()
        with self._known_errors():
            self._finder.sweep()
        self._cut_log()
        return len(gone.rows)

    def audit_name(self, conversation_id: str) -> str:
        """What the audit trail calls a conversation: 16 hexadecimal digits that tell nothing and never change.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._reading():
            row, _ = self._reader.find(conversation_id)
            return hmac.digest(self._keys.secret("audit"), b"conversation %d" % row.key, "sha256")[:8].hex()

    def secret(self, name: str) -> bytes:
        """A random secret of this history, 32 bytes, which a re-key does not change; see `ConversationKeys.secret`."""
        with self._known_errors():
            return self._keys.secret(name)

    def recall(self, name: str) -> int | None:
        """The number that was remembered under a name of ours; None where none was."""
        with self._reading():
            row = StateRow.select().where(StateRow.name == name).get_or_none(self._database)
            return None if row is None else row.value

    def remember(self, name: str, value: int) -> None:
        """Keeps a number about the history as a whole, in the place of the one before."""
        with self._writing():
            queries.put(self._database, StateRow, {"name": name, "value": value}, (StateRow.name,))

    # --- inside

    def _change(self, row: ConversationRow, values: rows.Row) -> None:
        """Renews columns of a conversation's row, so that the index of words and other processes take note."""
        number = queries.next_change(self._database)
        queries.update(self._database, "conversation", row.id, values | {"change": number})

    def _with_older_copies(self, conversation_id: str) -> Rows:
        home = homes.Home(*self._reader.find(conversation_id))
        if home.row.held:
            raise KnownError("That conversation is under a legal hold and is not erased. End the hold first.")
        older = homes.older_copies(self._database, self._reader, home, self._session)
        return [home.row, *(row for row in older if not row.held)]

    def _forget_words(self, gone: erasing.Gone) -> None:
        try:
            self._finder.forget(gone.rows)
        except KnownError:  # the conversations are erased all the same; `finished` tries again, as does each opening
            self._is_swept = False

    def _finish_what_was_begun(self) -> None:
        """Takes away what an erasure left that was cut short, and the ids of conversations that nobody kept."""
        with suppress(KnownError):  # it can wait: nothing of it is shown, and the next opening tries again
            erased = self.unfinished()
            with self._writing():
                left = bool(erasing.sweep(self._database, self._keys, erased).keys) if erased else False
                left = self._blank_lost_links() or left
                if empty := queries.empty_customers(self._database):
                    erasing.drop_empty_customers(self._database, self._keys, empty)
            if erased:
                self._is_swept = False
                self._finder.sweep()
                self._is_swept = True
            if left:
                self._cut_log()
