"""The real command between a browser's pipes and a real sidebar's socket."""

from __future__ import annotations

import io
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from socket_runs import VERSION, WAIT_S, running, window

import agent_assist
from agent_assist.capture.hook import endpoint, frames
from agent_assist.capture.hook.host import run_native_host
from agent_assist.capture.hook.manifests import EXTENSION_ID, FIREFOX_ID
from agent_assist.capture.hook.protocol import (
    PROTOCOL,
    Accepted,
    Ended,
    FromSidebar,
    FromSource,
    Hello,
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

MAIN = [sys.executable, str(Path(agent_assist.__file__).parents[1] / "main.py")]
ORIGIN = f"chrome-extension://{EXTENSION_ID}/"
HELLO = Hello(PROTOCOL, Way.BROWSER, "Chromium")
READY = Welcome(PROTOCOL, VERSION)


class Browser:
    """A browser's side of the native host: the process and its pipes."""

    def __init__(self, places: Places, *arguments: str) -> None:
        command = [*MAIN, "--data-dir", str(places.home), "native-host", *arguments]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0
        )
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self.to_host, self.from_host, self.errors = self.process.stdin, self.process.stdout, self.process.stderr
        self._guard = threading.Timer(2 * WAIT_S, self.process.kill)  # what hangs fails, and does not hang the test
        self._guard.start()

    def say(self, message: FromSource) -> None:
        self.to_host.write(frames.framed(frames.encode(message)))

    def hear(self) -> FromSidebar | None:
        body = frames.read(self.from_host)
        return frames.decode_sidebar(body) if body is not None else None

    def hear_refusal(self) -> str:
        said = self.hear()
        assert isinstance(said, Refused), said
        assert not said.final
        return said.why

    def end(self) -> tuple[int, bytes, bytes]:
        """Closes the browser's pipe; how the process ended, and what else it wrote."""
        self.to_host.close()
        out, errors = self.from_host.read(), self.errors.read()
        return self.process.wait(WAIT_S), out, errors

    def close(self) -> None:
        self._guard.cancel()
        self.process.kill()
        self.process.wait()
        for stream in (self.to_host, self.from_host, self.errors):
            stream.close()


@contextmanager
def browser(places: Places, *arguments: str) -> Iterator[Browser]:
    one = Browser(places, *arguments)
    try:
        yield one
    finally:
        one.close()


@pytest.fixture
def path(places: Places) -> Path:
    return endpoint.socket_path(places)


def test_frames_go_both_ways_and_it_ends_with_the_browser(places: Places, path: Path) -> None:
    with running(path) as sidebar, browser(places, ORIGIN) as one:
        one.say(HELLO)
        assert one.hear() == READY
        (caller,) = sidebar.listener.callers
        assert (caller.way, caller.name) == (Way.BROWSER, "Chromium")
        for n in range(50):
            one.say(window(f"turn {n}"))
        assert [one.hear() for _ in range(50)] == [Accepted("desk.example/1")] * 50
        assert sidebar.listener.send(caller.id, Insert("c", "Hello"))
        assert one.hear() == Insert("c", "Hello")
        one.say(InsertResult("c"))
        sidebar.wait_for(lambda: len(sidebar.came) == 51)
        sidebar.listener.set_paused(True)
        assert one.hear() == Paused(True)
        assert one.end() == (0, b"", b"")
        sidebar.wait_for_callers(0)


def test_the_sidebar_may_come_and_go(places: Places, path: Path) -> None:
    with browser(places, ORIGIN) as one:
        one.say(HELLO)
        assert "is not running" in one.hear_refusal()
        one.say(window("lost"))
        assert "is not running" in one.hear_refusal()
        for _ in range(2):
            with running(path) as sidebar:
                assert one.hear() == READY, "it is found, and greeted in the extension's words"
                one.say(window("there"))
                assert one.hear() == Accepted("desk.example/1")
                assert sidebar.came == [window("there")]
            assert "is not running" in one.hear_refusal()
        assert one.end() == (0, b"", b"")


def test_the_next_frame_finds_a_sidebar_that_came(places: Places, path: Path) -> None:
    with browser(places, ORIGIN) as one:
        one.say(HELLO)
        one.hear_refusal()
        with running(path) as sidebar:
            one.say(Ended("c"))
            assert one.hear() == READY
            sidebar.wait_for(lambda: sidebar.came == [Ended("c")])


