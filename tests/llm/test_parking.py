"""Conversations that were left: the ones left last are kept, within the room there is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from agent_assist.llm.parked import Parked, Parking
from agent_assist.llm.plan import common

TOKENS = st.lists(st.integers(0, 2), min_size=1, max_size=8).map(tuple)


def parked(*tokens: int, size: int = 10) -> Parked:
    return Parked(tokens, np.zeros(size, np.uint8))


@given(st.lists(st.tuples(TOKENS, st.integers(1, 60))))
def test_the_room_is_never_exceeded_and_the_newest_stay(put: list[tuple[tuple[int, ...], int]]) -> None:
    parking = Parking(room=100)
    for tokens, size in put:
        parking.put(parked(*tokens, size=size))
        newest = parking.take(tokens, len(tokens))
        assert newest is not None
        assert newest.tokens[: len(tokens)] == tokens
        parking.put(newest)
    kept = []
    while (one := parking.take((), 0)) is not None:
        kept.append(one)
    assert sum(one.state.nbytes for one in kept) <= 100
    assert len(parking) == 0


@given(st.lists(TOKENS, max_size=6), TOKENS, st.integers(0, 5))
def test_the_one_that_begins_most_alike_is_handed_out(
    put: list[tuple[int, ...]], wanted: tuple[int, ...], least: int
) -> None:
    parking = Parking()
    for tokens in put:
        parking.put(parked(*tokens))
    best = max((common(tokens, wanted) for tokens in put), default=-1)
    taken = parking.take(wanted, least)
    assert (taken is None) == (best < least)
    assert taken is None or common(taken.tokens, wanted) == best


def test_the_oldest_gives_way() -> None:
    parking = Parking(room=25)
    for first in (1, 2, 3):
        parking.put(parked(first, 0))
    assert parking.take((1, 0), 1) is None
    assert parking.take((2, 0), 1) is not None
    assert parking.take((3, 0), 1) is not None


def test_a_conversation_that_grew_takes_the_place_of_what_it_was() -> None:
    parking = Parking()
    parking.put(parked(1, 2))
    parking.put(parked(1, 2, 3))
    assert len(parking) == 1
    taken = parking.take((1, 2), 1)
    assert taken is not None
    assert taken.tokens == (1, 2, 3)


def test_one_that_is_larger_than_the_room_is_not_kept_and_drives_nobody_out() -> None:
    parking = Parking(room=50)
    parking.put(parked(1))
    parking.put(parked(2, size=51))
    assert len(parking) == 1
