"""What is read of a conversation that does not fit, and the tree of tasks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent_assist.llm.plan import choose_messages, common, shorten, task_tree

SIZES = st.lists(st.integers(1, 400), max_size=30)
HEAD = st.integers(0, 40)
LIMIT = st.integers(64, 4000)
GAP = st.integers(1, 30)
TASKS = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=8), min_size=1, max_size=15)


@given(SIZES, HEAD, LIMIT, GAP)
def test_what_is_kept_fits_and_keeps_its_order(sizes: list[int], head: int, limit: int, gap: int) -> None:
    keep = choose_messages(sizes, head, limit, gap)
    assert list(keep) == sorted(keep)
    assert all(1 <= tokens <= sizes[i] for i, tokens in keep.items())
    left_out = len(keep) < len(sizes)
    assert sum(keep.values()) + (gap if left_out else 0) <= limit


@given(SIZES, HEAD, LIMIT, GAP)
def test_what_fits_is_kept_whole(sizes: list[int], head: int, limit: int, gap: int) -> None:
    whole = choose_messages(sizes, head, limit, gap) == dict(enumerate(sizes))
    assert whole or sum(sizes) > limit - gap
    assert not whole or sum(sizes) <= limit


@given(SIZES.filter(bool), HEAD, LIMIT, GAP)
def test_head_and_newest_are_always_kept(sizes: list[int], head: int, limit: int, gap: int) -> None:
    keep = choose_messages(sizes, head, limit, gap)
    first = min(head, len(sizes), (limit - gap) // 2)
    assert {*range(first), len(sizes) - 1} <= set(keep)
    middle = [i for i in range(len(sizes)) if i not in keep]
    assert middle == list(range(middle[0], middle[-1] + 1)) if middle else True, "one gap, behind the head"


@given(SIZES.filter(bool), HEAD, LIMIT, GAP)
def test_only_the_head_and_the_newest_are_shortened(sizes: list[int], head: int, limit: int, gap: int) -> None:
    keep = choose_messages(sizes, head, limit, gap)
    assert {i for i, tokens in keep.items() if tokens < sizes[i]} <= {*range(head), len(sizes) - 1}


def test_one_long_message_gets_the_room_that_others_leave() -> None:
    assert choose_messages([20, 9000], 3, 3000, 16) == {0: 20, 1: 2964}
    assert choose_messages([20, 9000, 50], 3, 3000, 16) == {0: 20, 1: 2914, 2: 50}


@given(st.lists(st.integers(), min_size=1), st.integers(1, 50))
def test_a_shortened_message_keeps_its_ends(message: list[int], room: int) -> None:
    short = shorten(message, room)
    assert len(short) == min(len(message), room)
    assert short[-1] == message[-1]
    assert short[0] == message[0] or room == 1


@given(TASKS, st.integers(0, 100))
def test_each_sequence_of_the_tree_reads_its_task(tasks: list[list[int]], start: int) -> None:
    slots, last = task_tree(tasks, start)
    for k, task in enumerate(tasks):
        mine = [slot for slot in slots if k + 1 in slot.sequences]
        assert [slot.token for slot in mine] == task
        assert [slot.pos for slot in mine] == list(range(start, start + len(task))), "parents come first"
        assert slots[last[k]] is mine[-1]
        assert mine[-1].logits


@given(TASKS, st.integers(0, 100))
def test_shared_beginnings_stand_in_the_tree_once(tasks: list[list[int]], start: int) -> None:
    slots, last = task_tree(tasks, start)
    beginnings = {tuple(task[: n + 1]) for task in tasks for n in range(len(task))}
    assert len(slots) == len(beginnings)
    assert {i for i, slot in enumerate(slots) if slot.logits} == set(last)


@given(TASKS, st.integers(0, 100), st.data())
def test_what_is_known_of_a_task_is_not_read_again(tasks: list[list[int]], start: int, data: st.DataObject) -> None:
    known = [data.draw(st.integers(0, len(task) - 1)) for task in tasks]
    slots, last = task_tree(tasks, start, known, first=5)
    for k, task in enumerate(tasks):
        mine = [slot for slot in slots if k + 5 in slot.sequences]
        assert [slot.token for slot in mine] == task[known[k] :]
        assert [slot.pos for slot in mine] == list(range(start + known[k], start + len(task)))
        assert slots[last[k]] is mine[-1]
    assert all(slot.sequences for slot in slots)


@given(st.lists(st.integers(0, 1)), st.lists(st.integers(0, 1)))
def test_common_beginning(a: list[int], b: list[int]) -> None:
    n = common(a, b)
    assert a[:n] == b[:n]
    assert n == min(len(a), len(b)) or a[n] != b[n]
