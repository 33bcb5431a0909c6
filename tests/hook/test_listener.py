"""The sidebar's socket, with real sources on it."""

from __future__ import annotations

import gc
import logging
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from socket_runs import VERSION, WAIT_S, Sidebar, Source, running, still_works, window

from agent_assist.capture.hook import endpoint
from agent_assist.capture.hook.listener import Caller, Listener
from agent_assist.capture.hook.protocol import (
    MAX_FRAME,
    PROTOCOL,
    SOURCES,
    Accepted,
    Ended,
    FromSidebar,
    FromSource,
    Insert,
    InsertResult,
    Paused,
    Push,
    Refused,
    Welcome,
)
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Way

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs sockets in the file system")

SECRET = "my card is 4111"


@pytest.fixture
def path(places: Places) -> Path:
    return endpoint.socket_path(places)


@pytest.fixture
def sidebar(path: Path) -> Iterator[Sidebar]:
    with running(path) as one:
        yield one


# --- what it is for


def test_a_source_says_who_it_is_and_brings_what_it_sees(sidebar: Sidebar) -> None:
    with Source(sidebar.path) as source:
        assert source.greet(Way.BROWSER, "Chromium") == Welcome(PROTOCOL, VERSION, paused=False)
        sidebar.wait_for_callers(1)
        (caller,) = sidebar.listener.callers
        assert (caller.way, caller.name) == (Way.BROWSER, "Chromium")
        for n in range(20):
            source.say(window(f"turn {n}"))
        assert [source.hear() for _ in range(20)] == [Accepted("desk.example/1")] * 20
    assert sidebar.came == [window(f"turn {n}") for n in range(20)]
    sidebar.wait_for_callers(0)


@pytest.mark.parametrize("way", [way for way in Way if way not in SOURCES])
def test_no_program_brings_what_a_person_does_in_the_window(sidebar: Sidebar, way: Way) -> None:
    with Source(sidebar.path) as source:
        answer = source.greet(way, "a program")
        assert isinstance(answer, Refused) and answer.final and way.value in answer.why
    assert sidebar.listener.callers == ()


def test_the_answer_of_the_app_is_passed_on(path: Path) -> None:
    def answer(_caller: Caller, message: FromSource) -> FromSidebar | None:
        return Accepted(added=7, conversations=2) if isinstance(message, Push) else None

    with running(path, answer), Source(path) as source:
        source.greet()
        source.say(Push("a text"))
        assert source.hear() == Accepted(added=7, conversations=2)


def test_what_needs_no_answer_gets_none(sidebar: Sidebar) -> None:
    with Source(sidebar.path) as source:
        source.greet()
        source.say(Ended("c"))
        source.say(InsertResult("c", "The box is gone."))
        source.say(window("x"))
        assert source.hear() == Accepted("desk.example/1")
    assert sidebar.came[:2] == [Ended("c"), InsertResult("c", "The box is gone.")]


def test_a_reply_goes_to_the_source_that_it_is_for(sidebar: Sidebar) -> None:
    with Source(sidebar.path) as one, Source(sidebar.path) as two:
        one.greet(name="one")
        two.greet(name="two")
        sidebar.wait_for_callers(2)
        number = {caller.name: caller.id for caller in sidebar.listener.callers}
        assert sidebar.listener.send(number["two"], Insert("c", "Hello"))
        assert two.hear() == Insert("c", "Hello")
        assert not sidebar.listener.send(max(number.values()) + 1, Insert("c", "Hello"))
        with pytest.raises(KnownError, match="too long"):
            sidebar.listener.send(number["one"], Insert("c", "x" * MAX_FRAME))


def test_messages_are_handled_one_at_a_time_in_a_thread_of_the_listener(path: Path) -> None:
    inside, most, threads = 0, 0, set()

    def answer(_caller: Caller, _message: FromSource) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        threads.add(threading.current_thread().name)
        inside -= 1

    with running(path, answer) as sidebar:
        sources = [Source(path) for _ in range(8)]
        for source in sources:
            source.greet()
        for n in range(30):
            for source in sources:
                source.say(window(str(n)))
        for source in sources:
            assert [source.hear() for _ in range(30)] == [Accepted("desk.example/1")] * 30
            source.close()
        assert len(sidebar.came) == 240
    assert most == 1
    assert len(threads) == 1


