from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from agent_assist import log
from agent_assist.errors import AgentAssistError, BugError, Cancelled, KnownError
from agent_assist.jobs import CancelToken, Lanes
from agent_assist.records import AssistEvent, Progress, ReplyDraft, ReplyReady, Stage
from ui.bridge import Bridge, Post, Task, newest


@pytest.fixture
def bridge(qtbot: QtBot) -> Iterator[Bridge]:
    lanes = Lanes()
    yield Bridge(lanes)
    lanes.close()


class Heard:
    """What came back, and in which thread."""

    def __init__(self) -> None:
        self.results: list[object] = []
        self.errors: list[AgentAssistError] = []
        self.events: list[object] = []
        self.threads: set[threading.Thread] = set()

    def done(self, result: object) -> None:
        self.threads.add(threading.current_thread())
        self.results.append(result)

    def failed(self, error: AgentAssistError) -> None:
        self.threads.add(threading.current_thread())
        self.errors.append(error)

    def event(self, event: object) -> None:
        self.threads.add(threading.current_thread())
        self.events.append(event)


def test_everything_arrives_in_the_gui_thread(bridge: Bridge, qtbot: QtBot) -> None:
    heard = Heard()
    ran_in: list[threading.Thread] = []

    def work(post: Post, _token: CancelToken) -> int:
        ran_in.append(threading.current_thread())
        post("one")
        post("two")
        return 7

    bridge.run("llm", work, heard.done, heard.failed, heard.event)
    qtbot.waitUntil(lambda: heard.results == [7])
    assert heard.events == ["one", "two"], "events come before the result, in order"
    assert heard.threads == {threading.main_thread()}
    assert ran_in[0] is not threading.main_thread()


def test_what_is_posted_while_another_result_is_handed_over_is_not_lost(
    bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Heard(), Heard()
    go_on, ended = threading.Event(), threading.Event()
    flush = bridge._flush

    def flush_then_let_it_end() -> None:
        """The other work posts and ends in the worst moment: after what is there was handed on."""
        flush()
        if not go_on.is_set():
            go_on.set()
            assert ended.wait(5)

    def work(post: Post, _token: CancelToken) -> int:
        assert go_on.wait(5)
        post("its event")
        return 2

    monkeypatch.setattr(bridge, "_flush", flush_then_let_it_end)
    task = bridge.run("llm", work, second.done, second.failed, second.event)
    assert task.job is not None
    task.job.then(lambda _job: ended.set())
    bridge.run("emotion", lambda _post, _token: 1, first.done, first.failed)
    bridge._timer.stop()  # else it may flush first
    qtbot.waitUntil(lambda: second.results == [2])
    assert second.events == ["its event"]


def test_a_dropped_task_is_never_heard_of_again(bridge: Bridge, qtbot: QtBot) -> None:
    late, marker = Heard(), Heard()
    begun, go_on = threading.Event(), threading.Event()

    def work(post: Post, _token: CancelToken) -> int:
        post("early")
        begun.set()
        go_on.wait(5)
        post("late")
        return 1

    task = bridge.run("llm", work, late.done, late.failed, late.event)
    assert begun.wait(5)
    task.drop()
    go_on.set()
    bridge.run("llm", lambda _p, _t: 2, marker.done, marker.failed)
    qtbot.waitUntil(lambda: marker.results == [2])
    assert (late.results, late.errors, late.events) == ([], [], [])


def test_dropping_cancels_the_token(bridge: Bridge, qtbot: QtBot) -> None:
    begun, stopped = threading.Event(), threading.Event()

    def work(_post: Post, token: CancelToken) -> None:
        token.on_cancel(stopped.set)
        begun.set()
        stopped.wait(5)
        token.check()

    heard = Heard()
    task = bridge.run("llm", work, heard.done, heard.failed)
    assert begun.wait(5)
    task.drop()
    assert stopped.wait(1)


@pytest.mark.parametrize("error", [KnownError("The disk is full."), Cancelled("stopped")])
def test_errors_on_purpose_come_as_they_are(bridge: Bridge, qtbot: QtBot, error: AgentAssistError) -> None:
    heard = Heard()

    def work(_post: Post, _token: CancelToken) -> None:
        raise error

    bridge.run("db", work, heard.done, heard.failed)
    qtbot.waitUntil(lambda: heard.errors == [error])


def test_any_other_error_becomes_a_bug_without_its_words(bridge: Bridge, qtbot: QtBot) -> None:
    heard = Heard()

    def work(_post: Post, _token: CancelToken) -> None:
        raise ValueError("Maya's card 4111 1111")

    bridge.run("db", work, heard.done, heard.failed)
    qtbot.waitUntil(lambda: len(heard.errors) == 1)
    assert isinstance(heard.errors[0], BugError)
    assert "ValueError" in str(heard.errors[0]) and "work" in str(heard.errors[0])
    assert "4111" not in str(heard.errors[0])


def test_describe_names_places_only() -> None:
    try:
        raise RuntimeError("secret words")
    except RuntimeError as error:
        words = log.describe(error)
    assert words.startswith("RuntimeError at ") and "test_describe_names_places_only" in words
    assert "secret" not in words


def event_of(kind: str, n: int, slot: int) -> AssistEvent:
    if kind == "draft":
        return ReplyDraft(slot, "s", str(n))
    return ReplyReady(slot, None) if kind == "ready" else Progress(Stage.READING, n / 100)


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["draft", "ready", "progress"])), max_size=30))
def test_a_batch_keeps_the_last_draft_of_each_slot_and_every_reply(kinds: list[tuple[int, str]]) -> None:
    task: Task[object] = Task(lambda _r: None, lambda _e: None, None)
    items = [event_of(kind, n, slot) for n, (slot, kind) in enumerate(kinds)]
    kept = [item for _, item in newest([(task, item) for item in items])]
    for slot in range(3):
        drafts = [i for i in items if isinstance(i, ReplyDraft) and i.slot == slot]
        assert [i for i in kept if isinstance(i, ReplyDraft) and i.slot == slot] == drafts[-1:]
    assert [i for i in kept if isinstance(i, ReplyReady)] == [i for i in items if isinstance(i, ReplyReady)]
    assert kept == [i for i in items if any(i is k for k in kept)], "order is kept"
