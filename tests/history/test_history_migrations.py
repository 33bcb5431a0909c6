from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from history_samples import Clock, make_analysis, make_choice, make_correction
from peewee import SqliteDatabase
from test_history_at_rest import decrypted

from agent_assist import secrets
from agent_assist.errors import KnownError
from agent_assist.history import History
from agent_assist.history.database import connect, run
from agent_assist.history.keys import ConversationKeys
from agent_assist.history.migrations import STEPS, migrate
from agent_assist.history.tables import TABLES
from agent_assist.paths import Places
from agent_assist.records import Analysis, Label, Mood, Outcome, Source


@pytest.fixture
def empty(places: Places) -> SqliteDatabase:
    return connect(places.history, b"k" * 32)


@pytest.fixture
def keys(places: Places) -> Iterator[ConversationKeys]:
    with closing(ConversationKeys.open(places, b"k" * 32, make=True)) as opened:
        yield opened


def tables(database: SqliteDatabase) -> set[str]:
    return set(database.get_tables()) - {"sqlite_sequence", "sqlite_stat1", "sqlite_stat4"}


def test_an_empty_file_is_brought_to_the_tables_that_the_code_uses(
    empty: SqliteDatabase, keys: ConversationKeys
) -> None:
    migrate(empty, keys)
    assert tables(empty) == {table._meta.table_name for table in TABLES}
    for table in TABLES:
        made = {(column.name, column.null) for column in empty.get_columns(table._meta.table_name)}
        used = {(field.column_name, field.null) for field in table._meta.sorted_fields}
        # SQLite calls an INTEGER PRIMARY KEY nullable; it never is.
        primary = set(empty.get_primary_keys(table._meta.table_name))
        assert {c for c in made if c[0] not in primary} == {c for c in used if c[0] not in primary}
        assert {name for name, _ in made} == {name for name, _ in used}
    assert run(empty, "PRAGMA user_version") == len(STEPS)
    empty.close()


def test_a_current_file_is_left_as_it_is(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis())
    before = places.history.read_bytes()
    for _ in range(2):
        with History.open(places) as history:
            assert history.load("c1") == make_analysis()
    assert places.history.read_bytes() == before


def test_a_file_of_the_first_version_is_brought_up_to_date_and_loses_nothing(places: Places, clock: Clock) -> None:
    """`m001.sql` is what the first version made of two conversations and an outcome, statement by statement."""
    old = connect(places.history, secrets.database_key(places))
    statements = Path(__file__).with_name("m001.sql").read_text(encoding="utf-8")
    old.connection().executescript(statements)  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
    old.close()
    with History.open(places, clock=clock) as history:
        assert history.load("c1") == before_there_was_more(make_analysis("c1"))
        second = before_there_was_more(make_analysis("c2"))
        bare = dataclasses.replace(second, assist=None, mood=Mood(()))
        assert history.load("c2") == bare
        assert [(item.id, item.label, item.spikes) for item in history.list()] == [
            ("c2", None, 0),
            ("c1", Label.ANGER, 1),
        ]
        assert [item.id for item in history.search("quokka")] == ["c1"]
        assert {slot: (o.outcome, o.text) for slot, o in history.outcomes("c1").items()} == {
            0: (Outcome.EDITED, "Sorry, dear Anna.")
        }
        assert history.corrections() == ()
        assert history.choices() == ()
        history.add_correction(make_correction())
        history.add_choices([make_choice()])
        history.save(make_analysis("c1"))
    with History.open(places) as again:
        assert again.load("c1") == make_analysis("c1")
        assert again.corrections() == (make_correction(),)
        assert again.choices() == (make_choice(),)


def test_a_file_of_the_third_version_is_brought_up_to_date_and_loses_nothing(places: Places, clock: Clock) -> None:
    """`m003.sql` is what the version before this one made of the same, with a correction and a choice."""
    old = connect(places.history, secrets.database_key(places))
    statements = Path(__file__).with_name("m003.sql").read_text(encoding="utf-8")
    old.connection().executescript(statements)  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
    old.close()
    with History.open(places, clock=clock) as history:
        assert history.load("c1") == before_there_were_ways(make_analysis("c1"))
        second = before_there_were_ways(make_analysis("c2"))
        assert history.load("c2") == dataclasses.replace(second, assist=None, mood=Mood(()))
        assert history.corrections() == (make_correction(),)
        assert history.choices() == (make_choice(),)
        assert history.outcomes("c1")[0].text == "Sorry, dear Anna."
        assert history.search("numbat") == []
        history.save(make_analysis("c1"))
    with History.open(places) as again:
        assert again.load("c1") == make_analysis("c1")
        assert [item.id for item in again.search("numbat")] == ["c1"]
        assert again.outcomes("c1")[0].text == "Sorry, dear Anna."


