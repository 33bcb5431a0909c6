"""Follow-ups: what an agent wants to come back to, sealed with the key of its conversation."""

from __future__ import annotations

from datetime import date

from agent_assist.errors import KnownError
from agent_assist.history import loading, queries
from agent_assist.history.opened import Opened
from agent_assist.history.rows import Row, stamp
from agent_assist.history.tables import ConversationRow, FollowUpRow
from agent_assist.records import FollowUp


class Following(Opened):
    """The part of the history that keeps follow-ups."""

    def add_follow_up(self, conversation_id: str, text: str, due: date) -> FollowUp:
        """Notes something to come back to.

        Raises:
            KnownError: there is no such conversation, or the text is empty.
        """
        text = text.strip()
        if not text:
            raise KnownError("A follow-up needs a few words: say what is to be done.")
        with self._writing():
            row, sealer = self._reader.find(conversation_id)
            # Its number is part of its seal, and known only once it is there.
            values: Row = {"conversation_id": row.id, "due": due.isoformat(), "done_at": None, "sealed": b""}
            number = queries.insert_one(self._database, "follow_up", values)
            queries.update(self._database, "follow_up", number, {"sealed": sealer.seal("follow_up", number, text)})
        return FollowUp(number, conversation_id, text, due)

    def follow_ups(self, open_only: bool = True) -> list[FollowUp]:
        """What is to be come back to, soonest first."""
        query = FollowUpRow.select(FollowUpRow, ConversationRow).join(ConversationRow)
        if open_only:
            query = query.where(FollowUpRow.done_at.is_null())
        with self._reading():
            rows: list[FollowUpRow] = list(query.order_by(FollowUpRow.due, FollowUpRow.id).execute(self._database))
            owners = ((row, row.conversation, self._reader.sealer(row.conversation)) for row in rows)
            return [loading.to_follow_up(row, owner.ref, sealer) for row, owner, sealer in owners if sealer]

    def finish_follow_up(self, number: int) -> None:
        """Marks one as done; the first time counts.

        Raises:
            KnownError: it is not there any more.
        """
        with self._writing():
            self._need_follow_up(number)
            open_still = (FollowUpRow.id == number) & FollowUpRow.done_at.is_null()
            FollowUpRow.update(done_at=stamp(self._clock())).where(open_still).execute(self._database)

    def remove_follow_up(self, number: int) -> None:
        """Takes one away.

        Raises:
            KnownError: it is not there any more.
        """
        with self._writing():
            self._need_follow_up(number)
            queries.delete_rows(self._database, "follow_up", [number])
        self._cut_log()

    def _need_follow_up(self, number: int) -> None:
        if not FollowUpRow.select().where(FollowUpRow.id == number).exists(self._database):
            raise KnownError("That follow-up is not there any more. It may have been removed.")
