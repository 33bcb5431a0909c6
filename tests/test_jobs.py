from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_assist.errors import BugError, Cancelled
from agent_assist.jobs import CancelToken, Job, LaneName, Lanes

SOON = 10.0


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    made.close()


class Gate:
    """Work that tells when it has begun and ends when it is let, or when it is stopped."""

    def __init__(self) -> None:
        self.begun, self.opened = threading.Event(), threading.Event()

    def __call__(self, token: CancelToken) -> str:
        token.on_cancel(self.opened.set)
        self.begun.set()
        assert self.opened.wait(SOON)
        token.check()
        return "done"


# --- lanes


@given(st.lists(st.sampled_from(("llm", "emotion", "db", "download")), max_size=30))
@settings(max_examples=30, deadline=None)
def test_each_lane_does_its_work_in_order_one_at_a_time(order: list[LaneName]) -> None:
    lanes = Lanes()
    done: list[tuple[str, int]] = []
    busy: dict[str, int] = {}

    def work(lane: LaneName, n: int) -> None:
        busy[lane] = busy.get(lane, 0) + 1
        assert busy[lane] == 1
        done.append((lane, n))
        busy[lane] -= 1

    try:
        jobs = [lanes.submit(lane, lambda _token, lane=lane, n=n: work(lane, n)) for n, lane in enumerate(order)]  # type: ignore[misc]
        for job in jobs:
            job.result(SOON)
    finally:
        lanes.close()
    for lane in set(order):
        assert [n for name, n in done if name == lane] == [n for n, name in enumerate(order) if name == lane]


def test_lanes_run_side_by_side_and_each_in_one_thread(lanes: Lanes) -> None:
    gate = Gate()
    waiting = lanes.submit("llm", gate)
    names = [lanes.submit("db", lambda _token: threading.current_thread().name).result(SOON) for _ in range(3)]
    assert not waiting.done
    assert len(set(names)) == 1
    assert names[0].startswith("lane-db")
    gate.opened.set()
    assert waiting.result(SOON) == "done"


def test_a_failure_reaches_the_one_who_asks_and_the_lane_goes_on(lanes: Lanes) -> None:
    failed = lanes.submit("db", lambda _token: dict[str, str]()["missing"])
    with pytest.raises(KeyError):
        failed.result(SOON)
    assert lanes.submit("db", lambda _token: 7).result(SOON) == 7


def test_a_result_that_takes_too_long_is_a_timeout_and_the_work_goes_on(lanes: Lanes) -> None:
    gate = Gate()
    job = lanes.submit("db", gate)
    with pytest.raises(TimeoutError):
        job.result(0.01)
    gate.opened.set()
    assert job.result(SOON) == "done"


def test_then_is_called_once_however_it_ended(lanes: Lanes) -> None:
    gate, told = Gate(), threading.Semaphore(0)
    seen: list[Job[str]] = []

    def tell(job: Job[str]) -> None:
        seen.append(job)
        told.release()

    job = lanes.submit("db", gate)
    job.then(tell)
    job.cancel()
    assert told.acquire(timeout=SOON)
    job.then(tell)  # done already: told at once
    assert seen == [job, job]
    assert job.done


# --- cancelling


def test_work_cancelled_before_it_starts_never_runs(lanes: Lanes) -> None:
    gate, ran = Gate(), threading.Event()
    first = lanes.submit("llm", gate)
    assert gate.begun.wait(SOON)
    second = lanes.submit("llm", lambda _token: ran.set())
    second.cancel()
    with pytest.raises(Cancelled):
        second.result(SOON)
    assert second.token.cancelled
    gate.opened.set()
    first.result(SOON)
    assert lanes.submit("llm", lambda _token: None).result(SOON) is None  # the lane has passed the place of the second
    assert not ran.is_set()


def test_work_that_runs_is_woken_and_stops(lanes: Lanes) -> None:
    gate = Gate()
    job = lanes.submit("llm", gate)
    assert gate.begun.wait(SOON)
    job.cancel()
    with pytest.raises(Cancelled):
        job.result(SOON)
    job.cancel()  # a second time does nothing


def test_cancelling_what_is_done_changes_nothing(lanes: Lanes) -> None:
    job = lanes.submit("llm", lambda _token: 3)
    assert job.result(SOON) == 3
    job.cancel()
    assert job.result(SOON) == 3


def test_closing_stops_what_runs_drops_what_waits_and_leaves_no_thread() -> None:
    lanes, gate = Lanes(), Gate()
    running = lanes.submit("llm", gate)
    waiting = [lanes.submit("llm", lambda _token: "ran") for _ in range(3)]
    assert gate.begun.wait(SOON)
    lanes.close()
    for job in (running, *waiting):
        assert job.done
        with pytest.raises(Cancelled):
            job.result(SOON)
    assert not [t for t in threading.enumerate() if t.name.startswith("lane-")]
    lanes.close()


def test_nothing_is_taken_after_closing() -> None:
    lanes = Lanes()
    lanes.close()
    with pytest.raises(BugError):
        lanes.submit("db", lambda _token: None)


# --- tokens


def test_a_token_is_cancelled_once_and_stays_so() -> None:
    token, calls = CancelToken(), []
    token.check()
    token.on_cancel(lambda: calls.append("before"))
    assert not token.cancelled
    token.cancel()
    token.cancel()
    token.on_cancel(lambda: calls.append("after"))
    assert calls == ["before", "after"]
    assert token.cancelled
    with pytest.raises(Cancelled):
        token.check()


@given(st.lists(st.sampled_from(("listen", "cancel")), max_size=20))
def test_each_listener_is_called_exactly_once_as_soon_as_it_is_cancelled(steps: list[str]) -> None:
    token, calls, listeners = CancelToken(), [0] * len(steps), []
    for n, step in enumerate(steps):
        if step == "cancel":
            token.cancel()
        else:
            listeners.append(n)

            def count(n: int = n) -> None:
                calls[n] += 1

            token.on_cancel(count)
        assert sum(calls) == (len(listeners) if token.cancelled else 0)
    assert all(count <= 1 for count in calls)


def test_a_listener_may_use_the_token() -> None:
    token, seen = CancelToken(), []
    token.on_cancel(lambda: token.on_cancel(lambda: seen.append(token.cancelled)))
    token.cancel()
    assert seen == [True]


def test_a_deadline_counts_as_cancelled_and_calls_nobody() -> None:
    calls: list[str] = []
    over, far = CancelToken(seconds=0), CancelToken(seconds=3600)
    over.on_cancel(lambda: calls.append("called"))
    assert over.cancelled
    assert not far.cancelled
    with pytest.raises(Cancelled):
        over.check()
    assert calls == []
    over.cancel()
    assert calls == ["called"]


def test_a_deadline_counts_from_the_submission(lanes: Lanes) -> None:
    job = lanes.submit("db", lambda token: token.cancelled, seconds=0)
    assert job.result(SOON) is True


def test_many_threads_may_cancel_at_once() -> None:
    token, calls = CancelToken(), []
    token.on_cancel(lambda: calls.append(1))
    start = threading.Barrier(8)

    def race() -> None:
        start.wait(SOON)
        token.cancel()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SOON)
    assert calls == [1]