def test_a_file_of_the_fourth_version_is_sealed_and_nothing_of_it_stays_in_clear(places: Places, clock: Clock) -> None:
    """`m004.sql` is what the last version before sealing made of the same."""
    old = connect(places.history, secrets.database_key(places))
    statements = Path(__file__).with_name("m004.sql").read_text(encoding="utf-8")
    old.connection().executescript(statements)  # type: ignore[no-untyped-call]  # peewee's stub leaves it bare
    old.close()
    assert b"Zebrafish" in decrypted(places)
    with History.open(places, clock=clock) as history:
        assert Path(f"{places.history}-wal").stat().st_size == 0
        assert history.load("c1") == make_analysis("c1")
        assert history.load("c2") == dataclasses.replace(make_analysis("c2"), assist=None, mood=Mood(()))
        assert history.corrections() == (make_correction(),)
        assert history.choices() == (make_choice(),)
        assert history.outcomes("c1")[0].text == "Sorry, dear Anna."
        assert [item.id for item in history.customer("anna müller-straße")] == ["c2", "c1"]
        assert [item.id for item in history.search("numbat quokka")] == ["c1"]
    below = decrypted(places)
    assert not [
        word for word in ("Zebrafish", "zebrafish", "quokka", "numbat", "Anna", "Sorry") if word.encode() in below
    ]
    with History.open(places) as again:
        again.save(make_analysis("c1"))
        assert again.load("c1") == make_analysis("c1")


def before_there_were_ways(analysis: Analysis) -> Analysis:
    """The analysis as the third version knew it."""
    turns = tuple(dataclasses.replace(turn, via=None) for turn in analysis.conversation.turns)
    conversation = dataclasses.replace(analysis.conversation, turns=turns, asides=())
    return dataclasses.replace(analysis, conversation=conversation)


def before_there_was_more(analysis: Analysis) -> Analysis:
    """The analysis as the first version knew it."""
    analysis = before_there_were_ways(analysis)
    mood = analysis.mood
    readings = tuple(dataclasses.replace(reading, corrected=False) for reading in mood.readings)
    spikes = tuple(dataclasses.replace(spike, cause="") for spike in mood.spikes)
    known = Mood(readings, spikes, mood.shift, mood.risk, mood.ms)
    conversation = dataclasses.replace(analysis.conversation, record=None)
    assert analysis.assist is not None
    replies = tuple(dataclasses.replace(reply, source=Source.COMPOSED) for reply in analysis.assist.replies)
    context = dataclasses.replace(analysis.assist.context, sections=1)
    assist = dataclasses.replace(analysis.assist, replies=replies, context=context, tactic=None)
    return Analysis(conversation, known, assist)


def test_steps_run_once_each_in_order(empty: SqliteDatabase, keys: ConversationKeys) -> None:
    ran: list[str] = []

    def one(_database: SqliteDatabase, _keys: ConversationKeys) -> None:
        ran.append("one")

    def two(_database: SqliteDatabase, _keys: ConversationKeys) -> None:
        ran.append("two")

    assert migrate(empty, keys, (one,))
    assert migrate(empty, keys, (one, two))
    assert not migrate(empty, keys, (one, two))
    assert ran == ["one", "two"]
    empty.close()


def test_a_step_that_fails_leaves_the_file_at_the_version_it_had(empty: SqliteDatabase, keys: ConversationKeys) -> None:
    def fails(database: SqliteDatabase, _keys: ConversationKeys) -> None:
        run(database, "CREATE TABLE half (a)")
        raise KnownError("stop")

    with pytest.raises(KnownError, match="stop"):
        migrate(empty, keys, (*STEPS, fails))
    assert run(empty, "PRAGMA user_version") == 0
    assert tables(empty) == set()
    empty.close()


def test_a_file_of_a_newer_version_is_left_alone(places: Places) -> None:
    with History.open(places) as history:
        history.save(make_analysis())
    database = connect(places.history, secrets.database_key(places))
    run(database, f"PRAGMA user_version = {len(STEPS) + 1}")
    database.close()
    before = places.history.read_bytes()
    with pytest.raises(KnownError, match="newer Agent Assist"):
        History.open(places)
    assert places.history.read_bytes() == before
