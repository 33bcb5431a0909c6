"""What a person once said of the columns of a table, for the next table with the same titles."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec

from agent_assist import log
from agent_assist.capture.sheet import choice as choosing
from agent_assist.capture.sheet import columns, words
from agent_assist.capture.sheet.choice import Choice
from agent_assist.errors import KnownError

_MOST = 100  # tables; the oldest is forgotten
_LARGEST = 1_000_000  # bytes of the file


class _Table(msgspec.Struct, frozen=True):
    titles: tuple[str, ...]
    told: tuple[tuple[str, str], ...]


class Remembered:
    """Choices by the titles of their tables, in a small file of the data folder: titles only, nothing of the rows.

    Args:
        path: the file. One that is damaged counts as empty: it only saves a few clicks.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: dict[tuple[str, ...], _Table] | None = None

    def find(self, text: str) -> Choice | None:
        """What was said of a table with these titles; None where nothing was, or the text is no table.

        Args:
            text: the table, or its beginning.
        """
        tables = self._read()
        guessed = columns.guess(text) if tables else None
        found = tables.get(_key(guessed.columns.header)) if guessed is not None else None
        return Choice(found.told) if found is not None else None

    def keep(self, header: tuple[str, ...], choice: Choice) -> None:
        """Remembers a choice for tables with these titles.

        Raises:
            KnownError: the file cannot be written.
        """
        tables = self._read()
        tables.pop(_key(header), None)
        tables[_key(header)] = _Table(header, choice.told)
        while len(tables) > _MOST:
            del tables[next(iter(tables))]
        self._write(list(tables.values()))

    def forget(self, header: tuple[str, ...]) -> None:
        """Guesses the columns of such tables again; nothing happens where they were guessed anyway.

        Raises:
            KnownError: the file cannot be written.
        """
        tables = self._read()
        if tables.pop(_key(header), None) is not None:
            self._write(list(tables.values()))

    def _read(self) -> dict[tuple[str, ...], _Table]:
        if self._tables is None:
            self._tables = {}
            with suppress(FileNotFoundError):
                try:
                    with self._path.open("rb") as file:
                        found = msgspec.json.decode(file.read(_LARGEST), type=list[_Table])
                    known = [t for t in found if all(part in choosing.PARTS for part, _ in t.told)]
                    self._tables = {_key(table.titles): table for table in known}
                except (PermissionError, IsADirectoryError, msgspec.DecodeError) as error:
                    log.get("capture").warning("remembered columns are not used: %s", type(error).__name__)
        return self._tables

    def _write(self, tables: list[_Table]) -> None:
        fresh = self._path.with_suffix(".json.new")
        try:
            fresh.write_bytes(msgspec.json.format(msgspec.json.encode(tables)))
            fresh.replace(self._path)
        except OSError as error:
            self._tables = None
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise KnownError(
                f"The columns cannot be remembered in {self._path} ({error.strerror}). "
                "Check the folder's permissions and the free space."
            ) from error


def _key(header: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(map(words.bare, header))
