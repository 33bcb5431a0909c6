"""The sidebar's socket and who may not come in, what is no frame, who is too many or too slow."""

from __future__ import annotations

import gc
import os
import socket
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from socket_runs import VERSION, Sidebar, Source, running, still_works, window

from agent_assist.capture.hook import endpoint, visit
from agent_assist.capture.hook.guests import MAX_SOURCES
from agent_assist.capture.hook.protocol import (
    PROTOCOL,
    Accepted,
    Hello,
    Insert,
    Refused,
    Welcome,
)
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


def refused_and_closed(source: Source) -> str:
    """The one sentence with which a source is let go."""
    said = source.hear()
    assert isinstance(said, Refused)
    assert said.final
    assert said.why.endswith(".") and "\n" not in said.why
    assert source.hear() is None
    return said.why


# --- who may not come in


def test_another_user_is_let_go(path: Path) -> None:
    with running(path, same=lambda _peer: False), Source(path) as source:
        assert "only from programs of the user" in refused_and_closed(source)


@pytest.mark.skipif(sys.platform != "linux", reason="how Linux names the user")
def test_the_user_at_the_other_end_is_known() -> None:
    class Another:
        def fileno(self) -> int:
            return -1

        def getsockopt(self, level: int, option: int, size: int, /) -> bytes:
            assert (level, option) == (socket.SOL_SOCKET, socket.SO_PEERCRED)
            return struct.pack("3i", 1, os.getuid() + 1, 0)

    assert not endpoint.same_user(Another())
    one, two = socket.socketpair(socket.AF_UNIX)
    with one, two:
        assert endpoint.same_user(one)


@pytest.mark.parametrize(("protocol", "older"), [(0, "that program"), (2, "Agent Assist"), (1 << 62, "Agent Assist")])
def test_another_protocol_is_refused_with_what_to_update(sidebar: Sidebar, protocol: int, older: str) -> None:
    with Source(sidebar.path) as source:
        source.say(Hello(protocol, Way.BROWSER))
        assert refused_and_closed(source).endswith(f"Update {older}.")
    still_works(sidebar.path)


def test_who_does_not_say_who_it_is_is_let_go(sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch) -> None:
    with Source(sidebar.path) as source:
        source.say(window("x"))
        assert "first say who it is" in refused_and_closed(source)
    with monkeypatch.context() as patch:
        patch.setattr(visit, "HELLO_S", 0.05)
        with Source(sidebar.path) as source:
            assert "first say who it is" in refused_and_closed(source)
        with Source(sidebar.path) as source:
            source.send_bytes(b"\x10")
            refused_and_closed(source)
    assert sidebar.came == []
    still_works(sidebar.path)


def test_saying_it_twice_is_refused_and_forgiven(sidebar: Sidebar) -> None:
    with Source(sidebar.path) as source:
        source.greet()
        again = source.greet()
        assert isinstance(again, Refused) and not again.final
        source.say(window("x"))
        assert source.hear() == Accepted("desk.example/1")


# --- frames that are none


def test_a_frame_of_200_mb_is_refused_before_it_is_read_and_memory_stays_flat(sidebar: Sidebar) -> None:
    still_works(sidebar.path)
    process = psutil.Process()
    gc.collect()
    before = process.memory_info().rss
    for _ in range(20):
        with Source(sidebar.path) as source:
            source.greet()
            source.send_bytes(struct.pack("<I", 200_000_000))
            assert "200,000,000 bytes is too long" in refused_and_closed(source)
    assert process.memory_info().rss - before < 20_000_000
    still_works(sidebar.path)


def test_a_frame_of_200_mb_that_is_really_sent_is_refused_all_the_same(sidebar: Sidebar) -> None:
    process = psutil.Process()
    block = b"x" * 1_000_000
    before = process.memory_info().rss
    with Source(sidebar.path) as source:
        source.greet()
        source.send_bytes(struct.pack("<I", 200_000_000))
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            for _ in range(200):
                source.send_bytes(block)
    assert process.memory_info().rss - before < 20_000_000
    still_works(sidebar.path)


