"""`agent-assist push`: a text goes to the sidebar that runs, or one sentence says why not."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli_runs import CHAT, Cli, child, said_kindly

from agent_assist.capture.hook.endpoint import socket_path
from agent_assist.capture.hook.listener import Caller, Listener
from agent_assist.capture.hook.protocol import Accepted, FromSidebar, FromSource, Push
from agent_assist.errors import KnownError
from agent_assist.paths import Places
from agent_assist.records import Way

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs sockets in the file system")

Pushed = list[tuple[Caller, FromSource]]


@contextmanager
def sidebar(home: Places, answer: Callable[[], FromSidebar | None]) -> Iterator[Pushed]:
    """A real listener where the commands look for it; what came to it."""
    pushed: Pushed = []

    def take(caller: Caller, message: FromSource) -> FromSidebar | None:
        pushed.append((caller, message))
        return answer()

    listener = Listener(socket_path(home), take, lambda: None, "1")
    listener.start()
    try:
        yield pushed
    finally:
        listener.close()


def test_a_file_is_handed_over(cli: Cli, home: Places, tmp_path: Path) -> None:
    file = tmp_path / "chat.txt"
    file.write_bytes(CHAT.encode("utf-16"))
    with sidebar(home, lambda: Accepted(added=3)) as pushed:
        ran = cli("push", str(file), "--customer", "Ada", "--format", "plain")
    assert (ran.code, ran.out, ran.err) == (0, "1 conversation, 3 new turns\n", "")
    ((caller, message),) = pushed
    assert caller.way is Way.PUSH
    assert message == Push(CHAT, "plain", "Ada", "chat.txt")


@pytest.mark.parametrize("arguments", [("-",), ()])
def test_standard_input_is_handed_over(cli: Cli, home: Places, arguments: tuple[str, ...]) -> None:
    with sidebar(home, lambda: Accepted(added=1, conversations=1_234)) as pushed:
        ran = cli("push", *arguments, stdin=CHAT)
    assert (ran.code, ran.out) == (0, "1,234 conversations, 1 new turn\n")
    assert [message for _, message in pushed] == [Push(CHAT)]


def test_json_is_printed_on_request(cli: Cli, home: Places) -> None:
    with sidebar(home, lambda: Accepted(added=8)):
        ran = cli("push", "--json", stdin=CHAT)
    assert ran.json == {"conversations": 1, "added": 8}


def test_a_pipe_in_a_process_of_its_own(home: Places) -> None:
    with sidebar(home, lambda: Accepted(added=3)) as pushed:
        ran = child("push", "-", stdin=CHAT.encode())
    assert (ran.code, ran.out, ran.err) == (0, "1 conversation, 3 new turns\n", "")
    assert pushed[0][1] == Push(CHAT)


def test_no_sidebar_is_one_sentence(cli: Cli) -> None:
    said_kindly(cli("push", stdin=CHAT), "is not running", "Settings, Ways in")


def test_what_the_sidebar_refuses_is_its_sentence(cli: Cli, home: Places) -> None:
    def refuse() -> FromSidebar:
        raise KnownError("There is nothing to read. Copy the conversation and paste it.")

    with sidebar(home, refuse):
        said_kindly(cli("push", stdin=CHAT), "nothing to read")


def test_what_cannot_be_pushed_never_leaves(cli: Cli, home: Places, tmp_path: Path) -> None:
    with sidebar(home, lambda: Accepted()) as pushed:
        said_kindly(cli("push", stdin="x" * 1_048_577), "too long to push", "Open the file in the window")
        said_kindly(cli("push", stdin='"' * 600_000), "too long to push")  # twice as long once it is JSON
        said_kindly(cli("push", stdin=" \n"), "nothing to read")
        said_kindly(cli("push", stdin=b"\x89PNG\r\n\x1a\n" + bytes(100)), "PNG image")
        said_kindly(cli("push", str(tmp_path / "gone.txt")), "gone.txt", "failed")
        said_kindly(cli("push", str(tmp_path)), "failed")
    assert pushed == []


def test_an_endless_input_is_refused_after_the_first_megabyte(home: Places) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no endless file here")
    said_kindly(child("push", "/dev/zero"), "too long to push")


def test_a_long_name_is_cut_and_not_refused(cli: Cli, home: Places, tmp_path: Path) -> None:
    file = tmp_path / ("n" * 240 + ".txt")
    file.write_text(CHAT)
    with sidebar(home, lambda: Accepted()) as pushed:
        assert cli("push", str(file), "--customer", "A" * 300).code == 0
    message = pushed[0][1]
    assert isinstance(message, Push)
    assert (len(message.title), len(message.customer or "")) == (200, 200)


def test_an_unknown_format_is_bad_usage(cli: Cli) -> None:
    assert cli("push", "--format", "telex", stdin=CHAT).code == 2


def test_several_at_once_all_arrive(home: Places) -> None:
    codes: list[int] = []

    def one() -> None:
        codes.append(child("push", "-", stdin=CHAT.encode()).code)

    with sidebar(home, lambda: Accepted()) as pushed:
        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (codes, len(pushed)) == ([0] * 4, 4)