def test_sources_that_come_and_go_while_the_app_is_busy_queue_nothing(path: Path) -> None:
    busy, go_on = threading.Event(), threading.Event()
    changes: list[int] = []

    def answer(_caller: Caller, _message: FromSource) -> None:
        busy.set()
        assert go_on.wait(WAIT_S)

    def changed() -> None:
        changes.append(len(listener.callers))
        if not changes[-1]:
            nobody.set()

    nobody = threading.Event()
    listener = Listener(path, answer, changed, VERSION)
    listener.start()
    try:
        with Source(path) as working:
            working.greet()
            working.say(window("x"))
            assert busy.wait(WAIT_S)
            before = len(changes)
            nobody.clear()
            for _ in range(200):
                with Source(path) as source:
                    assert source.greet() == Welcome(PROTOCOL, VERSION)
            assert len(changes) == before
            go_on.set()
            assert working.hear() == Accepted("desk.example/1")
        assert nobody.wait(WAIT_S)
    finally:
        go_on.set()
        listener.close()
    assert len(changes) < before + 50, "each came and went was told of its own"
    assert changes[-1] == 0


# --- paused


def test_while_paused_every_source_knows_and_nothing_is_taken_in(sidebar: Sidebar) -> None:
    with Source(sidebar.path) as source:
        source.greet()
        sidebar.listener.set_paused(True)
        assert source.hear() == Paused(True)
        for message in (window("x"), Push("x")):
            source.say(message)
            refused = source.hear()
            assert isinstance(refused, Refused)
            assert "paused" in refused.why and not refused.final
        with Source(sidebar.path) as late:
            assert late.greet() == Welcome(PROTOCOL, VERSION, paused=True)
        sidebar.listener.set_paused(False)
        assert source.hear() == Paused(False)
        source.say(window("y"))
        assert source.hear() == Accepted("desk.example/1")
    assert sidebar.came == [window("y")]


def test_paused_before_it_starts_is_paused(path: Path) -> None:
    sidebar = Sidebar(path)
    sidebar.listener.set_paused(True)
    sidebar.listener.start()
    with Source(path) as source:
        assert source.greet() == Welcome(PROTOCOL, VERSION, paused=True)
    sidebar.listener.close()


# --- what goes wrong in the app


def test_an_error_is_answered_with_its_sentence_or_a_kind_one_and_the_listener_lives_on(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def answer(_caller: Caller, message: FromSource) -> None:
        if message == Push("known"):
            raise KnownError("There is nothing to read.")
        if message == Push("ours"):
            raise ValueError(SECRET)

    with caplog.at_level(logging.DEBUG), running(path, answer) as sidebar:
        with Source(path) as source:
            source.greet()
            source.say(Push("known"))
            assert source.hear() == Refused("There is nothing to read.")
            source.say(Push("ours"))
            refused = source.hear()
            assert isinstance(refused, Refused)
            assert "went wrong in Agent Assist" in refused.why and SECRET not in refused.why
            source.say(Push("fine"))
            assert source.hear() == Accepted()
        still_works(sidebar.path)
    assert "ValueError at test_listener.py" in caplog.text
    assert SECRET not in caplog.text


def test_an_error_of_who_is_told_of_changes_ends_nothing(path: Path) -> None:
    def change() -> None:
        raise ValueError

    listener = Listener(path, lambda _caller, _message: None, change, VERSION)
    listener.start()
    with Source(path) as source:
        source.greet()
        source.say(window("x"))
        assert source.hear() == Accepted("desk.example/1")
    listener.close()


# --- its file


def test_only_this_user_may_connect_and_the_file_goes_with_the_listener(path: Path) -> None:
    with running(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_two_at_one_socket_are_one_too_many(sidebar: Sidebar) -> None:
    second = Sidebar(sidebar.path)
    with pytest.raises(KnownError, match="already runs"):
        second.listener.start()
    second.listener.close()
    still_works(sidebar.path)


def test_the_socket_of_a_dead_process_is_replaced(path: Path) -> None:
    code = "import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()"
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert path.exists()
    with running(path) as sidebar:
        still_works(sidebar.path)


def test_what_is_no_socket_is_left_alone(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(KnownError, match="cannot be let in"):
        Sidebar(path).listener.start()
    assert path.read_text() == "mine"


def test_it_can_be_closed_and_started_again(path: Path) -> None:
    sidebar = Sidebar(path)
    for _ in range(3):
        sidebar.listener.start()
        sidebar.listener.start()
        still_works(sidebar.path)
        with Source(path) as source:
            source.greet()
            sidebar.listener.close()
            assert source.hear() is None
        sidebar.listener.close()
        assert sidebar.listener.callers == ()
        assert not sidebar.listener.send(1, Paused(True))


def test_a_connection_that_is_taken_while_it_closes_is_ended_too(path: Path) -> None:
    for _ in range(50):  # one that is forgotten warns when it is collected, and a warning fails a test
        with running(path):
            source = Source(path)
        source.close()
    gc.collect()