def test_who_is_refused_reads_why_and_not_that_nothing_runs(places: Places, path: Path) -> None:
    with running(path, same=lambda _peer: False), browser(places, ORIGIN) as one:
        for n in range(3):
            one.say(HELLO if n == 0 else window("x"))
            said = one.hear()
            assert isinstance(said, Refused)
            assert said.final and "only from programs of the user" in said.why
    with running(path), browser(places, ORIGIN) as one:
        one.say(Hello(PROTOCOL + 1, Way.BROWSER))
        said = one.hear()
        assert isinstance(said, Refused)
        assert said.final and said.why.endswith("Update Agent Assist.")


def test_frames_pass_unread(places: Places, path: Path) -> None:
    with running(path) as sidebar, browser(places, ORIGIN) as one:
        one.say(HELLO)
        one.hear()
        one.to_host.write(frames.framed(b"\xffno JSON"))
        assert one.hear() == Refused("A frame is not JSON.")
        one.say(window("x"))
        assert one.hear() == Accepted("desk.example/1")
        assert len(sidebar.came) == 1


@pytest.mark.parametrize(
    ("data", "why"), [(struct.pack("<I", 200_000_000), "200,000,000 bytes"), (b"\x20\x00\x00\x00half", "in the middle")]
)
def test_a_frame_that_is_too_long_or_half_ends_it_with_one_sentence(places: Places, data: bytes, why: str) -> None:
    with browser(places, ORIGIN) as one:
        one.to_host.write(data)
        if why == "in the middle":
            one.to_host.close()
        said = one.hear()
        assert isinstance(said, Refused) and said.final and why in said.why
        assert one.hear() is None
        assert one.process.wait(WAIT_S) == 1
        (line,) = one.errors.read().decode().splitlines()
        assert line.startswith("agent-assist: A frame") and why in line


def test_it_ends_when_the_browser_stops_listening(places: Places) -> None:
    with browser(places, ORIGIN) as one:
        one.from_host.close()
        one.say(HELLO)  # answered that nothing runs: there is nobody to hear it
        assert one.process.wait(WAIT_S) == 0
        assert one.errors.read() == b""


def test_it_ends_with_the_browser_while_the_sidebar_is_stuck(places: Places, path: Path) -> None:
    held = threading.Event()

    def stuck(_caller: object, _message: FromSource) -> None:
        held.wait(2 * WAIT_S)

    with running(path, stuck), browser(places, ORIGIN) as one:
        one.say(HELLO)
        assert one.hear() == READY
        one.say(Push("x" * 900_000))
        assert one.end() == (0, b"", b"")
        held.set()


def test_only_our_extension_is_let_in(places: Places) -> None:
    for caller in ("chrome-extension://" + "a" * 32 + "/", "other@example.org"):
        with browser(places, caller) as one:
            code, out, errors = one.end()
        assert (code, out) == (1, b"")
        assert b"is not let in" in errors


@pytest.mark.parametrize("arguments", [[ORIGIN, "--parent-window=0"], ["/some/manifest.json", FIREFOX_ID]])
def test_every_browser_s_way_to_name_the_extension_is_known(places: Places, arguments: list[str]) -> None:
    with browser(places, *arguments) as one:
        assert one.end() == (0, b"", b"")


def test_in_one_process_half_a_frame_is_said_and_raised(path: Path) -> None:
    out = io.BytesIO()
    with pytest.raises(KnownError, match="in the middle"):
        run_native_host(io.BytesIO(b"\x20\x00\x00\x00half"), out, path)
    out.seek(0)
    said = frames.decode_sidebar(frames.read(out) or b"")
    assert said == Refused("A frame ended in the middle.", final=True)


def test_a_sidebar_that_goes_wild_is_one_that_is_gone(places: Places, path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()
        with browser(places, ORIGIN) as one:
            one.say(HELLO)
            connection, _ = door.accept()
            with connection:
                connection.sendall(struct.pack("<I", 200_000_000))
                assert "is not running" in one.hear_refusal()
        path.unlink()
    with running(path), browser(places, ORIGIN) as one:
        one.say(HELLO)
        assert one.hear() == READY
