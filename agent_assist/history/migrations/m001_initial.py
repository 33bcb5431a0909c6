"""The first tables: a conversation with its turns, what was read from them, what was proposed, and what came of that.

Everything hangs on `conversation.id` and goes with it. Rows are plain SQL here, not the ORM's tables: those move on.
`search_text` is kept apart so that an index of words can take its place without a change to any other table.
"""

from __future__ import annotations

from peewee import SqliteDatabase

from agent_assist.history.database import run

_OWNER = "conversation_id INTEGER NOT NULL REFERENCES conversation (id) ON DELETE CASCADE"
_ONE_OWNER = "conversation_id INTEGER PRIMARY KEY REFERENCES conversation (id) ON DELETE CASCADE"

_TABLES = (
    """CREATE TABLE conversation (
        id INTEGER PRIMARY KEY AUTOINCREMENT, ref TEXT NOT NULL UNIQUE, source TEXT NOT NULL, customer TEXT,
        origin TEXT NOT NULL, notes TEXT NOT NULL, saved_at TEXT NOT NULL, turns INTEGER NOT NULL,
        excerpt TEXT NOT NULL, peak REAL, label TEXT, spikes INTEGER NOT NULL, shift REAL, risk REAL,
        mood_ms REAL NOT NULL)""",
    "CREATE INDEX conversation_newest ON conversation (saved_at DESC, id DESC)",
    f"""CREATE TABLE turn (
        {_OWNER}, i INTEGER NOT NULL, speaker TEXT NOT NULL, name TEXT, at TEXT, text TEXT NOT NULL,
        PRIMARY KEY (conversation_id, i)) WITHOUT ROWID""",
    f"""CREATE TABLE reading (
        {_OWNER}, turn INTEGER NOT NULL, label TEXT NOT NULL, distress REAL NOT NULL, valence REAL NOT NULL,
        urgency REAL NOT NULL, scores TEXT NOT NULL, words TEXT NOT NULL, fine TEXT NOT NULL,
        PRIMARY KEY (conversation_id, turn)) WITHOUT ROWID""",
    f"""CREATE TABLE spike (
        {_OWNER}, n INTEGER NOT NULL, turn INTEGER NOT NULL, kind TEXT NOT NULL, severity TEXT NOT NULL,
        distress REAL NOT NULL, rise REAL NOT NULL, trigger_turn INTEGER, evidence TEXT NOT NULL,
        nudge TEXT NOT NULL, PRIMARY KEY (conversation_id, n)) WITHOUT ROWID""",
    f"""CREATE TABLE assist (
        {_ONE_OWNER}, model TEXT NOT NULL, summary TEXT NOT NULL, actions TEXT NOT NULL, context TEXT NOT NULL,
        notes TEXT NOT NULL, first_token_ms REAL NOT NULL, ms REAL NOT NULL)""",
    f"""CREATE TABLE suggestion (
        {_OWNER}, slot INTEGER NOT NULL, strategy TEXT NOT NULL, text TEXT NOT NULL, pillars TEXT NOT NULL,
        empathy REAL NOT NULL, grounding TEXT NOT NULL, outcome TEXT, outcome_text TEXT, outcome_at TEXT,
        PRIMARY KEY (conversation_id, slot)) WITHOUT ROWID""",
    f"CREATE TABLE search_text ({_ONE_OWNER}, text TEXT NOT NULL)",
)


def up(database: SqliteDatabase) -> None:
    """Makes the tables in an empty file."""
    for statement in _TABLES:
        run(database, statement)
