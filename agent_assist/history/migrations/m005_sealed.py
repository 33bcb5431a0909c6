"""Every text sealed with the key of its conversation; customers, holds, follow-ups; an index of words elsewhere.

What stood in clear inside the encrypted file is sealed row by row, and its pages are overwritten: erasing a key then
erases what was saved before this step too. What is sealed has the shape that `shapes` had when this step was released.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec
from peewee import SqliteDatabase

from agent_assist.errors import BugError
from agent_assist.history.customers import mark_of
from agent_assist.history.database import run
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.sealing import Sealer

_OWNER = "conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE"
_ONE_OWNER = "conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE"
_OLD = ("conversation", "turn", "reading", "spike", "assist", "suggestion")
_TABLES = (
    """CREATE TABLE customer (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key INTEGER NOT NULL UNIQUE, mark BLOB NOT NULL UNIQUE,
        sealed BLOB NOT NULL)""",
    """CREATE TABLE conversation (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL UNIQUE, key INTEGER NOT NULL UNIQUE,
        customer_id INTEGER REFERENCES customer (id), source TEXT NOT NULL, origin TEXT NOT NULL,
        channels TEXT NOT NULL, saved_at TEXT NOT NULL, change INTEGER NOT NULL UNIQUE, turns INTEGER NOT NULL,
        peak REAL, label TEXT, spikes INTEGER NOT NULL, shift REAL, risk REAL, mood_ms REAL NOT NULL,
        held INTEGER NOT NULL, sealed BLOB NOT NULL)""",
    "CREATE INDEX conversation_newest ON conversation (saved_at DESC, id DESC)",
    # Holds all that a list of customers asks for, so that the wide rows themselves are not read.
    "CREATE INDEX conversation_customer ON conversation (customer_id, saved_at, peak)",
    f"""CREATE TABLE turn (
        {_OWNER}, i INTEGER NOT NULL, speaker TEXT NOT NULL, at TEXT, via TEXT, sealed BLOB NOT NULL,
        PRIMARY KEY (conversation_id, i)) WITHOUT ROWID""",
    f"""CREATE TABLE reading (
        {_OWNER}, turn INTEGER NOT NULL, label TEXT NOT NULL, distress REAL NOT NULL, valence REAL NOT NULL,
        urgency REAL NOT NULL, corrected INTEGER NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (conversation_id, turn)) WITHOUT ROWID""",
    f"""CREATE TABLE spike (
        {_OWNER}, n INTEGER NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL,
        distress REAL NOT NULL, rise REAL NOT NULL, trigger_turn INTEGER, sealed BLOB NOT NULL,
        PRIMARY KEY (conversation_id, n)) WITHOUT ROWID""",
    f"""CREATE TABLE assist (
        {_ONE_OWNER}, model TEXT NOT NULL, first_token_ms REAL NOT NULL, ms REAL NOT NULL, sealed BLOB NOT NULL)""",
    f"""CREATE TABLE suggestion (
        {_OWNER}, slot INTEGER NOT NULL, strategy TEXT NOT NULL, empathy REAL NOT NULL, source TEXT NOT NULL,
        outcome TEXT, outcome_at TEXT, sealed BLOB NOT NULL, PRIMARY KEY (conversation_id, slot)) WITHOUT ROWID""",
    f"""CREATE TABLE follow_up (
        id INTEGER PRIMARY KEY AUTOINCREMENT, {_OWNER}, due TEXT NOT NULL, done_at TEXT, sealed BLOB NOT NULL)""",
    "CREATE INDEX follow_up_owner ON follow_up (conversation_id)",
    "CREATE INDEX follow_up_open ON follow_up (due) WHERE done_at IS NULL",
    "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
    "INSERT INTO state VALUES ('change', 0)",
)


class _Child(NamedTuple):
    """How the rows of a table that hang on a conversation are moved.

    Attributes:
        place: column of its place, None where there is one for a conversation.
        clear: columns that stay as they are.
        texts: columns that are sealed as they are.
        parsed: columns of JSON, sealed as what they say.
    """

    table: str
    place: str | None
    clear: tuple[str, ...]
    texts: tuple[str, ...]
    parsed: tuple[str, ...]


_CHILDREN = (
    _Child("turn", "i", ("i", "speaker", "at", "via"), ("text", "name"), ()),
    _Child(
        "reading",
        "turn",
        ("turn", "label", "distress", "valence", "urgency", "corrected"),
        (),
        ("scores", "words", "fine"),
    ),
    _Child(
        "spike",
        "n",
        ("n", "turn", "kind", "severity", "distress", "rise", "trigger_turn"),
        ("nudge", "cause"),
        ("evidence",),
    ),
    _Child("assist", None, ("model", "first_token_ms", "ms"), (), ("summary", "actions", "context", "notes", "tactic")),
    _Child(
        "suggestion",
        "slot",
        ("slot", "strategy", "empathy", "source", "outcome", "outcome_at"),
        ("text", "outcome_text"),
        ("pillars", "grounding"),
    ),
)
_CLEAR = (
    *("id", "ref", "source", "origin", "saved_at", "turns", "peak", "label", "spikes", "shift", "risk", "mood_ms"),
)
_TEXTS = ("customer", "excerpt")
_PARSED = ("notes", "unread", "recoveries", "vulnerable", "record", "asides")

_LARGE_CACHE = (
    "PRAGMA cache_size = -65536"  # KiB, for as long as the file is open now: a dozen tables are walked at once
)

_Row = dict[str, object]


def up(database: SqliteDatabase, keys: ConversationKeys) -> None:
    """Makes the tables anew and moves what is saved into them, sealed."""
    for table in _OLD:
        run(database, f"ALTER TABLE {table} RENAME TO old_{table}")
    run(database, "DROP INDEX conversation_newest")
    for statement in _TABLES:
        run(database, statement)
    run(database, _LARGE_CACHE)
    _Move(database, keys).everything()
    run(database, "DROP TABLE search_text")
    for table in reversed(_OLD):  # secure_delete overwrites their pages
        run(database, f"DROP TABLE old_{table}")


class _Move:
    def __init__(self, database: SqliteDatabase, keys: ConversationKeys) -> None:
        self._database = database
        self._keys = keys
        self._secret = keys.secret("customer")
        self._customers: dict[bytes, int] = {}

    def everything(self) -> None:
        # In the order of their saves, which is the order that an index of words takes them in.
        order = self._old("SELECT id FROM old_conversation ORDER BY saved_at, id")
        changes = {row["id"]: change for change, row in enumerate(order, start=1)}
        self._keys.reserve(len(changes))
        for row_id in sorted(changes, key=lambda one: int(str(one))):  # as they lie in the file
            (row,) = self._old("SELECT * FROM old_conversation WHERE id = ?", row_id)
            self._conversation(row, changes[row_id])
        run(self._database, f"UPDATE state SET value = {len(changes):d} WHERE name = 'change'")  # noqa: S608  # a number

    def _conversation(self, row: _Row, change: int) -> None:
        key_id, key = self._keys.new()
        sealer, owner = Sealer(key), row["id"]
        ways = self._old(
            "SELECT DISTINCT via FROM old_turn WHERE conversation_id = ? AND via <> '' ORDER BY via", owner
        )
        values = {name: row[name] for name in _CLEAR} | {
            "key": key_id,
            "customer_id": self._customer(row["customer"]),
            "channels": "".join(f" {way['via']}" for way in ways) + " " * (ways != []),
            "change": change,
            "held": 0,
            "sealed": sealer.seal("conversation", 0, _opened(row, _TEXTS, _PARSED)),
        }
        self._insert("conversation", [values])
        for child in _CHILDREN:
            found = self._old(f"SELECT * FROM old_{child.table} WHERE conversation_id = ?", owner)  # noqa: S608  # ours
            self._insert(child.table, [_moved(child, one, sealer) for one in found])

    def _customer(self, name: object) -> int | None:
        mark = mark_of(self._secret, str(name)) if name else None
        if mark is None:
            return None
        if mark not in self._customers:
            key_id, key = self._keys.new()
            sealed = Sealer(key).seal("customer", 0, name)
            number = len(self._customers) + 1
            self._insert("customer", [{"id": number, "key": key_id, "mark": mark, "sealed": sealed}])
            self._customers[mark] = number
        return self._customers[mark]

    def _old(self, query: str, *values: object) -> list[_Row]:
        cursor = self._database.execute_sql(query, values)  # type: ignore[no-untyped-call]  # stub leaves it bare
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _insert(self, table: str, rows: list[_Row]) -> None:
        if rows:
            names = tuple(rows[0])
            marks = ", ".join("?" * len(names))
            statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608  # names of ours
            connection = self._database.connection()  # type: ignore[no-untyped-call]  # as above
            connection.executemany(statement, [tuple(row.values()) for row in rows])


def _moved(child: _Child, row: _Row, sealer: Sealer) -> _Row:
    place = int(str(row[child.place])) if child.place else 0
    sealed = sealer.seal(child.table, place, _opened(row, child.texts, child.parsed))
    return {name: row[name] for name in ("conversation_id", *child.clear)} | {"sealed": sealed}


def _opened(row: _Row, texts: tuple[str, ...], parsed: tuple[str, ...]) -> _Row:
    """What is sealed of a row, by name."""
    try:
        return {name: row[name] for name in texts} | {
            name: msgspec.json.decode(str(row[name]).encode()) for name in parsed
        }
    except msgspec.DecodeError:
        raise BugError("a row of the older history does not hold JSON") from None
