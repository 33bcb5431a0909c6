"""Finding saved conversations by words and by what is known of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple, TypeVar

from peewee import SqliteDatabase

from agent_assist import log, secrets
from agent_assist.errors import BugError, KnownError
from agent_assist.history.database import known_errors
from agent_assist.history.volumes import Asked, Entry, IndexDamaged, Volumes, delete_file
from agent_assist.history.words import indexed, mark, sought
from agent_assist.paths import Places
from agent_assist.records import Query

T = TypeVar("T")

_PURPOSE = "search"
_AT_ONCE = 200  # conversations indexed in one transaction, which another process may wait for
_PER_SEARCH = 500  # conversations that one search indexes before it looks; the rest waits for idle time
_EARLIEST, _LATEST = date(1970, 1, 2), date(2999, 12, 31)  # what every system can tell the local midnight of
_WAY = re.compile(r"[^\s,;\"\[\]]+")


class _Row(NamedTuple):
    """What the index keeps of a conversation's row; the names are the columns'."""

    id: int
    change: int
    saved_at: str
    label: str | None
    spikes: int
    channels: str
    source: str
    held: int
    origin: str


_COLUMNS = ", ".join(_Row._fields)


@dataclass(frozen=True, slots=True)
class Document:
    """The readable texts of one conversation, as they are; the index folds them itself.

    Attributes:
        text: turns, notes, lines of the summary and so on; no run of words goes across two.
        customer: the customer's name, "" where there is none.
        tags: what agents gave it.
    """

    text: Sequence[str]
    customer: str = ""
    tags: Sequence[str] = ()


class Finder:
    """Finds conversations, by an index of words that follows the history and is never ahead of it.

    The index has a connection of its own: a transaction that writes locks every file of its connection, and no save
    shall wait for an index that another process brings up to date. Nothing here is called inside a transaction of the
    history. An index that is damaged, missing or of another key is made again without a word.

    Args:
        opened: the history's connection; the finder only reads.
        places: where the files are.
        key: the history's key, of which the index has its own.
        read: the texts of the conversation of a row's number; None where they cannot be read any more.
    """

    def __init__(
        self,
        opened: SqliteDatabase,
        places: Places,
        key: bytes,
        read: Callable[[int], Document | None],
    ) -> None:
        self._history = opened
        self._places = places
        self._path = places.search_index
        self._key = secrets.subkey(key, _PURPOSE)
        self._read = read
        self._volumes: Volumes | None = None
        self._uncut = False

    def close(self) -> None:
        """Closes the index and forgets its key; a second call does nothing."""
        self._detach()
        self._key = b""

    def find(self, query: Query, limit: int = 200, offset: int = 0) -> list[int]:
        """Numbers of the rows of the conversations that fit, the last change first.

        Every word has to begin a word of the conversation or of its customer's name. Where very many conversations are
        not in the index yet, right after a restore say, the newest are taken in and searched first.

        Args:
            query: what is looked for; what is empty in it asks nothing.
            limit: how many at most.
            offset: how many to leave out before the first.

        Raises:
            KnownError: the disk or another process is in the way.
        """
        asked = Asked(*_expressions(query), _since(query.since), _until(query.until))
        if asked == Asked():
            rows = self._rows("SELECT id FROM conversation ORDER BY change DESC LIMIT ? OFFSET ?", limit, offset)
            return [row[0] for row in rows]
        return self._mended(lambda volumes: self._found(volumes, asked, limit, offset))

    def catch_up(self, limit: int = 500) -> int:
        """Takes into the index what was saved since; for idle time.

        Args:
            limit: how many conversations at most.

        Returns:
            How many are still to be taken in.

        Raises:
            KnownError: the disk or another process is in the way.
        """
        return self._mended(lambda volumes: self._caught_up(volumes, limit))

    def forget(self, conversations: Iterable[int]) -> None:
        """Takes conversations out, without a trace of them in the index's file or its log once this returns.

        Args:
            conversations: numbers of their rows. Their rows or their keys are gone already: otherwise another process
                could be taking them in anew.

        Raises:
            KnownError: the disk or another process is in the way; `sweep` does it then.
        """
        gone = list(conversations)
        self._mended(lambda volumes: self._forgotten(volumes, gone))

    def sweep(self) -> None:
        """Forgets every conversation that the history does not hold any more; for after an erasure that was cut short.

        Raises:
            KnownError: the disk or another process is in the way.
        """
        self._mended(self._swept)

    def rebuild(self) -> None:
        """Throws the index away; it is made again as it is needed.

        Raises:
            KnownError: the file cannot be deleted.
        """
        self._detach()
        delete_file(self._path)

    # --- following the history

    def _follow(self, volumes: Volumes, limit: int) -> int:
        """Takes in what is newer than the index, then what is older, newest first; how many can be left at most."""
        while limit > 0:
            newest = self._newest()
            span = volumes.span()
            if span is not None and span[0] == 0 and span[1] >= newest:
                return 0
            limit -= self._follow_some(volumes, min(limit, _AT_ONCE))
        low, high = volumes.span() or (0, 0)
        left = self._rows("SELECT count(*) FROM conversation WHERE change > ? OR change <= ?", high, low)
        return left[0][0]

    def _follow_some(self, volumes: Volumes, limit: int) -> int:
        """One transaction; how many changes were looked at."""
        with volumes.writing():
            newest = self._newest()
            low, high = volumes.span() or (newest, newest)
            high = min(high, newest)  # the last one was erased: its number may be given again
            newer = self._changes("change > ? ORDER BY change LIMIT ?", high, limit)
            older = self._changes("change <= ? ORDER BY change DESC LIMIT ?", low, limit - len(newer))
            for row in (*newer, *older):
                entry = self._entry(row)
                if entry is not None:
                    volumes.put(entry)
            if newer:
                high = newer[-1].change
            if len(newer) + len(older) < limit:
                low = 0
            elif older:
                low = older[-1].change - 1
            volumes.set_span(low, high)
        return len(newer) + len(older)

    def _entry(self, row: _Row) -> Entry | None:
        document = self._read(row.id)
        if document is None:
            return None
        ways = {*_WAY.findall(row.channels), row.source}
        marks = [
            _yes_no("spiked", row.spikes > 0),
            _yes_no("held", bool(row.held)),
            mark("origin", row.origin),
            mark("label", row.label or ""),
            *(mark("channel", way) for way in sorted(ways)),
            *(mark("tag", tag) for tag in document.tags),
        ]
        return Entry(
            conversation=row.id,
            change=row.change,
            saved_at=_microseconds(datetime.fromisoformat(row.saved_at)),
            customer=indexed([document.customer]),
            marks=" ".join(marks),
            text=indexed(document.text),
        )

    def _caught_up(self, volumes: Volumes, limit: int) -> int:
        left = self._follow(volumes, limit)
        if not left and not volumes.is_clean():
            with volumes.writing():
                volumes.rewrite()
            self._uncut = True
        if self._uncut:
            self._uncut = not volumes.cut_log()
        return left

    def _forgotten(self, volumes: Volumes, gone: list[int]) -> None:
        with volumes.writing():
            volumes.remove(gone)
            volumes.rewrite()  # all of them: one may hold what a conversation said before it was edited
            if span := volumes.span():  # the number of the last one may be given again
                volumes.set_span(span[0], min(span[1], self._newest()))
        self._uncut = not volumes.cut_log()

    def _swept(self, volumes: Volumes) -> None:
        there = volumes.conversations()
        # Asked for second: what another process has saved and taken in since is in neither or in both.
        kept = {row[0] for row in self._rows("SELECT id FROM conversation")}
        self._forgotten(volumes, sorted(there - kept))

    # --- searching

    def _found(self, volumes: Volumes, asked: Asked, limit: int, offset: int) -> list[int]:
        try:
            self._follow(volumes, _PER_SEARCH)
        except KnownError as error:  # the disk is full, say: what is in the index is found all the same
            log.get("history").info("the search index is behind: %s", type(error).__name__)
        found: list[int] = []
        with volumes.reading(), closing(volumes.matches(asked)) as matches:
            while len(found) < offset + limit and (some := list(islice(matches, min(offset + limit, 500)))):
                found += self._current(some)
        return found[offset : offset + limit]

    def _current(self, matches: list[tuple[int, int]]) -> Iterator[int]:
        """Those whose last change is the one that was found: another process may have saved or erased since."""
        places = ", ".join("?" * len(matches))
        query = f"SELECT id, change FROM conversation WHERE change IN ({places})"  # noqa: S608  # question marks
        current = set(self._rows(query, *(change for _, change in matches)))
        return (number for number, change in matches if (number, change) in current)

    # --- the files

    def _mended(self, work: Callable[[Volumes], T]) -> T:
        """What some work on the index gives; where it is damaged, it is made again and the work done once more."""
        try:
            return work(self._ready())
        except IndexDamaged:
            log.get("history").info("the search index is made again")
            self.rebuild()
        try:
            return work(self._ready())
        except IndexDamaged as error:
            raise KnownError(
                f"The search index {self._path} cannot be made again. Check the drive and its free space."
            ) from error

    def _ready(self) -> Volumes:
        if not self._key:
            raise BugError("the search index was used after it was closed")
        if self._volumes is not None and self._volumes.replaced:
            self._detach()
        if self._volumes is None:
            self._volumes = Volumes(self._path, self._key)
            if self._volumes.newest() > self._newest():
                raise IndexDamaged("it is ahead: of a history that is not there any more")
        return self._volumes

    def _detach(self) -> None:
        if self._volumes is not None:
            self._volumes.close()
        self._volumes = None

    def _newest(self) -> int:
        return self._rows("SELECT ifnull(max(change), 0) FROM conversation")[0][0]

    def _changes(self, condition: str, *values: int) -> list[_Row]:
        query = f"SELECT {_COLUMNS} FROM conversation WHERE {condition}"  # noqa: S608  # ours
        with known_errors(self._places.history):
            return [_Row(*row) for row in self._history.execute_sql(query, values)]  # type: ignore[no-untyped-call]

    def _rows(self, statement: str, *values: int) -> list[tuple[int, ...]]:
        with known_errors(self._places.history):
            return list(self._history.execute_sql(statement, values).fetchall())  # type: ignore[no-untyped-call]


def _expressions(query: Query) -> tuple[str, str]:
    """What FTS5 is asked, and the part of it that is likely to be the rarest, "" where there is only one.

    Words hold letters, digits and marks alone (see `words`): none can end its quotation.
    """
    runs = [("customer text", run) for run in sought(query.words)] + [
        ("customer", run) for run in sought(query.customer)
    ]
    parts = [(len("".join(run)), f'{{{columns}}} : "{" ".join(run)}" *') for columns, run in runs]
    marks = [mark(kind, value) for kind, value in _properties(query) if value]
    marks += [_yes_no(kind, yes) for kind, yes in (("spiked", query.spiked), ("held", query.held)) if yes is not None]
    whole = [part for _, part in parts] + [f'{{marks}} : "{one}"' for one in marks]
    return " AND ".join(whole), max(parts)[1] if parts and len(whole) > 1 else ""


def _properties(query: Query) -> Iterator[tuple[str, str]]:
    yield "label", query.label.value if query.label else ""
    yield "channel", query.channel
    yield "tag", query.tag
    yield "origin", query.origin


def _yes_no(kind: str, yes: bool) -> str:
    return mark(kind, "yes" if yes else "no")


def _since(day: date | None) -> int | None:
    return None if day is None else _midnight(day)


def _until(day: date | None) -> int | None:
    """The end of a day."""
    return None if day is None else _midnight(min(day, _LATEST) + timedelta(days=1))


def _midnight(day: date) -> int:
    """When a day begins here."""
    local = datetime.combine(max(_EARLIEST, min(day, _LATEST)), time.min).astimezone()
    return _microseconds(local)


def _microseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
