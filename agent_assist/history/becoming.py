"""What became of suggested replies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from agent_assist.errors import KnownError
from agent_assist.history import loading, queries, rows
from agent_assist.history.opened import Opened
from agent_assist.history.rows import Became
from agent_assist.records import Outcome


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


class Becoming(Opened):
    """The part of the history that knows what agents did with replies."""

    def reply_text(self, conversation_id: str, slot: int) -> str | None:
        """The reply in a slot (from 0) of a saved conversation; None where nothing such is saved."""
        with self._reading():
            row = queries.by_ref(self._database, conversation_id)
            sealer = self._reader.sealer(row) if row else None
            if row is None or sealer is None:
                return None
            there = (one for one in self._reader.suggestions(row.id) if one.slot == slot)
            return next((loading.to_suggestion_text(one, sealer).text for one in there), None)

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
        became = Became(outcome.value, text, rows.stamp(self._clock()))
        if outcome is Outcome.SHOWN:
            became = Became()
        with self._writing():
            row, sealer = self._reader.find(conversation_id)
            there = next((one for one in self._reader.suggestions(row.id) if one.slot == slot), None)
            if there is None:
                raise KnownError("That reply is not in the history any more. Open the conversation again.")
            reply = loading.to_reply(there, loading.to_suggestion_text(there, sealer))
            queries.delete_at(self._database, "suggestion", "slot", row.id, [slot])
            queries.insert(self._database, "suggestion", [rows.suggestion_row(row.id, sealer, slot, reply, became)])

    def outcomes(self, conversation_id: str) -> dict[int, Recorded]:
        """What was recorded for each slot; slots of which nothing was recorded are left out.

        Raises:
            KnownError: there is no such conversation.
        """
        with self._reading():
            row, sealer = self._reader.find(conversation_id)
            return {
                one.slot: Recorded(
                    Outcome(one.outcome),
                    loading.to_suggestion_text(one, sealer).outcome_text,
                    datetime.fromisoformat(one.outcome_at),
                )
                for one in self._reader.suggestions(row.id)
                if one.outcome and one.outcome_at
            }
