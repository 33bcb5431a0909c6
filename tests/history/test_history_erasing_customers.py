"""A customer whose conversations are kept can be found, and so erased, whatever became of a save or of their key."""

from __future__ import annotations

from contextlib import closing

import peewee
import pytest
from test_history_erasing import of

from agent_assist.errors import KnownError
from agent_assist.history import History, erasing, queries
from agent_assist.history.database import connect
from agent_assist.history.keys import ConversationKeys
from agent_assist.paths import Places

KEY = b"k" * 32


def names(history: History) -> list[tuple[str, int]]:
    return [(customer.name, customer.conversations) for customer in history.customers()]


def customer_key(places: Places) -> int:
    with closing(connect(places.history, KEY)) as database:
        ((key,),) = queries.numbers(database, "SELECT key FROM customer")
        return key


def destroy(places: Places, key: int) -> None:
    with closing(ConversationKeys.open(places, KEY)) as keys:
        keys.destroy([key])


def test_a_save_that_fails_at_its_end_leaves_the_customer(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    with History.open(places, key=KEY) as history:
        history.save(of("Ann Lee", "a", "x", "y"))
        with monkeypatch.context() as patched:

            def full(_database: peewee.Database) -> None:
                raise peewee.OperationalError("disk full")

            patched.setattr(peewee.SqliteDatabase, "commit", full)
            with pytest.raises(Exception, match="history's database refused"):
                history.save(of("Bo", "a", "x", "y"))
        assert names(history) == [("Ann Lee", 1)]
        assert [item.id for item in history.customer("Ann Lee")] == ["a"]
        history.save(of("Bo", "a", "x", "y"))
        assert names(history) == [("Bo", 1)]
        assert len(history.unfinished()) == 1, "the key of the customer who has none left"


def test_a_customer_who_was_left_before_a_crash_is_taken_away_at_the_next_opening(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    with History.open(places, key=KEY) as history:
        history.save(of("Ann Lee", "a", "x", "y"))

        def crash(*_given: object) -> None:
            raise KnownError("the disk is full")

        with monkeypatch.context() as patched:
            patched.setattr(erasing, "drop_empty_customers", crash)
            history.save(of("Bo", "a", "x", "y"))
    with History.open(places, key=KEY) as history:
        assert names(history) == [("Bo", 1)]
        assert len(history.unfinished()) == 1
    assert customer_key(places) > 0  # one row alone


@pytest.mark.parametrize("mended_by", ["save", "growing", "sweep", "opening"])
def test_a_customer_whose_key_is_gone_gets_a_new_row(places: Places, mended_by: str) -> None:
    with History.open(places, key=KEY) as history:
        history.save(of("Ann Lee", "a", "x", "y"))
        history.save(of("Ann  LEE", "b", "x", "y"))
        before = customer_key(places)
        destroy(places, before)
        assert names(history) == []
        if mended_by == "save":
            history.save(of("Ann  LEE", "b", "x", "y"))
        elif mended_by == "growing":
            history.save(of("Ann  LEE", "b", "x", "y", "z"))
        elif mended_by == "sweep":
            history.sweep()
    with History.open(places, key=KEY) as history:
        assert [count for _, count in names(history)] == [2]
        assert {item.id for item in history.customer("ann lee")} == {"a", "b"}
        history.delete_many([item.id for item in history.customer("ann lee")])
        assert names(history) == []
        assert history.list() == []


def test_a_process_that_remembers_the_row_before_does_not_write_to_that_number(places: Places) -> None:
    with History.open(places, key=KEY) as one, History.open(places, key=KEY) as other:
        one.save(of("Ann Lee", "a", "x", "y"))
        destroy(places, customer_key(places))
        other.sweep()
        other.save(of("Bo", "b", "v", "w"))
        one.save(of("Ann Lee", "a", "x", "y", "z"))
        assert sorted(names(one)) == [("Ann Lee", 1), ("Bo", 1)]