def test_half_a_frame_is_refused_at_the_end_and_when_patience_ends(
    sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Source(sidebar.path) as source:
        source.greet()
        source.send_bytes(b"\x20\x00\x00\x00half")
        source.end_of_sending()
        assert refused_and_closed(source) == "A frame ended in the middle."
    with monkeypatch.context() as patch:
        patch.setattr(visit, "FRAME_S", 0.05)
        with Source(sidebar.path) as source:
            source.greet()
            source.send_bytes(b"\x20\x00\x00\x00half")
            assert refused_and_closed(source) == "A frame ended in the middle."
    still_works(sidebar.path)


def test_a_frame_that_cannot_be_used_is_refused_and_the_next_one_taken(sidebar: Sidebar) -> None:
    with Source(sidebar.path) as source:
        source.greet()
        source.send_bytes(struct.pack("<I", len(SECRET)) + SECRET.encode())
        assert source.hear() == Refused("A frame is not JSON.")
        source.say(window("x"))
        assert source.hear() == Accepted("desk.example/1")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(greeted=st.booleans(), data=st.binary(max_size=300))
def test_garbage_is_refused_or_ends_the_connection_and_nothing_else(
    sidebar: Sidebar, greeted: bool, data: bytes
) -> None:
    with Source(sidebar.path) as source:
        if greeted:
            source.greet()
        source.send_bytes(data)
        source.end_of_sending()
        while (said := source.hear()) is not None:
            assert isinstance(said, Refused)
    assert sidebar.came == []


# --- too many, too slow


def test_a_thousand_connections_at_once_are_refused_one_line_each(
    sidebar: Sidebar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visit, "HELLO_S", 60.0)  # a busy machine may take its time to come back to the first ones
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < 2200:
        if hard != resource.RLIM_INFINITY and hard < 2200:
            pytest.skip("this system allows too few open files")
        resource.setrlimit(resource.RLIMIT_NOFILE, (2200, hard))
    still_works(sidebar.path)
    sidebar.wait_for_callers(0)
    process = psutil.Process()
    before = process.memory_info().rss
    sources = [Source(sidebar.path) for _ in range(1000)]
    for source in sources[MAX_SOURCES:]:
        assert "connected to Agent Assist already" in refused_and_closed(source)
    for source in sources[:MAX_SOURCES]:  # those who came first are served meanwhile
        assert source.greet() == Welcome(PROTOCOL, VERSION)
    grown = process.memory_info().rss - before
    for source in sources:
        source.close()
    assert grown < 40_000_000, f"{grown:,} bytes, both ends of all connections"
    sidebar.wait_for_callers(0)
    still_works(sidebar.path)


def test_a_source_that_does_not_read_is_let_go_and_holds_up_nobody(sidebar: Sidebar) -> None:
    process = psutil.Process()
    with Source(sidebar.path) as deaf:
        deaf.greet()
        sidebar.wait_for_callers(1)
        number = sidebar.listener.callers[0].id
        still_works(sidebar.path)
        before = process.memory_info().rss
        text = "x" * 500_000
        for _ in range(20):
            if not sidebar.listener.send(number, Insert("c", text)):
                break
        sidebar.wait_for_callers(0)
        assert process.memory_info().rss - before < 30_000_000
    still_works(sidebar.path)


def test_a_source_that_asks_and_never_reads_is_let_go(path: Path) -> None:
    with running(path, lambda _caller, _message: Refused("x" * 100_000)) as sidebar:
        with Source(path) as deaf:
            deaf.greet()
            with pytest.raises((BrokenPipeError, ConnectionResetError)):
                for _ in range(10_000):
                    deaf.say(window("x"))
        assert len(sidebar.came) < 100
