"""The one way to what is kept, for the window and the command line alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from agent_assist.custody.vault import Vault
from agent_assist.errors import KnownError
from agent_assist.jobs import CancelToken
from agent_assist.records import (
    Action,
    Analysis,
    AuditEntry,
    AuditVerdict,
    BackupItem,
    CustomerItem,
    Erased,
    FollowUp,
    Health,
    HistoryItem,
    Outcome,
    Query,
)
from agent_assist.settings import EXPORT, KEEP_DAYS, REDACT_EXPORT, REDACT_NAMES, REDACT_STORE, Option

if TYPE_CHECKING:  # databases and detectors are loaded when they are first needed: the window shows before
    from agent_assist.privacy.redaction import Redactor


_NOTHING: Mapping[str, str] = {}
_IN_USE = "in use"
_DAY = 24 * 3600
_ABSENCE = 35 * _DAY
"""Seconds: longer than a holiday."""
_REDACTORS = 16
"""Conversations whose placeholders are remembered: more than are open at once."""


class Custody(Vault):
    """Keeps, finds, copies and erases; each act that an auditor asks for is noted. See `Vault` for its making.

    Its methods block and belong to lane "db", but those of the copies, which may run in lane "copies" meanwhile.
    Where the history is not open they raise Locked.
    """

    # --- conversations

    def keep(self, analysis: Analysis) -> None:
        """Saves a conversation, with what the settings black out in what is kept replaced.

        Raises:
            Gone: it was erased meanwhile, and `keep_again` was not asked for.
            KnownError: it cannot be written; what was saved before stays.
        """
        again = analysis.conversation.id in self._again
        blacked, originals = self._for_store(analysis)
        self._opened.save(blacked, originals, anew=again)
        self._again.discard(analysis.conversation.id)

    def keep_again(self, conversation_id: str) -> None:
        """The person wants it kept, whatever was erased of it before: the next `keep` does. Any thread, and cheap."""
        self._again.add(conversation_id)

    def load(self, conversation_id: str, *, viewed: bool = True) -> Analysis:
        """A saved conversation.

        Args:
            conversation_id: its id.
            viewed: whether a person will see it, which the audit trail tells.

        Raises:
            KnownError: there is none.
        """
        analysis = self._opened.load(conversation_id)
        if viewed:
            self._trail.note(Action.VIEW, self._opened.audit_name(conversation_id))
        return analysis

    def reveal(self, conversation_id: str) -> Analysis:
        """A saved conversation with what was blacked out in its messages put back, where it was kept at all.

        Cards, codes and passwords are kept nowhere and stay as they are. The audit trail tells of each such look.

        Raises:
            KnownError: there is none.
        """
        from agent_assist.privacy.redaction import restore

        analysis = self._opened.load(conversation_id)
        originals = self._opened.originals(conversation_id)
        self._trail.note(Action.REVEAL, self._opened.audit_name(conversation_id))
        turns = tuple(
            replace(turn, text=restore(turn.text, originals), name=turn.name and restore(turn.name, originals))
            for turn in analysis.conversation.turns
        )
        return replace(analysis, conversation=replace(analysis.conversation, turns=turns))

    def find(self, query: Query | str, limit: int = 200, offset: int = 0) -> Sequence[HistoryItem]:
        """The conversations that a query asks for, newest first; all of them where it asks nothing.

        Raises:
            KnownError: a value of a text query is not one that can be asked for.
        """
        from agent_assist.history.asking import parse_query

        asked = parse_query(query, self._clock().astimezone().date()) if isinstance(query, str) else query
        return self._opened.find(asked, limit, offset)

    def customers(self, words: str = "", limit: int = 200) -> Sequence[CustomerItem]:
        """The customers whose names have words that begin so, latest first."""
        return self._opened.customers(words, limit)

    def customer(self, name: str) -> Sequence[HistoryItem]:
        """Every saved conversation under a customer's name, newest first."""
        return self._opened.customer(name)

    def set_tags(self, conversation_id: str, tags: tuple[str, ...]) -> None:
        """Gives a conversation these tags in the place of those it had."""
        self._opened.set_tags(conversation_id, tags)

    def set_held(self, conversation_id: str, held: bool) -> None:
        """Puts a conversation under a legal hold, under which nothing erases it, or ends that."""
        self._opened.set_held(conversation_id, held)
        self._trail.note(Action.HOLD, self._opened.audit_name(conversation_id), held=held)

    def export(self, conversation_id: str) -> Analysis:
        """A saved conversation to be given away, with what the settings black out in exports replaced.

        Raises:
            KnownError: there is none, or exports are not allowed.
        """
        if not self._settings[EXPORT]:
            reason = self._settings.locked(EXPORT) or "The settings say so."
            raise KnownError(f"Conversations may not be exported here. {reason}")
        analysis = self._opened.load(conversation_id)
        level = self._settings[REDACT_EXPORT]
        self._trail.note(Action.EXPORT, self._opened.audit_name(conversation_id), redacted=level)
        return self._redactor(REDACT_EXPORT).analysis(analysis)[0]

    def record_outcome(self, analysis: Analysis, slot: int, outcome: Outcome, text: str | None) -> None:
        """Records what the agent did with a reply of a saved conversation, if that is the saved reply in that slot.

        Ids come from outside: only where the saved reply has the words of the one that is shown is it the same.
        """
        if self._history is None or analysis.assist is None:
            return
        kept = self._for_store(analysis)[0]
        shown = kept.assist.replies[slot].text if kept.assist is not None else ""
        if self._history.reply_text(analysis.conversation.id, slot) == shown:
            edited = None if text is None else self._store_redactor(analysis.conversation.id).text(text)
            self._history.record_outcome(analysis.conversation.id, slot, outcome, edited)

    # --- erasing

    def erase(self, conversation_id: str) -> Erased:
        """Erases a conversation: its key, its rows, its words in the index, and its rows in every backup in reach.

        Raises:
            KnownError: there is none, it is under a legal hold, or the files cannot be written to.
        """
        return self._erase([conversation_id], Action.ERASE)

    def erase_customer(self, name: str) -> Erased:
        """Erases every conversation under a customer's name; those under a legal hold stay and are told."""
        items = self.customer(name)
        held = tuple(item.id for item in items if item.held)
        return self._erase([item.id for item in items if not item.held], Action.ERASE, held)

    def due(self) -> Sequence[HistoryItem]:
        """What `retain` would erase today, newest first."""
        history, days = self._opened, self._settings[KEEP_DAYS]
        return history.due(days, self._clock().astimezone().date()) if days else []

    def retain(self, *, unasked: bool = False) -> Erased:
        """Erases what is older than the settings keep it.

        Args:
            unasked: nobody has looked at what would go: then a clock that may be wrong erases nothing.

        Raises:
            KnownError: unasked, and weeks have passed since the history was last in use, or so the clock says.
        """
        now = int(self._clock().timestamp())
        last = self._opened.recall(_IN_USE)
        if unasked and last is None:  # nothing tells yet whether the clock is right: the next look, in a while, does
            self._opened.remember(_IN_USE, now)
            return Erased(0)
        if unasked and last is not None and now - last > _ABSENCE and self.due():
            raise KnownError(
                f"The clock says that {(now - last) // _DAY} days have passed since the history was last in use, so "
                "nothing was erased by age. If the date is right, erase under Privacy & safety, or with: agent-assist "
                "history retain"
            )
        self._opened.remember(_IN_USE, now)
        return self._erase([item.id for item in self.due()], Action.RETAIN)

    def _erase(self, ids: Sequence[str], action: Action, held: tuple[str, ...] = ()) -> Erased:
        if not ids:
            return Erased(0, held)
        history, key = self._opened, self._open_key
        # Before: where the trail cannot be written to nothing is erased, rather than erased in silence.
        self._trail.note_all([(action, history.audit_name(one), {}) for one in ids])
        try:
            gone = history.delete_many(ids)
        except KnownError:
            with suppress(KnownError):
                self._trail.note(action, done=False, conversations=len(ids))
            raise
        for one in [asked for asked in self._redactors if asked[0] in ids]:
            del self._redactors[one]
        copies, unreached = self._copies.forget(key, gone)
        if not unreached:
            history.finished(gone)
        self._on_open(history)
        with suppress(KnownError):  # it is erased: a disk that is full by now changes nothing about that
            self._trail.note(action, conversations=len(ids), copies=copies, reached=not unreached)
        return Erased(len(ids), held, copies, unreached, tuple(ids))

    # --- follow-ups

    def add_follow_up(self, conversation_id: str, text: str, due: date) -> FollowUp:
        """Notes something to come back to.

        Raises:
            KnownError: there is no such conversation, or the text is empty.
        """
        return self._opened.add_follow_up(conversation_id, text, due)

    def follow_ups(self, open_only: bool = True) -> Sequence[FollowUp]:
        """What is to be come back to, soonest first."""
        return self._opened.follow_ups(open_only)

    def finish_follow_up(self, number: int) -> None:
        """Marks one as done."""
        self._opened.finish_follow_up(number)

    def remove_follow_up(self, number: int) -> None:
        """Takes one away."""
        self._opened.remove_follow_up(number)

    # --- copies: these may run in lane "copies"

    def backups(self) -> Sequence[BackupItem]:
        """The backups in the folder, newest first."""
        return self._copies.list()

    def back_up(
        self,
        to: Path | None = None,
        on_progress: Callable[[float], None] = lambda _done: None,
        token: CancelToken | None = None,
    ) -> BackupItem:
        """Makes a backup and verifies it; old ones go as the schedule has it.

        Args:
            to: another folder, for one of the person's own; None takes the usual one.
            on_progress: told from 0 to 1.
            token: stops it; nothing is left behind then.

        Raises:
            KnownError: there is no room, or the folder cannot be written to.
            Cancelled: the token was cancelled.
        """
        token = token or CancelToken()
        with self._files:
            self._copying = token
            made = self._copies.make(self._open_key, to, on_progress, token)
        self._trail.note(Action.BACKUP, conversations=made.conversations or 0)
        return made

    def backup_due(self) -> bool:
        """Whether the settings ask for backups and today's is missing."""
        return self._copies.due()

    def health(self) -> Health:
        """How the files are, as far as it is known now. Cheap."""
        return self._copies.health()

    def check(self, full: bool) -> Health:
        """Looks at the files again; in full it reads every page of them."""
        with self._files:
            return self._copies.check(self._open_key, full)

    def check_due(self) -> bool:
        """Whether a day has passed since every page was looked at."""
        return self._copies.check_due()

    # --- the audit trail

    def audit(self, limit: int = 200) -> Sequence[AuditEntry]:
        """The latest entries, newest first."""
        return self._trail.entries(limit)

    def verify_audit(self) -> AuditVerdict:
        """Whether the trail is whole."""
        verdict = self._trail.verify()
        self._trail.note(Action.VERIFY, good=verdict.good)
        return verdict

    def export_audit(self, path: Path) -> int:
        """Writes the trail to a file; how many entries it has.

        Raises:
            KnownError: the file is there already or cannot be written.
        """
        return self._trail.export(path)

    def begin_audit_again(self) -> Path:
        """Sets the trail aside, whatever is wrong with it, and begins a new one that says so; where the old one is."""
        return self._trail.begin_again()

    def note(self, action: Action, subject: str = "", **detail: str | int | bool) -> None:
        """Adds an entry; while the history is locked it waits for the unlock."""
        self._trail.note(action, subject, **detail)

    def _for_store(self, analysis: Analysis) -> tuple[Analysis, dict[str, str]]:
        blacked, originals = self._store_redactor(analysis.conversation.id).analysis(analysis)
        # The name stays on the customer's own sealed row: without it nobody could find them, to erase them say.
        named = replace(blacked.conversation, customer=analysis.conversation.customer)
        return replace(blacked, conversation=named), originals

    def _store_redactor(self, conversation_id: str) -> Redactor:
        """The one of this conversation, which goes on with it and with what was saved of it before."""
        asked = conversation_id, self._settings[REDACT_STORE], self._settings[REDACT_NAMES]
        if asked not in self._redactors:
            while len(self._redactors) >= _REDACTORS:
                del self._redactors[next(iter(self._redactors))]
            known: Mapping[str, str] = {}
            with suppress(KnownError):  # nothing is saved of it yet
                known = self._opened.originals(conversation_id)
            self._redactors[asked] = self._redactor(REDACT_STORE, known)
        return self._redactors[asked]

    def _redactor(self, option: Option[str], known: Mapping[str, str] = _NOTHING) -> Redactor:
        from agent_assist.privacy.redaction import Redactor

        return Redactor(self._settings[option], names=self._settings[REDACT_NAMES], known=known)
