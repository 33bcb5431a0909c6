"""Which column of a table holds what, as a person says it; what they do not say stays guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from agent_assist.capture.sheet import columns, words
from agent_assist.capture.sheet.columns import Columns
from agent_assist.errors import KnownError

PARTS: Mapping[str, str] = {
    "text": "the message",
    "speaker": "who spoke: names, or customer and agent",
    "name": "the speaker's name",
    "role": "customer or agent",
    "time": "when",
    "day": "the date, where the time has a column of its own",
    "conversation": "what tells conversations apart",
    "message": "the message's number",
    "internal": "what tells internal notes from messages",
}
"""What can be said of a column, and what it means."""
NONE = "-"
"""In place of a column: no column holds it."""
_FIELD = {"internal": "private"}
_PIECE = re.compile(r'\s*(?P<part>[^=,"]*?)\s*=\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^,"]*))\s*(?:,|$)')
_NUMBER = re.compile(r"#(\d{1,3})")
_SHOWN_TITLES = 12
_EXAMPLE = "text=Body,speaker=From,time=Date"


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person says of the columns.

    Attributes:
        told: pairs of one of `PARTS` and a column: its title, "#3" for the third, `NONE` for none.
    """

    told: tuple[tuple[str, str], ...]

    @property
    def titles(self) -> tuple[str, ...]:
        """The columns that are told by title."""
        return tuple(column for _, column in self.told if column != NONE and not _NUMBER.fullmatch(column))


def parse(text: str) -> Choice:
    """Reads "text=Body,speaker=From"; a title that holds a comma stands in quotation marks.

    Raises:
        KnownError: a part is unknown or told twice, or nothing is told.
    """
    told: dict[str, str] = {}
    at = 0
    while text[at:].strip(" ,"):
        found = _PIECE.match(text, at)
        if found is None:
            raise KnownError(f"The columns cannot be understood. Say it so: {_EXAMPLE}")
        at, part = found.end(), found["part"].casefold()
        if part not in PARTS:
            close = get_close_matches(part, PARTS, n=1, cutoff=0.5)
            hint = f' Did you mean "{close[0]}"?' if close else ""
            raise KnownError(f"Columns are told for these: {', '.join(PARTS)}.{hint}")
        if part in told:
            raise KnownError(f'The column for "{part}" is told twice. Name each once.')
        told[part] = (found["quoted"] or found["bare"] or "").strip() or NONE
    if not told:
        raise KnownError(f"No column is told. Say it so: {_EXAMPLE}")
    return Choice(tuple(told.items()))


def settle(text: str, choice: Choice) -> Columns:
    """The columns of a table as told; the parts that are not told as guessed, from the columns that are left.

    Args:
        text: the table, as it was read.
        choice: what is told.

    Raises:
        KnownError: it is no table, has no column of that title or number, or no column is left for the message.
    """
    table = _laid_out(text, choice)
    told = {_FIELD.get(part, part): _find(table, column) for part, column in choice.told}
    if "speaker" in told:
        speaker = told.pop("speaker")
        is_role = speaker is not None and columns.tells_roles_of(text, table, speaker)
        told = {"role": speaker if is_role else None, "name": None if is_role else speaker} | told
    taken = {at for at in told.values() if at is not None}
    guessed = {part: column for part in columns.PARTS if (column := table.part(part)) not in taken}
    at = {part: told[part] if part in told else guessed.get(part) for part in columns.PARTS}
    if at["text"] is None:
        raise KnownError("No column is left for the message. Say which one holds it: text=Body")
    return replace(
        table,
        text=at["text"],
        role=at["role"],
        name=at["name"],
        time=at["time"],
        day=at["day"],
        conversation=at["conversation"],
        message=at["message"],
        private=at["private"],
    )


def _laid_out(text: str, choice: Choice) -> Columns:
    """The table with its titles: those that are told stand in the row of titles, wherever the guess looks for it."""
    guessed = columns.guess(text)
    if guessed is not None and all(_position(guessed.columns.header, title) is not None for title in choice.titles):
        return guessed.columns
    for candidate in columns.headed(text):
        if choice.titles and all(_position(candidate.header, title) is not None for title in choice.titles):
            return candidate
    if guessed is None:
        raise KnownError("This is no table with a message in each row. Export it with a row of titles.")
    return guessed.columns


def _find(table: Columns, column: str) -> int | None:
    if column == NONE:
        return None
    at = _position(table.header, column)
    if at is None:
        shown = ", ".join(f'"{title}"' for title in table.header[:_SHOWN_TITLES])
        more = " and others" if len(table.header) > _SHOWN_TITLES else ""
        raise KnownError(f'The table has no column "{column}". It has {shown}{more}.')
    return at


def _position(header: tuple[str, ...], column: str) -> int | None:
    """Where a column stands: by its title as written, by the title's words alone, or by number."""
    if column in header:
        return header.index(column)
    bare = [words.bare(title) for title in header]
    wanted = words.bare(column)
    if wanted and wanted in bare:
        return bare.index(wanted)
    number = _NUMBER.fullmatch(column)
    return int(number[1]) - 1 if number and 0 < int(number[1]) <= len(header) else None
