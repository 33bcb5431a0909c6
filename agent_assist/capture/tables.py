"""Tables whose columns a person puts right: what is guessed, how it reads as told, and what is remembered of it."""

from __future__ import annotations

from pathlib import Path

from agent_assist.capture.reader import read, table_of
from agent_assist.capture.sheet.choice import Choice
from agent_assist.capture.sheet.columns import Guess
from agent_assist.capture.sheet.remembered import Remembered
from agent_assist.records import Conversation


class Tables:
    """One installation's tables. Its methods may take a second for a large one: they belong to a lane.

    Args:
        path: where choices are remembered.
    """

    def __init__(self, path: Path) -> None:
        self.remembered = Remembered(path)

    def look(self, data: str | bytes) -> Guess | None:
        """The columns of a text as guessed; None where it is no table.

        Raises:
            KnownError: it is no text.
        """
        return table_of(data)

    def read(self, data: str | bytes, choice: Choice) -> list[Conversation]:
        """The conversations of a table whose columns are told.

        Raises:
            KnownError: nothing in it can be used so.
        """
        return read(data, columns=choice)

    def remember(self, header: tuple[str, ...], choice: Choice | None) -> None:
        """Reads tables with these titles so from now on; None has them guessed again.

        Raises:
            KnownError: it cannot be written down.
        """
        if choice is None:
            self.remembered.forget(header)
        else:
            self.remembered.keep(header, choice)
