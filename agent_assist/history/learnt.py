"""What agents said of readings and did with replies: kept without a word of it, so that it outlives erasing."""

from __future__ import annotations

from collections.abc import Sequence

from agent_assist.history import loading, queries, rows
from agent_assist.history.opened import Opened
from agent_assist.history.tables import ChoiceRow, CorrectionRow
from agent_assist.records import Choice, Correction

_CORRECTION_KEY = (CorrectionRow.ref, CorrectionRow.turn)
_CHOICE_KEY = (ChoiceRow.ref, ChoiceRow.turns, ChoiceRow.slot)


class Learnt(Opened):
    """The part of the history that keeps corrections and choices."""

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

    def _blank_lost_links(self) -> bool:
        """Takes the ids of conversations that nobody kept from what was learnt in them; whether there were any."""
        lost = queries.lost_links(self._database)
        queries.blank_links(self._database, lost)
        return bool(lost)
