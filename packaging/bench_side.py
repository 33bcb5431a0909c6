"""One side of `bench_history.py`: a history that is filled and measured, sealed as it ships or plain."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any, NamedTuple, TypeVar

import bench_talk
import msgspec

from agent_assist import secrets
from agent_assist.history import History, database
from agent_assist.history.asking import parse_query
from agent_assist.history.backups import Backups
from agent_assist.history.finding import Document
from agent_assist.history.sealing import Sealer
from agent_assist.paths import Places
from agent_assist.records import Analysis, BackupKind, Conversation, Mood, Summary

T = TypeVar("T")
Figures = dict[str, Any]
"""A JSON object; its values are what json makes of them."""

SAVES, SEARCHES, PAGES = 300, 200, 60
_PASSPHRASE = "made up, as are the conversations"  # noqa: S105
_WRITTEN = 8192  # bytes, about what a save of a turn adds to the log
_TOGETHER = 500  # conversations that are filled in with one commit
_INDEXED = 1000
_TODAY = date(2026, 1, 1)


class Took(NamedTuple):
    """What a piece of work took, seconds: by the clock, and of the processor in its own thread."""

    clock: float
    processor: float


def took(work: Callable[[], object]) -> Took:
    """Does some work and says what it took."""
    clock, processor = time.perf_counter(), time.thread_time()
    work()
    return Took(time.perf_counter() - clock, time.thread_time() - processor)


def without_encryption() -> None:
    """Makes this process write the same rows to plain files, with nothing sealed."""

    class Plain(database._Database):  # the product's own, so that all but the key is the same
        def __init__(self, name: str, passphrase: str, **options: object) -> None:
            super().__init__(name, **options)

    encoder = msgspec.msgpack.Encoder()

    def seal(self: Sealer, kind: str, index: int, value: object) -> bytes:
        return encoder.encode(value)

    def unseal(self: Sealer, kind: str, index: int, sealed: bytes, shape: type[T]) -> T:
        return msgspec.msgpack.decode(sealed, type=shape)

    database._Database = Plain  # type: ignore[misc]
    Sealer.seal = seal  # type: ignore[method-assign]
    Sealer.open = unseal  # type: ignore[method-assign]


class Side:
    """One history of the two. Its public methods are what the other process may ask for; each gives its figures."""

    def __init__(self, places: Places, conversations: int) -> None:
        places.create()
        self._places = places
        self._key = secrets.database_key(places, _PASSPHRASE)
        self._conversations = conversations
        self._at = bench_talk.when(conversations, conversations)
        self._run = f"{time.time_ns():x}"
        self._live = 0
        self._history: History | None = None

    def fill(self) -> Figures:
        """Saves all conversations, many with one commit, through what `History.save` does with a new one."""
        started = time.perf_counter()
        with self._open() as history:
            last = max(0, self._conversations - _INDEXED)
            for first in range(0, last, _TOGETHER):
                self._fill_some(history, range(first, min(first + _TOGETHER, last)))
            self._fill_some(history, range(last, self._conversations), index=False)
            filled = time.perf_counter()
            history.catch_up(self._conversations)
            each = (time.perf_counter() - filled) / (self._conversations - last)
        return {"fill_s": filled - started, "index_ms": 1000 * each}

    def _fill_some(self, history: History, numbers: range, *, index: bool = True) -> None:
        # Not public: each figure is of what is public, but filling so would take an hour. Their words are taken into
        # the index from what is at hand, not from the file, but for the last ones, whose time is one of the figures.
        documents: dict[int, Document] = {}
        with history._database.atomic("IMMEDIATE"):
            for i in numbers:
                analysis = bench_talk.analysis(i, self._conversations)
                kept = history._saver._begin(analysis, {}, bench_talk.when(i, self._conversations))
                documents[kept.id] = _document(analysis)
        if index:
            read, history._finder._read = history._finder._read, documents.get
            history.catch_up(len(numbers))
            history._finder._read = read

    def disk(self) -> Figures:
        """What the disk alone takes for a write that lasts: no save can be quicker."""
        with (self._places.home / "disk.tmp").open("wb") as file:

            def write() -> None:
                file.write(bytes(_WRITTEN))
                file.flush()
                os.fsync(file.fileno())

            times = [took(write) for _ in range(100)]
        Path(file.name).unlink()
        return {"disk": _spread(times)}

    def open(self) -> Figures:
        """Opens it five times; the key is there."""
        times = []
        for _ in range(5):
            self.close()
            times.append(took(self._opened))
        return {"open": _spread(times)}

    def save(self) -> Figures:
        """Saves conversations that grow by a turn with each save, as they are talked in."""
        return {"save": _spread(self._saves(bench_talk.dice("saves"), self._at_most(SAVES)))}

    def search(self) -> Figures:
        """Searches, lists, opens customers' pages and conversations."""
        chance = bench_talk.dice("searches")
        searches = [self._search(text) for text in _queries(chance, self._at_most(SEARCHES))]
        pages = [self._page(i) for i in chance.choices(range(self._conversations), k=self._at_most(PAGES))]
        largest = self._page(next(i for i in range(self._conversations) if not self._whose(i)))
        return {
            "search": _spread(searches),
            "page": _spread([*pages, largest]),
            "list": _spread([took(self._opened().list) for _ in range(self._at_most(PAGES))]),
            "load": _spread(
                [self._load(i) for i in chance.choices(range(self._conversations), k=self._at_most(PAGES))]
            ),
            "customers": _spread([took(self._opened().customers) for _ in range(10)]),
        }

    def erase(self) -> Figures:
        """Erases conversations that were saved here before."""
        names = [f"live-{self._run}-{n}" for n in range(self._live)][:10]
        return {"erase": _spread([took(partial(self._opened().delete, name)) for name in names])}

    def mixed(self, number: int) -> Figures:
        """One round of everything that a day brings; the same on both sides."""
        return {"mixed": took(partial(self._round, bench_talk.dice(f"mixed {number}")))}

    def _round(self, chance: random.Random) -> None:
        self._saves(chance, 20)
        for text in _queries(chance, 10):
            self._search(text)
        for i in chance.choices(range(self._conversations), k=10):
            self._page(i)
            self._load(i)
        self._opened().list()

    def backup(self, folder: str) -> Figures:
        """Backs up in another thread while conversations go on being saved here."""
        saves: list[Took] = []
        stops: list[float] = []
        taken: list[float] = []
        thread = threading.Thread(target=lambda: taken.append(self._backup(Path(folder))))
        clock = threading.Thread(target=lambda: stops.append(_longest_stop(thread)))
        thread.start()
        clock.start()
        chance = bench_talk.dice("backup")
        while thread.is_alive():
            saves += self._saves(chance, 10)
            time.sleep(0.05)
        clock.join()
        return {"backup_s": taken[0], "save_in_backup": _spread(saves), "backup_stop_ms": 1000 * stops[0]}

    def size(self) -> Figures:
        """The files, once they are closed."""
        self.close()
        sizes = {path.name: path.stat().st_size / 1e6 for path in self._places.home.iterdir() if path.suffix == ".db"}
        return {"size_mb": sum(sizes.values()), "sizes_mb": sizes}

    def close(self) -> None:
        """Closes it."""
        if self._history is not None:
            self._history.close()
        self._history = None

    def _open(self) -> History:
        return History.open(self._places, clock=lambda: self._at, key=self._key)

    def _at_most(self, times: int) -> int:
        """How often something is done: seldom where there is little to find, as when this is only tried out."""
        return max(20, min(times, self._conversations // 4))

    def _opened(self) -> History:
        if self._history is None:
            self._history = self._open()
        return self._history

    def _saves(self, chance: random.Random, count: int) -> list[Took]:
        times: list[Took] = []
        while len(times) < count:
            who = bench_talk.customer(self._whose(chance.randrange(10**6)))
            said = bench_talk.talk(chance, f"live-{self._run}-{self._live}", 12, who)
            read = bench_talk.mood(chance, said)
            self._live += 1
            for turns in range(1, min(len(said.turns), count - len(times)) + 1):
                part = _begun(said, read, turns)
                times.append(took(partial(self._opened().save, part)))
        return times

    def _search(self, text: str) -> Took:
        return took(lambda: self._opened().find(parse_query(text, _TODAY)))

    def _page(self, i: int) -> Took:
        return took(partial(self._opened().customer, bench_talk.customer(self._whose(i))))

    def _load(self, i: int) -> Took:
        return took(partial(self._opened().load, f"bench-{i}"))

    def _whose(self, i: int) -> int:
        return bench_talk.customer_of(i, self._conversations)

    def _backup(self, folder: Path) -> float:
        started = time.perf_counter()
        Backups(self._places, folder).make(self._key, BackupKind.MANUAL)
        return time.perf_counter() - started


def _document(analysis: Analysis) -> Document:
    summary = analysis.assist.summary if analysis.assist else Summary()
    lines = [line.text for line in (summary.issue, *summary.tried, summary.wants) if line]
    return Document(
        (*(turn.text for turn in analysis.conversation.turns), *lines), analysis.conversation.customer or ""
    )


def _begun(said: Conversation, read: Mood, turns: int) -> Analysis:
    """A conversation as it stood after its first turns."""
    readings = tuple(reading for reading in read.readings if reading.turn < turns)
    spikes = tuple(spike for spike in read.spikes if spike.turn < turns)
    return Analysis(replace(said, turns=said.turns[:turns]), replace(read, readings=readings, spikes=spikes))


def _queries(chance: random.Random, count: int) -> list[str]:
    """What people type: words that are everywhere, somewhere or nowhere, beginnings, and fields."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: bench_talk.rare_word(chance),
        lambda: chance.choice(("refund", "angry", "router", "lisbon", "error")),
        lambda: chance.choice(("router refund", "kettle leeds", "camera monday angry")),
        lambda: chance.choice(("ref", "an", "p", "mat", "err")),
        lambda: f"{bench_talk.rare_word(chance)} the",
        lambda: f"A-{chance.randrange(10**6):06d}",
        lambda: f"refund label:anger customer:{bench_talk.customer(chance.randrange(1000)).split()[0]}",
        lambda: "error after:2025-03-01 before:2025-03-31",
        lambda: "label:anger spiked:yes channel:push",
        lambda: f'customer:"{bench_talk.customer(chance.randrange(5000))}"',
    )
    return [kinds[n % len(kinds)]() for n in range(count)]


def _spread(times: Sequence[Took]) -> Figures:
    """Milliseconds."""
    clock, processor = (sorted(1000 * one[n] for one in times) for n in range(2))
    return {
        "p50": median(clock),
        "p95": quantiles(clock, n=20)[-1],
        "worst": clock[-1],
        "processor_p50": median(processor),
        "processor_p95": quantiles(processor, n=20)[-1],
        "of": len(times),
    }


def _longest_stop(while_alive: threading.Thread) -> float:
    """How late a clock of 5 ms was at most, as a window's is."""
    worst = 0.0
    while while_alive.is_alive():
        started = time.perf_counter()
        time.sleep(0.005)
        worst = max(worst, time.perf_counter() - started - 0.005)
    return worst


def serve(pipe: Connection, side: str, folder: str, conversations: int) -> None:
    """Does what it is asked through the pipe, until that closes."""
    if side == "plain":
        without_encryption()
    measured = Side(Places(Path(folder)), conversations)
    with suppress(EOFError):
        while True:
            name, values = pipe.recv()
            pipe.send(getattr(measured, name)(*values))
    measured.close()
