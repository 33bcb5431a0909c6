"""A history of one table, in memory, for tests of the finder alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from peewee import SqliteDatabase

from agent_assist.history.finding import Document, Finder
from agent_assist.history.rows import stamp
from agent_assist.history.words import sought, words
from agent_assist.paths import Places
from agent_assist.records import Query

KEY = b"k" * 32
NOON = datetime(2026, 1, 5, 12)  # local time


@dataclass
class Saved:
    """What the history holds of a conversation."""

    text: Sequence[str] = ()
    customer: str = ""
    tags: Sequence[str] = ()
    saved_at: datetime = NOON
    label: str | None = None
    spikes: int = 0
    channels: str = ""
    source: str = "plain"
    held: bool = False
    origin: str = "live"
    change: int = field(default=0, init=False)


class Stage:
    """The history's side: rows that change, and texts by the row's number."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.saved: dict[int, Saved] = {}
        self.database = SqliteDatabase(":memory:", autoconnect=False, thread_safe=False)
        self.database.connect()
        self.run(
            """CREATE TABLE conversation (id INTEGER PRIMARY KEY, change INTEGER UNIQUE, saved_at, label, spikes,
               channels, source, held, origin)"""
        )
        self.changes = 0
        self.reads = 0
        self.finder = self.new_finder()

    def run(self, statement: str, values: tuple[object, ...] = ()) -> None:
        self.database.execute_sql(statement, values)  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare

    def new_finder(self) -> Finder:
        return Finder(self.database, self.places, KEY, self.read)

    def read(self, number: int) -> Document | None:
        self.reads += 1
        found = self.saved.get(number)
        return None if found is None else Document(found.text, found.customer, found.tags)

    def save(self, number: int, saved: Saved) -> None:
        self.changes += 1
        saved.change = self.changes
        self.saved[number] = saved
        self.run("DELETE FROM conversation WHERE id = ?", (number,))
        self.run(
            "INSERT INTO conversation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                saved.change,
                stamp(saved.saved_at.astimezone()),
                saved.label,
                saved.spikes,
                saved.channels,
                saved.source,
                saved.held,
                saved.origin,
            ),
        )

    def save_all(self, texts: Iterable[str]) -> None:
        """Saves conversations of one turn, numbered from 1."""
        for number, text in enumerate(texts, start=len(self.saved) + 1):
            self.save(number, Saved([text]))

    def erase(self, *numbers: int) -> None:
        for number in numbers:
            del self.saved[number]
            self.run("DELETE FROM conversation WHERE id = ?", (number,))
        self.finder.forget(numbers)

    def find(self, words: str = "", **asked: object) -> list[int]:
        return self.finder.find(Query(words, **asked))  # type: ignore[arg-type]

    def expected(self, query: Query) -> list[int]:
        """What a look at every conversation finds."""
        newest_first = sorted(self.saved.items(), key=lambda item: -item[1].change)
        return [number for number, saved in newest_first if fits(saved, query)]

    def close(self) -> None:
        self.finder.close()
        self.database.close()


def fits(saved: Saved, query: Query) -> bool:
    """Whether a conversation is what is looked for, decided without an index."""
    names = [words(saved.customer)]
    texts = [*names, *(words(text) for text in saved.text)]
    return (
        all(any(holds(text, run) for text in texts) for run in sought(query.words))
        and all(any(holds(name, run) for name in names) for run in sought(query.customer))
        and (query.label is None or saved.label == query.label)
        and (query.spiked is None or (saved.spikes > 0) == query.spiked)
        and (query.held is None or saved.held == query.held)
        and (query.since is None or saved.saved_at.date() >= query.since)
        and (query.until is None or saved.saved_at.date() <= query.until)
        and (not query.tag or query.tag in saved.tags)
        and (not query.origin or query.origin == saved.origin)
        and (not query.channel or query.channel in {*saved.channels.split(), saved.source})
    )


def holds(text: list[str], run: list[str]) -> bool:
    """Whether the words of a run follow each other in a text, the last one as a beginning."""
    *whole, last = run
    return any(
        text[at : at + len(whole)] == whole and at + len(whole) < len(text) and text[at + len(whole)].startswith(last)
        for at in range(len(text))
    )
